//! Parses text into a [`Script`]. Errors are for people who write scripts: the line, what was expected and what was
//! found, one error per line.

use super::{MAX_DIGITS, MAX_DURATION, MAX_STEPS, MAX_TEXT, Reply, Script, Step, is_key};
use std::str::FromStr;
use std::time::Duration;

const STEPS: &str = "`wait_prompt`, `digits \"…\"`, `silence 2s`, `speak 2s`, `beep`, `hangup` or `repeat`";

impl FromStr for Script {
    type Err = String;

    fn from_str(text: &str) -> Result<Script, String> {
        if text.len() > MAX_TEXT {
            return Err(format!("line 1: expected at most {MAX_TEXT} bytes of script, found {}", text.len()));
        }
        let statements = statements(text);
        let mut rest = statements.as_slice();
        let mut ring = None;
        if let [first, after @ ..] = rest
            && first.word() == "ring"
        {
            ring = Some(first.duration()?);
            rest = after;
        }
        let [first, rest @ ..] = rest else {
            let last = text.lines().count().max(1);
            return Err(expected(last, "`answer`, `busy`, `reject` or `no_answer`", None));
        };
        let reply = first.reply(ring.is_none())?;
        match rest.first() {
            Some(more) if reply != Reply::Answer => Err(more.error("the end: only a script that answers has steps")),
            _ => Ok(Script { ring, reply, steps: steps(rest)? }),
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

    fn reply(&self, may_ring: bool) -> Result<Reply, String> {
        match self.text {
            "answer" => Ok(Reply::Answer),
            "busy" => Ok(Reply::Busy),
            "reject" => Ok(Reply::Reject),
            "no_answer" => Ok(Reply::NoAnswer),
            _ if may_ring => Err(self.error("`ring 200ms`, `answer`, `busy`, `reject` or `no_answer`")),
            _ => Err(self.error("`answer`, `busy`, `reject` or `no_answer`")),
        }
    }

    fn step(&self) -> Result<Step, String> {
        match (self.word(), self.argument()) {
            ("wait_prompt", "") => Ok(Step::WaitPrompt),
            ("beep", "") => Ok(Step::Beep),
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
