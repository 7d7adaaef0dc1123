//! The fenced blocks of a page, and the commands in them.
//!
//! The info string says what a block is. `sh` is run. `sh not-run` is not, but its commands are checked as far as that is
//! possible without running them. All other languages are shown only.

use std::path::{Path, PathBuf};

/// What is shown and holds no commands of a shell.
const SHOWN_ONLY: [&str; 6] = ["ini", "json", "mermaid", "python", "text", "yaml"];

/// How to start it, at the top of the README. Continuous integration finds the command of the tests by it.
pub const START: &str = "\
cargo run --release        # serves gRPC, gRPC-Web, REST, SSE and /docs on 127.0.0.1:8080
tests/run                  # everything that is checked: tests, lints, licences, contract
";

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: Kind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Run,
    NotRun,
    Start,
    Shown,
}

/// A page as readers have it, by its path from the root.
pub fn page(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The README and all of `docs/`, in order.
pub fn pages() -> Vec<String> {
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    let names = docs.map(|entry| format!("docs/{}", entry.unwrap().file_name().into_string().unwrap()));
    let mut pages: Vec<String> = names.filter(|name| name.ends_with(".md")).collect();
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The blocks of a page, in order. Panics at one whose language nobody knows.
pub fn blocks(document: &str) -> Vec<Block> {
    let (mut blocks, mut open) = (Vec::new(), None::<(&str, String)>);
    for line in document.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info, String::new())),
            (Some(_), Some(_)) => {
                let (info, text) = open.take().expect("it is open");
                blocks.push(Block { kind: kind(info, &text), text });
            }
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

fn kind(info: &str, text: &str) -> Kind {
    match info {
        "sh" => Kind::Run,
        "sh not-run" => Kind::NotRun,
        "" if text == START => Kind::Start,
        other if SHOWN_ONLY.contains(&other) => Kind::Shown,
        other => panic!("```{other}: expected sh, sh not-run, or one of {SHOWN_ONLY:?}\n{text}"),
    }
}

/// The commands of a block, in order, each in one piece however many lines it takes.
pub fn commands(block: &str) -> Vec<String> {
    let (mut commands, mut open) = (Vec::new(), String::new());
    for line in block.lines() {
        open += line;
        if is_whole(&open) {
            commands.push(std::mem::take(&mut open));
        } else {
            open += "\n";
        }
    }
    assert!(open.is_empty(), "a command without an end: {open}");
    commands.retain(|it| !it.trim().is_empty());
    commands
}

/// Whether a shell would begin to run it: no quote is open and no line is to follow.
fn is_whole(command: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for letter in command.chars() {
        match (letter, quote) {
            ('#', None) if before.is_whitespace() => return true,
            ('\'' | '"', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
    }
    quote.is_none() && !command.ends_with('\\')
}

#[test]
fn blocks_and_commands_are_found() {
    let found = blocks("Text.\n\n```sh\none\n```\n\n```sh not-run\ntwo\n```\n`three`\n```json\n{}\n```\n");
    assert_eq!(found.iter().map(|it| it.kind).collect::<Vec<_>>(), [Kind::Run, Kind::NotRun, Kind::Shown]);
    assert_eq!(found[0].text, "one\n");
    let block = "one   # that's it\ntwo '{\n  \"a\": 1}'\n\nthree \\\n    four\n";
    assert_eq!(commands(block), ["one   # that's it", "two '{\n  \"a\": 1}'", "three \\\n    four"]);
}

#[test]
#[should_panic = "expected sh"]
fn a_block_of_no_known_language_is_refused() {
    blocks("```\ncargo run\n```\n");
}
