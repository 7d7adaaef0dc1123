//! A message for many receivers: encoded once, its bytes shared.

use bytes::{Buf, BufMut, Bytes};
use prost::encoding::{DecodeContext, WireType};
use prost::{DecodeError, Message};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// A message, or its encoding. The server builds it from bytes that all watchers share; a client that decodes one gets
/// the message.
#[derive(Debug, Clone)]
pub enum Shared<T> {
    /// The encoding of a `T`, and nothing else. The code that builds one guarantees it.
    Encoded(Bytes),
    Message(Box<T>),
    /// A message and its encoding, for both protocols.
    Both(Arc<(T, Bytes)>),
}

impl<T: Message + Default + Clone> Shared<T> {
    /// Encodes a message. The result is cloned at the cost of a reference count.
    pub fn encode(message: &T) -> Shared<T> {
        Shared::Encoded(message.encode_to_vec().into())
    }

    /// Like [`Shared::encode`], but keeps the message too, for readers that need it decoded.
    pub fn both(message: T) -> Shared<T> {
        let bytes = message.encode_to_vec().into();
        Shared::Both(Arc::new((message, bytes)))
    }

    /// Returns the message, decoding it if necessary.
    pub fn message(&self) -> Result<Cow<'_, T>, DecodeError> {
        match self {
            Shared::Encoded(bytes) => T::decode(bytes.clone()).map(Cow::Owned),
            Shared::Message(message) => Ok(Cow::Borrowed(message)),
            Shared::Both(both) => Ok(Cow::Borrowed(&both.0)),
        }
    }

    /// Returns the owned message, decoding it if necessary.
    pub fn into_message(self) -> Result<T, DecodeError> {
        match self {
            Shared::Encoded(bytes) => T::decode(bytes),
            Shared::Message(message) => Ok(*message),
            Shared::Both(both) => Ok(Arc::unwrap_or_clone(both).0),
        }
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Shared::Message(Box::default())
    }
}

impl<T> From<T> for Shared<T> {
    fn from(message: T) -> Self {
        Shared::Message(Box::new(message))
    }
}

/// Two values are equal if their messages are, encoded or not.
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
            Shared::Both(both) => buf.put_slice(&both.1),
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        ctx: DecodeContext,
    ) -> Result<(), DecodeError> {
        if let Shared::Message(message) = self {
            return message.merge_field(tag, wire_type, buf, ctx);
        }
        let mut message = std::mem::take(self).into_message()?;
        let merged = message.merge_field(tag, wire_type, buf, ctx);
        *self = message.into();
        merged
    }

    fn encoded_len(&self) -> usize {
        match self {
            Shared::Encoded(bytes) => bytes.len(),
            Shared::Message(message) => message.encoded_len(),
            Shared::Both(both) => both.1.len(),
        }
    }

    fn clear(&mut self) {
        *self = Shared::default();
    }
}

/// Serializes as the message.
impl<T: Message + Default + Clone + Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Shared::from)
    }
}

impl<T: JsonSchema> JsonSchema for Shared<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
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
        assert!(matches!(&read, Shared::Message(it) if **it == message));
        assert_eq!(read, shared);
        let both = Shared::both(message);
        assert_eq!((both.encode_to_vec(), &both), (shared.encode_to_vec(), &shared));
        assert!(Shared::<ActiveflowFrame>::Encoded(Bytes::from_static(b"\xff")).message().is_err());
    }
}
