//! Reads the request of an RPC from the path, the query, the headers and the body of an HTTP request.

use super::conditional;
use super::json_body;
use super::route::{Parameter, Route};
use crate::error::{Error, Reason, Result, Violation, all, each};
use crate::grpc::MAX_MESSAGE_BYTES;
use crate::grpc::native_errors::{too_large, too_many_actions};
use crate::http::auth;
use crate::http::refused_body::RefusedBody;
use crate::proto::codec::MAX_ACTIONS;
use crate::proto::json::{self, Faults, ReadError, ReadErrorKind};
use axum::RequestExt;
use axum::body::Body;
use axum::extract::{Path, Request};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, EXPECT};
use http::request::Parts;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;
use tonic::metadata::MetadataMap;

/// Credentials in the query. They are checked earlier and are not parameters here.
const CREDENTIALS: [&str; 2] = ["token", "accesskey"];

/// A body of so few bytes cannot have too many actions.
const MANY: usize = 2 * MAX_ACTIONS;

/// How much of a body that is too large is read, and for how long, so that the client receives the error.
const SENT_IN_VAIN: usize = 16 * MAX_MESSAGE_BYTES;
const SENT_IN_VAIN_FOR: Duration = Duration::from_secs(5);

/// A request as it was read.
pub struct Read<Q> {
    pub request: tonic::Request<Q>,
    pub asked: Asked,
}

/// Properties of the HTTP request that the response depends on.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Whether a single element was given in place of a list; the response then has a single element too.
    pub single: bool,
    /// Whether `If-Match` set the expected revision.
    pub if_match: bool,
}

pub async fn read<Q: DeserializeOwned>(route: &Route<Q>, mut request: Request) -> Result<Read<Q>> {
    // A request that is not permitted is rejected before its body is read.
    if let Some(error) = auth::refusal(request.extensions(), Some(route.rpc)) {
        return Err(error);
    }
    let path: Path<Vec<(String, String)>> = request.extract_parts().await.map_err(bad_path)?;
    let (parts, body) = request.into_parts();
    let bytes = collect(&parts, body).await?;
    let mut fields = match route.body {
        true => object(&bytes)?,
        false => match bytes.is_empty() || bytes == b"{}" {
            true => Map::new(),
            false => return Err(Error::new(Reason::InvalidJsonBody, "no body is expected here")),
        },
    };
    let asked = query(route, parts.uri.query().unwrap_or_default(), &mut fields);
    let single = take_single(route, &mut fields);
    let changed = take_changed(route, &mut fields);
    for (name, value) in path.0 {
        fields.insert(name, value.into());
    }
    let message = json::read(fields.into()).map_err(|faults| refused(route, faults, matches!(single, Ok(true))));
    let ((), single, mut message): ((), bool, Q) = all((asked, single, message))?;
    if let Some((name, fill)) = route.header
        && let Some(value) = parts.headers.get(name)
    {
        // Bytes that are not valid UTF-8 are rejected later, by the check that both protocols share.
        fill(&mut message, String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    if let Some((known, fill)) = route.mask {
        if changed.is_empty() {
            let message = format!("expected at least one of: {}", known.join(", "));
            return Err(Error::new(Reason::InvalidJsonBody, message));
        }
        fill(&mut message, changed);
    }
    let if_match = expect(route, &parts.headers, &mut message)?;
    let metadata = MetadataMap::from_headers(parts.headers);
    let request = tonic::Request::from_parts(metadata, parts.extensions, message);
    Ok(Read { request, asked: Asked { single, if_match } })
}

/// Copies the revision of `If-Match` into the request. Returns whether there was one.
fn expect<Q>(route: &Route<Q>, headers: &HeaderMap, message: &mut Q) -> Result<bool> {
    let Some(expected) = route.expected else { return Ok(false) };
    let Some(revision) = conditional::if_match(headers)? else { return Ok(false) };
    let expected = expected(message);
    if *expected != 0 {
        let description = "cannot be given together with the header If-Match";
        return Err(Error::field(Reason::InvalidArgument, "expected_revision", description));
    }
    *expected = revision;
    Ok(true)
}

fn bad_path(error: axum::extract::rejection::PathRejection) -> Error {
    Error::new(Reason::InvalidArgument, error.body_text())
}

async fn collect(parts: &Parts, mut body: Body) -> Result<Vec<u8>> {
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let mut large = announced.is_some_and(|length| length > MAX_MESSAGE_BYTES);
    let mut bytes = Vec::new();
    while !large && let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let early = || Error::new(Reason::InvalidJsonBody, "the body ended early");
            RefusedBody::cause(&error).unwrap_or_else(early)
        })?;
        if let Ok(data) = frame.into_data() {
            large = bytes.len() + data.len() > MAX_MESSAGE_BYTES;
            bytes.extend_from_slice(&data);
        }
    }
    if !large {
        return Ok(bytes);
    }
    // A client that waits for "100 Continue" has not sent the body yet.
    if !parts.headers.contains_key(EXPECT) {
        let _ = tokio::time::timeout(SENT_IN_VAIN_FOR, discard(body)).await;
    }
    Err(too_large())
}

/// Reads and discards a body. If the server closed the connection while the client is still sending, the client would
/// lose the response.
async fn discard(mut body: Body) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, |data| data.len());
        if read > SENT_IN_VAIN {
            return;
        }
    }
}

/// Parses a JSON object. An empty body is an empty request: `POST …/stop` needs no `{}`.
fn object(bytes: &[u8]) -> Result<Map<String, Value>> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    if bytes.len() > MANY && json_body::items(bytes, "actions") > MAX_ACTIONS {
        return Err(too_many_actions());
    }
    match json_body::parse(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::new(Reason::InvalidJsonBody, "expected an object")),
    }
}

fn query<Q>(route: &Route<Q>, query: &str, fields: &mut Map<String, Value>) -> Result<()> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query)
        .map_err(|error| Error::new(Reason::InvalidArgument, format!("the query cannot be read: {error}")))?;
    let pairs = pairs.into_iter().filter(|(name, _)| !CREDENTIALS.contains(&name.as_str()));
    each(pairs.map(|(name, text)| parameter(route, name, text, fields))).map(drop)
}

fn parameter<Q>(route: &Route<Q>, name: String, text: String, fields: &mut Map<String, Value>) -> Result<()> {
    let Some((_, kind)) = route.query.iter().find(|(known, _)| *known == name) else {
        return Err(unknown_parameter(route, &name));
    };
    if *kind == Parameter::List {
        match fields.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(items) => items.push(text.into()),
            _ => unreachable!("list parameters are stored as arrays"),
        }
    } else if fields.insert(name.clone(), parse(*kind, text)).is_some() {
        return Err(Error::field(Reason::InvalidArgument, name, "is given twice"));
    }
    Ok(())
}

fn unknown_parameter<Q>(route: &Route<Q>, name: &str) -> Error {
    let known: Vec<&str> = route.query.iter().map(|(known, _)| *known).collect();
    let description = match known.is_empty() {
        true => "unknown parameter; none is expected here".to_owned(),
        false => format!("unknown parameter; expected one of: {}", known.join(", ")),
    };
    Error::field(Reason::InvalidArgument, name.replace('\0', "\\0"), description)
}

/// Converts the text of a parameter to JSON. Text that cannot be parsed stays text, and is later rejected with its
/// path.
fn parse(kind: Parameter, text: String) -> Value {
    match kind {
        Parameter::Integer => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Parameter::Boolean => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        Parameter::Text | Parameter::List => text.into(),
    }
}

/// Moves a single element that was given in place of a list into that list.
fn take_single<Q>(route: &Route<Q>, fields: &mut Map<String, Value>) -> Result<bool> {
    let Some((one, many)) = route.single else { return Ok(false) };
    let Some(value) = fields.shift_remove(one) else { return Ok(false) };
    if fields.contains_key(many) {
        let description = format!("cannot be given together with {many}");
        return Err(Error::field(Reason::InvalidJsonBody, one, description));
    }
    fields.insert(many.to_owned(), Value::Array(vec![value]));
    Ok(true)
}

/// Returns the keys of the body to change. As in a merge patch (RFC 7396), null empties a field, and of an object only
/// the keys that it contains change: they are `sip.port`.
fn take_changed<Q>(route: &Route<Q>, fields: &mut Map<String, Value>) -> Vec<String> {
    let Some((known, _)) = route.mask else { return Vec::new() };
    let mut changed = Vec::new();
    for (key, value) in fields.iter_mut().filter(|(key, _)| known.contains(&key.as_str())) {
        let inside = format!("{key}.");
        match value {
            Value::Object(object) if known.iter().any(|path| path.starts_with(&inside)) => {
                let is_known = |key: &str| known.contains(&format!("{inside}{key}").as_str());
                changed.extend(object.keys().filter(|key| is_known(key)).map(|key| format!("{inside}{key}")));
                object.retain(|key, value| !(value.is_null() && is_known(key)));
            }
            _ => changed.push(key.clone()),
        }
    }
    fields.retain(|key, value| !(value.is_null() && known.contains(&key.as_str())));
    changed
}

/// Converts the faults of a message to an error, under the reason of the first fault.
fn refused<Q>(route: &Route<Q>, Faults(faults): Faults, single: bool) -> Error {
    let reason = match faults.first().map(|fault| fault.kind) {
        Some(ReadErrorKind::ActionType) => Reason::InvalidActionType,
        Some(ReadErrorKind::ActionOption) => Reason::InvalidActionOption,
        _ if route.body => Reason::InvalidJsonBody,
        _ => Reason::InvalidArgument,
    };
    match faults.iter().find(|fault| fault.path.is_empty()) {
        Some(whole) => Error::new(reason, &whole.message),
        None => Error::fields(reason, faults.into_iter().map(|fault| violation(route, fault, single)).collect()),
    }
}

fn violation<Q>(route: &Route<Q>, fault: ReadError, single: bool) -> Violation {
    let field = match route.single {
        Some((one, many)) if single => match fault.path.strip_prefix(&format!("{many}[0]")) {
            Some(rest) => format!("{one}{rest}"),
            None => fault.path,
        },
        _ => fault.path,
    };
    Violation { field: field.replace('\0', "\\0"), description: fault.message }
}
