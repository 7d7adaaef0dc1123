//! Checks the fields of a provider.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::providers::ProviderChange;
use crate::carriers::{defaults, network};
use crate::config::{is_host, is_username, secret};
use crate::error::{Error, Reason, Result, all, each};
use crate::proto::{DtmfMode, ProviderSipSettings, ProviderType, SipTransport, UpdateProviderRequest};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

/// The fields that can be changed.
pub const FIELDS: &[&str] = &[
    "type",
    "hostname",
    "tech_prefix",
    "tech_postfix",
    "tech_headers",
    "name",
    "detail",
    "codecs",
    "metadata",
    "sip",
    "sip.transport",
    "sip.port",
    "sip.username",
    "sip.password",
    "sip.inbound_ips",
    "sip.max_calls",
    "sip.max_cps",
    "sip.max_wait_ms",
    "sip.dtmf",
];

/// The most characters of a prefix or postfix of dialled numbers.
const TECH: usize = 32;
/// The most headers, and the most entries of metadata.
const ENTRIES: usize = 16;
/// The most characters of the name of a header or of metadata.
const KEY: usize = 64;
const HEADER: usize = 256;
/// The most bytes of all headers: an INVITE must fit into a datagram (RFC 3261 §18.1.1).
const HEADERS: usize = 512;
const VALUE: usize = 1_000;
const NETWORKS: usize = 64;
/// The shortest prefixes of networks that calls come from: a shorter one lets in whole continents.
const SHORTEST_V4: u8 = 8;
const SHORTEST_V6: u8 = 19;

/// Headers that SIP itself uses (RFC 3261 §20, RFC 3262, RFC 4028), with their compact forms.
const OWN_HEADERS: &[&str] = &[
    "accept",
    "alert-info",
    "allow",
    "authorization",
    "call-id",
    "contact",
    "content-encoding",
    "content-length",
    "content-type",
    "cseq",
    "date",
    "expires",
    "from",
    "max-forwards",
    "mime-version",
    "min-se",
    "proxy-authorization",
    "proxy-require",
    "rack",
    "record-route",
    "require",
    "route",
    "rseq",
    "session-expires",
    "supported",
    "to",
    "unsupported",
    "via",
    "c",
    "e",
    "f",
    "i",
    "k",
    "l",
    "m",
    "t",
    "v",
    "x",
];

fn wrong(field: &str, expected: impl Into<String>) -> Error {
    Error::field(Reason::InvalidArgument, field, expected)
}

/// Checks the fields that the mask names.
pub fn change(mask: &Mask, request: UpdateProviderRequest) -> Result<ProviderChange> {
    let UpdateProviderRequest { hostname: host, tech_prefix, tech_postfix, tech_headers, codecs: coded, .. } = request;
    let (kind, name, detail, metadata) = (request.r#type, request.name, request.detail, request.metadata);
    let (general, numbers, sip) = all((
        all((
            mask.take("type", || convert::choice::<ProviderType>("type", kind)),
            mask.take("hostname", || hostname(host)),
            mask.take("name", || convert::text("name", name, NAME)),
            mask.take("detail", || convert::text("detail", detail, DETAIL)),
        )),
        all((
            mask.take("tech_prefix", || tech("tech_prefix", tech_prefix)),
            mask.take("tech_postfix", || tech("tech_postfix", tech_postfix)),
            mask.take("tech_headers", || headers(tech_headers)),
            mask.take("codecs", || codecs(coded)),
            mask.take("metadata", || entries(metadata)),
        )),
        sip(mask, request.sip.unwrap_or_default()),
    ))?;
    let (_, hostname, name, detail) = general;
    let (tech_prefix, tech_postfix, tech_headers, codecs, metadata) = numbers;
    Ok(ProviderChange { hostname, tech_prefix, tech_postfix, tech_headers, name, detail, codecs, metadata, ..sip })
}

/// Checks the settings for SIP. What is not set gets its default, if the mask names it.
fn sip(mask: &Mask, given: ProviderSipSettings) -> Result<ProviderChange> {
    let named = |field: &str| mask.has("sip") || mask.has(&format!("sip.{field}"));
    let usual = defaults();
    let port = if given.port == 0 { usual.port } else { given.port };
    let number = |field: &str, value: i32, range: RangeInclusive<i32>| {
        let field_name = format!("sip.{field}");
        named(field).then(|| within(&field_name, value, range)).transpose()
    };
    let password = if named("password") { given.password } else { String::new() };
    let dtmf = match DtmfMode::try_from(given.dtmf) {
        Ok(DtmfMode::Unspecified | DtmfMode::Rfc4733) => Ok(DtmfMode::Rfc4733),
        Ok(mode @ (DtmfMode::Auto | DtmfMode::Inband)) => Ok(mode),
        Ok(DtmfMode::Info) => Err(wrong("sip.dtmf", "info is not available yet; expected rfc4733, inband or auto")),
        Err(_) => Err(wrong("sip.dtmf", format!("{} is not a known value", given.dtmf))),
    };
    let (_, port, username, password, inbound_ips, max_calls, (max_cps, max_wait_ms, dtmf)) = all((
        named("transport").then(|| convert::choice::<SipTransport>("sip.transport", given.transport)).transpose(),
        number("port", port, 1..=65_535),
        named("username").then(|| username(given.username)).transpose(),
        secret(&password).map_err(|expected| wrong("sip.password", expected)),
        named("inbound_ips").then(|| networks(&given.inbound_ips)).transpose(),
        number("max_calls", given.max_calls.unwrap_or(usual.max_calls), 0..=100_000),
        all((
            number("max_cps", given.max_cps.unwrap_or(usual.max_cps), 1..=1_000),
            number("max_wait_ms", given.max_wait_ms.unwrap_or(usual.max_wait_ms), 0..=60_000),
            named("dtmf").then_some(dtmf).transpose(),
        )),
    ))?;
    Ok(ProviderChange {
        port,
        username,
        password,
        inbound_ips,
        max_calls,
        max_cps,
        max_wait_ms,
        dtmf,
        ..ProviderChange::default()
    })
}

/// Checks that a number is in a range.
pub fn within(field: &str, value: i32, range: RangeInclusive<i32>) -> Result<i32> {
    match range.contains(&value) {
        true => Ok(value),
        false => Err(wrong(field, format!("expected {} to {}", range.start(), range.end()))),
    }
}

fn hostname(text: String) -> Result<String> {
    match is_host(&text) {
        true => Ok(text),
        false => Err(wrong("hostname", "is required: a host name or an IP address, without a port")),
    }
}

fn tech(field: &str, text: String) -> Result<String> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"*#+_.-".contains(&byte);
    match text.len() <= TECH && text.bytes().all(is_good) {
        true => Ok(text),
        false => Err(wrong(field, format!("expected at most {TECH} characters of 0-9A-Za-z*#+_.-"))),
    }
}

fn headers(headers: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    some_entries("tech_headers", &headers)?;
    let mut seen = HashSet::new();
    each(headers.iter().map(|(name, value)| {
        let field = path("tech_headers", name);
        let small = name.to_ascii_lowercase();
        // A token (RFC 3261 §25.1).
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
        if !(1..=KEY).contains(&name.len()) || !name.bytes().all(is_token) {
            return Err(wrong(&field, format!("expected the name of a SIP header, at most {KEY} characters")));
        }
        if OWN_HEADERS.contains(&small.as_str()) {
            return Err(wrong(&field, "cannot be set: SIP itself uses this header"));
        }
        if !small.starts_with("x-") && small != "user-to-user" {
            return Err(wrong(&field, "is not available yet; expected a name that begins with X-, or User-to-User"));
        }
        if !seen.insert(small) {
            return Err(wrong(&field, "is given twice: the names of headers ignore case"));
        }
        // A line break would begin another header.
        match value.chars().count() <= HEADER && !value.chars().any(char::is_control) {
            true => Ok(()),
            false => Err(wrong(&field, format!("expected at most {HEADER} characters without control characters"))),
        }
    }))?;
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    match bytes <= HEADERS {
        true => Ok(headers),
        false => Err(wrong("tech_headers", format!("expected at most {HEADERS} bytes in all"))),
    }
}

fn entries(entries: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    some_entries("metadata", &entries)?;
    each(entries.iter().map(|(name, value)| {
        let field = path("metadata", name);
        if name.is_empty() || name.chars().count() > KEY || name.chars().any(char::is_control) {
            return Err(wrong(&field, format!("expected a name of 1 to {KEY} characters without control characters")));
        }
        convert::text(&field, value.clone(), VALUE)
    }))?;
    Ok(entries)
}

fn some_entries(field: &str, entries: &BTreeMap<String, String>) -> Result<()> {
    match entries.len() <= ENTRIES {
        true => Ok(()),
        false => Err(wrong(field, format!("expected at most {ENTRIES} entries"))),
    }
}

/// Returns the path of an entry, cut where a name is far too long.
fn path(field: &str, name: &str) -> String {
    let name: String = name.chars().take(KEY).collect();
    format!("{field}.{}", name.replace(char::is_control, "?"))
}

fn codecs(text: String) -> Result<String> {
    let mut seen = HashSet::new();
    let is_known = |codec: &str| matches!(codec, "PCMU" | "PCMA");
    let is_good = text.is_empty() || text.split(',').all(|codec| is_known(codec) && seen.insert(codec));
    drop(seen);
    match is_good {
        true => Ok(text),
        false => Err(wrong("codecs", "expected PCMU, PCMA, PCMU,PCMA or PCMA,PCMU; or nothing, for both")),
    }
}

fn username(text: String) -> Result<String> {
    match text.is_empty() || is_username(&text) {
        true => Ok(text),
        false => Err(wrong("sip.username", "expected at most 128 visible ASCII characters")),
    }
}

fn networks(texts: &[String]) -> Result<Vec<String>> {
    if texts.len() > NETWORKS {
        return Err(wrong("sip.inbound_ips", format!("expected at most {NETWORKS} addresses and networks")));
    }
    each(texts.iter().enumerate().map(|(at, text)| {
        let field = format!("sip.inbound_ips[{at}]");
        let network = network(text);
        let network =
            network.ok_or_else(|| wrong(&field, "expected an address or a network such as 203.0.113.0/28"))?;
        let shortest = if network.addr().is_ipv4() { SHORTEST_V4 } else { SHORTEST_V6 };
        match network.prefix_len() >= shortest {
            true => Ok(text.clone()),
            false => Err(wrong(&field, format!("expected a network of at least {shortest} bits"))),
        }
    }))
}

#[cfg(test)]
#[path = "provider_fields_tests.rs"]
mod tests;
