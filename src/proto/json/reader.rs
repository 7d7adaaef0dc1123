//! Reads messages from JSON. serde_json could, but it cannot say where in a message a fault is, and it takes a list for an
//! object whose keys it fills in order.

use super::ReadError;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;
use serde_json::map::IntoIter;
use std::iter::Enumerate;

/// The name under which the reader knows an action (`json/action.rs`).
pub(super) const ACTION: &str = "Action";

/// Reads a message.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, ReadError> {
    T::deserialize(Reader(value))
}

struct Reader(Value);

impl<'de> Deserializer<'de> for Reader {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                _ => Err(ReadError::new("expected a number that fits")),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter().enumerate())),
            Value::Object(object) => visitor.visit_map(Entries { entries: object.into_iter(), open: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let Value::Object(mut object) = self.0 else { return Err(ReadError::new("expected an object")) };
        if name == ACTION {
            // An action's type comes first, because it says how its option is read.
            if let Some(r#type) = object.shift_remove("type") {
                object.shift_insert(0, "type".to_owned(), r#type);
            }
            return Reader(object.into()).deserialize_any(visitor).map_err(ReadError::in_action);
        }
        Reader(object.into()).deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Items(Enumerate<std::vec::IntoIter<Value>>);

impl<'de> de::SeqAccess<'de> for Items {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((index, value)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Reader(value)).map(Some).map_err(|read_error| read_error.at_index(index))
    }
}

struct Entries {
    entries: IntoIter,
    /// The entry whose key was read and whose value was not.
    open: Option<(String, Value)>,
}

impl<'de> de::MapAccess<'de> for Entries {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        let read = seed
            .deserialize(key.as_str().into_deserializer())
            .map_err(|read_error: ReadError| read_error.under_key(&key))?;
        self.open = Some((key, value));
        Ok(Some(read))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let (key, value) = self.open.take().expect("a key is read before its value");
        seed.deserialize(Reader(value)).map_err(|read_error| read_error.under_key(&key))
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
        let read_error = read::<T>(value).unwrap_err();
        assert_eq!(format!("{:?} {read_error}", read_error.kind), expected);
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
        flow(
            action(json!({"option": {}})),
            "ActionOption actions[1].option: there is no type to which this option belongs",
        );
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
