//! Parses text into a [`Script`]. Errors are for people who write scripts: the line, what was expected and what was
//! found, one error per line.

use super::{DECLINE, MAX_DIGITS, MAX_DURATION, MAX_PHRASE, MAX_STEPS, MAX_TEXT, Reply, Script, Step, is_key};
use crate::telephony::codes;
use std::str::FromStr;
use std::time::Duration;

const STEPS: &str =
    "`wait_prompt`, `digits \"…\"`, `silence 2s`, `speak 2s`, `beep`, `hold`, `unhold`, `hangup` or `repeat`";
const REPLIES: &str = "`answer`, `busy`, `reject` or `no_answer`";

impl FromStr for Script {
    type Err = String;

    fn from_str(text: &str) -> Result<Script, String> {
        if text.len() > MAX_TEXT {
            return Err(format!("line 1: expected at most {MAX_TEXT} bytes of script, found {}", text.len()));
        }
        let statements = statements(text);
        let mut rest = statements.as_slice();
        let mut optional = |word: &str| match rest {
            [first, after @ ..] if first.word() == word => {
                rest = after;
                first.duration().map(Some)
            }
            _ => Ok(None),
        };
        let (ring, early_media) = (optional("ring")?, optional("early_media")?);
        let [first, rest @ ..] = rest else {
            let last = text.lines().count().max(1);
            return Err(expected(last, REPLIES, None));
        };
        let before = match (ring, early_media) {
            (None, None) => "`ring 200ms`, `early_media 2s`, ",
            (Some(_), None) => "`early_media 2s`, ",
            (_, Some(_)) => "",
        };
        let reply = first.reply(before)?;
        match rest.first() {
            Some(more) if reply != Reply::Answer => Err(more.error("the end: only a script that answers has steps")),
            _ => Ok(Script { ring, early_media, reply, steps: steps(rest)? }),
        }
    }
}

fn steps(statements: &[Statement]) -> Result<Vec<Step>, String> {
    let mut steps = Vec::with_capacity(statements.len().min(MAX_STEPS));
    let mut problems = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        if let Some(last @ (Step::Hangup | Step::Repeat)) = steps.last() {
            problems.push(statement.error(&format!("the end after `{last}`")));
            break;
        }
        if at == MAX_STEPS {
            problems.push(statement.error(&format!("the end after {MAX_STEPS} steps")));
            break;
        }
        match statement.step() {
            // A line with an error may have been the `wait_prompt`.
            Ok(Step::Repeat) if !steps.contains(&Step::WaitPrompt) && problems.is_empty() => {
                problems.push(statement.error("a `wait_prompt` somewhere before `repeat`, or it would never rest"));
            }
            Ok(step) => steps.push(step),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(steps) } else { Err(problems.join("\n")) }
}

/// One step as it was written, without comment and surrounding space. Never empty.
struct Statement<'a> {
    line: usize,
    text: &'a str,
}

fn statements(text: &str) -> Vec<Statement<'_>> {
    text.lines()
        .enumerate()
        .flat_map(|(index, line)| pieces(line).into_iter().map(move |text| Statement { line: index + 1, text }))
        .filter(|statement| !statement.text.is_empty())
        .collect()
}

/// Splits a line at `;` and ends it at `#`, both only outside quotes: `#` is also a key.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut end, mut quoted) = (Vec::new(), 0, line.len(), false);
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                pieces.push(line[start..at].trim());
                start = at + 1;
            }
            '#' if !quoted => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    pieces.push(line[start..end].trim());
    pieces
}

impl Statement<'_> {
    fn word(&self) -> &str {
        self.text.split_whitespace().next().unwrap_or_default()
    }

    /// Returns the text after the word.
    fn argument(&self) -> &str {
        self.text[self.word().len()..].trim()
    }

    /// Reads a reply, in whose place the steps in `or` would be possible too.
    fn reply(&self, or: &str) -> Result<Reply, String> {
        match (self.word(), self.argument()) {
            ("answer", "") => Ok(Reply::Answer),
            ("busy", "") => Ok(Reply::Busy),
            ("no_answer", "") => Ok(Reply::NoAnswer),
            ("reject", "") => Ok(Reply::Reject { code: DECLINE, phrase: codes::phrase(DECLINE).to_owned() }),
            ("reject", argument) => rejection(argument).ok_or_else(|| {
                self.error(&format!(
                    "`reject`, or `reject 403 \"Forbidden\"` with a status from 300 to 699 and a phrase of 1 to \
                     {MAX_PHRASE} characters in quotes"
                ))
            }),
            _ => Err(self.error(&format!("{or}{REPLIES}"))),
        }
    }

    fn step(&self) -> Result<Step, String> {
        match (self.word(), self.argument()) {
            ("wait_prompt", "") => Ok(Step::WaitPrompt),
            ("beep", "") => Ok(Step::Beep),
            ("hold", "") => Ok(Step::Hold),
            ("unhold", "") => Ok(Step::Unhold),
            ("hangup", "") => Ok(Step::Hangup),
            ("repeat", "") => Ok(Step::Repeat),
            ("digits", _) => self.digits().map(Step::Digits),
            ("silence", _) => self.duration().map(Step::Silence),
            ("speak", _) => self.duration().map(Step::Speak),
            _ => Err(self.error(STEPS)),
        }
    }

    fn digits(&self) -> Result<String, String> {
        let quoted = self.argument().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted
            .filter(|digits| (1..=MAX_DIGITS).contains(&digits.len()) && digits.chars().all(is_key))
            .map(str::to_owned)
            .ok_or_else(|| self.error(&format!("`digits \"…\"` with 1 to {MAX_DIGITS} of 0-9, A-D, * and # in quotes")))
    }

    fn duration(&self) -> Result<Duration, String> {
        let argument = self.argument();
        let (number, unit_ms) = match (argument.strip_suffix("ms"), argument.strip_suffix('s')) {
            (Some(number), _) => (number, 1),
            (None, Some(number)) => (number, 1000),
            (None, None) => ("", 0),
        };
        // `parse` alone would accept `+2`.
        let digits = Some(number).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|number| number.parse::<u64>().ok()?.checked_mul(unit_ms))
            .map(Duration::from_millis)
            .filter(|time| *time <= MAX_DURATION)
            .ok_or_else(|| {
                let word = self.word();
                self.error(&format!("a time of at most one hour, such as `{word} 200ms` or `{word} 2s`"))
            })
    }

    fn error(&self, what: &str) -> String {
        expected(self.line, what, Some(self.text))
    }
}

/// Reads a status and its phrase. Without a phrase, it is the usual one.
fn rejection(argument: &str) -> Option<Reply> {
    let (code, phrase) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    let digits = Some(code).filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let code = digits?.parse().ok().filter(|code| (300..700).contains(code))?;
    let phrase = match phrase.trim() {
        "" => codes::phrase(code),
        quoted => quoted.strip_prefix('"')?.strip_suffix('"').filter(|phrase| is_phrase(phrase))?,
    };
    Some(Reply::Reject { code, phrase: phrase.to_owned() })
}

fn is_phrase(text: &str) -> bool {
    (1..=MAX_PHRASE).contains(&text.chars().count()) && !text.contains(|c: char| c == '"' || c.is_control())
}

/// Builds an error message. Quotes only as much of the script as is needed to find the place.
fn expected(line: usize, what: &str, found: Option<&str>) -> String {
    const SHOWN: usize = 40;
    match found {
        None => format!("line {line}: expected {what}, found the end"),
        Some(text) if text.chars().count() > SHOWN => {
            let start: String = text.chars().take(SHOWN).collect();
            format!("line {line}: expected {what}, found `{start}…`")
        }
        Some(text) => format!("line {line}: expected {what}, found `{text}`"),
    }
}
