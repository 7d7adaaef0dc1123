//! The lines of a script. The contract documents the grammar at SimulateFlowRequest.

pub use super::read::Http;
use super::read::{Reader, Word};
use crate::model::call::{Address, HangupReason, Status};
use crate::model::flow::Revision;
use crate::model::run::EndReason;
use crate::model::time::Time;
use std::sync::Arc;

/// Maximum number of lines in a script.
pub const MAX_LINES: usize = 1_000;
/// Maximum size of a line, in bytes.
pub const MAX_LINE: usize = 4_096;

/// How a simulation begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    Incoming,
    Outgoing,
    Api,
    Sms { text: String },
}

/// The start conditions that a script defines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setup {
    pub beginning: Option<Beginning>,
    pub from: Option<Address>,
    pub to: Option<Address>,
    pub clock: Option<Time>,
    pub variables: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    pub setup: Setup,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: usize,
    pub text: String,
    /// The activeflow that the line applies to, from 0.
    pub run: usize,
    pub kind: Directive,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Directive {
    /// An action of a remote party; leg 0 is the call that runs the flow.
    RemoteAction {
        leg: usize,
        does: RemoteAction,
    },
    Http(Http),
    Continue,
    Stop,
    Set {
        name: String,
        value: String,
    },
    Push {
        revision: Arc<Revision>,
        interrupt: bool,
    },
    Wait {
        ms: i64,
    },
    WaitPrompt,
    Expect(Expect),
}

/// An action of a remote party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteAction {
    Ring,
    Answer,
    EarlyMedia,
    Busy,
    Reject,
    Hangup,
    Digits(String),
    Speak { ms: i64 },
    Heard { machine: bool },
    Leave,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    Action { kind: &'static str, text: Option<String>, outcome: Option<&'static str>, error: Option<String> },
    NoAction { kind: &'static str, text: Option<String> },
    Variable { name: String, value: String },
    Call { leg: usize, status: Status, reason: Option<HangupReason> },
    Sent { kind: &'static str, to: Option<String>, text: Option<String> },
    Ended { reason: EndReason, error: Option<String> },
}

/// A line that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// From 1.
    pub line: usize,
    pub expected: String,
    pub text: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: expected {}, found `{}`", self.line, self.expected, self.text)
    }
}

/// All lines that cannot be parsed, in order. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableLines(pub Vec<Unreadable>);

impl std::fmt::Display for UnreadableLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, line) in self.0.iter().enumerate() {
            write!(f, "{}{line}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl Script {
    pub fn read(text: &str) -> Result<Script, UnreadableLines> {
        Script::of_lines(text.lines())
    }

    /// Reads a script from its lines, one per element.
    pub fn of_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Script, UnreadableLines> {
        let (mut script, mut unreadable) = (Script::default(), Vec::new());
        for (at, text) in lines.into_iter().enumerate() {
            let number = at + 1;
            let shown = |text: &str| text.chars().take(60).collect::<String>();
            let wrong = |expected: String| Unreadable { line: number, expected, text: shown(text.trim()) };
            if number > MAX_LINES {
                unreadable.push(wrong(format!("at most {MAX_LINES} lines")));
                break;
            }
            if let Err(expected) = script.take(number, text) {
                unreadable.push(wrong(expected));
            }
        }
        if unreadable.is_empty() { Ok(script) } else { Err(UnreadableLines(unreadable)) }
    }

    /// Reads one more line, or returns what was expected there.
    fn take(&mut self, number: usize, text: &str) -> Result<(), String> {
        if text.len() > MAX_LINE {
            return Err(format!("at most {MAX_LINE} bytes in a line"));
        }
        let reader = Reader::new(number, text)?;
        if reader.is_empty() || self.lines.is_empty() && self.setup.take(&reader)? {
            return Ok(());
        }
        self.lines.push(line(reader)?);
        Ok(())
    }
}

impl Setup {
    /// Reads a line that defines a start condition; returns false for other lines.
    fn take(&mut self, line: &Reader) -> Result<bool, String> {
        let mut line = line.clone();
        let word = line.word("a word")?;
        match word.as_str() {
            "start" => self.beginning = Some(beginning(&mut line)?),
            "from" => self.from = Some(line.address()?),
            "to" => self.to = Some(line.address()?),
            "clock" => self.clock = Some(line.clock()?),
            "set" => {
                let name = line.word("`set name \"value\"`")?;
                self.variables.push((name, line.text("a value")?));
            }
            _ => return Ok(false),
        }
        line.end()?;
        Ok(true)
    }
}

fn beginning(line: &mut Reader) -> Result<Beginning, String> {
    let expected = "`incoming`, `outgoing`, `api` or `sms \"the text\"`";
    Ok(match line.word(expected)?.as_str() {
        "incoming" => Beginning::Incoming,
        "outgoing" => Beginning::Outgoing,
        "api" => Beginning::Api,
        "sms" => Beginning::Sms { text: line.text("the text of the message in quotes")? },
        _ => return Err(expected.to_owned()),
    })
}

const HAPPENS: &str = "`ring`, `answer`, `busy`, `reject`, `no_answer`, `early_media`, `digits \"1\"`, `speak 2s`, `human`, `machine`, \
     `leave`, `hangup`, `http`, `continue`, `stop`, `set`, `push`, `wait 5s`, `wait_prompt` or `expect`";

fn line(mut line: Reader) -> Result<Line, String> {
    let (number, text) = (line.number, line.whole.to_owned());
    let mut run = line.numbered("run")?.map_or(0, |run| run - 1);
    let leg = line.numbered("leg")?;
    if leg.is_none() && line.peek() == Some("call") {
        line.word("a word")?;
    }
    let word = line.word(HAPPENS)?;
    let remote = |does| Directive::RemoteAction { leg: leg.unwrap_or(0), does };
    let kind = match word.as_str() {
        "ring" | "no_answer" => remote(RemoteAction::Ring),
        "answer" => remote(RemoteAction::Answer),
        "early_media" => remote(RemoteAction::EarlyMedia),
        "busy" => remote(RemoteAction::Busy),
        "reject" => remote(RemoteAction::Reject),
        "hangup" => remote(RemoteAction::Hangup),
        "human" | "machine" => remote(RemoteAction::Heard { machine: word == "machine" }),
        "leave" => remote(RemoteAction::Leave),
        "digits" => remote(RemoteAction::Digits(line.keys()?)),
        "speak" => remote(RemoteAction::Speak { ms: line.time()? }),
        _ if leg.is_some() => return Err("an action of a remote party".to_owned()),
        "http" => Directive::Http(line.http()?),
        "continue" => Directive::Continue,
        "stop" => Directive::Stop,
        "set" => {
            let name = line.word("`set name \"value\"`")?;
            Directive::Set { name, value: line.text("a value")? }
        }
        "push" => {
            let interrupt = line.peek() == Some("interrupt");
            if interrupt {
                line.word("a word")?;
            }
            Directive::Push { revision: line.actions()?, interrupt }
        }
        "wait" | "silence" => Directive::Wait { ms: line.time()? },
        "wait_prompt" => Directive::WaitPrompt,
        "expect" => {
            if let Some(other) = line.numbered("run")? {
                run = other - 1;
            }
            Directive::Expect(expect(&mut line)?)
        }
        _ => return Err(HAPPENS.to_owned()),
    };
    line.end()?;
    Ok(Line { number, text, run, kind })
}

const EXPECTS: &str = "a type of action, `not`, `variable`, `call`, `leg 1`, `sent` or `ended`";
const OUTCOMES: [&str; 5] = ["done", "skipped", "failed", "timeout", "gone"];
const SENT: [&str; 5] = ["message", "webhook", "request", "mail", "recording"];

fn expect(line: &mut Reader) -> Result<Expect, String> {
    if let Some(leg) = line.numbered("leg")? {
        return call(line, leg);
    }
    let word = line.word(EXPECTS)?;
    Ok(match word.as_str() {
        "not" => {
            let kind = line.action_type()?;
            Expect::NoAction { kind, text: line.maybe_quoted() }
        }
        "variable" => {
            let name = line.word("the name of a variable")?;
            Expect::Variable { name, value: line.text("its value")? }
        }
        // `call` is also a type of action: if a status follows, the call is meant.
        "call" if line.peek().is_some_and(|word| status(word).is_some()) => return call(line, 0),
        "sent" => {
            let expected = "`message`, `webhook`, `request`, `mail` or `recording`";
            let kind = line.word(expected)?;
            let kind = SENT.into_iter().find(|it| *it == kind).ok_or(expected)?;
            Expect::Sent { kind, to: line.maybe_quoted(), text: line.maybe_quoted() }
        }
        "ended" => {
            let expected = "`finished`, `stopped`, `hangup`, `failed` or `limit`";
            let reason = match line.word(expected)?.as_str() {
                "finished" => EndReason::Finished,
                "stopped" => EndReason::Stopped,
                "hangup" => EndReason::Hangup,
                "failed" => EndReason::Failed,
                "limit" => EndReason::Limit,
                _ => return Err(expected.to_owned()),
            };
            Expect::Ended { reason, error: line.maybe_quoted() }
        }
        name => {
            let kind = super::read::action_type(name).ok_or(EXPECTS)?;
            let text = line.maybe_quoted();
            let outcome = match line.peek_word() {
                None => None,
                Some(word) => Some(
                    OUTCOMES
                        .into_iter()
                        .find(|it| *it == word)
                        .ok_or("a text in quotes, or `done`, `skipped`, `failed`, `timeout` or `gone`")?,
                ),
            };
            if outcome.is_some() {
                line.word("a word")?;
            }
            let error = if outcome == Some("failed") { line.maybe_quoted() } else { None };
            Expect::Action { kind, text, outcome, error }
        }
    })
}

fn status(word: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.word() == word)
}

fn call(line: &mut Reader, leg: usize) -> Result<Expect, String> {
    let expected = "`dialing`, `ringing`, `progressing`, `terminating`, `canceling` or `hangup`";
    let status = status(&line.word(expected)?).ok_or(expected)?;
    let reason = match line.next_if_word() {
        Some(Word { text, .. }) => {
            Some(HangupReason::from_word(&text).ok_or("the reason of a hang-up, such as `normal` or `busy`")?)
        }
        None => None,
    };
    Ok(Expect::Call { leg, status, reason })
}
