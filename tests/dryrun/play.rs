//! A play in a few words: actions as JSON in which `"@name"` is an id, a script, and the trace as people are shown it.

use ringdown::engine::check::check_actions;
use ringdown::model::flow::Revision;
use ringdown::proto;
use ringdown::simulation::trace::{Happened, Step};
use ringdown::simulation::{self, Play, Played, Script, Trace};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// The id that `@name` stands for.
pub fn named(name: &str) -> Uuid {
    let mut bytes = [b' '; 16];
    let name = name.trim_start_matches('@').as_bytes();
    bytes[..name.len()].copy_from_slice(name);
    uuid::Builder::from_bytes(bytes).into_uuid()
}

/// `"@name"` becomes an id.
fn with_ids(text: &str) -> String {
    let mut pieces = text.split("\"@");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('"').expect("an id that ends");
        out += &format!("\"{}\"{rest}", named(name));
    }
    out
}

pub fn revision(json: &str, id: Uuid) -> Arc<Revision> {
    let value = serde_json::from_str(&with_ids(json)).unwrap_or_else(|error| panic!("{error} in {json}"));
    let list: Vec<proto::Action> = proto::json::read(value).unwrap_or_else(|fault| panic!("{fault} in {json}"));
    let mut made = u128::MAX - 1_000;
    let make_id = || {
        made -= 1;
        Uuid::from_u128(made)
    };
    let actions = check_actions(&list, "actions", make_id).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(Revision::new(Uuid::from_u128(id.as_u128() ^ 1), id, 1, Uuid::nil(), actions))
}

thread_local! {
    static SEEN: RefCell<BTreeSet<(&'static str, &'static str)>> = const { RefCell::new(BTreeSet::new()) };
}

/// The types of action that were played in this thread, each with the words of how they came out.
pub fn seen() -> BTreeSet<(&'static str, &'static str)> {
    SEEN.take()
}

/// Plays it, with the flow `@other` at hand.
pub fn play(actions: &str, script: &str) -> Trace {
    let script = Script::read(&with_ids(script)).unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut it = Play::new(revision(actions, Uuid::nil()), script);
    let other = named("@other");
    it.flows.insert(
        other,
        Some(revision(r#"[{"type": "variable_set", "option": {"key": "other", "value": "1"}}]"#, other)),
    );
    loop {
        match simulation::play(&it).unwrap() {
            Played::Over(trace) => {
                SEEN.with_borrow_mut(|seen| seen.extend(trace.steps.iter().filter_map(outcome)));
                return *trace;
            }
            Played::Needs(id) => drop(it.flows.insert(id, None)),
        }
    }
}

fn outcome(step: &Step) -> Option<(&'static str, &'static str)> {
    match &step.kind {
        Happened::Action(ran) => Some((ran.type_name(), ran.outcome.as_ref()?.word())),
        _ => None,
    }
}

/// Compares the trace, line by line, spaces aside. Ids are shown by their names, and where they were made, as `…`.
#[track_caller]
pub fn check(actions: &str, script: &str, wanted: &str) {
    let told = simulation::show(&play(actions, script));
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.split_whitespace().map(word).collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (told, wanted) = (lines(&told), lines(wanted));
    let same = told.iter().zip(&wanted).take_while(|(one, other)| one == other).count();
    if same < told.len().max(wanted.len()) {
        let rest = |of: &[String]| of[same..].join("\n    ");
        panic!("{}\n  told:\n    {}\n  wanted:\n    {}", wanted[..same].join("\n"), rest(&told), rest(&wanted));
    }
}

/// Ids in a word, by their names.
fn word(word: &str) -> String {
    let bare = |c: char| !(c.is_ascii_hexdigit() || c == '-');
    let mut out = word.to_owned();
    for piece in word.split(bare).filter(|piece| piece.len() == 36) {
        let Ok(id) = Uuid::parse_str(piece) else { continue };
        let name = std::str::from_utf8(id.as_bytes()).ok().filter(|_| id.as_u128() > 3);
        let name = name.map_or("…".to_owned(), |name| format!("@{}", name.trim_end()));
        out = out.replace(piece, &name);
    }
    // Of a long value only the beginning is shown, and that may end inside an id.
    let cut = word.strip_suffix("…\"").and_then(|shown| shown.rsplit(bare).next()).filter(|piece| piece.len() > 8);
    match cut.filter(|piece| piece.as_bytes()[8] == b'-') {
        Some(piece) => out.replace(&format!("{piece}…"), "…"),
        None => out,
    }
}

/// The lines of the script that did not hold, each as `line: message`.
pub fn failures(trace: &Trace) -> Vec<String> {
    trace.failures.iter().map(|it| format!("{}: {}", it.line, it.message)).collect()
}
