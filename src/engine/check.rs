//! At the door: a flow is saved only if it can run. All problems are told at once, each with its path.

use super::actions::{self, Mode};
use crate::model::call::Address;
use crate::model::flow::{Action, reserved};
use crate::proto;
use crate::proto::action::Option as Opt;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Actions of a list at most.
pub const MAX_ACTIONS: usize = 1_000;
/// The keys of a telephone (RFC 4733 §3.2, DTMF events 0 to 15).
pub const KEYS: &str = "0123456789ABCD*#";

/// What kind of problem it is; decides the reason on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Type,
    Id,
    Target,
    Address,
    Option,
    NotAvailable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `actions[2].option.duration`
    pub path: String,
    pub fault: Fault,
    pub description: String,
}

/// Collects what is wrong with one option. A string that holds `${…}` is let through: it is checked when it is filled in.
#[derive(Debug, Default)]
pub struct Checker {
    /// `actions[2]`
    prefix: String,
    problems: Vec<Problem>,
}

impl Checker {
    fn add(&mut self, fault: Fault, path: String, description: impl Into<String>) {
        self.problems.push(Problem { path, fault, description: description.into() });
    }

    /// A problem with one option.
    pub fn option(&mut self, name: &str, description: &str) {
        self.add(Fault::Option, format!("{}.option.{name}", self.prefix), description);
    }

    pub fn not_available(&mut self, missing: &str) {
        self.add(Fault::NotAvailable, format!("{}.type", self.prefix), format!("waits for {missing}"));
    }

    pub fn number(&mut self, name: &str, value: Option<i32>, range: RangeInclusive<i32>) {
        if value.is_some_and(|value| !range.contains(&value)) {
            self.option(name, &format!("expected {} to {}", range.start(), range.end()));
        }
    }

    pub fn required_number(&mut self, name: &str, value: Option<i32>, range: RangeInclusive<i32>) {
        match value {
            None => self.option(name, &format!("is required: {} to {}", range.start(), range.end())),
            value => self.number(name, value, range),
        }
    }

    /// Text of so many characters at most.
    pub fn text(&mut self, name: &str, value: &Option<String>, most: usize) {
        let Some(value) = value else { return };
        if value.chars().count() > most {
            self.option(name, &format!("expected at most {most} characters"));
        }
        if value.contains('\0') {
            self.option(name, "expected text without NUL");
        }
    }

    pub fn required_text(&mut self, name: &str, value: &Option<String>, most: usize) {
        match value.as_deref() {
            None | Some("") => self.option(name, &format!("is required: 1 to {most} characters")),
            _ => self.text(name, value, most),
        }
    }

    pub fn one_of(&mut self, name: &str, value: &Option<String>, words: &[&str]) {
        let wrong = |value: &&str| !value.contains("${") && !words.contains(value);
        if value.as_deref().filter(wrong).is_some() {
            self.option(name, &format!("expected one of {}", quoted(words)));
        }
    }

    pub fn required_one_of(&mut self, name: &str, value: &Option<String>, words: &[&str]) {
        match value {
            None => self.option(name, &format!("is required: one of {}", quoted(words))),
            value => self.one_of(name, value, words),
        }
    }

    pub fn keys(&mut self, name: &str, value: &Option<String>, length: RangeInclusive<usize>) {
        let wrong = |value: &&str| {
            let keys = value.chars().all(|key| KEYS.contains(key));
            !value.contains("${") && (!keys || !length.contains(&value.len()))
        };
        if value.as_deref().filter(|value| !value.is_empty()).filter(wrong).is_some() {
            self.option(name, &format!("expected {} to {} keys of 0-9A-D*#", length.start(), length.end()));
        }
    }

    pub fn id(&mut self, name: &str, value: &str) {
        if !value.contains("${") && Uuid::parse_str(value).is_err() {
            self.option(name, "expected a UUID");
        }
    }

    pub fn optional_id(&mut self, name: &str, value: &Option<String>) {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            self.id(name, value);
        }
    }

    pub fn required_id(&mut self, name: &str, value: &Option<String>) {
        match value.as_deref() {
            None | Some("") => self.option(name, "is required: a UUID"),
            Some(value) if Uuid::parse_str(value).is_ok_and(|id| id.is_nil()) => {
                self.option(name, "is required: a UUID")
            }
            Some(value) => self.id(name, value),
        }
    }

    pub fn http_url(&mut self, name: &str, value: &str) {
        let http = value.starts_with("http://") || value.starts_with("https://");
        let plain = http && value.len() <= 2_048 && !value.contains(char::is_whitespace);
        if !plain && !value.contains("${") {
            self.option(name, "expected an http or https address of at most 2048 characters");
        }
    }

    pub fn address(&mut self, name: &str, address: &proto::Address) {
        if address.target.contains("${") {
            return;
        }
        if let Err((field, description)) = Address::from_proto(address) {
            let path = format!("{}.option.{name}.{field}", self.prefix);
            self.add(Fault::Address, path, description);
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// The first problem of an option whose variables are filled in, in plain words.
pub fn problem_of_option(option: &Opt) -> Option<String> {
    let mut checker = Checker::default();
    actions::check(option, &mut checker);
    let problem = checker.problems.into_iter().next()?;
    Some(format!("{}: {}", problem.path.trim_start_matches(".option."), problem.description))
}

/// Checks a list of actions and makes the ids that are missing. `path` is the list's own: `actions`.
pub fn check_actions(
    list: &[proto::Action],
    path: &str,
    mut make_id: impl FnMut() -> Uuid,
) -> Result<Vec<Action>, Vec<Problem>> {
    let mut checker = Checker::default();
    if list.len() > MAX_ACTIONS {
        checker.add(Fault::Option, path.to_owned(), format!("expected at most {MAX_ACTIONS} actions"));
        return Err(checker.problems);
    }
    let mut actions = Vec::with_capacity(list.len());
    for (at, action) in list.iter().enumerate() {
        checker.prefix = format!("{path}[{at}]");
        let id = check_id(&mut checker, "id", &action.id);
        let next_id = check_id(&mut checker, "next_id", &action.next_id);
        match &action.option {
            None => checker.add(
                Fault::Type,
                format!("{path}[{at}].type"),
                "expected a type of the catalogue: ListActionTypes names them",
            ),
            Some(option) => {
                actions::check(option, &mut checker);
                let id = if id.is_nil() { make_id() } else { id };
                actions.push(Action::new(id, next_id, option.clone()));
            }
        }
    }
    if checker.problems.is_empty() {
        check_graph(&mut checker, path, &actions);
    }
    if checker.problems.is_empty() { Ok(actions) } else { Err(checker.problems) }
}

fn check_id(checker: &mut Checker, name: &str, text: &str) -> Uuid {
    let path = format!("{}.{name}", checker.prefix);
    if text.is_empty() {
        return Uuid::nil();
    }
    let Ok(id) = Uuid::parse_str(text) else {
        checker.add(Fault::Id, path, "expected a UUID");
        return Uuid::nil();
    };
    if name == "id" && !id.is_nil() && reserved::is_reserved(id) {
        checker.add(Fault::Id, path, "this id is reserved: it names no action");
    }
    id
}

/// What only the whole list shows: ids used twice, targets that are not there, loops that never wait.
fn check_graph(checker: &mut Checker, path: &str, actions: &[Action]) {
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for (at, action) in actions.iter().enumerate() {
        if let Some(first) = places.insert(action.id, at) {
            let description = format!("the id {} is {path}[{first}]'s", action.id);
            checker.add(Fault::Id, format!("{path}[{at}].id"), description);
        }
    }
    for (at, action) in actions.iter().enumerate() {
        let named = targets(&action.option).into_iter().map(|(name, id)| (format!("option.{name}"), id));
        let next = (!action.next_id.is_nil()).then(|| ("next_id".to_owned(), action.next_id));
        for (name, id) in named.chain(next) {
            if !reserved::is_reserved(id) && !places.contains_key(&id) {
                let description = format!("no action of this list has the id {id}");
                checker.add(Fault::Target, format!("{path}[{at}].{name}"), description);
            }
        }
    }
    if checker.problems.is_empty()
        && let Some(at) = endless_loop(actions, &places)
    {
        let description = "this action is in a loop of immediate actions that nothing ever leaves";
        checker.add(Fault::Target, format!("{path}[{at}].next_id"), description);
    }
}

/// Every id that an option names as a target, with the name of the field. Those that hold `${…}` are looked up when they run.
fn targets(option: &Opt) -> Vec<(String, Uuid)> {
    let one = |name: &str, id: &Option<String>| vec![(name.to_owned(), id.clone().unwrap_or_default())];
    let named = match option {
        Opt::Branch(o) => {
            let values = o.target_ids.iter().map(|(value, id)| (format!("target_ids.{value}"), id.clone()));
            values.chain(one("default_target_id", &o.default_target_id)).collect()
        }
        Opt::ConditionVariable(o) => one("false_target_id", &o.false_target_id),
        Opt::ConditionDatetime(o) => one("false_target_id", &o.false_target_id),
        Opt::Goto(o) => one("target_id", &o.target_id),
        _ => Vec::new(),
    };
    named.into_iter().filter_map(|(name, id)| Some((name, Uuid::parse_str(&id).ok()?))).collect()
}

/// An action from which unconditional edges (the order, `next_id`) lead back to itself over immediate actions alone.
/// A `goto` is counted, so it ends.
fn endless_loop(actions: &[Action], places: &HashMap<Uuid, usize>) -> Option<usize> {
    let leaves = |action: &Action| {
        let jumps = matches!(action.option, Opt::Branch(_) | Opt::ConditionVariable(_) | Opt::ConditionDatetime(_));
        jumps || actions::spec(action.option.type_name()).mode != Mode::Immediate
    };
    let follow = |at: usize| match actions[at].next_id {
        id if id == reserved::FINISH => None,
        id if reserved::is_reserved(id) => Some(at + 1).filter(|next| *next < actions.len()),
        id => places.get(&id).copied(),
    };
    // 0: not seen, else the walk that saw it. A walk that meets itself has found a loop.
    let mut seen = vec![0_usize; actions.len()];
    for start in 0..actions.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|here| seen[*here] == 0 && !leaves(&actions[*here])) {
            seen[here] = start + 1;
            at = follow(here);
        }
        if at.is_some_and(|here| seen[here] == start + 1) {
            return at;
        }
    }
    None
}
