//! Every example passes on the command line, and says in its README what it is.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flows")
}

fn simulate(flow: &str, script: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringdown"));
    command.current_dir(directory()).args(["simulate", flow, "--script"]).arg(script).args(more);
    command.output().expect("the binary starts")
}

/// What a script's first lines say of the command line: `# --flow ID=FILE`.
fn flags(script: &str) -> Vec<String> {
    let lines = script.lines().filter_map(|line| line.strip_prefix("# --flow "));
    lines.flat_map(|flow| ["--flow".to_owned(), flow.trim().to_owned()]).collect()
}

#[test]
fn every_example_passes() {
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "script") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let script = std::fs::read_to_string(&path).unwrap();
        assert!(script.contains("\nexpect ended"), "{name} says how it ends");
        let flags = flags(&script);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let output = simulate(&format!("{name}.json"), &path, &flags);
        assert!(output.status.success(), "{name}\n{}", String::from_utf8_lossy(&output.stdout));
        assert!(readme.contains(&format!("**{name}**")), "{name} stands in the README");
        names.push(name);
    }
    assert_eq!(names.len(), 8, "{names:?}");
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let wrong = file("wrong", "answer\nexpect talk \"Good morning\"\nexpect talk \"Your code\"\n");
    let output = simulate("two-factor.json", &wrong, &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("line 2: `expect talk \"Good morning\"` failed: found talk"), "{told}");
    assert!(!told.contains("line 3:"), "what did not hold changes nothing for what follows: {told}");

    let garbled = file("garbled", "answer\n\nanswer me\n");
    let output = simulate("two-factor.json", &garbled, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 3: expected the end of the line before `me`"));

    let flow = file("flow.json", r#"{"actions": [{"type": "talk"}, {"type": "goto", "option": {"loop_count": 0}}]}"#);
    let output = simulate(flow.to_str().unwrap(), &file("empty", ""), &[]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("actions[0].option.text: is required") && told.contains("actions[1].option.target_id"),
        "{told}"
    );

    // All of it is told at once: wrong types and unknown keys of several actions, lines of the script, variables.
    let actions = r#"[{"type": "talk", "option": {"txt": 1, "text": 2}}, {"type": "dance"}, {"type": "sleep", "option": {"duration": "5"}}]"#;
    let (flow, garbled) = (file("wrong.json", actions), file("garbled", "dance\nanswer\nanswer me\n"));
    let output = simulate(flow.to_str().unwrap(), &garbled, &["--set", "nothing"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    for wanted in [
        "\n  actions[0].option.txt: unknown key",
        "\n  actions[0].option.text: expected a string",
        "\n  actions[1].type: unknown type \"dance\"",
        "\n  actions[2].option.duration: expected an integer",
        "\n  line 1: expected",
        "\n  line 3: expected",
        "\n--set nothing: expected NAME=VALUE",
    ] {
        assert!(told.contains(wanted), "{wanted:?} in {told}");
    }

    let output = simulate("nowhere.json", &garbled, &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn json_is_the_answer_of_the_server() {
    let output = simulate("two-factor.json", &directory().join("two-factor.script"), &["--json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: ringdown::proto::SimulateFlowResponse = ringdown::proto::json::read(value).unwrap();
    assert!(told.passed && told.failures.is_empty() && told.runs.len() == 1);
    let talks = told.steps.iter().filter(|step| step.text == "talk").count();
    assert_eq!(talks, 3);
}

/// The grammar is told in two places, and in both it is the same.
#[test]
fn the_grammar_is_told_alike() {
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (docs, contract) = (read("docs/simulate.md"), read("proto/ringdown/v1/simulation.proto"));
    // The first block is a trace.
    let blocks: Vec<&str> = docs.split("```text\n").skip(2).filter_map(|block| block.split("```").next()).collect();
    let told: Vec<String> =
        contract.lines().filter_map(|line| line.strip_prefix("//     ")).map(str::to_owned).collect();
    assert_eq!(blocks.concat().lines().map(str::to_owned).collect::<Vec<_>>(), told);
}

/// The documentation shows how a trace begins.
#[test]
fn the_trace_that_is_shown_is_what_comes() {
    let docs = include_str!("../../docs/simulate.md");
    assert!(
        docs.contains("ringdown simulate examples/flows/two-factor.json --script examples/flows/two-factor.script")
    );
    let trace = docs.split("```text\n").nth(1).and_then(|block| block.split("```").next()).unwrap();
    let output = simulate("two-factor.json", &directory().join("two-factor.script"), &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(trace.lines().count() > 3 && told.starts_with(trace), "{told}");
}
