//! The page, type by type.

use crate::{OWN, action};
use ringdown::engine::actions::{Mode, OnFailure, spec};
use ringdown::engine::check::check_actions;
use ringdown::proto::{ACTION_TYPES, ActionTypeDoc, option_schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use uuid::Uuid;

const HEAD: &str = "# Actions

Written by `RINGDOWN_WRITE=1 cargo test --test reference` from the contract and the engine's own catalogue; the same as
`GET /v1.0/action_types` and ListActionTypes. A flow is a list of these: `{\"id\", \"next_id\", \"type\", \"option\"}`.

- `${name}` in any string of an option is filled in when the action runs; a variable that is not there is empty. What an option
  accepts is checked when a flow is saved, and where it holds `${name}` when it runs.
- Every action ends with an outcome: `done`, `skipped`, `failed`, `timeout` or `gone`. It stands in the history, and until the
  next action ends in `${voipbin.action.outcome}`; why it failed, in `${voipbin.action.error}`.
- An action that needs a call is skipped in an activeflow without one. A wait that is cut off is `gone` when the call was hung
  up, and `skipped` when the activeflow was stopped or other actions interrupt.
- What a failure means stands with each type. One goes further: a `connect` of which no destination can be dialled ends the
  activeflow.
- An action that is not available is refused when a flow is saved (`ACTION_NOT_AVAILABLE`).

";

pub fn reference(examples: &Map<String, Value>) -> String {
    let mut page = HEAD.to_owned() + "| type | needs | how long | a failure | |\n|---|---|---|---|---|\n";
    for it in ACTION_TYPES {
        let spec = spec(it.name);
        let needs = if spec.needs_call { "a call" } else { "" };
        let failure = if spec.on_failure == OnFailure::Next { "goes on" } else { "ends" };
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
        (Mode::Immediate, _, true) => "at once; waits if `sync`",
        (Mode::Immediate, _, _) => "at once",
        (Mode::Waits, true, _) => "waits; at once if `async`",
        (Mode::Waits, _, _) => "waits",
        (Mode::Blocks, _, _) => "blocks",
        (Mode::Nests, _, _) => "runs others",
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
        OnFailure::Next => "A failure is recorded, and the flow goes on.",
        OnFailure::End => "A failure ends the activeflow as `failed`, and its call is hung up.",
    };
    let how = match mode(it.name) {
        "at once" => "It is done at once".to_owned(),
        "blocks" => "It waits for someone outside".to_owned(),
        "ends the flow" => "It ends the activeflow".to_owned(),
        "runs others" => "It runs other actions, then comes back".to_owned(),
        other => format!(
            "It {}",
            other.replace("at once;", "is done at once; it").replace("; at once", "; it is done at once")
        ),
    };
    let mut text = format!("\n## {}\n\n{}\n\n{needs}{how}. {failure}\n", it.name, it.about);
    if !spec.missing.is_empty() {
        write!(text, "\n**Not available yet**: it requires {}.\n", spec.missing).unwrap();
    }
    if let Some(fields) = fields(it.name) {
        text += "\n| option | type | accepts | |\n|---|---|---|---|\n";
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

/// The type of an option, in a word.
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

/// What the check says of an example in which this one option is missing, or as wrong as it can be.
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
    // What another says too needs no words of its own.
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
