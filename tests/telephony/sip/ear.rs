//! What one far end hears, from one 20 ms of sound to the list of what it has heard.

use super::sound::{Frame, Heard, Prompts};
use std::time::{Duration, Instant};

/// A prompt is over after so much silence.
const PAUSE: Duration = Duration::from_millis(200);
/// The same sound after so much silence is another one. Less may be the network's, or the machine's.
const GAP: Duration = Duration::from_millis(150);
/// Unclear frames in a row that are heard as something.
const ODD: u32 = 5;

#[derive(Default)]
pub struct Ear {
    pub heard: Vec<String>,
    /// When the last sound was audible.
    audible: Option<Instant>,
    /// When a prompt was last heard whose end is not noticed yet.
    prompt: Option<Instant>,
    unclear: u32,
}

impl Ear {
    pub fn frame(&mut self, frame: &Frame, prompts: &Prompts, now: Instant) {
        let heard = prompts.hear(frame);
        self.unclear = if heard == Heard::Unclear { self.unclear + 1 } else { 0 };
        let name = match heard {
            Heard::Silence => return,
            Heard::Unclear if self.unclear < ODD => return,
            Heard::Unclear => "?".to_owned(),
            Heard::Sound(name) => name,
            Heard::Prompt(name) => {
                self.prompt = Some(now);
                name
            }
        };
        let continues = self.audible.is_some_and(|last| now.duration_since(last) < GAP);
        if !continues || self.heard.last() != Some(&name) {
            self.heard.push(name);
        }
        self.audible = Some(now);
    }

    /// Whether the last prompt is over now; said once.
    pub fn prompt_is_over(&mut self, now: Instant) -> bool {
        let over = self.prompt.is_some_and(|last| now.duration_since(last) >= PAUSE);
        if over {
            self.prompt = None;
        }
        over
    }
}
