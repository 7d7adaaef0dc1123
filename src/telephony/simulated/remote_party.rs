//! The person (or machine) at the other end: follows its script, and presses keys one after the other.

use super::script::{Script, Step};
use super::sound::{self, Sound};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// A key is told when it is let go, so long after it (or the key before it) was started.
pub const KEY: Duration = Duration::from_millis(100);
const BEEP: Duration = Duration::from_millis(500);
/// A greeting at least so long is a machine's: people say hello and wait.
const GREETING: Duration = Duration::from_secs(3);

pub struct RemoteParty {
    script: Arc<Script>,
    next: usize,
    waits: Waits,
    keys: VecDeque<Key>,
}

struct Key {
    key: char,
    /// Given back when the key is pressed; a script's own keys need none, its steps wait for each other.
    _permit: Option<OwnedSemaphorePermit>,
}

/// What the next step of the script waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// The answer, or nothing any more.
    Asleep,
    Prompt,
    Keys,
    Time,
}

/// What a far end does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Move {
    /// Nothing until it is told that something is over.
    Listen,
    /// The first of its keys will be pressed a [`KEY`] from now.
    Press,
    /// It makes no sound; `time_is_over` is to be called after this time.
    Wait(Duration),
    /// The same, and it makes this sound meanwhile.
    Sound(Sound, Duration),
    Hangup,
}

impl RemoteParty {
    pub fn new(script: Arc<Script>) -> RemoteParty {
        RemoteParty { script, next: 0, waits: Waits::Asleep, keys: VecDeque::new() }
    }

    pub fn script(&self) -> &Script {
        &self.script
    }

    /// Whether it greets at length before it lets anyone speak.
    pub fn is_machine(&self) -> bool {
        matches!(self.script.steps.first(), Some(Step::Speak(time)) if *time >= GREETING)
    }

    /// The call is answered: the script begins.
    pub fn begin(&mut self) -> Move {
        self.follow()
    }

    pub fn prompt_is_over(&mut self) -> Move {
        self.go_on(Waits::Prompt)
    }

    pub fn time_is_over(&mut self) -> Move {
        self.go_on(Waits::Time)
    }

    /// Somebody else moves its fingers. Those keys come after the ones that it is pressing.
    pub fn press(&mut self, keys: &str, mut permit: OwnedSemaphorePermit) -> Move {
        let idle = self.keys.is_empty();
        self.keys.extend(keys.chars().map(|key| Key { key, _permit: permit.split(1) }));
        if idle && !self.keys.is_empty() { Move::Press } else { Move::Listen }
    }

    /// The key that is let go now.
    pub fn pressed(&mut self) -> Option<char> {
        self.keys.pop_front().map(|key| key.key)
    }

    /// What comes after a pressed key: the next one, or the next step of the script.
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
                Step::Hangup => (Waits::Asleep, Move::Hangup),
                Step::Repeat => {
                    // There is a `wait_prompt` on the way, so this loop ends.
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
