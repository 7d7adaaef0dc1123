//! What a remote party does when it is called: a small language, one step per line.
//!
//! ```text
//! ring 200ms        # first, and optional
//! answer            # or busy, reject, no_answer: these are the whole script
//! wait_prompt       # until the next prompt that we play is over
//! digits "12#"      # presses keys
//! silence 2s        # waits
//! speak 2s          # talks
//! beep              # as a machine does after its greeting
//! hangup            # or repeat: back to the first step after `answer`
//! ```
//!
//! `;` ends a step like a line break, and `#` outside quotes starts a comment. The printed form of a [`Script`] parses
//! back to it.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

/// How long a number without a `ring` step rings before it answers.
pub const DEFAULT_RING: Duration = Duration::from_millis(200);
/// The longest text of a script, in bytes.
pub const MAX_TEXT: usize = 4096;
pub const MAX_STEPS: usize = 100;
/// The maximum number of keys in one `digits` step.
pub const MAX_DIGITS: usize = 64;
/// The longest duration in a script.
pub const MAX_DURATION: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// As written; `None` if the script has no `ring` step.
    pub ring: Option<Duration>,
    pub reply: Reply,
    /// Empty unless the reply is `Answer`.
    pub steps: Vec<Step>,
}

/// How a remote party reacts to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Answer,
    Busy,
    Reject,
    /// Rings until we give up.
    NoAnswer,
}

/// What a remote party does during a call, one step after the other. After the last step it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    WaitPrompt,
    Digits(String),
    Silence(Duration),
    Speak(Duration),
    Beep,
    /// Always the last step.
    Hangup,
    /// Always the last step, with a `WaitPrompt` before it: a script that repeats must wait somewhere, or it would loop
    /// forever at speed 0.
    Repeat,
}

/// Returns whether telephones have this key.
pub fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | 'A'..='D' | '*' | '#')
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ring) = self.ring {
            write!(f, "ring {}; ", Time(ring))?;
        }
        f.write_str(match self.reply {
            Reply::Answer => "answer",
            Reply::Busy => "busy",
            Reply::Reject => "reject",
            Reply::NoAnswer => "no_answer",
        })?;
        self.steps.iter().try_for_each(|step| write!(f, "; {step}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::WaitPrompt => f.write_str("wait_prompt"),
            Step::Digits(digits) => write!(f, "digits \"{digits}\""),
            Step::Silence(time) => write!(f, "silence {}", Time(*time)),
            Step::Speak(time) => write!(f, "speak {}", Time(*time)),
            Step::Beep => f.write_str("beep"),
            Step::Hangup => f.write_str("hangup"),
            Step::Repeat => f.write_str("repeat"),
        }
    }
}

/// A duration as scripts write it: in whole seconds if possible, else in milliseconds.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            ms if ms.is_multiple_of(1000) => write!(f, "{}s", ms / 1000),
            ms => write!(f, "{ms}ms"),
        }
    }
}
