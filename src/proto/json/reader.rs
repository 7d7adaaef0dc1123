//! Reads messages from JSON. serde_json is not used directly, because its errors carry no path, and it accepts a list
//! in place of an object, filling the keys in order.
//!
//! serde stops at the first fault of an object. The reader then skips the faulty part and reads the rest again until it
//! finds nothing new, so that all faults are reported together.

use super::{Faults, ReadError};
use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// The name under which the reader knows an action (`json/action.rs`).
pub(super) const ACTION: &str = "Action";

/// The number of faults after which the reader stops. One reading may exceed it: a list may have a fault in each item.
const MAX_FAULTS: usize = 50;

/// Reads a message, or returns all its faults in the message's order.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Faults> {
    let (mut bad, mut found) = (Bad::default(), Vec::new());
    loop {
        match T::deserialize(Reader { value: &value, bad: Some(&bad) }) {
            Ok(message) if found.is_empty() => return Ok(message),
            Ok(_) => break,
            Err(Faults(faults)) => {
                let whole = faults.iter().any(|read_error| read_error.place.is_empty());
                faults.iter().for_each(|read_error| bad.add(&read_error.place));
                found.extend(faults);
                if whole || found.len() >= MAX_FAULTS {
                    break;
                }
            }
        }
    }
    // `place` lists the innermost position first, so it is compared in reverse.
    found.sort_by(|one, other| one.place.iter().rev().cmp(other.place.iter().rev()));
    Err(Faults(found))
}

/// The parts that were faulty in an earlier reading, by the positions of entries and items.
#[derive(Default)]
struct Bad {
    itself: bool,
    inside: BTreeMap<usize, Bad>,
}

impl Bad {
    fn add(&mut self, place: &[usize]) {
        match place.split_last() {
            None => self.itself = true,
            Some((at, within)) => self.inside.entry(*at).or_default().add(within),
        }
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    bad: Option<&'a Bad>,
}

impl<'a> Reader<'a> {
    /// Returns a reader of the entry or item at a position, or `None` if that is itself faulty.
    fn inside(bad: Option<&'a Bad>, at: usize, value: &'a Value) -> Option<Reader<'a>> {
        let bad = bad.and_then(|bad| bad.inside.get(&at));
        (!bad.is_some_and(|bad| bad.itself)).then_some(Reader { value, bad })
    }

    /// Returns the entries of an object that are not faulty.
    fn entries(self, object: &'a serde_json::Map<String, Value>) -> Vec<Entry<'a>> {
        let entries = object.iter().enumerate();
        let entries = entries.filter_map(|(at, (key, value))| Some((at, key, Reader::inside(self.bad, at, value)?)));
        entries.map(|(at, key, reader)| Entry { at, key, reader }).collect()
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Faults;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Faults> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                _ => Err(ReadError::new("expected a number in range").into()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => visitor.visit_seq(Items { items: items.iter().enumerate(), bad: self.bad }),
            Value::Object(object) => visitor.visit_map(Entries::of(self.entries(object))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Faults> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Faults> {
        let Value::Object(object) = self.value else { return Err(ReadError::new("expected an object").into()) };
        let mut entries = self.entries(object);
        if name != ACTION {
            return visitor.visit_map(Entries::of(entries));
        }
        // An action's type comes first, because it determines how the option is read.
        match entries.iter().position(|entry| entry.key == "type") {
            Some(at) => entries[..=at].rotate_right(1),
            // The option of an action whose type is invalid cannot be checked.
            None if object.contains_key("type") => entries.retain(|entry| entry.key != "option"),
            None => {}
        }
        visitor.visit_map(Entries::of(entries)).map_err(|faults: Faults| faults.each(ReadError::in_action))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Value>>,
    bad: Option<&'a Bad>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Faults;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Faults> {
        for (at, value) in self.items.by_ref() {
            if let Some(reader) = Reader::inside(self.bad, at, value) {
                return seed.deserialize(reader).map(Some).map_err(|faults| faults.each(|it| it.at_index(at)));
            }
        }
        Ok(None)
    }

    /// Reads the next item of a list. After a faulty item, reads the remaining ones too, to report all their faults.
    fn next_element<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, Faults> {
        match self.next_element_seed(PhantomData) {
            Err(mut found) => loop {
                match self.next_element_seed(PhantomData::<T>) {
                    Ok(Some(_)) => {}
                    Ok(None) => return Err(found),
                    Err(more) => found.0.extend(more.0),
                }
            },
            read => read,
        }
    }
}

#[derive(Clone, Copy)]
struct Entry<'a> {
    /// The position in the object.
    at: usize,
    key: &'a str,
    reader: Reader<'a>,
}

struct Entries<'a> {
    entries: std::vec::IntoIter<Entry<'a>>,
    /// The entry whose key was read and whose value was not yet read.
    open: Option<Entry<'a>>,
}

impl<'a> Entries<'a> {
    fn of(entries: Vec<Entry<'a>>) -> Entries<'a> {
        Entries { entries: entries.into_iter(), open: None }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Faults;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Faults> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.open = Some(entry);
        let read = seed.deserialize(entry.key.into_deserializer());
        read.map(Some).map_err(|faults: Faults| faults.each(|it| it.under_key(entry.at, entry.key)))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Faults> {
        let Entry { at, key, reader } = self.open.take().expect("a key is read before its value");
        seed.deserialize(reader).map_err(|faults| faults.each(|it| it.under_key(at, key)))
    }

    /// Reads the next entry of a map; handles faults as `next_element` does.
    fn next_entry<K: Deserialize<'de>, V: Deserialize<'de>>(&mut self) -> Result<Option<(K, V)>, Faults> {
        match self.next_entry_seed(PhantomData, PhantomData) {
            Err(mut found) => loop {
                match self.next_entry_seed(PhantomData::<K>, PhantomData::<V>) {
                    Ok(Some(_)) => {}
                    Ok(None) => return Err(found),
                    Err(more) => found.0.extend(more.0),
                }
            },
            read => read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{CreateCallsRequest, CreateFlowRequest};
    use serde_json::json;
    use std::fmt;

    #[track_caller]
    fn check<T: DeserializeOwned + fmt::Debug>(value: Value, expected: &str) {
        let Faults(faults) = read::<T>(value).unwrap_err();
        let found: Vec<String> =
            faults.iter().map(|read_error| format!("{:?} {read_error}", read_error.kind)).collect();
        assert_eq!(found.join("\n"), expected);
    }

    #[test]
    fn a_fault_names_its_path() {
        let action = |action: Value| json!({"actions": [{"type": "answer"}, action]});
        let flow = check::<CreateFlowRequest>;
        flow(json!({"name": 5}), "Body name: expected a string");
        flow(json!({"name": null}), "Body name: expected a string");
        flow(json!({"actions": {}}), "Body actions: expected a list");
        flow(json!({"actions": [7]}), "Body actions[0]: expected an object");
        flow(action(json!({"id": 7})), "Body actions[1].id: expected a string");
        flow(
            action(json!({"kind": 7})),
            "Body actions[1].kind: unknown key; expected one of: id, next_id, type, option",
        );
        flow(action(json!({"type": "dance"})), "ActionType actions[1].type: unknown type \"dance\"");
        flow(action(json!({"option": {}})), "ActionOption actions[1].option: an option requires a type");
        flow(action(json!({"type": "talk", "option": []})), "ActionOption actions[1].option: expected an object");
        flow(
            action(json!({"type": "stop", "option": {"a.b": 1}})),
            "ActionOption actions[1].option.a.b: unknown key; no key is expected here",
        );
        flow(
            action(json!({"type": "sleep", "option": {"duration": "5"}})),
            "ActionOption actions[1].option.duration: expected an integer",
        );
        flow(
            action(json!({"type": "sleep", "option": {"duration": 1.5}})),
            "ActionOption actions[1].option.duration: expected an integer",
        );
        flow(
            action(json!({"type": "sleep", "option": {"duration": 4_000_000_000_u32}})),
            "ActionOption actions[1].option.duration: expected an integer from -2147483648 to 2147483647",
        );
        flow(
            action(json!({"type": "play", "option": {"stream_urls": [1]}})),
            "ActionOption actions[1].option.stream_urls[0]: expected a string",
        );
        let nested =
            json!({"type": "call", "option": {"actions": [{"type": "sleep", "option": {"x`, expected `y": 1}}]}});
        flow(
            action(nested),
            "ActionOption actions[1].option.actions[0].option.x`, expected `y: unknown key; expected one of: duration",
        );
        let nested = json!({"type": "call", "option": {"actions": [{"type": "dance"}]}});
        flow(action(nested), "ActionType actions[1].option.actions[0].type: unknown type \"dance\"");
    }

    #[test]
    fn all_faults_are_told_in_their_order() {
        let flow = check::<CreateFlowRequest>;
        flow(
            json!({
                "name": 5,
                "actions": [
                    {"type": "sleep", "option": {"duration": "5", "until": 7}},
                    {"option": {"a": 1}, "id": 7, "type": "dance"},
                    7,
                    {"type": "talk", "option": {"text": "a"}},
                    {"type": "call", "option": {"actions": [{"kind": 1, "type": "play", "option": {"stream_urls": [1, "a", 2]}}]}},
                ],
                "nam": "",
            }),
            "Body name: expected a string\n\
             ActionOption actions[0].option.duration: expected an integer\n\
             ActionOption actions[0].option.until: unknown key; expected one of: duration\n\
             Body actions[1].id: expected a string\n\
             ActionType actions[1].type: unknown type \"dance\"\n\
             Body actions[2]: expected an object\n\
             ActionOption actions[4].option.actions[0].kind: unknown key; expected one of: id, next_id, type, option\n\
             ActionOption actions[4].option.actions[0].option.stream_urls[0]: expected a string\n\
             ActionOption actions[4].option.actions[0].option.stream_urls[2]: expected a string\n\
             Body nam: unknown key; expected one of: name, detail, actions, on_complete_flow_id",
        );
        check::<CreateCallsRequest>(
            json!({"variables": {"a": 1, "b": "", "c": []}, "source": {"type": 1, "target": 2}}),
            "Body variables.a: expected a string\n\
             Body variables.c: expected a string\n\
             Body source.type: expected a string\n\
             Body source.target: expected a string",
        );
    }

    #[test]
    fn faults_are_looked_for_within_bounds() {
        let keys: serde_json::Map<String, Value> = (0..1_000).map(|at| (format!("key {at}"), json!(1))).collect();
        assert_eq!(read::<CreateFlowRequest>(keys.into()).unwrap_err().0.len(), MAX_FAULTS);
    }

    #[test]
    fn keys_of_maps_and_headers_are_told_apart() {
        let calls = check::<CreateCallsRequest>;
        calls(json!({"variables": {"a": 1}}), "Body variables.a: expected a string");
        calls(
            json!({"source": {"type": "tel", "number": "1"}}),
            "Body source.number: unknown key; expected one of: type, target, target_name, name, detail",
        );
        calls(
            json!({"idempotency_key": "1"}),
            "Body idempotency_key: unknown key; expected one of: source, destinations, flow_id, actions, variables",
        );
    }
}
