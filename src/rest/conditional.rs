//! Conditional requests (RFC 9110 §13). The `ETag` of a resource is its revision, for example `"7"`.

use crate::error::{Error, Reason, Result};
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

/// A revision that no resource ever has.
const NONE: i64 = i64::MAX;

/// The value of a header: any existing resource, or resources with one of these tags.
#[derive(Debug, PartialEq, Eq)]
enum Tags {
    Any,
    These(Vec<Tag>),
}

#[derive(Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    text: String,
}

/// Returns the `ETag` of a revision.
pub fn etag(revision: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{revision}\"")).expect("digits and quotation marks")
}

/// Returns the revision that `If-Match` expects, or `None` for any: the header is missing or `*`. A weak tag, or one
/// that is not a revision, matches no resource (§13.1.1).
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(Tags::These(tags)) = read(headers, IF_MATCH, "If-Match")? else { return Ok(None) };
    let strong = tags.iter().filter(|tag| !tag.weak);
    let revisions: Vec<i64> = strong.filter_map(|tag| tag.text.parse().ok().filter(|number| *number > 0)).collect();
    match revisions.as_slice() {
        [] => Ok(Some(NONE)),
        [one] => Ok(Some(*one)),
        _ => Err(malformed("If-Match", "expected one ETag, not several")),
    }
}

/// Returns whether `If-None-Match` contains this `ETag` (§13.1.2): the caller already has the resource.
pub fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> Result<bool> {
    Ok(match read(headers, IF_NONE_MATCH, "If-None-Match")? {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::These(tags)) => tags.iter().any(|tag| format!("\"{}\"", tag.text).as_bytes() == etag.as_bytes()),
    })
}

fn read(headers: &HeaderMap, header: HeaderName, name: &str) -> Result<Option<Tags>> {
    let values: Vec<&[u8]> = headers.get_all(header).iter().map(HeaderValue::as_bytes).collect();
    if values.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&values.join(&b", "[..])).into_owned();
    match parse(&text) {
        Some(tags) => Ok(Some(tags)),
        None => Err(malformed(name, "expected the ETag of an earlier response, such as \"7\", or *")),
    }
}

fn malformed(header: &str, expected: &str) -> Error {
    Error::field(Reason::InvalidArgument, header, expected)
}

/// Parses `*` or a comma-separated list of entity tags (§8.8.3). Returns `None` for anything else.
fn parse(text: &str) -> Option<Tags> {
    let mut rest = text.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    loop {
        let (weak, opened) = match rest.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (text, after) = opened.strip_prefix('"')?.split_once('"')?;
        if text.chars().any(|c| c.is_ascii_control() || c == ' ') {
            return None;
        }
        tags.push(Tag { weak, text: text.to_owned() });
        rest = match after.trim_start() {
            "" => return Some(Tags::These(tags)),
            after => after.strip_prefix(',')?.trim_start(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn if_match_names_one_revision() {
        let read = |values: &[&str]| if_match(&headers(IF_MATCH, values));
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&[" * "]).unwrap(), None);
        assert_eq!(read(&["\"7\""]).unwrap(), Some(7));
        assert_eq!(read(&["\"abc\", \"7\" ,W/\"8\""]).unwrap(), Some(7));
        for never in ["\"\"", "W/\"7\"", "\"abc\"", "\"-7\"", "\"0\"", "\"a,b\""] {
            assert_eq!(read(&[never]).unwrap(), Some(NONE), "{never}");
        }
        for bad in ["", "7", "\"7", "7\"", "w/\"7\"", "\"7\" \"8\"", "\"7\",", "\"a b\"", "*, \"7\"", "\"7\", \"8\""] {
            let error = read(&[bad]).unwrap_err();
            let respond = (error.reason, error.violations[0].field.as_str());
            assert_eq!(respond, (Reason::InvalidArgument, "If-Match"), "{bad}");
        }
        assert!(read(&["\"7\"", "\"8\""]).is_err(), "several lines are one list");
    }

    #[test]
    fn if_none_match_is_weak() {
        let known = |values: &[&str]| is_known(&headers(IF_NONE_MATCH, values), &etag(7)).unwrap();
        assert!(known(&["\"7\""]) && known(&["W/\"7\""]) && known(&["*"]) && known(&["\"6\", \"7\""]));
        assert!(!known(&[]) && !known(&["\"8\""]) && !known(&["\"77\""]));
    }
}
