//! The README from its beginning to its end, as a reader pastes it: every command in it does what it says.

mod commands;
mod reader;

use reader::Reader;

/// What a command shows: a part of the command, and of what comes of it. The first that fits counts.
const SHOWN: &[(&str, &str)] = &[
    ("curl $url/calls ", r#""status":"dialing""#),
    ("curl $url/flows ", r#""name":"approval""#),
    ("curl $url/activeflows ", r#""type":"block""#),
    ("/continue ", r#""end_reason":"finished""#),
    ("/events ", r#""type":"continued""#),
    ("/stop ", r#""status":"ended""#),
    ("grpcurl -plaintext 127.0.0.1:8080 list", "ringdown.v1.CallService"),
    ("describe ringdown.v1.CallService.CreateCalls", "( .ringdown.v1.CreateCallsRequest )"),
    ("FlowService/CreateFlow", r#""name": "hello""#),
    ("CallService/CreateCalls", "CALL_STATUS_DIALING"),
    ("WatchActiveflows", "ACTIVEFLOW_STATUS_ENDED"),
    ("--list-methods", "ringdown.v1.CallService/CreateCalls"),
    ("ValidateFlow", r#""valid": true"#),
    ("--protocol grpcweb", "CALL_STATUS_"),
    ("$url/customer ", "whsec_"),
    ("status=dead", r#""status":"dead""#),
    ("/redeliver ", r#""status":"waiting""#),
    ("$url/numbers ", r#""number":"+15551230042""#),
    ("$url/messages/receive ", r#""text":"Hi.""#),
    ("$url/messages ", r#""text":"Hello.""#),
    ("/recording_start ", r#""status":"progressing""#),
    ("/file ", "RIFF"),
    ("ringdown serve ", "Ringdown listens on"),
];

/// What is not run here, by how it begins, and where it is run instead.
const ELSEWHERE: &[&str] = &[
    // The binary that is tested, and the suite that tests it.
    "cargo run --release ",
    "tests/run ",
    // tests/postgres has servers that share a database.
    "ringdown serve --listen ",
    "cargo test --test postgres ",
];

#[tokio::test]
async fn every_command_does_what_it_says() {
    let document = include_str!("../../../README.md");
    let mut reader = Reader::new().await;
    let mut run = 0;
    for command in commands::commands(document) {
        if ELSEWHERE.iter().any(|it| command.starts_with(it)) || reader.keeps(&command) {
            continue;
        }
        let shown = SHOWN.iter().find(|(part, _)| command.contains(part));
        let (_, expected) = shown.unwrap_or_else(|| panic!("what does it show? {command}"));
        if let Some(said) = reader.run(&command).await {
            assert!(said.contains(expected), "{command}\n{said}");
            run += 1;
        }
    }
    reader.sees_in_the_other_terminal("You are with sales.").await;
    assert!(run > 0, "nothing was run");
}
