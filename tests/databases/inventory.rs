//! All that a customer sees of what is theirs: the paths of the REST API and what they answer.

use crate::server::{Rest, text};
use serde_json::Value;
use std::collections::BTreeMap;

pub type Inventory = BTreeMap<String, Value>;

/// What there are lists of, and what stands below one of each.
const KINDS: [(&str, &[&str]); 8] = [
    ("accesskeys", &[]),
    ("activeflows", &["/events?page_size=1000"]),
    ("calls", &[]),
    ("flows", &["/revisions?page_size=1000"]),
    ("messages", &[]),
    ("numbers", &[]),
    ("recordings", &[]),
    ("webhook_deliveries", &[]),
];

/// What changes while work goes on, by the kind of thing and what it looks like before its work is over.
const MOVING: [(&str, &str, &[&str], &[&str]); 5] = [
    (
        "activeflows",
        "status",
        &["running"],
        &[
            "status",
            "current_action",
            "forward_action_id",
            "executed_actions",
            "pending_actions",
            "variables",
            "end_reason",
            "error",
            "revision",
            "tm_update",
        ],
    ),
    (
        "calls",
        "status",
        &["dialing", "ringing", "progressing"],
        &["status", "action", "recording_id", "hangup_by", "hangup_reason", "tm_hangup", "tm_update"],
    ),
    ("messages", "status", &["queued"], &["status", "error", "tm_update"]),
    ("recordings", "status", &["recording"], &["status", "error", "duration", "size", "tm_end", "tm_update"]),
    (
        "webhook_deliveries",
        "status",
        &["waiting"],
        &["status", "attempts", "last_status", "last_error", "tm_next", "tm_update"],
    ),
];

pub async fn read(rest: &Rest) -> Inventory {
    let mut all = Inventory::new();
    let mut paths = vec!["/v1.0/customer".to_owned()];
    for (kind, below) in KINDS {
        let list = rest.ok("GET", &format!("/v1.0/{kind}?page_size=1000"), None).await;
        assert_eq!(list["next_page_token"], "", "there are more {kind} than a page holds");
        for row in list["result"].as_array().unwrap() {
            let path = format!("/v1.0/{kind}/{}", text(row, "id"));
            paths.extend(below.iter().map(|below| format!("{path}{below}")));
            paths.push(path);
        }
    }
    for path in paths {
        let body = rest.ok("GET", &path, None).await;
        all.insert(path, body);
    }
    all
}

/// The kind of thing that a path leads to, and the path of the thing.
fn parts(path: &str) -> (&str, &str) {
    let kind = path.trim_start_matches("/v1.0/").split('/').next().unwrap_or_default();
    let id = path.match_indices('/').nth(3).map_or(path.len(), |(at, _)| at);
    (kind, &path[..id])
}

/// The fields of a thing that may change, while it is as it was before the death. None: it is at rest.
fn moving(inventory: &Inventory, path: &str) -> Option<&'static [&'static str]> {
    let (kind, own) = parts(path);
    let (_, field, values, fields) = MOVING.into_iter().find(|(name, ..)| *name == kind)?;
    let value = inventory[own][field].as_str().unwrap_or_default();
    values.contains(&value).then_some(fields)
}

/// The things of a kind whose work was not over, with their ids.
pub fn unfinished<'a>(inventory: &'a Inventory, kind: &str) -> Vec<(&'a str, &'a Value)> {
    let mine = |path: &str| parts(path) == (kind, path) && moving(inventory, path).is_some();
    let found = inventory.iter().filter(|(path, _)| mine(path));
    found.map(|(path, body)| (path.rsplit('/').next().unwrap_or_default(), body)).collect()
}

/// Holds what is there against what was there: what was at rest is the same to the letter, and of the rest what never
/// changes. Histories go on where they were.
pub fn assert_kept(was: &Inventory, is: &Inventory) {
    for (path, before) in was {
        let after = is.get(path).unwrap_or_else(|| panic!("{path} is gone"));
        let Some(fields) = moving(was, path) else {
            assert_eq!(shown_before(after, before).to_string(), before.to_string(), "{path} has changed");
            continue;
        };
        match path.contains("/events") {
            true => assert_goes_on(path, before, after),
            false => {
                let after = shown_before(after, before);
                assert_eq!(without(&after, fields), without(before, fields), "{path} has changed");
            }
        }
    }
}

/// A history is told newest first: what was there stands at its end.
fn assert_goes_on(path: &str, before: &Value, after: &Value) {
    let rows = |page: &Value| page["result"].as_array().unwrap().clone();
    let (before, after) = (rows(before), rows(after));
    assert!(after.len() >= before.len(), "{path} has lost events");
    assert_eq!(after[after.len() - before.len()..], before, "{path} has changed");
}

/// A thing, or a list of things, without the keys that earlier versions did not show.
pub fn shown_before(after: &Value, before: &Value) -> Value {
    match (after, before) {
        (Value::Object(after), Value::Object(before)) => {
            let shown = |(key, after): (&String, &Value)| Some((key.clone(), shown_before(after, before.get(key)?)));
            Value::Object(after.iter().filter_map(shown).collect())
        }
        (Value::Array(after), Value::Array(before)) if after.len() == before.len() => {
            after.iter().zip(before).map(|(after, before)| shown_before(after, before)).collect()
        }
        _ => after.clone(),
    }
}

fn without(body: &Value, fields: &[&str]) -> String {
    let mut body = body.clone();
    for field in fields {
        body.as_object_mut().unwrap().shift_remove(*field);
    }
    body.to_string()
}
