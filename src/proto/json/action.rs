//! An action is written as `{"id", "next_id", "type", "option"}`, whatever it does.

use super::fault::{Fault, FaultKind, read_with};
use super::view::in_option;
use super::{optional_uuid, uuid};
use crate::proto::{ACTION_TYPES, Action, action};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// The UUID that stands for none.
pub const NIL: &str = "00000000-0000-0000-0000-000000000000";

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(serialize_with = "uuid::serialize")]
            id: &'a str,
            #[serde(serialize_with = "uuid::serialize")]
            next_id: &'a str,
            r#type: &'a str,
            #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_option")]
            option: Option<&'a action::Option>,
        }
        let option = self.option.as_ref();
        let r#type = option.map(action::Option::type_name).unwrap_or_default();
        Written { id: &self.id, next_id: &self.next_id, r#type, option }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Action, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Read {
            #[serde(with = "optional_uuid")]
            id: Option<String>,
            #[serde(with = "optional_uuid")]
            next_id: Option<String>,
            r#type: Option<String>,
            // Kept as it is until the type is known, which may stand behind it.
            option: Option<Value>,
        }
        let read = Read::deserialize(deserializer)?;
        let option = read_option(&read.r#type.unwrap_or_default(), read.option).map_err(Fault::into_serde)?;
        Ok(Action { id: read.id.unwrap_or_default(), next_id: read.next_id.unwrap_or_default(), option })
    }
}

fn read_option(type_name: &str, option: Option<Value>) -> Result<Option<action::Option>, Fault> {
    let fault = |kind, path: &str, message: String| Err(Fault { kind, path: path.to_owned(), message });
    match (type_name, option) {
        ("", None) => Ok(None),
        ("", Some(_)) => fault(FaultKind::ActionType, "type", "expected a type for this option".to_owned()),
        (name, _) if action::Option::empty(name).is_none() => {
            fault(FaultKind::ActionType, "type", format!("unknown type {name:?}"))
        }
        (name, None) => Ok(action::Option::empty(name)),
        (name, Some(given)) => match read_with(given, |from| action::Option::read(name, from).transpose()) {
            Ok(option) => Ok(option),
            Err(fault) => Err(fault.within("option")),
        },
    }
}

impl JsonSchema for Action {
    fn schema_name() -> Cow<'static, str> {
        "Action".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let id = generator.subschema_for::<::uuid::Uuid>();
        let mut kinds = vec![json_schema!({"properties": {"type": {"const": ""}, "option": false}})];
        for it in ACTION_TYPES {
            let option = action::Option::schema(it.name, generator);
            kinds.push(json_schema!({
                "description": it.about,
                "properties": {"type": {"const": it.name}, "option": option},
                "required": ["type"],
            }));
        }
        json_schema!({
            "type": "object",
            "properties": {"id": id, "next_id": id, "type": {"type": "string"}, "option": {"type": "object"}},
            "oneOf": kinds,
        })
    }
}
