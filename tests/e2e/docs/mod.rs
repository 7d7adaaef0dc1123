//! The README and the pages of `docs/`: every command in them does what it says.

mod blocks;
mod links;
mod options;
mod reader;

use crate::server::binary;
use blocks::{Kind, blocks, commands, page, pages};
use reader::Reader;
use std::process::Command;

/// What a command shows: a part of the command, and of what comes of it. The first that fits counts. Where an error is
/// shown, the command fails.
const SHOWN: &[(&str, &str)] = &[
    // README.md
    (r#"{"name": "menu""#, r#""name":"menu""#),
    ("curl $url/calls ", r#""status":"dialing""#),
    ("/digits\" ", r#""status":"progressing""#),
    (r#"{"type": "block""#, r#""type":"block""#),
    (r#""type": "block""#, r#""type":"block""#),
    ("/continue\" ", r#""end_reason":"finished""#),
    ("CallService/CreateCalls", "CALL_STATUS_DIALING"),
    ("describe ringdown.v1.CallService.CreateCalls", "( .ringdown.v1.CreateCallsRequest )"),
    ("WatchActiveflows", "ACTIVEFLOW_STATUS_ENDED"),
    // docs/api.md
    ("grpcurl -plaintext 127.0.0.1:8080 list", "ringdown.v1.CallService"),
    ("FlowService/CreateFlow", r#""name": "hello""#),
    ("--list-methods", "ringdown.v1.CallService/CreateCalls"),
    ("ValidateFlow", r#""valid": true"#),
    ("--protocol grpcweb", "{"),
    (r#"{"duration": -1}"#, r#"{"error":{"status":"INVALID_ARGUMENT","reason":"INVALID_ACTION_OPTION""#),
    ("Idempotency-Key: ", r#""name":"once""#),
    ("/activeflows?page_size=2", r#"{"result":["#),
    (r#"{"type": "sleep""#, r#""status":"running""#),
    ("/activeflows/watch?", r#""end_reason":"finished""#),
    ("ringdown watch <activeflow-id>", "has ended"),
    ("$url/customer ", "whsec_"),
    ("status=dead", r#""status":"dead""#),
    ("/redeliver\" ", r#""status":"waiting""#),
    // docs/operations.md
    ("ringdown customers create ", "key rd_"),
    ("$url/accesskeys ", r#""key":"rd_"#),
    ("ringdown token ", "eyJ"),
    ("ringdown doctor", "in order"),
    ("/healthz", "ok"),
    ("/readyz", "ready"),
    ("/metrics", "ringdown_rpcs_total"),
    ("/recording_start\" ", r#""status":"progressing""#),
    ("/file\" ", "RIFF"),
    (r#"{"name": "greeting""#, r#""name":"greeting""#),
    ("$url/numbers ", r#""number":"+15551230042""#),
    ("$url/messages/receive ", r#""text":"Hi.""#),
    ("$url/messages ", r#""text":"Hello.""#),
    ("ringdown serve ", "Ringdown listens on"),
    // docs/simulate.md
    ("/simulator/callees/", r#""target":"+15550001234""#),
    ("ringdown simulate ", "digits_receive done"),
];

/// Programs in blocks that are not run, and that are not ours to check.
const OTHERS: [&str; 6] = ["cargo", "curl", "install", "pg_dump", "pg_restore", "sqlite3"];

/// Runs a page as a reader pastes it, from its beginning to its end.
async fn follow(path: &str) -> Reader {
    let mut reader = Reader::new().await;
    let mut run = 0;
    for block in blocks(&page(path)).iter().filter(|block| block.kind == Kind::Run) {
        for command in commands(&block.text) {
            if reader.keeps(&command).await {
                continue;
            }
            let shown = SHOWN.iter().find(|(part, _)| command.contains(part));
            let (_, expected) = shown.unwrap_or_else(|| panic!("{path}: what does it show? {command}"));
            let fails = expected.starts_with(r#"{"error""#);
            if let Some(said) = reader.run(&command, fails).await {
                assert!(said.contains(expected), "{path}: {command}\n{said}");
                run += 1;
            }
        }
    }
    assert!(run > 0, "{path}: nothing was run");
    reader
}

#[tokio::test]
async fn the_readme() {
    let reader = follow("README.md").await;
    // After the server was killed and started again.
    reader.sees_in_the_other_terminal("approved=yes").await;
}

#[tokio::test]
async fn the_api() {
    follow("docs/api.md").await;
}

#[tokio::test]
async fn the_operations() {
    follow("docs/operations.md").await;
}

#[tokio::test]
async fn the_simulation() {
    follow("docs/simulate.md").await;
}

#[test]
fn no_page_has_commands_that_nobody_runs() {
    let has = |path: &str, kind| blocks(&page(path)).iter().any(|block| block.kind == kind);
    let run: Vec<String> = pages().into_iter().filter(|path| has(path, Kind::Run)).collect();
    assert_eq!(run, ["README.md", "docs/api.md", "docs/operations.md", "docs/simulate.md"]);
    assert!(has("README.md", Kind::Start), "the README begins with\n{}", blocks::START);
}

/// Of commands that are not run, those of the binary at least have a name and options that it knows.
#[test]
fn commands_that_are_not_run_could_be() {
    for path in pages() {
        for block in blocks(&page(&path)).iter().filter(|block| block.kind == Kind::NotRun) {
            for command in commands(&block.text) {
                let program = command.split_whitespace().next().unwrap();
                if program == "ringdown" {
                    let line = format!("exec \"$0\"{} --help", command.strip_prefix("ringdown").unwrap());
                    let output = Command::new("bash").arg("-c").arg(line).arg(binary()).output().unwrap();
                    assert!(output.status.success(), "{path}: {command}\n{}", String::from_utf8_lossy(&output.stderr));
                } else {
                    assert!(OTHERS.contains(&program), "{path}: what is {program}?");
                }
            }
        }
    }
}
