//! A message that many watchers get: encoded once, its bytes shared.

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{DecodeContext, WireType};
use prost::{DecodeError, Message};
use std::borrow::Cow;

/// A message, or its encoding. The server makes it from bytes that all watchers share; a client that reads one has the message.
#[derive(Debug, Clone)]
pub enum Shared<T> {
    /// The encoding of a `T`, and nothing else: whoever makes one answers for that.
    Encoded(Bytes),
    Message(T),
}

impl<T: Message + Default + Clone> Shared<T> {
    /// Encodes a message, to be cloned at the cost of a reference count.
    pub fn encode(message: &T) -> Shared<T> {
        Shared::Encoded(message.encode_to_vec().into())
    }

    /// The message, decoded where it must be.
    pub fn message(&self) -> Result<Cow<'_, T>, DecodeError> {
        match self {
            Shared::Encoded(bytes) => T::decode(bytes.clone()).map(Cow::Owned),
            Shared::Message(message) => Ok(Cow::Borrowed(message)),
        }
    }

    /// The message itself, decoded where it must be.
    pub fn into_message(self) -> Result<T, DecodeError> {
        match self {
            Shared::Encoded(bytes) => T::decode(bytes),
            Shared::Message(message) => Ok(message),
        }
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Shared::Message(T::default())
    }
}

impl<T> From<T> for Shared<T> {
    fn from(message: T) -> Self {
        Shared::Message(message)
    }
}

/// Two are equal when their messages are, encoded or not.
impl<T: Message + Default + Clone + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self.message(), other.message()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
    }
}

impl<T: Message + Default + Clone> Message for Shared<T> {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        match self {
            Shared::Encoded(bytes) => buf.put_slice(bytes),
            Shared::Message(message) => message.encode_raw(buf),
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        if let Shared::Encoded(bytes) = self {
            *self = Shared::Message(T::decode(std::mem::take(bytes))?);
        }
        match self {
            Shared::Message(message) => message.merge_field(tag, wire_type, buf, ctx),
            Shared::Encoded(_) => unreachable!("it was decoded just now"),
        }
    }

    fn encoded_len(&self) -> usize {
        match self {
            Shared::Encoded(bytes) => bytes.len(),
            Shared::Message(message) => message.encoded_len(),
        }
    }

    fn clear(&mut self) {
        *self = Shared::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{ActiveflowFrame, WatchType};

    #[test]
    fn shared_bytes_are_the_message() {
        let message = ActiveflowFrame {
            resume_token: "7".to_owned(),
            r#type: WatchType::Progress.into(),
            ..ActiveflowFrame::default()
        };
        let shared = Shared::encode(&message);
        assert_eq!(shared.encode_to_vec(), message.encode_to_vec());
        let read = Shared::<ActiveflowFrame>::decode(shared.encode_to_vec().as_slice()).unwrap();
        assert!(matches!(&read, Shared::Message(it) if *it == message));
        assert_eq!(read, shared);
        assert!(Shared::<ActiveflowFrame>::Encoded(Bytes::from_static(b"\xff")).message().is_err());
    }
}
