//! Enums are written as the lower-case short names of their values; an unspecified value is "".

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de};
use std::borrow::Cow;
use std::marker::PhantomData;

/// The names of the values of an enum, by number. The build script implements this trait for every enum of the
/// contract.
pub trait ShortNames {
    const SHORT_NAMES: &'static [&'static str];
}

include!(concat!(env!("OUT_DIR"), "/enums.rs"));

/// Writes and reads an enum, which prost keeps as a number, as the name of its value.
pub struct EnumName<E>(PhantomData<E>);

impl<E: ShortNames> EnumName<E> {
    /// Writes the name of a value. A number that this server does not know is written as unspecified.
    pub fn serialize<S: Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
        let name = usize::try_from(*value).ok().and_then(|index| E::SHORT_NAMES.get(index));
        serializer.serialize_str(name.unwrap_or(&""))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        match E::SHORT_NAMES.iter().position(|known| *known == name) {
            Some(index) => Ok(index as i32),
            None => Err(de::Error::custom(format_args!("expected one of: {}", E::SHORT_NAMES[1..].join(", ")))),
        }
    }
}

impl<E: ShortNames> JsonSchema for EnumName<E> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EnumName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": E::SHORT_NAMES})
    }
}
