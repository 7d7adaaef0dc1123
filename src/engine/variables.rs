//! `${name}` in the strings of an option, filled in at the moment the action runs.

use super::machine::Machine;
use crate::model::call::Address;
use crate::model::event::Kind;
use crate::model::run::Run;
use crate::model::variables::{MAX_VALUE, SYSTEM, Variables};
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Names whose values follow from the run and are not kept beside it.
const DERIVED: [&str; 22] = [
    "voipbin.action.outcome",
    "voipbin.action.error",
    "voipbin.activeflow.id",
    "voipbin.activeflow.reference_type",
    "voipbin.activeflow.reference_id",
    "voipbin.activeflow.reference_activeflow_id",
    "voipbin.activeflow.flow_id",
    "voipbin.activeflow.complete_count",
    "voipbin.call.id",
    "voipbin.call.direction",
    "voipbin.call.status",
    "voipbin.call.master_call_id",
    "voipbin.call.source.type",
    "voipbin.call.source.target",
    "voipbin.call.source.target_name",
    "voipbin.call.source.name",
    "voipbin.call.source.detail",
    "voipbin.call.destination.type",
    "voipbin.call.destination.target",
    "voipbin.call.destination.target_name",
    "voipbin.call.destination.name",
    "voipbin.call.destination.detail",
];

/// Names that actions and messages set.
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

/// Whether something may ever set a variable of this name. A name that is not the system's is the caller's to set.
pub fn is_known(name: &str) -> bool {
    !name.starts_with(SYSTEM) || DERIVED.contains(&name) || SET.contains(&name)
}

/// The value of a variable; None when there is none of that name.
pub fn lookup<'a>(run: &'a Run, name: &str) -> Option<Cow<'a, str>> {
    derive(run, name).or_else(|| run.variables.get(name).map(Cow::Borrowed))
}

/// All variables of a run, the system's among them.
pub fn all(run: &Run) -> BTreeMap<String, String> {
    let kept = run.variables.iter().map(|(name, value)| (name.clone(), value.clone()));
    let derived = DERIVED.iter().filter_map(|name| Some((name.to_string(), derive(run, name)?.into_owned())));
    kept.chain(derived).collect()
}

/// What an on_complete flow finds: the variables of the run that has ended, and the call's, which are only kept from now on.
pub fn inherited(ended: &Run) -> Variables {
    let mut variables = ended.variables.clone();
    for name in DERIVED.iter().filter(|name| name.starts_with("voipbin.call.")) {
        if let Some(value) = derive(ended, name) {
            variables.set_system(name, &value);
        }
    }
    variables
}

fn derive<'a>(run: &'a Run, name: &str) -> Option<Cow<'a, str>> {
    let head = &run.head;
    let id = |id: Uuid| Some(Cow::Owned(if id.is_nil() { String::new() } else { id.to_string() }));
    match name.strip_prefix(SYSTEM)? {
        "action.outcome" => run.outcome.as_ref().map(|outcome| Cow::Borrowed(outcome.word())),
        "action.error" => run.outcome.as_ref().map(|outcome| Cow::Borrowed(outcome.error())),
        "activeflow.id" => id(head.id),
        "activeflow.reference_type" => Some(Cow::Borrowed(head.reference_type.word())),
        "activeflow.reference_id" => id(head.reference_id),
        "activeflow.reference_activeflow_id" => id(head.reference_activeflow_id),
        "activeflow.flow_id" => id(head.flow_id),
        "activeflow.complete_count" => Some(Cow::Owned(head.complete_count.to_string())),
        "call.id" => id(run.call()?.id),
        "call.direction" => Some(Cow::Borrowed(run.call()?.direction.word())),
        "call.status" => Some(Cow::Borrowed(run.call()?.status.word())),
        "call.master_call_id" => id(run.call()?.master_call_id),
        other => {
            let (side, field) = other.strip_prefix("call.")?.split_once('.')?;
            let address = match side {
                "source" => &run.call()?.source,
                "destination" => &run.call()?.destination,
                _ => return None,
            };
            address_field(address, field).map(Cow::Borrowed)
        }
    }
}

fn address_field<'a>(address: &'a Address, field: &str) -> Option<&'a str> {
    Some(match field {
        "type" => address.kind.word(),
        "target" => &address.target,
        "target_name" => &address.target_name,
        "name" => &address.name,
        "detail" => &address.detail,
        _ => return None,
    })
}

/// One pass: what a value holds is not looked at again. Unknown names are "", and a `${` without its `}` stands as it is.
///
/// Filling in stops once the text is longer than [`MAX_VALUE`] bytes. No option may be so long, so the action fails.
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

/// Why a caller or a flow may not write a variable of this name.
pub fn refuse_system(name: &str) -> Result<(), String> {
    match name.starts_with(SYSTEM) {
        true => Err(format!("{name}: names that begin with {SYSTEM} are the system's")),
        false => Ok(()),
    }
}

/// Sets a caller's or a flow's variables, all or none.
pub fn set(machine: &mut Machine, variables: &BTreeMap<String, String>) -> Result<(), String> {
    variables.keys().try_for_each(|name| refuse_system(name))?;
    let kept = &mut machine.run.variables;
    // One alone is all or none by itself.
    let before = (variables.len() > 1).then(|| kept.clone());
    if let Err(problem) = variables.iter().try_for_each(|(name, value)| kept.set(name, value)) {
        *kept = before.unwrap_or_else(|| std::mem::take(kept));
        return Err(problem);
    }
    machine.variables_changed();
    machine.event(Kind::VariablesSet { variables: variables.clone() });
    Ok(())
}
