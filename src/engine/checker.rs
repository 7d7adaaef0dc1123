//! Problems of an option, found by the `check` of its action, field by field.

use crate::model::call::Address;
use crate::proto;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The keys of a telephone (RFC 4733 §3.2, DTMF events 0 to 15).
pub const KEYS: &str = "0123456789ABCD*#";

/// The description of a string that contains a NUL.
pub(super) const NUL: &str = "must not contain a NUL character";

/// The kind of a problem; determines the reason on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    Type,
    Id,
    Target,
    Address,
    Option,
    /// Nothing can be sent to this destination.
    Destination,
    NotAvailable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `actions[2].option.duration`
    pub path: String,
    pub fault: ProblemKind,
    pub description: String,
}

/// Collects the problems of one option. When a list is saved, a string with `${…}` is accepted: it is checked after it
/// is filled in.
#[derive(Debug, Default)]
pub struct Checker {
    pub(super) on_save: bool,
    /// Some string of the list contains a NUL.
    pub(super) nul: bool,
    /// `actions[2]`
    pub(super) prefix: String,
    pub(super) problems: Vec<Problem>,
}

impl Checker {
    /// Creates a checker for a list that is being saved.
    pub(super) fn for_saving() -> Checker {
        Checker { on_save: true, ..Checker::default() }
    }

    /// Returns true when the list is being saved, false when one of its actions is about to run.
    pub fn on_save(&self) -> bool {
        self.on_save
    }

    pub fn lets_through(&self, text: &str) -> bool {
        self.on_save && text.contains("${")
    }

    pub(super) fn add(&mut self, fault: ProblemKind, path: String, description: impl Into<String>) {
        self.problems.push(Problem { path, fault, description: description.into() });
    }

    /// Adds a problem with one field of the option.
    pub fn option(&mut self, name: &str, description: &str) {
        self.add(ProblemKind::Option, format!("{}.option.{name}", self.prefix), description);
    }

    pub fn not_available(&mut self, missing: &str) {
        self.add(ProblemKind::NotAvailable, format!("{}.type", self.prefix), format!("requires {missing}"));
    }

    pub fn number(&mut self, name: &str, value: Option<i32>, range: RangeInclusive<i32>) {
        if value.is_some_and(|value| !range.contains(&value)) {
            self.option(name, &format!("expected {} to {}", range.start(), range.end()));
        }
    }

    pub fn required_number(&mut self, name: &str, value: Option<i32>, range: RangeInclusive<i32>) {
        match value {
            None => self.option(name, &format!("is required: {} to {}", range.start(), range.end())),
            value => self.number(name, value, range),
        }
    }

    /// Checks that a text has at most `most` characters.
    pub fn text(&mut self, name: &str, value: &Option<String>, most: usize) {
        let Some(value) = value else { return };
        if value.chars().count() > most {
            self.option(name, &format!("expected at most {most} characters"));
        }
        // When a list is saved, `check_actions` checks every string for NULs.
        if !self.on_save && value.contains('\0') {
            self.option(name, NUL);
        }
    }

    pub fn required_text(&mut self, name: &str, value: &Option<String>, most: usize) {
        match value.as_deref() {
            None | Some("") => self.option(name, &format!("is required: 1 to {most} characters")),
            _ => self.text(name, value, most),
        }
    }

    pub fn one_of(&mut self, name: &str, value: &Option<String>, words: &[&str]) {
        let wrong = |value: &&str| !self.lets_through(value) && !words.contains(value);
        if value.as_deref().filter(wrong).is_some() {
            self.option(name, &format!("expected one of {}", quoted(words)));
        }
    }

    pub fn required_one_of(&mut self, name: &str, value: &Option<String>, words: &[&str]) {
        match value {
            None => self.option(name, &format!("is required: one of {}", quoted(words))),
            value => self.one_of(name, value, words),
        }
    }

    pub fn keys(&mut self, name: &str, value: &Option<String>, length: RangeInclusive<usize>) {
        let wrong = |value: &&str| {
            let keys = value.chars().all(|key| KEYS.contains(key));
            !self.lets_through(value) && (!keys || !length.contains(&value.len()))
        };
        if value.as_deref().filter(|value| !value.is_empty()).filter(wrong).is_some() {
            self.option(name, &format!("expected {} to {} keys of 0-9A-D*#", length.start(), length.end()));
        }
    }

    pub fn id(&mut self, name: &str, value: &str) {
        if !self.lets_through(value) && Uuid::parse_str(value).is_err() {
            self.option(name, "expected a UUID");
        }
    }

    pub fn optional_id(&mut self, name: &str, value: &Option<String>) {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            self.id(name, value);
        }
    }

    pub fn required_id(&mut self, name: &str, value: &Option<String>) {
        match value.as_deref() {
            None | Some("") => self.option(name, "is required: a UUID"),
            Some(value) if Uuid::parse_str(value).is_ok_and(|id| id.is_nil()) => {
                self.option(name, "is required: a UUID")
            }
            Some(value) => self.id(name, value),
        }
    }

    pub fn http_url(&mut self, name: &str, value: &str) {
        let http = value.starts_with("http://") || value.starts_with("https://");
        let plain = http && value.len() <= 2_048 && !value.contains(|it: char| it.is_whitespace() || it.is_control());
        if !plain && !self.lets_through(value) {
            self.option(name, "expected an http or https address of at most 2048 characters");
        }
    }

    pub fn optional_http_url(&mut self, name: &str, value: &Option<String>) {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            self.http_url(name, value);
        }
    }

    pub fn address(&mut self, name: &str, address: &proto::Address) {
        for (field, description) in Address::from_proto(address).err().unwrap_or_default() {
            // The format of a target depends on the type.
            let open = match field {
                "type" => self.lets_through(&address.r#type),
                "target" => self.lets_through(&address.target),
                _ => false,
            };
            if !open {
                self.add(ProblemKind::Address, format!("{}.option.{name}.{field}", self.prefix), description);
            }
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
