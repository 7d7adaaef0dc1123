//! Reads messages from JSON, and says where and why one cannot be read.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Deserializer, Track};
use std::fmt;

/// Why a message cannot be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// Path of what is at fault, as `actions[2].option.duration`. Empty: the message as a whole.
    pub path: String,
    /// What is expected there.
    pub message: String,
}

/// What part of a message is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The JSON of the request.
    Body,
    /// The type of an action.
    ActionType,
    /// The option of an action.
    ActionOption,
}

/// Reads a message.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    read_with(value, |from| T::deserialize(from))
}

/// Reads whatever `read` makes of the value.
pub fn read_with<T>(
    value: Value,
    read: impl FnOnce(Deserializer<'_, '_, Value>) -> Result<T, serde_json::Error>,
) -> Result<T, Fault> {
    let mut track = Track::new();
    read(Deserializer::new(value, &mut track)).map_err(|error| {
        // "." is the crate's word for the message as a whole.
        let path = Some(track.path().to_string()).filter(|path| path != ".");
        Fault::from_text(path.unwrap_or_default(), error.to_string())
    })
}

/// Begins a fault that travels as the text of a serde error: an action reads its option apart, and serde's errors are text.
const MARK: char = '\u{1}';

impl Fault {
    /// The fault in the part at `path`, from the text of its error.
    fn from_text(path: String, text: String) -> Fault {
        let mut parts = text.strip_prefix(MARK).unwrap_or_default().splitn(3, MARK);
        if let (Some(kind), Some(inner), Some(message)) = (parts.next(), parts.next(), parts.next()) {
            let kind = if kind == "type" { FaultKind::ActionType } else { FaultKind::ActionOption };
            return Fault { kind, path: join(&path, inner), message: message.to_owned() };
        }
        let message = unknown_key(&text).unwrap_or_else(|| wording(&text));
        Fault { kind: FaultKind::Body, path, message }
    }

    /// This fault, found under `path` inside an action.
    pub fn within(self, path: &str) -> Fault {
        let kind = if self.kind == FaultKind::ActionType { self.kind } else { FaultKind::ActionOption };
        Fault { kind, path: join(path, &self.path), ..self }
    }

    /// Hands the fault through serde.
    pub fn into_serde<E: serde::de::Error>(self) -> E {
        let kind = if self.kind == FaultKind::ActionType { "type" } else { "option" };
        E::custom(format_args!("{MARK}{kind}{MARK}{}{MARK}{}", self.path, self.message))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "{}", self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", path) | (path, "") => path.to_owned(),
        (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}

/// What to say of an unknown key, if that is what serde's error is about. The path ends with the key already.
fn unknown_key(text: &str) -> Option<String> {
    let rest = text.strip_prefix("unknown field `")?;
    // The key itself may hold anything; the known ones behind it do not.
    let known: Vec<&str> = match rest.rfind("`, expected ") {
        Some(end) => rest[end + 1..].split('`').skip(1).step_by(2).collect(),
        None => Vec::new(),
    };
    Some(match known.is_empty() {
        true => "unknown key; no key is expected here".to_owned(),
        false => format!("unknown key; expected one of: {}", known.join(", ")),
    })
}

/// serde's words, put plainly: "expected an integer" and not "invalid type: string "x", expected i32".
fn wording(text: &str) -> String {
    let Some((found, expected)) = text.strip_prefix("invalid ").and_then(|text| text.split_once(", expected ")) else {
        return text.to_owned();
    };
    let plain = match expected {
        "i32" if found.starts_with("value: integer") => "an integer from -2147483648 to 2147483647",
        "i32" | "i64" | "u32" | "u64" => "an integer",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("expected {plain}")
}
