//! Validation of flows: a flow is saved only if it can run. All problems are reported together, each with its path.

use super::actions::{self, Mode};
use super::checker::{Checker, NUL};
pub use super::checker::{KEYS, Problem, ProblemKind};
use crate::model::flow::{Action, reserved};
use crate::proto;
use crate::proto::action::Option as Opt;
use std::collections::HashMap;
use uuid::Uuid;

/// Maximum number of actions in a list.
pub const MAX_ACTIONS: usize = proto::codec::MAX_ACTIONS;
/// Maximum size of a list in bytes, as the JSON that REST writes.
pub const MAX_JSON: usize = 256 * 1024;
/// Maximum depth of lists inside options.
const MAX_NESTED: usize = 5;
impl Checker {
    /// Checks a list inside an option like a list that is saved, because it will be saved as one.
    pub fn actions(&mut self, name: &str, list: &[proto::Action]) {
        if !self.on_save {
            return;
        }
        let path = format!("{}.option.{name}", self.prefix);
        if path.matches(".option.").count() > MAX_NESTED {
            return self.add(
                ProblemKind::Option,
                path,
                format!("expected at most {MAX_NESTED} levels of nested lists"),
            );
        }
        if let Err(problems) = check_actions(list, &path, Uuid::nil) {
            self.problems.extend(problems);
        }
    }
}

/// Checks a list of actions and creates missing ids. `path` is the path of the list, such as `actions`.
pub fn check_actions(
    list: &[proto::Action],
    path: &str,
    mut make_id: impl FnMut() -> Uuid,
) -> Result<Vec<Action>, Vec<Problem>> {
    let mut checker = Checker::for_saving();
    if list.len() > MAX_ACTIONS {
        checker.add(ProblemKind::Option, path.to_owned(), format!("expected at most {MAX_ACTIONS} actions"));
        return Err(checker.problems);
    }
    let json = serde_json::to_string(list).unwrap_or_default();
    checker.nul = json.contains(r"\u0000");
    if json.len() > MAX_JSON {
        checker.add(ProblemKind::Option, path.to_owned(), format!("expected at most {} KiB of JSON", MAX_JSON / 1024));
    }
    let positions = positions(list);
    let mut actions = Vec::with_capacity(list.len());
    for (at, action) in list.iter().enumerate() {
        checker.prefix = format!("{path}[{at}]");
        actions.extend(check_action(&mut checker, action, at, path, &positions, &mut make_id));
    }
    if checker.problems.is_empty()
        && let Some(at) = endless_loop(&actions, &positions)
    {
        let description = "this action is in an endless loop of immediate actions";
        checker.add(ProblemKind::Target, format!("{path}[{at}].next_id"), description);
    }
    if checker.problems.is_empty() { Ok(actions) } else { Err(checker.problems) }
}

/// Returns the first position of each id.
fn positions(list: &[proto::Action]) -> HashMap<Uuid, usize> {
    let ids = list.iter().map(|action| Uuid::parse_str(&action.id).unwrap_or_default());
    let mut positions = HashMap::new();
    for (at, id) in ids.enumerate().filter(|(_, id)| !id.is_nil()) {
        positions.entry(id).or_insert(at);
    }
    positions
}

/// Checks one action, by itself and within its list. Returns None when it cannot be read.
fn check_action(
    checker: &mut Checker,
    action: &proto::Action,
    at: usize,
    path: &str,
    positions: &HashMap<Uuid, usize>,
    make_id: impl FnOnce() -> Uuid,
) -> Option<Action> {
    let here = format!("{path}[{at}]");
    let id = check_id(checker, "id", &action.id);
    if let Some(first) = positions.get(&id).filter(|first| **first != at) {
        checker.add(ProblemKind::Id, format!("{here}.id"), format!("the id {id} is already used by {path}[{first}]"));
    }
    if reserved::is_reserved(id) && !id.is_nil() {
        checker.add(ProblemKind::Id, format!("{here}.id"), "this id is reserved and cannot be the id of an action");
    }
    let next_id = check_id(checker, "next_id", &action.next_id);
    check_target(checker, &format!("{here}.next_id"), next_id, positions);
    let Some(option) = &action.option else {
        checker.add(ProblemKind::Type, format!("{here}.type"), "expected an action type that ListActionTypes returns");
        return None;
    };
    actions::check(option, checker);
    if checker.nul {
        let shown = serde_json::to_value(action).unwrap_or_default();
        for path in with_nul(&shown["option"]) {
            let path = format!("{here}.option{path}");
            // A NUL in an address has already been reported.
            if checker.problems.iter().all(|problem| problem.path != path) {
                checker.add(ProblemKind::Option, path, NUL);
            }
        }
    }
    for (name, target) in targets(option) {
        check_target(checker, &format!("{here}.option.{name}"), target, positions);
    }
    let id = if id.is_nil() { make_id() } else { id };
    Some(Action::new(id, next_id, option.clone()))
}

/// Returns the paths of the strings that contain a NUL, which some stores and displays do not accept. For a NUL in a
/// key, the path is that of the object.
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
        checker.add(ProblemKind::Id, format!("{}.{name}", checker.prefix), "expected a UUID");
        Uuid::nil()
    })
}

fn check_target(checker: &mut Checker, path: &str, id: Uuid, positions: &HashMap<Uuid, usize>) {
    if !reserved::is_reserved(id) && !positions.contains_key(&id) {
        checker.add(ProblemKind::Target, path.to_owned(), format!("no action of this list has the id {id}"));
    }
}

/// Returns every target that an option names, with the name of its field. Targets with `${…}` are resolved at run time.
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

/// Returns whether an action with this option completes immediately.
fn is_immediate(option: &Opt) -> bool {
    match option {
        Opt::Talk(o) => o.r#async == Some(true),
        Opt::Amd(o) => o.r#async == Some(true),
        Opt::WebhookSend(o) => o.sync != Some(true),
        option => actions::spec(option.type_name()).mode == Mode::Immediate,
    }
}

/// Returns an action from which unconditional edges (list order, `next_id`) lead back to itself over immediate actions
/// alone. A `goto` has a limited number of jumps, so it is no endless loop.
fn endless_loop(actions: &[Action], positions: &HashMap<Uuid, usize>) -> Option<usize> {
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
        id => positions.get(&id).copied(),
    };
    // 0 means not seen; otherwise the walk that saw it. A walk that meets itself has found a loop.
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
