//! The last messages of a call.

use crate::telephony::trace::Message;
use std::collections::VecDeque;

/// The most messages of a call, and their bytes.
const MAX_MESSAGES: usize = 64;
const MAX_BYTES: usize = 64 << 10;
/// The estimated bytes of a message beside its text.
const OVERHEAD: usize = size_of::<Message>() + 32;

#[derive(Default)]
pub struct Ring {
    messages: VecDeque<Message>,
    /// Of the texts.
    text: usize,
}

impl Ring {
    /// Adds a message, and drops the oldest ones that no longer fit.
    pub fn push(&mut self, message: Message) {
        self.text += message.bytes.len();
        self.messages.push_back(message);
        while self.messages.len() > MAX_MESSAGES || self.text > MAX_BYTES {
            let Some(oldest) = self.messages.pop_front() else { return };
            self.text -= oldest.bytes.len();
        }
    }

    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    pub fn into_messages(self) -> impl Iterator<Item = Message> {
        self.messages.into_iter()
    }

    /// Returns the messages with a Call-ID.
    pub fn of_call_id(&self, call_id: &[u8]) -> Ring {
        let mut ring = Ring::default();
        let same = self.messages.iter().filter(|message| super::call_id(&message.bytes) == Some(call_id));
        same.for_each(|message| ring.push(message.clone()));
        ring
    }

    /// Returns the estimated bytes in memory.
    pub fn bytes(&self) -> usize {
        self.text + self.messages.len() * OVERHEAD
    }
}
