//! Checks and converts requests for the app. Errors name the path of the field, the same in both protocols.

use crate::api::changes::Expected;
use crate::api::flow_check::NO_ACTIONS;
use crate::api::flows::Program;
use crate::error::{Error, Reason, Result, Violation, all, each};
use crate::model::call::Address;
use crate::model::time::Time;
use crate::model::variables::{SYSTEM, Variables};
use crate::model::view::time_of;
use crate::proto;
use prost_types::Timestamp;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// The largest number of ids in one request.
const MAX_IDS: usize = 1_000;

/// The longest `name`, in characters.
pub const NAME: usize = 255;

/// The longest `detail`, in characters.
pub const DETAIL: usize = 1_000;

/// 9999-01-01: REST uses this time for an unset one, so later times cannot be represented.
const LAST_SECOND: i64 = 253_370_764_800;

/// Parses a required id.
pub fn id(field: &str, text: &str) -> Result<Uuid> {
    let required = || Error::field(Reason::InvalidId, field, "is required: a UUID");
    optional_id(field, text)?.ok_or_else(required)
}

/// Parses an id in the usual form of UUIDs: 32 hexadecimal digits and four hyphens.
fn any_id(field: &str, text: &str) -> Result<Uuid> {
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    id.ok_or_else(|| {
        Error::field(Reason::InvalidId, field, "expected a UUID such as 6f18ae1c-ddf8-413b-9572-ad30574604ef")
    })
}

/// Checks a text of at most `max` characters. NUL is rejected, because some stores and clients cannot handle it.
pub fn text(field: &str, text: String, max: usize) -> Result<String> {
    if text.contains('\0') {
        return Err(Error::field(Reason::InvalidArgument, field, "must not contain a NUL character"));
    }
    // The length in bytes is compared first, because it is known without counting.
    if text.len() > max && text.chars().count() > max {
        return Err(Error::field(Reason::InvalidArgument, field, format!("must not be longer than {max} characters")));
    }
    Ok(text)
}

/// Checks and converts an optional time.
pub fn time(field: &str, time: Option<Timestamp>) -> Result<Option<Time>> {
    let Some(time) = time else { return Ok(None) };
    if (0..LAST_SECOND).contains(&time.seconds) && (0..1_000_000_000).contains(&time.nanos) {
        return Ok(Some(time_of(&time)));
    }
    Err(Error::field(Reason::InvalidArgument, field, "expected a time from 1970 to 9998"))
}

/// Parses an optional id: "" and the nil UUID mean none.
pub fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>> {
    match text {
        "" => Ok(None),
        text => Ok(Some(any_id(field, text)?).filter(|id| !id.is_nil())),
    }
}

/// Converts the revision that a request expects; 0 means any.
pub fn expected(revision: i64) -> Result<Expected> {
    match u64::try_from(revision) {
        Ok(0) => Ok(Expected::ANY),
        Ok(revision) => Ok(Expected::at(revision)),
        Err(_) => Err(Error::field(Reason::InvalidArgument, "expected_revision", "expected 0 or more")),
    }
}

pub fn ids(field: &str, texts: &[String]) -> Result<HashSet<Uuid>> {
    if texts.len() > MAX_IDS {
        return Err(Error::field(Reason::InvalidArgument, field, format!("expected at most {MAX_IDS} ids")));
    }
    let ids = each(texts.iter().enumerate().map(|(at, text)| id(&format!("{field}[{at}]"), text)))?;
    Ok(ids.into_iter().collect())
}

/// Checks an enum's number in the contract. A value that this version does not know is rejected.
pub fn choice<E: TryFrom<i32>>(field: &str, number: i32) -> Result<i32> {
    match E::try_from(number) {
        Ok(_) => Ok(number),
        Err(_) => Err(Error::field(Reason::InvalidArgument, field, format!("{number} is not a known value"))),
    }
}

pub fn address(field: &str, address: Option<&proto::Address>) -> Result<Address> {
    let address = address.ok_or_else(|| Error::field(Reason::InvalidAddress, field, "is required"))?;
    Address::from_proto(address).map_err(|wrong| {
        let violation = |(inner, description)| Violation { field: format!("{field}.{inner}"), description };
        Error::fields(Reason::InvalidAddress, wrong.into_iter().map(violation).collect())
    })
}

/// Checks that there is at least one action.
pub fn some_actions(actions: &[proto::Action]) -> Result<()> {
    match actions.is_empty() {
        true => Err(Error::field(Reason::InvalidArgument, "actions", NO_ACTIONS)),
        false => Ok(()),
    }
}

/// Checks that a request to start a flow has exactly one of `flow_id` and `actions`. Returns `None` for actions.
pub fn flow_or_actions(flow_id: &str, actions: &[proto::Action]) -> Result<Option<Uuid>> {
    match (optional_id("flow_id", flow_id)?, actions.is_empty()) {
        (Some(id), true) => Ok(Some(id)),
        (None, false) => Ok(None),
        _ => Err(Error::field(Reason::InvalidArgument, "flow_id", "expected exactly one of flow_id and actions")),
    }
}

/// Builds the program from the result of [`flow_or_actions`].
pub fn program(flow_id: Option<Uuid>, actions: Vec<proto::Action>) -> Program {
    flow_id.map_or(Program::Actions(actions), Program::Flow)
}

/// Checks a caller's variables: their sizes, and that none uses a reserved name.
pub fn variables(given: BTreeMap<String, String>) -> Result<Variables> {
    let mut variables = Variables::default();
    let set = each(given.iter().map(|(name, value)| {
        let path = format!("variables.{}", name.replace('\0', "\\0"));
        let wrong = |expected: String| Error::field(Reason::InvalidVariables, path, expected);
        if name.starts_with(SYSTEM) {
            return Err(wrong(format!("names that begin with {SYSTEM} are reserved")));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(wrong("expected text without NUL".to_owned()));
        }
        variables.set(name, value).map_err(wrong)
    }));
    set.map(|_| variables)
}

/// Checks the destination of events: an http or https URL and a method, or neither.
pub fn webhook(uri: String, method: String) -> Result<(String, String)> {
    let without_uri = uri.is_empty();
    let method = webhook_method(method).and_then(|method| match without_uri && !method.is_empty() {
        true => Err(Error::field(Reason::InvalidArgument, "webhook_method", "expected together with webhook_uri")),
        false => Ok(method),
    });
    let (uri, method) = all((webhook_uri(uri), method))?;
    let method = if method.is_empty() && !uri.is_empty() { "POST".to_owned() } else { method };
    Ok((uri, method))
}

/// Checks an http or https URL. Empty means none.
pub fn webhook_uri(uri: String) -> Result<String> {
    let uri = text("webhook_uri", uri, 2_048)?;
    match uri.is_empty() || is_web_address(&uri) {
        true => Ok(uri),
        false => Err(Error::field(Reason::InvalidArgument, "webhook_uri", "expected an http or https address")),
    }
}

/// Checks the method of webhooks. Empty means none.
pub fn webhook_method(method: String) -> Result<String> {
    match method.as_str() {
        "" | "POST" | "PUT" => Ok(method),
        _ => Err(Error::field(Reason::InvalidArgument, "webhook_method", "expected POST or PUT")),
    }
}

/// Returns whether the webhook client accepts the URL. It rejects user names and passwords.
fn is_web_address(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|url| {
        let plain = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && plain
    })
}

/// Checks telephone keys, at most `max` of them.
pub fn digits(field: &str, digits: String, max: usize) -> Result<String> {
    let keys = digits.chars().all(|key| crate::engine::check::KEYS.contains(key));
    match keys && (1..=max).contains(&digits.len()) {
        true => Ok(digits),
        false => Err(Error::field(Reason::InvalidArgument, field, format!("expected 1 to {max} keys of 0-9A-D*#"))),
    }
}

/// Returns a number of milliseconds, `usual` if the field is not set.
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
    fn ids_are_written_in_one_way() {
        let id_ = "6f18ae1c-ddf8-413b-9572-ad30574604ef";
        assert_eq!(id("id", id_).unwrap().to_string(), id_);
        for other in ["", "7", &id_.replace('-', ""), &format!("{{{id_}}}"), &format!("urn:uuid:{id_}"), "\0"] {
            let error = id("id", other).unwrap_err();
            assert_eq!((error.reason, error.violations[0].field.as_str()), (Reason::InvalidId, "id"));
        }
    }

    #[test]
    fn texts_are_counted_in_characters() {
        assert!(text("name", "é".repeat(255), NAME).is_ok());
        assert!(text("name", "é".repeat(256), NAME).is_err());
        assert!(text("name", "a\0".to_owned(), NAME).is_err());
    }

    #[test]
    fn destinations_are_addresses_of_the_web() {
        let check = |uri: &str, method: &str| webhook(uri.to_owned(), method.to_owned()).is_ok();
        assert!(check("", "") && check("http://a", "") && check("https://a.example:8443/b?c=d", "PUT"));
        for bad in
            ["a", "http://", "https://:80/a", "ftp://a.example", "http://a b", "http://a:b@c.example", "http://a\0"]
        {
            assert!(!check(bad, ""), "{bad:?}");
        }
        assert!(!check("", "POST") && !check("http://a", "GET"));
    }

    #[test]
    fn times_are_of_our_age() {
        let check = |seconds, nanos, good: bool| {
            assert_eq!(time("tm_expire", Some(Timestamp { seconds, nanos })).is_ok(), good, "{seconds} {nanos}");
        };
        check(0, 0, true);
        check(-1, 0, false);
        check(LAST_SECOND, 0, false);
        check(7, -1, false);
        check(7, 1_000_000_000, false);
        assert_eq!(time("tm_expire", None).unwrap(), None);
    }
}
