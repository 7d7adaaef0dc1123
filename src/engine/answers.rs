//! Reads the responses of web servers to `fetch` and `webhook_send`, in the same way for live calls and dry runs.

use super::check::check_actions;
use super::{Ids, SentWebhook};
use crate::model::flow::Revision;
use crate::model::variables::MAX_VALUE;
use crate::proto;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Returns the actions of a response to `fetch`, checked like a flow; or the reason why there are none, whose first
/// word is one that a flow can branch on.
pub fn fetched(status: u16, body: &[u8], ids: &mut Ids) -> Result<Arc<Revision>, String> {
    if !(200..300).contains(&status) {
        return Err(format!("status: the server answered {status}"));
    }
    let actions = read_actions(body).map_err(|problem| format!("invalid_actions: {problem}"))?;
    let checked = check_actions(&actions, "actions", || ids.next_id());
    let actions = checked.map_err(|problems| match problems.first() {
        Some(first) => format!("invalid_actions: {}: {}", first.path, first.description),
        None => "invalid_actions".to_owned(),
    })?;
    Ok(Arc::new(Revision::new(ids.next_id(), Uuid::nil(), 0, Uuid::nil(), actions)))
}

/// Reads a list of actions, bare or as `{"actions": […]}`.
fn read_actions(body: &[u8]) -> Result<Vec<proto::Action>, String> {
    let json: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON".to_owned())?;
    let list = match json {
        Value::Array(_) => json!({"actions": json}),
        Value::Object(_) => json,
        _ => return Err("expected a list of actions".to_owned()),
    };
    let read: proto::PushActionsRequest = proto::json::read(list).map_err(|fault| fault.to_string())?;
    Ok(read.actions)
}

/// Returns the response to a `webhook_send` in a form that variables can hold. Only strings in a JSON object under
/// `variables` set variables.
pub fn sent(status: u16, body: &[u8]) -> SentWebhook {
    let body = String::from_utf8_lossy(body).replace('\0', "");
    let json: Option<Value> = serde_json::from_str(&body).ok();
    let set = json.as_ref().and_then(|json| json.get("variables")).and_then(Value::as_object);
    let variables: BTreeMap<String, String> = set
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let mut end = body.len().min(MAX_VALUE);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    SentWebhook { status, body: body[..end].to_owned(), variables }
}
