//! The JSON of an action: `{"id", "next_id", "type", "option"}`, whatever its type.

use super::reader::ACTION;
use super::view::in_option;
use super::{optional_uuid, uuid};
use crate::proto::{ACTION_TYPES, Action, action};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

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
        deserializer.deserialize_struct(ACTION, KEYS, ActionVisitor)
    }
}

const KEYS: &[&str] = &["id", "next_id", "type", "option"];

struct ActionVisitor;

impl<'de> Visitor<'de> for ActionVisitor {
    type Value = Action;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Action, M::Error> {
        let mut action = Action::default();
        while let Some(key) = map.next_key_seed(Key)? {
            match key {
                "id" => action.id = map.next_value_seed(Uuid)?,
                "next_id" => action.next_id = map.next_value_seed(Uuid)?,
                "type" => action.option = map.next_value_seed(Type)?,
                _ => action.option = map.next_value_seed(Given(action.option.take()))?,
            }
        }
        Ok(action)
    }
}

/// Reads a key, and rejects unknown ones.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        let key = Cow::<str>::deserialize(deserializer)?;
        KEYS.iter().find(|known| **known == key).copied().ok_or_else(|| D::Error::unknown_field(&key, KEYS))
    }
}

struct Uuid;

impl<'de> DeserializeSeed<'de> for Uuid {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        Ok(optional_uuid::deserialize(deserializer)?.unwrap_or_default())
    }
}

/// Reads the type of an action: the empty option of that type.
struct Type;

impl<'de> DeserializeSeed<'de> for Type {
    type Value = Option<action::Option>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            None | Some("") => Ok(None),
            Some(name) => match action::Option::empty(name) {
                None => Err(D::Error::custom(format_args!("unknown type {name:?}"))),
                option => Ok(option),
            },
        }
    }
}

/// Reads the option of an action whose type is known. The reader ensures that the type comes first.
struct Given(Option<action::Option>);

impl<'de> DeserializeSeed<'de> for Given {
    type Value = Option<action::Option>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.0 {
            Some(option) => action::Option::read(option.type_name(), deserializer).transpose(),
            None => Err(D::Error::custom("an option requires a type")),
        }
    }
}

impl JsonSchema for Action {
    fn schema_name() -> Cow<'static, str> {
        "Action".into()
    }

    /// One schema for each type of action, since the type determines the option.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let place = format!("#{}", generator.settings().definitions_path);
        let mut kinds = vec![json_schema!({"$ref": format!("{place}/UnsetAction")})];
        let mut mapping = serde_json::Map::from_iter([("".to_owned(), format!("{place}/UnsetAction").into())]);
        let unset = kind(generator, "", "An action without an option: what a call shows before its flow runs.", None);
        generator.definitions_mut().insert("UnsetAction".to_owned(), unset.into());
        for it in ACTION_TYPES {
            let option = action::Option::schema(it.name, generator);
            let name = it.name.split('_').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect::<String>()
                + "Action";
            let schema = kind(generator, it.name, it.about, option);
            generator.definitions_mut().insert(name.clone(), schema.into());
            kinds.push(json_schema!({"$ref": format!("{place}/{name}")}));
            mapping.insert(it.name.to_owned(), format!("{place}/{name}").into());
        }
        json_schema!({
            "description": "One step of a flow. `type` says what it does, `option` how.",
            "type": "object",
            "oneOf": kinds,
            "discriminator": {"propertyName": "type", "mapping": mapping},
        })
    }
}

/// Returns the schema of the actions of one type.
fn kind(generator: &mut SchemaGenerator, name: &str, about: &str, option: Option<Schema>) -> Schema {
    let id = generator.subschema_for::<::uuid::Uuid>();
    let mut schema = json_schema!({
        "description": about,
        "type": "object",
        "properties": {
            "id": id,
            "next_id": id,
            "type": {"type": "string", "const": name},
        },
        "required": ["type"],
        "additionalProperties": false,
    });
    if let (Some(option), Some(properties)) = (option, schema.get_mut("properties").and_then(|it| it.as_object_mut())) {
        properties.insert("option".to_owned(), option.into());
    }
    schema
}
