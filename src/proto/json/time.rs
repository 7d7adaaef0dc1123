//! Times are UTC, `2023-04-06 14:53:12.569073`; a time that is not set is `9999-01-01 00:00:00.000000`.

use chrono::{DateTime, NaiveDateTime, SubsecRound};
use prost_types::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serializer, de};
use std::borrow::Cow;

/// A time that is not set.
pub const UNSET: &str = "9999-01-01 00:00:00.000000";

const FORMAT: &str = "%Y-%m-%d %H:%M:%S%.6f";

/// Formats a time as REST writes it. A time outside the years 0 to 9999 is written as unset.
pub fn format(time: &Timestamp) -> String {
    match u32::try_from(time.nanos).ok().and_then(|nanos| DateTime::from_timestamp(time.seconds, nanos)) {
        Some(time) if time.format("%Y").to_string().len() == 4 => time.trunc_subsecs(6).format(FORMAT).to_string(),
        _ => UNSET.to_owned(),
    }
}

/// Parses a time as REST writes it, with or without a fraction of a second. Returns `None` if the text is not a time.
pub fn parse(text: &str) -> Option<Timestamp> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?.and_utc();
    Some(Timestamp { seconds: time.timestamp(), nanos: time.timestamp_subsec_nanos() as i32 })
}

pub fn serialize<S: Serializer>(value: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(time) => serializer.serialize_str(&format(time)),
        None => serializer.serialize_str(UNSET),
    }
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    if text.is_empty() || text == UNSET {
        return Ok(None);
    }
    let expected = || de::Error::custom("expected a UTC time such as 2023-04-06 14:53:12.569073");
    parse(&text).map(Some).ok_or_else(expected)
}

/// The JSON Schema of a time.
pub struct Time;

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$",
            "examples": ["2023-04-06 14:53:12.569073"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_microsecond() {
        for text in ["2023-04-06 14:53:12.569073", "1969-12-31 23:59:59.999999", "2024-02-29 00:00:00.000000"] {
            assert_eq!(format(&parse(text).unwrap()), text);
        }
        assert_eq!(format(&parse("2023-04-06 14:53:12").unwrap()), "2023-04-06 14:53:12.000000");
        for text in ["", "now", "2023-04-06", "2023-02-30 00:00:00.000000", "2023-04-06T14:53:12Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for (seconds, nanos) in [(i64::MAX, 0), (0, -1), (0, i32::MAX), (i64::MIN, 0)] {
            assert_eq!(format(&Timestamp { seconds, nanos }), UNSET);
        }
    }
}
