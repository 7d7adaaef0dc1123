//! What a remote party does when it is called: a small language, one step per line.
//!
//! ```text
//! ring 200ms        # first, and optional
//! early_media 2s    # then, and optional: it sends audio for this time before it replies (before `no_answer`, without end)
//! answer            # or busy, reject, reject 403 "Forbidden", no_answer: these are the whole script
//! wait_prompt       # until the next prompt that we play is over
//! digits "12#"      # presses keys
//! silence 2s        # waits
//! speak 2s          # talks
//! beep              # as a machine does after its greeting
//! hold              # puts us on hold; unhold takes us off hold
//! hangup            # or repeat: back to the first step after `answer`
//! ```
//!
//! `;` ends a step like a line break, and `#` outside quotes starts a comment. The printed form of a [`Script`] parses
//! back to it.

mod parse;
#[cfg(test)]
mod tests;

use crate::telephony::codes;
use std::fmt;
use std::time::Duration;

/// How long a number without a `ring` step rings before it answers.
pub const DEFAULT_RING: Duration = Duration::from_millis(200);
/// The longest text of a script, in bytes.
pub const MAX_TEXT: usize = 4096;
pub const MAX_STEPS: usize = 100;
/// The maximum number of keys in one `digits` step.
pub const MAX_DIGITS: usize = 64;
/// The status of a `reject` without one.
const DECLINE: u16 = 603;
/// The longest phrase of a status, in characters.
const MAX_PHRASE: usize = 64;
/// The longest duration in a script.
pub const MAX_DURATION: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// As written; `None` if the script has no `ring` step.
    pub ring: Option<Duration>,
    /// How long the remote party sends audio after the ringing and before it replies. `None` if the script has no
    /// `early_media` step.
    pub early_media: Option<Duration>,
    pub reply: Reply,
    /// Empty unless the reply is `Answer`.
    pub steps: Vec<Step>,
}

/// How a remote party reacts to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Answer,
    Busy,
    /// Refuses the call with a SIP status and its phrase.
    Reject {
        code: u16,
        phrase: String,
    },
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
    /// Puts us on hold.
    Hold,
    /// Takes us off hold.
    Unhold,
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
        if let Some(time) = self.early_media {
            write!(f, "early_media {}; ", Time(time))?;
        }
        match &self.reply {
            Reply::Answer => f.write_str("answer")?,
            Reply::Busy => f.write_str("busy")?,
            Reply::Reject { code, phrase } => match phrase == codes::phrase(*code) {
                true if *code == DECLINE => f.write_str("reject")?,
                true => write!(f, "reject {code}")?,
                false => write!(f, "reject {code} \"{phrase}\"")?,
            },
            Reply::NoAnswer => f.write_str("no_answer")?,
        }
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
            Step::Hold => f.write_str("hold"),
            Step::Unhold => f.write_str("unhold"),
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
