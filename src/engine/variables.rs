//! Substitution of `${name}` in the strings of an option, at the moment the action runs.

use super::machine::Machine;
use crate::model::event::Kind;
use crate::model::run::Run;
use crate::model::variables::{MAX_VALUE, SYSTEM, Variables};
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Derives the value of a variable from a run; None when the run has no such value.
type Derive = fn(&Run) -> Option<Cow<'_, str>>;

/// The names whose values are derived from the run instead of stored with it.
const DERIVED: [(&str, Derive); 22] = [
    ("voipbin.action.outcome", |run| run.outcome.as_ref().map(|outcome| outcome.word().into())),
    ("voipbin.action.error", |run| run.outcome.as_ref().map(|outcome| outcome.error().into())),
    ("voipbin.activeflow.id", |run| id(run.info.id)),
    ("voipbin.activeflow.reference_type", |run| Some(run.info.reference_type.word().into())),
    ("voipbin.activeflow.reference_id", |run| id(run.info.reference_id)),
    ("voipbin.activeflow.reference_activeflow_id", |run| id(run.info.reference_activeflow_id)),
    ("voipbin.activeflow.flow_id", |run| id(run.info.flow_id)),
    ("voipbin.activeflow.complete_count", |run| Some(run.info.complete_count.to_string().into())),
    ("voipbin.call.id", |run| id(run.call()?.id)),
    ("voipbin.call.direction", |run| Some(run.call()?.direction.word().into())),
    ("voipbin.call.status", |run| Some(run.call()?.status.word().into())),
    ("voipbin.call.master_call_id", |run| id(run.call()?.master_call_id)),
    ("voipbin.call.source.type", |run| Some(run.call()?.source.kind.word().into())),
    ("voipbin.call.source.target", |run| Some((&run.call()?.source.target).into())),
    ("voipbin.call.source.target_name", |run| Some((&run.call()?.source.target_name).into())),
    ("voipbin.call.source.name", |run| Some((&run.call()?.source.name).into())),
    ("voipbin.call.source.detail", |run| Some((&run.call()?.source.detail).into())),
    ("voipbin.call.destination.type", |run| Some(run.call()?.destination.kind.word().into())),
    ("voipbin.call.destination.target", |run| Some((&run.call()?.destination.target).into())),
    ("voipbin.call.destination.target_name", |run| Some((&run.call()?.destination.target_name).into())),
    ("voipbin.call.destination.name", |run| Some((&run.call()?.destination.name).into())),
    ("voipbin.call.destination.detail", |run| Some((&run.call()?.destination.detail).into())),
];

/// The names that actions and messages set.
const SET: [&str; 19] = [
    "voipbin.call.digits",
    "voipbin.connect.status",
    "voipbin.connect.call_id",
    "voipbin.connect.reason",
    "voipbin.recording.id",
    "voipbin.recording.format",
    "voipbin.recording.reference_id",
    "voipbin.webhook.status",
    "voipbin.webhook.body",
    "voipbin.message.id",
    "voipbin.message.text",
    "voipbin.message.source.target",
    "voipbin.message.destination.target",
    "voipbin.message.sent_ids",
    "voipbin.amd.result",
    "voipbin.transcribe.id",
    "voipbin.transcribe.language",
    "voipbin.transcribe.direction",
    "voipbin.ai_summary.content",
];

/// Returns whether a variable of this name can ever have a value. Callers may set every name outside the system's
/// prefix.
pub fn is_known(name: &str) -> bool {
    !name.starts_with(SYSTEM) || derived(name).is_some() || SET.contains(&name)
}

/// Returns the value of a variable; None when there is none of that name.
pub fn lookup<'a>(run: &'a Run, name: &str) -> Option<Cow<'a, str>> {
    let derived = derived(name).and_then(|derive| derive(run));
    derived.or_else(|| run.variables.get(name).map(Cow::Borrowed))
}

/// Returns all variables of a run, including the system's.
pub fn all(run: &Run) -> BTreeMap<String, String> {
    let kept = run.variables.iter().map(|(name, value)| (name.clone(), value.clone()));
    let derived = DERIVED.iter().filter_map(|(name, derive)| Some((name.to_string(), derive(run)?.into_owned())));
    kept.chain(derived).collect()
}

/// Returns the variables of an on_complete flow: those of the ended run, plus the derived values of its call, which are
/// stored from now on.
pub fn inherited(ended: &Run) -> Variables {
    let mut variables = ended.variables.clone();
    for (name, derive) in DERIVED.iter().filter(|(name, _)| name.starts_with("voipbin.call.")) {
        if let Some(value) = derive(ended) {
            variables.set_system(name, &value);
        }
    }
    variables
}

fn derived(name: &str) -> Option<Derive> {
    DERIVED.iter().find(|(known, _)| *known == name).map(|(_, derive)| *derive)
}

/// Formats an id; nil is "".
fn id(id: Uuid) -> Option<Cow<'static, str>> {
    Some(if id.is_nil() { Cow::Borrowed("") } else { Cow::Owned(id.to_string()) })
}

/// Replaces each `${name}` in one pass: values are not expanded again. Unknown names become "", and a `${` without `}`
/// is left unchanged.
///
/// The replacement stops when the text is longer than [`MAX_VALUE`] bytes. No option accepts such a text, so the action
/// fails.
pub fn fill_in(text: &str, run: &Run) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        filled.push_str(&rest[..start]);
        let name = rest[start + 2..start + length].trim();
        filled.push_str(&lookup(run, name).unwrap_or_default());
        rest = &rest[start + length + 1..];
        if filled.len() > MAX_VALUE {
            break;
        }
    }
    filled.push_str(rest);
    filled
}

/// Fails if callers and flows may not write a variable of this name.
pub fn refuse_system(name: &str) -> Result<(), String> {
    match name.starts_with(SYSTEM) {
        true => Err(format!("{name}: names that begin with {SYSTEM} are reserved")),
        false => Ok(()),
    }
}

/// Sets variables of a caller or a flow: all of them or none.
pub fn set(machine: &mut Machine, variables: &BTreeMap<String, String>) -> Result<(), String> {
    variables.keys().try_for_each(|name| refuse_system(name))?;
    let kept = &mut machine.run.variables;
    // A single variable needs no rollback.
    let before = (variables.len() > 1).then(|| kept.clone());
    if let Err(problem) = variables.iter().try_for_each(|(name, value)| kept.set(name, value)) {
        *kept = before.unwrap_or_else(|| std::mem::take(kept));
        return Err(problem);
    }
    machine.variables_changed();
    machine.event(Kind::VariablesSet { variables: variables.clone() });
    Ok(())
}
