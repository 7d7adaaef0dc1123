//! What a far end does when it is called: a small language, one step a line.
//!
//! ```text
//! ring 200ms        # first, and may be left out
//! answer            # or busy, reject, no_answer: these are the whole script
//! wait_prompt       # until the next prompt that we play is over
//! digits "12#"      # presses keys
//! silence 2s        # waits
//! speak 2s          # talks
//! beep              # as a machine does after its greeting
//! hangup            # or repeat: back to the first step after `answer`
//! ```
//!
//! `;` ends a step as a line break does, and `#` outside quotes starts a comment. [`Script`] prints as it is read.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

/// A number that was never told how long to ring rings so long before it answers.
pub const DEFAULT_RING: Duration = Duration::from_millis(200);
/// The longest text of a script, in bytes.
pub const MAX_TEXT: usize = 4096;
pub const MAX_STEPS: usize = 100;
/// Keys in one `digits` step.
pub const MAX_DIGITS: usize = 64;
/// The longest time that a script can name.
pub const MAX_DURATION: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// As it was written; `None` where nothing was.
    pub ring: Option<Duration>,
    pub reply: Reply,
    /// Empty unless it answers.
    pub steps: Vec<Step>,
}

/// How a far end meets a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    Answer,
    Busy,
    Reject,
    /// Rings until we give up.
    NoAnswer,
}

/// What a far end does during a call, one after the other. After the last step it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    WaitPrompt,
    Digits(String),
    Silence(Duration),
    Speak(Duration),
    Beep,
    /// Always the last step.
    Hangup,
    /// Always the last step, and a `WaitPrompt` stands before it: a script that goes round must rest somewhere, or a
    /// clock that runs at once would make it spin.
    Repeat,
}

/// Whether there is such a key on a telephone.
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

/// A time as scripts write it: whole seconds where it can, else milliseconds.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            ms if ms.is_multiple_of(1000) => write!(f, "{}s", ms / 1000),
            ms => write!(f, "{ms}ms"),
        }
    }
}
