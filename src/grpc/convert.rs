//! Requests as the app takes them: what is wrong with a field is told with its path, the same on both faces.

use crate::app::access_keys::time_of;
use crate::app::flows::Program;
use crate::error::{Error, Reason, Result};
use crate::model::call::Address;
use crate::model::time::Time;
use crate::model::variables::{SYSTEM, Variables};
use crate::proto;
use prost_types::Timestamp;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Ids that one request may name.
const MAX_IDS: usize = 1_000;

/// An id that must be there.
pub fn id(field: &str, text: &str) -> Result<Uuid> {
    optional_id(field, text)?.ok_or_else(|| Error::field(Reason::InvalidId, field, "is required: a UUID"))
}

/// An id that may be left out: "" and the nil UUID are none.
pub fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>> {
    if text.is_empty() {
        return Ok(None);
    }
    let id = Uuid::parse_str(text).map_err(|_| Error::field(Reason::InvalidId, field, "expected a UUID"))?;
    Ok(Some(id).filter(|id| !id.is_nil()))
}

pub fn ids(field: &str, texts: &[String]) -> Result<HashSet<Uuid>> {
    if texts.len() > MAX_IDS {
        return Err(Error::field(Reason::InvalidArgument, field, format!("expected at most {MAX_IDS} ids")));
    }
    texts.iter().enumerate().map(|(at, text)| id(&format!("{field}[{at}]"), text)).collect()
}

/// Text of so many characters at most, none of them NUL.
pub fn text(field: &str, text: String, most: usize) -> Result<String> {
    let wrong = |expected: String| Err(Error::field(Reason::InvalidArgument, field, expected));
    if text.contains('\0') {
        return wrong("expected text without NUL".to_owned());
    }
    if text.chars().count() > most {
        return wrong(format!("expected at most {most} characters"));
    }
    Ok(text)
}

/// A time that may be left out. REST writes 9999-01-01 for a time that is not set, and nothing later can be told.
pub fn time(field: &str, time: Option<Timestamp>) -> Result<Option<Time>> {
    const YEAR_9999: i64 = 253_370_764_800;
    let Some(time) = time else { return Ok(None) };
    match (0..YEAR_9999).contains(&time.seconds) && (0..1_000_000_000).contains(&time.nanos) {
        true => Ok(Some(time_of(&time))),
        false => Err(Error::field(Reason::InvalidArgument, field, "expected a time from 1970 to 9998")),
    }
}

/// A choice by its number in the contract: one that this version does not know is refused.
pub fn choice<E: TryFrom<i32>>(field: &str, number: i32) -> Result<i32> {
    match E::try_from(number) {
        Ok(_) => Ok(number),
        Err(_) => Err(Error::field(Reason::InvalidArgument, field, format!("{number} is not one of its values"))),
    }
}

pub fn address(field: &str, address: Option<&proto::Address>) -> Result<Address> {
    let address = address.ok_or_else(|| Error::field(Reason::InvalidAddress, field, "is required"))?;
    Address::from_proto(address)
        .map_err(|(inner, expected)| Error::field(Reason::InvalidAddress, format!("{field}.{inner}"), expected))
}

/// Wherever a flow can be started, exactly one of `flow_id` and `actions` is given.
pub fn program(flow_id: &str, actions: Vec<proto::Action>) -> Result<Program> {
    match (optional_id("flow_id", flow_id)?, actions.is_empty()) {
        (Some(id), true) => Ok(Program::Flow(id)),
        (None, false) => Ok(Program::Actions(actions)),
        _ => Err(Error::field(Reason::InvalidArgument, "flow_id", "expected exactly one of flow_id and actions")),
    }
}

/// A caller's variables: bounded, and none of the system's names among them.
pub fn variables(given: BTreeMap<String, String>) -> Result<Variables> {
    let mut variables = Variables::default();
    for (name, value) in &given {
        let wrong = |expected: String| Error::field(Reason::InvalidVariables, format!("variables.{name}"), expected);
        if name.starts_with(SYSTEM) {
            return Err(wrong(format!("names that begin with {SYSTEM} are the system's")));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(wrong("expected text without NUL".to_owned()));
        }
        variables.set(name, value).map_err(wrong)?;
    }
    Ok(variables)
}

/// The destination of webhooks: an http or https address and a method, or neither.
pub fn webhook(uri: String, method: String) -> Result<(String, String)> {
    let uri = text("webhook_uri", uri, 2_048)?;
    let http = uri.starts_with("http://") || uri.starts_with("https://");
    if !uri.is_empty() && !http {
        return Err(Error::field(Reason::InvalidArgument, "webhook_uri", "expected an http or https address"));
    }
    match method.as_str() {
        "" if uri.is_empty() => Ok((uri, method)),
        "" => Ok((uri, "POST".to_owned())),
        "POST" | "GET" | "PUT" | "DELETE" => Ok((uri, method)),
        _ => Err(Error::field(Reason::InvalidArgument, "webhook_method", "expected POST, GET, PUT or DELETE")),
    }
}

/// Keys of a telephone.
pub fn digits(field: &str, digits: String) -> Result<String> {
    let keys = digits.chars().all(|key| crate::engine::check::KEYS.contains(key));
    match keys && (1..=100).contains(&digits.len()) {
        true => Ok(digits),
        false => Err(Error::field(Reason::InvalidArgument, field, "expected 1 to 100 keys of 0-9A-D*#")),
    }
}

/// A number of milliseconds with its usual value.
pub fn millis(field: &str, value: Option<i32>, usual: i32, range: std::ops::RangeInclusive<i32>) -> Result<u32> {
    let value = value.unwrap_or(usual);
    match range.contains(&value) {
        true => Ok(value as u32),
        false => {
            let expected = format!("expected {} to {} milliseconds", range.start(), range.end());
            Err(Error::field(Reason::InvalidArgument, field, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_our_age() {
        let check = |seconds, nanos, good: bool| {
            assert_eq!(time("tm_expire", Some(Timestamp { seconds, nanos })).is_ok(), good, "{seconds} {nanos}");
        };
        check(0, 0, true);
        check(-1, 0, false);
        check(253_370_764_800, 0, false);
        check(7, -1, false);
        check(7, 1_000_000_000, false);
        assert_eq!(time("tm_expire", None).unwrap(), None);
    }
}
