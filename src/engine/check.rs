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
/// Bytes of a list at most, as REST writes it.
pub const MAX_JSON: usize = 256 * 1024;
/// Lists inside the options of lists at most.
const MAX_NESTED: usize = 5;
/// The keys of a telephone (RFC 4733 §3.2, DTMF events 0 to 15).
pub const KEYS: &str = "0123456789ABCD*#";

/// What is said of a string that holds a NUL.
const NUL: &str = "must not hold a NUL character";

/// What kind of problem it is; decides the reason on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Collects what is wrong with one option. At the door a string that holds `${…}` is let through: it is checked when it
/// is filled in.
#[derive(Debug, Default)]
pub struct Checker {
    at_the_door: bool,
    /// Some string of the list holds a NUL.
    nul: bool,
    /// `actions[2]`
    prefix: String,
    problems: Vec<Problem>,
}

impl Checker {
    /// The list is being saved; else one of its actions is about to run.
    pub fn at_the_door(&self) -> bool {
        self.at_the_door
    }

    pub fn lets_through(&self, text: &str) -> bool {
        self.at_the_door && text.contains("${")
    }

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
        // At the door every string is looked at.
        if !self.at_the_door && value.contains('\0') {
            self.option(name, NUL);
        }
    }

    pub fn required_text(&mut self, name: &str, value: &Option<String>, most: usize) {
        match value.as_deref() {
            None | Some("") => self.option(name, &format!("is required: 1 to {most} characters")),
            _ => self.text(name, value, most),
        }
    }

    pub fn one_of(&mut self, name: &str, value: &Option<String>, words: &[&str]) {
        let wrong = |value: &&str| !self.lets_through(value) && !words.contains(value);
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
            !self.lets_through(value) && (!keys || !length.contains(&value.len()))
        };
        if value.as_deref().filter(|value| !value.is_empty()).filter(wrong).is_some() {
            self.option(name, &format!("expected {} to {} keys of 0-9A-D*#", length.start(), length.end()));
        }
    }

    pub fn id(&mut self, name: &str, value: &str) {
        if !self.lets_through(value) && Uuid::parse_str(value).is_err() {
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
        let plain = http && value.len() <= 2_048 && !value.contains(|it: char| it.is_whitespace() || it.is_control());
        if !plain && !self.lets_through(value) {
            self.option(name, "expected an http or https address of at most 2048 characters");
        }
    }

    pub fn optional_http_url(&mut self, name: &str, value: &Option<String>) {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            self.http_url(name, value);
        }
    }

    pub fn address(&mut self, name: &str, address: &proto::Address) {
        let Err((field, description)) = Address::from_proto(address) else { return };
        // What a target must be depends on the type.
        let open = match field {
            "type" => self.lets_through(&address.r#type),
            "target" => self.lets_through(&address.target),
            _ => false,
        };
        if !open {
            self.add(Fault::Address, format!("{}.option.{name}.{field}", self.prefix), description);
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

impl Checker {
    /// A list inside an option: checked like one that is saved, because that is what becomes of it.
    pub fn actions(&mut self, name: &str, list: &[proto::Action]) {
        if !self.at_the_door {
            return;
        }
        let path = format!("{}.option.{name}", self.prefix);
        if path.matches(".option.").count() > MAX_NESTED {
            return self.add(Fault::Option, path, format!("expected at most {MAX_NESTED} lists inside one another"));
        }
        if let Err(problems) = check_actions(list, &path, Uuid::nil) {
            self.problems.extend(problems);
        }
    }
}

/// Checks a list of actions and makes the ids that are missing. `path` is the list's own: `actions`.
pub fn check_actions(
    list: &[proto::Action],
    path: &str,
    mut make_id: impl FnMut() -> Uuid,
) -> Result<Vec<Action>, Vec<Problem>> {
    let mut checker = Checker { at_the_door: true, ..Checker::default() };
    if list.len() > MAX_ACTIONS {
        checker.add(Fault::Option, path.to_owned(), format!("expected at most {MAX_ACTIONS} actions"));
        return Err(checker.problems);
    }
    let json = serde_json::to_string(list).unwrap_or_default();
    checker.nul = json.contains(r"\u0000");
    if json.len() > MAX_JSON {
        checker.add(Fault::Option, path.to_owned(), format!("expected at most {} KiB of JSON", MAX_JSON / 1024));
    }
    let places = places(list);
    let mut actions = Vec::with_capacity(list.len());
    for (at, action) in list.iter().enumerate() {
        checker.prefix = format!("{path}[{at}]");
        actions.extend(check_action(&mut checker, action, at, path, &places, &mut make_id));
    }
    if checker.problems.is_empty()
        && let Some(at) = endless_loop(&actions, &places)
    {
        let description = "this action is in a loop of immediate actions that nothing ever leaves";
        checker.add(Fault::Target, format!("{path}[{at}].next_id"), description);
    }
    if checker.problems.is_empty() { Ok(actions) } else { Err(checker.problems) }
}

/// Where each id stands first.
fn places(list: &[proto::Action]) -> HashMap<Uuid, usize> {
    let ids = list.iter().map(|action| Uuid::parse_str(&action.id).unwrap_or_default());
    let mut places = HashMap::new();
    for (at, id) in ids.enumerate().filter(|(_, id)| !id.is_nil()) {
        places.entry(id).or_insert(at);
    }
    places
}

/// Checks one action, alone and in its list; None when it cannot be read.
fn check_action(
    checker: &mut Checker,
    action: &proto::Action,
    at: usize,
    path: &str,
    places: &HashMap<Uuid, usize>,
    make_id: impl FnOnce() -> Uuid,
) -> Option<Action> {
    let here = format!("{path}[{at}]");
    let id = check_id(checker, "id", &action.id);
    if let Some(first) = places.get(&id).filter(|first| **first != at) {
        checker.add(Fault::Id, format!("{here}.id"), format!("the id {id} is {path}[{first}]'s"));
    }
    if reserved::is_reserved(id) && !id.is_nil() {
        checker.add(Fault::Id, format!("{here}.id"), "this id is reserved: it names no action");
    }
    let next_id = check_id(checker, "next_id", &action.next_id);
    check_target(checker, &format!("{here}.next_id"), next_id, places);
    let Some(option) = &action.option else {
        checker.add(
            Fault::Type,
            format!("{here}.type"),
            "expected a type of the catalogue: ListActionTypes names them",
        );
        return None;
    };
    actions::check(option, checker);
    if checker.nul {
        let shown = serde_json::to_value(action).unwrap_or_default();
        for path in with_nul(&shown["option"]) {
            let path = format!("{here}.option{path}");
            // An address with a NUL has been told already.
            if checker.problems.iter().all(|problem| problem.path != path) {
                checker.add(Fault::Option, path, NUL);
            }
        }
    }
    for (name, target) in targets(option) {
        check_target(checker, &format!("{here}.option.{name}"), target, places);
    }
    let id = if id.is_nil() { make_id() } else { id };
    Some(Action::new(id, next_id, option.clone()))
}

/// Paths of the strings that hold a NUL, which not everyone who stores or shows them can hold; of an object where a key does.
fn with_nul(value: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    let inside = |prefix: String, value: &Value| with_nul(value).into_iter().map(move |path| format!("{prefix}{path}"));
    match value {
        Value::String(text) if text.contains('\0') => vec![String::new()],
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, it)| inside(format!("[{at}]"), it)).collect(),
        Value::Object(object) if object.keys().any(|key| key.contains('\0')) => vec![String::new()],
        Value::Object(object) => object.iter().flat_map(|(key, it)| inside(format!(".{key}"), it)).collect(),
        _ => Vec::new(),
    }
}

fn check_id(checker: &mut Checker, name: &str, text: &str) -> Uuid {
    if text.is_empty() {
        return Uuid::nil();
    }
    Uuid::parse_str(text).unwrap_or_else(|_| {
        checker.add(Fault::Id, format!("{}.{name}", checker.prefix), "expected a UUID");
        Uuid::nil()
    })
}

fn check_target(checker: &mut Checker, path: &str, id: Uuid, places: &HashMap<Uuid, usize>) {
    if !reserved::is_reserved(id) && !places.contains_key(&id) {
        checker.add(Fault::Target, path.to_owned(), format!("no action of this list has the id {id}"));
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
        Opt::ConditionCallDigits(o) => one("false_target_id", &o.false_target_id),
        Opt::ConditionCallStatus(o) => one("false_target_id", &o.false_target_id),
        Opt::Goto(o) => one("target_id", &o.target_id),
        _ => Vec::new(),
    };
    named.into_iter().filter_map(|(name, id)| Some((name, Uuid::parse_str(&id).ok()?))).collect()
}

/// Whether an action with this option is done at once.
fn is_immediate(option: &Opt) -> bool {
    match option {
        Opt::Talk(o) => o.r#async == Some(true),
        Opt::Amd(o) => o.r#async == Some(true),
        Opt::WebhookSend(o) => o.sync != Some(true),
        option => actions::spec(option.type_name()).mode == Mode::Immediate,
    }
}

/// An action from which unconditional edges (the order, `next_id`) lead back to itself over immediate actions alone.
/// A `goto` is counted, so it ends.
fn endless_loop(actions: &[Action], places: &HashMap<Uuid, usize>) -> Option<usize> {
    let leaves = |action: &Action| {
        let jumps = matches!(
            action.option,
            Opt::Branch(_)
                | Opt::ConditionVariable(_)
                | Opt::ConditionDatetime(_)
                | Opt::ConditionCallDigits(_)
                | Opt::ConditionCallStatus(_)
        );
        jumps || !is_immediate(&action.option)
    };
    let follow = |at: usize| match actions[at].next_id {
        id if id == reserved::FINISH => None,
        id if id == reserved::START => Some(0),
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
