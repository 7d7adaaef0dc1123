//! Generates the page, type by type.

use crate::{OWN, action};
use ringdown::engine::actions::{Mode, OnFailure, spec};
use ringdown::engine::check::check_actions;
use ringdown::proto::{ACTION_TYPES, ActionTypeDoc, option_schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use uuid::Uuid;

const HEAD: &str = "# Actions

This page is generated from the contract and the engine's catalogue by `RINGDOWN_WRITE=1 cargo test --test reference`.
`GET /v1.0/action_types` and ListActionTypes return the same. A flow is a list of actions:
`{\"id\", \"next_id\", \"type\", \"option\"}`.

- Variables: `${name}` in any string of an option is replaced when the action runs. An unset variable is empty. Options are checked
  when a flow is saved, or when the action runs if they contain `${name}`.
- Outcomes: every action ends as `done`, `skipped`, `failed`, `timeout` or `gone`. The history records the outcome, and
  `${voipbin.action.outcome}` holds it until the next action ends. `${voipbin.action.error}` holds the error.
- Calls: an action that needs a call is skipped in an activeflow without one. An interrupted wait ends as `gone` if the call was hung
  up, and as `skipped` if the activeflow was stopped or other actions interrupted it.
- Failures: each type states what its failure means. In addition, a `connect` that cannot dial any of its destinations ends the
  activeflow.
- Limits: an activeflow that used up its budget of history, messages, mails or HTTP requests ends with the reason `limit`, and its
  error begins with `BUDGET_USED_UP`. The flows that activeflows start with `call`, on_complete or the end of a recording count as
  generations: the flow of the last one can start none, and its action fails with `TOO_MANY_GENERATIONS`. The
  [limits](operations.md#limits) are set by the operator.
- Availability: saving a flow with an action that is not available fails with `ACTION_NOT_AVAILABLE`.

";

pub fn reference(examples: &Map<String, Value>) -> String {
    let mut page = HEAD.to_owned() + "| Type | Needs | Duration | On failure | Description |\n|---|---|---|---|---|\n";
    for it in ACTION_TYPES {
        let spec = spec(it.name);
        let needs = if spec.needs_call { "a call" } else { "" };
        let failure = if spec.on_failure == OnFailure::Next { "continues" } else { "ends" };
        let about = first_sentence(it.about);
        writeln!(page, "| [{0}](#{0}) | {needs} | {1} | {failure} | {about} |", it.name, mode(it.name)).unwrap();
    }
    for it in ACTION_TYPES {
        page += &section(it, &examples[it.name]);
    }
    page
}

/// The types by how long they take, for the README.
pub fn families() -> String {
    let mut table = "| | |\n|---|---|\n".to_owned();
    let mut row = |about: &str, of: &dyn Fn(&str) -> bool| {
        let names = ACTION_TYPES.iter().filter(|it| of(it.name)).map(|it| format!("`{}`", it.name));
        writeln!(table, "| {about} | {} |", names.collect::<Vec<_>>().join(", ")).unwrap();
    };
    let runs = |name: &str| spec(name).missing.is_empty();
    row("on a call", &|name| runs(name) && spec(name).needs_call);
    row("in any flow", &|name| runs(name) && !spec(name).needs_call);
    row("known, not yet available", &|name| !runs(name));
    table
}

fn mode(name: &str) -> &'static str {
    match (spec(name).mode, has_field(name, "async"), has_field(name, "sync")) {
        (Mode::Immediate, _, true) => "immediate; waits if `sync`",
        (Mode::Immediate, _, _) => "immediate",
        (Mode::Waits, true, _) => "waits; immediate if `async`",
        (Mode::Waits, _, _) => "waits",
        (Mode::Blocks, _, _) => "blocks",
        (Mode::Nests, _, _) => "runs other actions",
        (Mode::Ends, _, _) => "ends the flow",
    }
}

fn has_field(name: &str, field: &str) -> bool {
    fields(name).is_some_and(|fields| fields.contains_key(field))
}

fn fields(name: &str) -> Option<Map<String, Value>> {
    let schema = option_schema(name).expect("a type of the catalogue");
    schema["properties"].as_object().cloned()
}

fn section(it: &ActionTypeDoc, example: &Value) -> String {
    let spec = spec(it.name);
    let needs = if spec.needs_call { "Needs a call. " } else { "" };
    let failure = match spec.on_failure {
        OnFailure::Next => "A failure is recorded and the flow continues.",
        OnFailure::End => "A failure ends the activeflow as `failed` and hangs up its call.",
    };
    let how = match mode(it.name) {
        "immediate" => "Completes immediately",
        "blocks" => "Waits until someone outside continues it",
        "ends the flow" => "Ends the activeflow",
        "runs other actions" => "Runs other actions, then returns",
        "waits" => "Waits until it is done",
        "immediate; waits if `sync`" => "Completes immediately, or waits if `sync`",
        _ => "Waits until it is done, or completes immediately if `async`",
    };
    let mut text = format!("\n## {}\n\n{}\n\n{needs}{how}. {failure}\n", it.name, it.about);
    if !spec.missing.is_empty() {
        write!(text, "\n**Not available yet**: it requires {}.\n", spec.missing).unwrap();
    }
    if let Some(fields) = fields(it.name) {
        text += "\n| Option | Type | Accepts | Description |\n|---|---|---|---|\n";
        for (field, schema) in &fields {
            let about = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
            let accepts = accepts(it.name, field, schema, example).replace('|', "\\|");
            writeln!(text, "| `{field}` | {} | {accepts} | {about} |", kind(schema)).unwrap();
        }
    }
    let mut action = match example.to_string().contains(OWN) {
        true => json!({"id": OWN, "type": it.name}),
        false => json!({"type": it.name}),
    };
    if example.as_object().is_some_and(|example| !example.is_empty()) {
        action["option"] = example.clone();
    }
    text + &format!("\n```json\n{action}\n```\n")
}

/// The type of an option, as shown in the table.
fn kind(schema: &Value) -> String {
    let of = |schema: &Value| match &schema["type"] {
        Value::Array(types) => types[0].as_str().unwrap_or_default().to_owned(),
        Value::String(name) => name.clone(),
        _ => {
            let named = &schema["$ref"].as_str().or(schema["anyOf"][0]["$ref"].as_str()).unwrap_or_default();
            named.rsplit('/').next().unwrap_or_default().trim_start_matches("Email").to_lowercase()
        }
    };
    match of(schema).as_str() {
        "array" => format!("list of {}", of(&schema["items"])),
        "object" => "object of strings".to_owned(),
        other => other.to_owned(),
    }
}

/// The problems that the check reports for an example in which this option is missing or invalid.
fn accepts(name: &str, field: &str, schema: &Value, example: &Value) -> String {
    let said = |value: Option<Value>| {
        let mut option = example.clone();
        match value {
            Some(value) => option[field] = value,
            None => drop(option.as_object_mut().and_then(|option| option.shift_remove(field))),
        }
        let problems = check_actions(&action(name, option).ok()?, "actions", Uuid::now_v7).err()?;
        let path = format!("actions[0].option.{field}");
        let its_own = problems.into_iter().find(|problem| problem.path.starts_with(&path))?;
        (!its_own.description.contains("no action of this list")).then_some(its_own.description)
    };
    let wrong = match kind(schema).as_str() {
        "string" => vec![json!("~"), json!("x".repeat(40_000))],
        "integer" => vec![json!(i32::MIN), json!(i32::MAX)],
        "address" => vec![json!({"type": "tel", "target": "~"})],
        "object of strings" => vec![json!({"1": "~"})],
        "list of string" => vec![json!(["~"]), json!(vec!["https://a.example/"; 101])],
        "list of integer" => vec![json!([i32::MIN])],
        list if list.starts_with("list of ") => vec![json!(vec![example[field][0].clone(); 1_001])],
        _ => Vec::new(),
    };
    let required = said(None).filter(|told| told.starts_with("is required") || told.starts_with("expected"));
    let most = wrong.into_iter().filter_map(|value| said(Some(value))).map(|told| plain(&told));
    let told: Vec<String> = most.collect::<BTreeSet<_>>().into_iter().collect();
    // Drops a problem that another one contains.
    let alone = |one: &&String| told.iter().all(|other| other == *one || !other.contains(one.as_str()));
    let told = told.iter().filter(alone).map(String::as_str).collect::<Vec<_>>().join("; ");
    match required {
        Some(told_of) if told.is_empty() => format!("required: {}", plain(&told_of)),
        Some(_) => format!("required: {told}"),
        None => told,
    }
}

fn plain(told: &str) -> String {
    let told = told.trim_start_matches("is required: ").trim_start_matches("expected ");
    told.replace(&i32::MAX.to_string(), "2,147,483,647").replace("is required", "required")
}

fn first_sentence(about: &str) -> &str {
    about.find(". ").map_or(about, |end| &about[..=end])
}
