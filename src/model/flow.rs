//! Flows and their revisions: lists of actions that never change after they are saved.

use super::time::Time;
use crate::proto::{self, Shared};
use prost::Message;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;
use std::sync::OnceLock;
use uuid::Uuid;

/// Action ids that have a special meaning and belong to no action.
pub mod reserved {
    use uuid::Uuid;

    /// No action.
    pub const NONE: Uuid = Uuid::nil();
    /// The action that a call shows before its flow runs.
    pub const START: Uuid = Uuid::from_u128(1);
    /// As a target: the end of the flow.
    pub const FINISH: Uuid = Uuid::from_u128(2);
    /// As a target: the next action.
    pub const NEXT: Uuid = Uuid::from_u128(3);

    /// Returns true for an id that no action may have.
    pub fn is_reserved(id: Uuid) -> bool {
        id.as_u128() <= 3
    }
}

/// One step of a flow, checked: its id is set and its option is present.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    pub id: Uuid,
    /// Nil: the next in the list.
    pub next_id: Uuid,
    pub option: proto::action::Option,
    /// Some string of the option contains `${…}` and must be filled in before the action runs.
    pub templated: bool,
    shown: Shown,
}

/// The protobuf form of an action, created on first use.
#[derive(Debug, Clone, Default)]
struct Shown(OnceLock<Shared<proto::Action>>);

impl PartialEq for Shown {
    /// Always equal, because it is derived from the action.
    fn eq(&self, _: &Shown) -> bool {
        true
    }
}

impl Action {
    pub fn new(id: Uuid, next_id: Uuid, mut option: proto::action::Option) -> Action {
        let mut templated = false;
        option.for_each_string(&mut |text| templated |= text.contains("${"));
        Action { id, next_id, option, templated, shown: Shown::default() }
    }

    /// Returns the protobuf form.
    pub fn to_proto(&self) -> proto::Action {
        self.with_option(self.option.clone())
    }

    /// Returns the protobuf form, encoded only once for all readers.
    pub fn shown(&self) -> Shared<proto::Action> {
        self.shown.0.get_or_init(|| Shared::both(self.to_proto())).clone()
    }

    /// Returns the protobuf form with another option, such as the option as it ran.
    pub fn with_option(&self, option: proto::action::Option) -> proto::Action {
        let next_id = if self.next_id.is_nil() { String::new() } else { self.next_id.to_string() };
        proto::Action { id: self.id.to_string(), next_id, option: Some(option) }
    }

    /// Reads the output of `to_proto`. Returns None when it is not an action that this version knows.
    pub fn from_proto(action: proto::Action) -> Option<Action> {
        let id = Uuid::parse_str(&action.id).ok()?;
        let next_id = match action.next_id.as_str() {
            "" => Uuid::nil(),
            text => Uuid::parse_str(text).ok()?,
        };
        Some(Action::new(id, next_id, action.option?))
    }
}

/// An immutable list of actions.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub id: Uuid,
    /// Nil for an unnamed list (pushed or fetched).
    pub flow_id: Uuid,
    /// Counts from 1 in its flow; 0 for an unnamed list.
    pub number: u32,
    /// The flow to run when an activeflow of this revision is complete; nil for none.
    pub on_complete_flow_id: Uuid,
    pub actions: Vec<Action>,
    /// The position of each action by its id: targets are looked up at run time.
    positions: HashMap<Uuid, usize>,
    weight: usize,
}

impl Revision {
    pub fn new(id: Uuid, flow_id: Uuid, number: u32, on_complete_flow_id: Uuid, actions: Vec<Action>) -> Revision {
        let positions = actions.iter().enumerate().map(|(position, action)| (action.id, position)).collect();
        let weight = actions.iter().map(Action::weight).sum::<usize>() + std::mem::size_of::<Revision>();
        Revision { id, flow_id, number, on_complete_flow_id, actions, positions, weight }
    }

    /// Returns the estimated memory of the revision in bytes, including what readers create later.
    pub fn weight(&self) -> usize {
        self.weight
    }

    pub fn position(&self, id: Uuid) -> Option<usize> {
        self.positions.get(&id).copied()
    }

    /// Encodes the revision for a store. It uses the contract's own message, which stays compatible.
    pub fn to_bytes(&self) -> Vec<u8> {
        let on_complete_flow_id = match self.on_complete_flow_id.is_nil() {
            true => String::new(),
            false => self.on_complete_flow_id.to_string(),
        };
        let actions = self.actions.iter().map(Action::to_proto).collect();
        proto::Flow { actions, on_complete_flow_id, ..Default::default() }.encode_to_vec()
    }

    /// Reads the output of `to_bytes`.
    pub fn from_bytes(id: Uuid, flow_id: Uuid, number: u32, bytes: &[u8]) -> Result<Revision, String> {
        let flow = proto::Flow::decode(bytes).map_err(|error| format!("revision {id}: {error}"))?;
        let actions = flow.actions.into_iter().map(Action::from_proto).collect::<Option<Vec<_>>>();
        let actions = actions.ok_or_else(|| format!("revision {id} has an action that this version does not know"))?;
        let on_complete = Uuid::parse_str(&flow.on_complete_flow_id).unwrap_or_default();
        Ok(Revision::new(id, flow_id, number, on_complete, actions))
    }
}

/// Reads one action of an encoded revision, without building the others. Returns None if there is none at this index.
pub fn action_in(bytes: &[u8], index: u16) -> Result<Option<proto::Action>, String> {
    use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
    // `actions` of the message Flow; a test compares the number.
    const ACTIONS: u32 = 6;
    let (mut rest, mut at) = (bytes, 0);
    while !rest.is_empty() {
        let (tag, wire_type) = decode_key(&mut rest).map_err(|error| error.to_string())?;
        if (tag, wire_type) != (ACTIONS, WireType::LengthDelimited) {
            skip_field(wire_type, tag, &mut rest, DecodeContext::default()).map_err(|error| error.to_string())?;
            continue;
        }
        let length = decode_varint(&mut rest).map_err(|error| error.to_string())?;
        let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let (action, after) = split.ok_or("an action ends after its revision")?;
        if at == index {
            return proto::Action::decode(action).map(Some).map_err(|error| error.to_string());
        }
        (rest, at) = (after, at.saturating_add(1));
    }
    Ok(None)
}

/// The form in which a store keeps it.
impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.id, self.flow_id, self.number, self.to_bytes()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Revision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Revision, D::Error> {
        let (id, flow_id, number, bytes) = <(Uuid, Uuid, u32, Vec<u8>)>::deserialize(deserializer)?;
        Revision::from_bytes(id, flow_id, number, &bytes).map_err(serde::de::Error::custom)
    }
}

/// A flow: a name for a growing sequence of revisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// Flows made of inline actions are not listed.
    pub listed: bool,
    pub name: String,
    pub detail: String,
    pub on_complete_flow_id: Uuid,
    /// Number and id of the current revision.
    pub revision: u32,
    pub revision_id: Uuid,
    pub tm_create: Time,
    pub tm_update: Option<Time>,
    pub tm_delete: Option<Time>,
}

/// Serde for a protobuf message inside stored data, in its protobuf encoding, which old and new versions can both read.
pub mod protobuf {
    use super::*;

    pub fn serialize<M: Message, S: Serializer>(message: &M, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&message.encode_to_vec())
    }

    pub fn deserialize<'de, M: Message + Default, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
        let bytes = <serde_bytes::ByteBuf>::deserialize(deserializer)?;
        M::decode(bytes.as_slice()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::action::Option as Opt;

    #[test]
    fn one_action_is_read_without_the_others() {
        let action = |at: u128| {
            let option = proto::TalkOption { text: Some(format!("text {at}")), ..Default::default() };
            Action::new(Uuid::from_u128(100 + at), Uuid::nil(), Opt::Talk(option))
        };
        let actions: Vec<Action> = (0..20).map(action).collect();
        let on_complete = Uuid::from_u128(9);
        let bytes = Revision::new(Uuid::nil(), Uuid::nil(), 0, on_complete, actions.clone()).to_bytes();
        for (at, action) in actions.iter().enumerate() {
            assert_eq!(action_in(&bytes, at as u16).unwrap(), Some(action.to_proto()));
        }
        assert_eq!(action_in(&bytes, 20).unwrap(), None);
        assert!(action_in(&bytes[..bytes.len() / 2], 19).is_err());
        assert_eq!(action_in(&[], 0).unwrap(), None);
    }
}
