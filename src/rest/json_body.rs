//! Parses JSON strictly: text that is not JSON or is nested too deeply is rejected before its meaning is checked.

use crate::error::{Error, Reason};
use serde_json::Value;

/// Deeper than any valid request. A parser that goes deeper could overflow the stack.
const MAX_DEPTH: usize = 64;

pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    if depth(bytes) > MAX_DEPTH {
        return Err(Error::new(
            Reason::InvalidJsonBody,
            format!("the body is nested more than {MAX_DEPTH} levels deep"),
        ));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Error::new(Reason::InvalidJsonBody, format!("the body is not JSON: {error}")))
}

/// Returns how deeply brackets are nested, outside of strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

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
