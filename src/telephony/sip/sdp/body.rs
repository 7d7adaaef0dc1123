//! Where the session description of a message stands.

use crate::telephony::sip::message::{Headers, Params};

pub const MEDIA_TYPE: &str = "application/sdp";
/// Parts of a multipart body that are looked at.
const MAX_PARTS: usize = 16;

/// The body is something else, or is encoded: 415.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSdp;

/// Returns the session description of a message: its body, or the one part of a multipart body that is one (RFC 5621).
/// `None` without a body.
pub fn in_body<'a>(headers: &Headers, body: &'a [u8]) -> Result<Option<&'a [u8]>, NotSdp> {
    if body.is_empty() {
        return Ok(None);
    }
    if headers.get("Content-Encoding").is_some_and(|it| !it.eq_ignore_ascii_case("identity")) {
        return Err(NotSdp);
    }
    let media = headers.content_type().ok_or(NotSdp)?;
    if media == MEDIA_TYPE {
        return Ok(Some(body));
    }
    if !media.starts_with("multipart/") {
        return Err(NotSdp);
    }
    let params = headers.get("Content-Type").and_then(|it| it.split_once(';')).map(|(_, it)| Params::parse(it));
    let boundary = params.as_ref().and_then(|it| it.get("boundary")).filter(|it| !it.is_empty()).ok_or(NotSdp)?;
    let mut found = parts(body, boundary).into_iter().filter_map(description);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(Some(one)),
        _ => Err(NotSdp),
    }
}

/// Splits a body at `--boundary` (RFC 2046 5.1).
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.windows(mark.len()).position(|it| it == mark.as_slice()) {
        let part = rest.get(..at).unwrap_or_default();
        parts.push(part.strip_suffix(b"\r\n").unwrap_or(part));
        rest = rest.get(at + mark.len()..).unwrap_or_default();
        if parts.len() == MAX_PARTS {
            break;
        }
    }
    // What stands before the first mark is for readers that know no multipart.
    parts.into_iter().skip(1).collect()
}

/// Returns the content of a part, if its header says that it is a session description.
fn description(part: &[u8]) -> Option<&[u8]> {
    let end = part.windows(4).position(|it| it == b"\r\n\r\n")?;
    let head = std::str::from_utf8(part.get(..end)?).ok()?;
    let is_sdp = head.split("\r\n").filter_map(|it| it.split_once(':')).any(|(name, value)| {
        let media = value.split(';').next().unwrap_or_default().trim();
        name.trim().eq_ignore_ascii_case("Content-Type") && media.eq_ignore_ascii_case(MEDIA_TYPE)
    });
    is_sdp.then(|| part.get(end + 4..)).flatten()
}
