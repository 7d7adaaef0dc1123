//! Parses JSON strictly: text that is not JSON or is nested too deeply is rejected before its meaning is checked.

use crate::error::{Error, Reason};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The most values in a body. A parsed value takes up to fifty times its text.
const MAX_VALUES: usize = 65_536;

/// Deeper than any valid request. A parser that goes deeper could overflow the stack.
const MAX_DEPTH: usize = 64;

pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    let Measured { depth, values } = measure(bytes);
    if values > MAX_VALUES {
        return Err(Error::new(Reason::InvalidJsonBody, format!("the body has more than {MAX_VALUES} values")));
    }
    if depth > MAX_DEPTH {
        return Err(Error::new(
            Reason::InvalidJsonBody,
            format!("the body is nested more than {MAX_DEPTH} levels deep"),
        ));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Error::new(Reason::InvalidJsonBody, format!("the body is not JSON: {error}")))
}

/// Returns the number of items in the list under a key of the object, without building any. Returns 0 for anything else.
pub fn items(bytes: &[u8], key: &str) -> usize {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    // What is not JSON is refused when it is parsed.
    Counter { key: Some(key) }.deserialize(&mut reader).unwrap_or_default()
}

/// Counts the items of the list under a key, or those of a list itself.
struct Counter<'a> {
    key: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Counter<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counter<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut items = 0;
        while let Some(key) = map.next_key::<String>()? {
            match self.key == Some(&*key) {
                true => items = map.next_value_seed(Counter { key: None })?,
                false => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(items)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<usize, A::Error> {
        let mut items = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            items += 1;
        }
        Ok(items)
    }
}

struct Measured {
    /// How deeply brackets are nested.
    depth: usize,
    /// At least as many as there are values.
    values: usize,
}

/// Measures what is outside of strings.
fn measure(bytes: &[u8]) -> Measured {
    let (mut depth, mut deepest, mut values) = (0_usize, 0, 1);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' if !in_string => values += 1,
            b'[' | b'{' if !in_string => {
                values += 1;
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Measured { depth: deepest, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_before_they_are_built() {
        assert!(parse(format!("[{}1]", "1,".repeat(60_000)).as_bytes()).is_ok());
        check(&format!("[{}1]", "1,".repeat(70_000)), "INVALID_JSON_BODY: the body has more than 65536 values");
        check(&format!("[{}[]]", "[],".repeat(40_000)), "INVALID_JSON_BODY: the body has more than 65536 values");
        assert!(parse(format!("[{:?}]", ",[{".repeat(200_000)).as_bytes()).is_ok());
    }

    #[test]
    fn items_are_counted_without_being_built() {
        let count = |text: &str| items(text.as_bytes(), "actions");
        assert_eq!(count(r#"{"name": [1, 2], "actions": [{}, {"actions": [1, 2, 3]}, 7]}"#), 3);
        assert_eq!(count(r#"{"actions": 7}"#) + count(r#"{"a": 1}"#) + count("[1]x") + count(r#"{"actions": [1, "#), 1);
        assert_eq!(count(&format!(r#"{{"actions": [{}{{}}]}}"#, "{},".repeat(30_000))), 30_001);
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[test]
    fn what_is_not_json_is_refused() {
        check("", "INVALID_JSON_BODY: the body is not JSON: EOF");
        check(r#"{"a": 1,}"#, "INVALID_JSON_BODY: the body is not JSON: trailing comma at line 1 column 9");
        check("{} {}", "INVALID_JSON_BODY: the body is not JSON: trailing characters");
        check(&("[".repeat(100) + &"]".repeat(100)), "INVALID_JSON_BODY: the body is nested more than 64 levels deep");
        assert!(parse(("[".repeat(64) + &"]".repeat(64)).as_bytes()).is_ok());
        assert!(parse(format!("{:?}", "[{\"\\".repeat(100)).as_bytes()).is_ok());
        assert!(parse(b"\"\xff\"").is_err());
    }
}
