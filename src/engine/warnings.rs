//! Warnings about flows that are valid but may not behave as intended. A flow with warnings is still saved.

use super::actions::{Mode, spec};
use super::variables::is_known;
use crate::model::flow::{Action, reserved};
use crate::proto::action::Option as Opt;
use std::collections::HashMap;
use uuid::Uuid;

/// Maximum number of warnings of one list.
pub const MAX_WARNINGS: usize = 1_000;

/// The kind of a warning; `name` returns its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WarningKind {
    Unreachable,
    BranchWithoutDefault,
    WithoutCall,
    UnknownVariable,
    NoSuchFlow,
}

impl WarningKind {
    pub fn name(self) -> &'static str {
        match self {
            WarningKind::Unreachable => "UNREACHABLE_ACTION",
            WarningKind::BranchWithoutDefault => "BRANCH_WITHOUT_DEFAULT",
            WarningKind::WithoutCall => "ACTION_WITHOUT_CALL",
            WarningKind::UnknownVariable => "UNKNOWN_VARIABLE",
            WarningKind::NoSuchFlow => "NO_SUCH_FLOW",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// `actions[2].option.default_target_id`
    pub path: String,
    pub kind: WarningKind,
    pub description: String,
}

/// Returns the warnings of a checked list, in the order of its actions. `path` is the path of the list, such as
/// `actions`; `with_call` says whether runs of the flow have a call.
pub fn warnings(actions: &[Action], path: &str, with_call: bool) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let reached = reachable(actions, with_call);
    for (at, action) in actions.iter().enumerate() {
        let here = format!("{path}[{at}]");
        let mut warn = |field: &str, kind, description: &str| {
            warnings.push(Warning { path: format!("{here}.{field}"), kind, description: description.to_owned() });
        };
        if !reached[at] {
            warn("id", WarningKind::Unreachable, "this action cannot be reached");
        }
        if !with_call && spec(action.option.type_name()).needs_call {
            warn(
                "type",
                WarningKind::WithoutCall,
                "needs a call, but this flow starts without one: the action is skipped",
            );
        }
        of_option(&action.option, &mut warn);
        if action.templated {
            for name in unknown_names(&action.option) {
                let description = format!("there is no variable {name}: its value is always empty");
                warn("option", WarningKind::UnknownVariable, &description);
            }
        }
        if let Opt::Call(option) = &action.option {
            let nested: Vec<Action> =
                option.actions.iter().filter_map(|action| Action::from_proto(with_id(action))).collect();
            warnings.extend(self::warnings(&nested, &format!("{here}.option.actions"), true));
        }
        if warnings.len() >= MAX_WARNINGS {
            warnings.truncate(MAX_WARNINGS);
            break;
        }
    }
    warnings
}

/// Sets a nil id where an action inside an option has none: such actions get their ids when they run.
fn with_id(action: &crate::proto::Action) -> crate::proto::Action {
    let id = if action.id.is_empty() { Uuid::nil().to_string() } else { action.id.clone() };
    crate::proto::Action { id, ..action.clone() }
}

fn of_option(option: &Opt, warn: &mut impl FnMut(&str, WarningKind, &str)) {
    match option {
        Opt::Branch(o) if o.default_target_id.as_deref().is_none_or(str::is_empty) => warn(
            "option.default_target_id",
            WarningKind::BranchWithoutDefault,
            "without a default, any other value continues with the next action",
        ),
        _ => {}
    }
}

/// Returns the system's variable names that an option reads but nothing ever sets.
fn unknown_names(option: &Opt) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    let mut option = option.clone();
    option.for_each_string(&mut |text| {
        for part in text.split("${").skip(1) {
            let Some((name, _)) = part.split_once('}') else { continue };
            let name = name.trim();
            if !is_known(name) && !unknown.iter().any(|it| it == name) {
                unknown.push(name.to_owned());
            }
        }
    });
    unknown
}

/// Returns which actions can be reached from the first. A target that is known only at run time may be any action.
fn reachable(actions: &[Action], with_call: bool) -> Vec<bool> {
    let positions: HashMap<Uuid, usize> = actions.iter().enumerate().map(|(at, action)| (action.id, at)).collect();
    let mut reached = vec![false; actions.len()];
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        if at >= actions.len() || std::mem::replace(&mut reached[at], true) {
            continue;
        }
        let Some(targets) = targets(&actions[at], with_call) else { return vec![true; actions.len()] };
        for target in targets {
            match target {
                reserved::NEXT => open.push(at + 1),
                reserved::START => open.push(0),
                target => open.extend(positions.get(&target)),
            }
        }
    }
    reached
}

/// Returns the possible next targets of an action: ids of actions and reserved ids. None means any action.
fn targets(action: &Action, with_call: bool) -> Option<Vec<Uuid>> {
    let next = if action.next_id.is_nil() { reserved::NEXT } else { action.next_id };
    let one = |id: &Option<String>| match id.as_deref() {
        None | Some("") => Some(next),
        Some(id) => Uuid::parse_str(id).ok().map(|id| if id.is_nil() { next } else { id }),
    };
    let ends = spec(action.option.type_name()).mode == Mode::Ends;
    Some(match &action.option {
        Opt::Branch(o) => {
            let chosen = o.target_ids.values().map(|id| one(&Some(id.clone())));
            chosen.chain([one(&o.default_target_id)]).collect::<Option<Vec<_>>>()?
        }
        Opt::ConditionVariable(o) => vec![next, one(&o.false_target_id)?],
        Opt::ConditionDatetime(o) => vec![next, one(&o.false_target_id)?],
        // Without a call these actions are skipped.
        Opt::ConditionCallDigits(o) => vec![next, one(&o.false_target_id)?],
        Opt::ConditionCallStatus(o) => vec![next, one(&o.false_target_id)?],
        Opt::Goto(o) => vec![next, one(&o.target_id)?],
        // Continues with the next action when there is no call, or when the referenced call is not there.
        Opt::Hangup(o) if !with_call || o.reference_id.is_some() => vec![next],
        Opt::Connect(o) if with_call && o.relay_reason == Some(true) => Vec::new(),
        _ if ends => Vec::new(),
        _ => vec![next],
    })
}
