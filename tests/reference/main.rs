//! Generates `docs/actions.md`, the reference of all actions, from the comments of the contract, the engine's catalogue and the
//! problems that the engine's check reports, and compares the result with the file.
//! `RINGDOWN_WRITE=1 cargo test --test reference` updates the file.
//!
//! `docs/errors.md` and `docs/metrics.md` are written by hand; `errors` and `metrics` compare their tables with the code.

mod errors;
mod metrics;
mod page;
mod table;

use ringdown::engine::actions::spec;
use ringdown::engine::check::check_actions;
use ringdown::proto::{self, ACTION_TYPES, Action};
use serde_json::Value;
use std::path::Path;
use uuid::Uuid;

/// The `option` of an example action of each type. Every target is the action itself.
const EXAMPLES: &str = include_str!("examples.json");

/// The id of the action of an example.
const OWN: &str = "1a000000-0000-4000-8000-000000000001";

fn examples() -> serde_json::Map<String, Value> {
    serde_json::from_str(EXAMPLES).unwrap()
}

fn action(kind: &str, option: Value) -> Result<Vec<Action>, String> {
    proto::json::read(serde_json::json!([{"id": OWN, "type": kind, "option": option}]))
        .map_err(|fault| fault.to_string())
}

#[test]
fn the_reference_is_what_the_contract_and_the_engine_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/actions.md");
    let wanted = page::reference(&examples());
    if std::env::var_os("RINGDOWN_WRITE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = stands.lines().zip(wanted.lines()).find(|(one, other)| one != other);
    assert!(stands == wanted, "RINGDOWN_WRITE=1 cargo test --test reference updates it; {differs:?}");
}

#[test]
fn the_readme_shows_its_table() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains(&page::families()), "README.md does not show\n{}", page::families());
    assert!(readme.contains("](docs/actions.md)"));
}

#[test]
fn every_type_has_an_example_that_could_be_saved() {
    let examples = examples();
    let named: Vec<&str> = examples.keys().map(String::as_str).collect();
    assert_eq!(named, ACTION_TYPES.iter().map(|it| it.name).collect::<Vec<_>>());
    for (kind, option) in examples {
        let read = action(&kind, option).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
        let checked = check_actions(&read, "actions", Uuid::now_v7);
        let refused = checked.err().unwrap_or_default();
        let available = spec(&kind).missing.is_empty();
        let expected = refused.iter().all(|problem| !available && problem.path == "actions[0].type");
        assert!(expected && refused.is_empty() == available, "{kind}: {refused:?}");
    }
}
