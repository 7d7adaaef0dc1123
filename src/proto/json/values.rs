//! How single values are written and read in JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The UUID that means "none".
pub const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// A UUID, written as all zeros if empty. It is validated in the code that both protocols share, so that both report
/// the same error.
pub mod uuid {
    use super::*;

    pub fn serialize<S: Serializer>(value: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if value.is_empty() { NIL } else { value })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(if text == NIL { String::new() } else { text })
    }
}

/// A UUID in the option of an action: absent if it was not given.
pub mod optional_uuid {
    use super::*;

    pub fn serialize<S: Serializer>(value: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
        super::uuid::serialize(value.as_deref().unwrap_or_default(), serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map(|text| if text == NIL { String::new() } else { text }))
    }
}

/// A number that may have a fraction. A whole number is written without one: `5`, not `5.0`.
pub mod optional_number {
    use super::*;

    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match *value {
            // A double represents every integer up to 2^53 exactly.
            Some(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
                serializer.serialize_i64(number as i64)
            }
            number => number.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Option::deserialize(deserializer)
    }
}

/// A message that is shown with empty fields if it is not set.
pub mod or_empty {
    use super::*;

    pub fn serialize<T: Serialize + Default, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(message) => message.serialize(serializer),
            None => T::default().serialize(serializer),
        }
    }

    /// Reads a message with only empty fields as unset.
    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: Deserialize<'de> + Default + PartialEq,
        D: Deserializer<'de>,
    {
        Ok(Option::<T>::deserialize(deserializer)?.filter(|message| *message != T::default()))
    }
}

/// A string of JSON text, shown as JSON.
pub mod raw {
    use super::*;

    pub fn serialize<S: Serializer>(value: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let value: serde_json::Value = serde_json::from_str(value).unwrap_or_default();
        value.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => String::new(),
            value => value.to_string(),
        })
    }
}
