//! The person (or machine) at the other end: follows its script, and presses keys one after the other.

use super::script::{Script, Step};
use super::sound::{self, Sound};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// How long a key is pressed. It is reported when it is released, this long after it (or the key before it) was
/// started.
pub const KEY: Duration = Duration::from_millis(100);
const BEEP: Duration = Duration::from_millis(500);
/// A greeting of at least this length is a machine's: people say hello and wait.
const GREETING: Duration = Duration::from_secs(3);

pub struct RemoteParty {
    script: Arc<Script>,
    next: usize,
    waits: Waits,
    keys: VecDeque<Key>,
}

struct Key {
    key: char,
    /// Released when the key is pressed. Keys of a script need none, because its steps wait for each other.
    _permit: Option<OwnedSemaphorePermit>,
}

/// What the next step of the script waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// For the call to be answered, or for nothing any more.
    Asleep,
    Prompt,
    Keys,
    Time,
}

/// What a remote party does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Move {
    /// Waits until it learns that something has ended.
    Listen,
    /// Presses the first of its keys in [`KEY`] from now.
    Press,
    /// Is silent; `time_is_over` must be called after this time.
    Wait(Duration),
    /// The same, but makes this sound during that time.
    Sound(Sound, Duration),
    /// Puts us on hold or takes us off hold, and continues: `time_is_over` must be called at once.
    Hold(bool),
    Hangup,
}

impl RemoteParty {
    pub fn new(script: Arc<Script>) -> RemoteParty {
        RemoteParty { script, next: 0, waits: Waits::Asleep, keys: VecDeque::new() }
    }

    pub fn script(&self) -> &Script {
        &self.script
    }

    /// Returns whether the party greets at length before anyone else can speak.
    pub fn is_machine(&self) -> bool {
        matches!(self.script.steps.first(), Some(Step::Speak(time)) if *time >= GREETING)
    }

    /// Starts the script when the call is answered.
    pub fn begin(&mut self) -> Move {
        self.follow()
    }

    pub fn prompt_is_over(&mut self) -> Move {
        self.go_on(Waits::Prompt)
    }

    pub fn time_is_over(&mut self) -> Move {
        self.go_on(Waits::Time)
    }

    /// Presses keys on behalf of a client, after those that are being pressed.
    pub fn press(&mut self, keys: &str, mut permit: OwnedSemaphorePermit) -> Move {
        let idle = self.keys.is_empty();
        self.keys.extend(keys.chars().map(|key| Key { key, _permit: permit.split(1) }));
        if idle && !self.keys.is_empty() { Move::Press } else { Move::Listen }
    }

    /// Returns the key that is released now.
    pub fn pressed(&mut self) -> Option<char> {
        self.keys.pop_front().map(|key| key.key)
    }

    /// Returns what follows a pressed key: the next key, or the next step of the script.
    pub fn after_key(&mut self) -> Move {
        if self.keys.is_empty() { self.go_on(Waits::Keys) } else { Move::Press }
    }

    fn go_on(&mut self, over: Waits) -> Move {
        if self.waits == over { self.follow() } else { Move::Listen }
    }

    fn follow(&mut self) -> Move {
        loop {
            let Some(step) = self.script.steps.get(self.next) else {
                self.waits = Waits::Asleep;
                return Move::Listen;
            };
            self.next += 1;
            let (waits, next) = match step {
                Step::WaitPrompt => (Waits::Prompt, Move::Listen),
                Step::Digits(digits) => {
                    let idle = self.keys.is_empty();
                    self.keys.extend(digits.chars().map(|key| Key { key, _permit: None }));
                    (Waits::Keys, if idle { Move::Press } else { Move::Listen })
                }
                Step::Silence(time) => (Waits::Time, Move::Wait(*time)),
                Step::Speak(time) => (Waits::Time, Move::Sound(sound::THEIR_VOICE, *time)),
                Step::Beep => (Waits::Time, Move::Sound(sound::BEEP, BEEP)),
                Step::Hold => (Waits::Time, Move::Hold(true)),
                Step::Unhold => (Waits::Time, Move::Hold(false)),
                Step::Hangup => (Waits::Asleep, Move::Hangup),
                Step::Repeat => {
                    // The parser requires a `wait_prompt` before `repeat`, so this loop ends.
                    self.next = 0;
                    continue;
                }
            };
            self.waits = waits;
            return next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_greet_at_length() {
        for (script, machine) in [
            ("answer; speak 6s; beep", true),
            ("answer; speak 3s", true),
            ("answer; speak 2999ms; beep", false),
            ("answer; silence 1s; speak 6s", false),
            ("answer; wait_prompt; speak 6s", false),
            ("answer", false),
            ("busy", false),
        ] {
            assert_eq!(RemoteParty::new(Arc::new(script.parse().unwrap())).is_machine(), machine, "{script}");
        }
    }
}
