//! Why a message cannot be read from JSON, and where.

use serde::de::{self, Expected, Unexpected};
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

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Body, path: String::new(), message: message.into() }
    }

    /// The same fault, seen from the object that holds it under `key`.
    pub(super) fn under_key(mut self, key: &str) -> Fault {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("{key}{dot}"));
        self
    }

    /// The same fault, seen from the list that holds it.
    pub(super) fn at_index(mut self, index: usize) -> Fault {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path.insert_str(0, &format!("[{index}]{dot}"));
        self
    }

    /// The same fault, seen from the action that has it: what is wrong with an action has a kind of its own.
    pub(super) fn in_action(mut self) -> Fault {
        self.kind = match (self.kind, self.path.split(['.', '[']).next()) {
            (FaultKind::Body, Some("type")) => FaultKind::ActionType,
            (FaultKind::Body, Some("option")) => FaultKind::ActionOption,
            (kind, _) => kind,
        };
        self
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

impl std::error::Error for Fault {}

/// serde's faults, in plain words: "expected an integer" and not "invalid type: string "x", expected i32".
impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::new(message.to_string())
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Fault {
        let expected = match expected.to_string().as_str() {
            "i32" | "i64" => "an integer".to_owned(),
            "f64" => "a number".to_owned(),
            "a boolean" => "true or false".to_owned(),
            "a sequence" => "a list".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        Fault::new(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Fault {
        let expected = match expected.to_string().as_str() {
            "i32" => format!("an integer from {} to {}", i32::MIN, i32::MAX),
            "i64" => format!("an integer from {} to {}", i64::MIN, i64::MAX),
            other => other.to_owned(),
        };
        Fault::new(format!("expected {expected}"))
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Fault {
        // The path ends with the key: the reader puts it there.
        match known {
            [] => Fault::new("unknown key; no key is expected here"),
            known => Fault::new(format!("unknown key; expected one of: {}", known.join(", "))),
        }
    }
}
