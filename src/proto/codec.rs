//! The codec of gRPC messages. It counts what a request consists of before it is built: an empty message takes two bytes
//! on the wire and hundreds in memory.

use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint};
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use std::marker::PhantomData;
use std::sync::LazyLock;
use tonic::Status;
use tonic::codec::{self, BufferSettings, DecodeBuf};
use tonic_prost::{ProstCodec, ProstEncoder};

/// Maximum number of actions in a list.
pub const MAX_ACTIONS: usize = 1_000;
/// Maximum number of messages inside a request, at all depths: actions, entries of maps, addresses.
const MAX_INSIDE: usize = 10_000;
/// A request of so few bytes cannot have too many of them.
const SMALL: usize = 2 * MAX_ACTIONS;
/// Deeper than any valid request. The decoder itself stops at 100.
const MAX_DEPTH: usize = 64;

/// The messages of the errors.
pub const TOO_MANY_ACTIONS: &str = "actions: expected at most 1000 actions";
pub const TOO_MANY_INSIDE: &str = "the request consists of over 10000 messages";

/// The descriptors of the contract, decoded once.
pub static CONTRACT: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(super::DESCRIPTOR).expect("the contract was encoded by the build script"));

/// The codec of every RPC.
#[derive(Debug, Clone)]
pub struct Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Codec(PhantomData)
    }
}

impl<T, U> codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = Decoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::raw_encoder(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoder(ProstCodec::<T, U>::raw_decoder(BufferSettings::default()))
    }
}

/// Counts, and then decodes.
#[derive(Debug, Clone)]
pub struct Decoder<U>(tonic_prost::ProstDecoder<U>);

impl<U: Message + Default> codec::Decoder for Decoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        use bytes::Buf;
        // The message is in one piece. If it were not, its parts could not be counted.
        if buf.remaining() > SMALL && buf.chunk().len() == buf.remaining() {
            check::<U>(buf.chunk()).map_err(Status::invalid_argument)?;
        }
        self.0.decode(buf)
    }

    fn buffer_settings(&self) -> BufferSettings {
        self.0.buffer_settings()
    }
}

/// Checks the encoding of a request. Responses, which clients decode, are not checked.
pub fn check<U>(bytes: &[u8]) -> Result<(), &'static str> {
    let name = std::any::type_name::<U>().rsplit("::").next().unwrap_or_default();
    if !name.ends_with("Request") {
        return Ok(());
    }
    match CONTRACT.get_message_by_name(&format!("ringdown.v1.{name}")) {
        Some(message) => count(&message, bytes, 0, &mut 0),
        None => Ok(()),
    }
}

/// Counts the messages inside an encoded message. What cannot be read is left to the decoder, which fails there too.
fn count(message: &MessageDescriptor, mut bytes: &[u8], depth: usize, inside: &mut usize) -> Result<(), &'static str> {
    let (mut actions, mut known) = (0, None::<(u32, bool, Option<MessageDescriptor>)>);
    while !bytes.is_empty() {
        let Ok((number, wire_type)) = decode_key(&mut bytes) else { return Ok(()) };
        let skipped = match wire_type {
            WireType::Varint => {
                if decode_varint(&mut bytes).is_err() {
                    return Ok(());
                }
                continue;
            }
            WireType::SixtyFourBit => 8,
            WireType::ThirtyTwoBit => 4,
            WireType::LengthDelimited => match decode_varint(&mut bytes).map(usize::try_from) {
                Ok(Ok(length)) => length,
                _ => return Ok(()),
            },
            // Groups are not part of the contract, and what follows them could not be counted.
            WireType::StartGroup | WireType::EndGroup => return Err("the request contains a group"),
        };
        let Some((value, rest)) = bytes.split_at_checked(skipped) else { return Ok(()) };
        bytes = rest;
        if wire_type != WireType::LengthDelimited {
            continue;
        }
        // The elements of a list follow each other.
        if known.as_ref().is_none_or(|(last, ..)| *last != number) {
            let field = message.get_field(number);
            let is_actions = field.as_ref().is_some_and(|field| field.name() == "actions");
            let kind = field.and_then(|field| if let Kind::Message(it) = field.kind() { Some(it) } else { None });
            known = Some((number, is_actions, kind));
        }
        let Some((_, is_actions, Some(kind))) = &known else { continue };
        *inside += 1;
        actions += usize::from(*is_actions);
        if actions > MAX_ACTIONS && depth == 0 {
            return Err(TOO_MANY_ACTIONS);
        }
        if *inside > MAX_INSIDE {
            return Err(TOO_MANY_INSIDE);
        }
        if depth < MAX_DEPTH {
            count(kind, value, depth + 1, inside)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Action, CallOption, CreateFlowRequest, StopOption, action};

    fn flow(actions: usize, inner: usize) -> Vec<u8> {
        let call = CallOption { actions: vec![Action::default(); inner], ..CallOption::default() };
        let call = Action { option: Some(action::Option::Call(call)), ..Action::default() };
        let stop = Action { option: Some(action::Option::Stop(StopOption::default())), ..Action::default() };
        let mut request = CreateFlowRequest { actions: vec![stop; actions], ..CreateFlowRequest::default() };
        request.actions.push(call);
        request.encode_to_vec()
    }

    #[test]
    fn actions_are_counted_before_they_are_built() {
        assert_eq!(check::<CreateFlowRequest>(&flow(999, 3_000)), Ok(()));
        assert_eq!(check::<CreateFlowRequest>(&flow(1_000, 0)), Err(TOO_MANY_ACTIONS));
        assert_eq!(check::<CreateFlowRequest>(&flow(3, 10_000)), Err(TOO_MANY_INSIDE));
        // Two bytes for each.
        let empty: Vec<u8> = [0x1a, 0].repeat(500_000);
        assert_eq!(CreateFlowRequest::decode(&[0x1a, 0][..]).unwrap().actions.len(), 1);
        assert_eq!(check::<CreateFlowRequest>(&empty), Err(TOO_MANY_ACTIONS));
        assert_eq!(check::<crate::proto::Flow>(&empty), Ok(()), "not a request");
    }

    #[test]
    fn what_cannot_be_read_is_left_to_the_decoder() {
        for bytes in [&b"\xff\xff"[..], b"\x1a\xff\xff\xff\xff\x0f", b"\x1a", b"\x09\x01"] {
            assert_eq!(check::<CreateFlowRequest>(bytes), Ok(()), "{bytes:?}");
            assert!(CreateFlowRequest::decode(bytes).is_err());
        }
        assert!(check::<CreateFlowRequest>(&[0x0b, 0x0c]).is_err(), "a group");
        let random: Vec<u8> = (0..100_000_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let _ = check::<CreateFlowRequest>(&random);
    }
}
