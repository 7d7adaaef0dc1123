//! Authenticates requests over gRPC, gRPC-Web and REST, before anything else reads them.
//!
//! The caller, or the reason why there is none, is put into the extensions of the request. Each RPC begins with [`caller`],
//! so that a refusal is reported in the protocol of the request. Credentials stop here: they reach no log and no handler.

pub use crate::auth::Caller;
use crate::auth::{self, Authenticator, Credential};
use crate::error::{Error, Reason, Result};
use axum::extract::{OriginalUri, Request};
use http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use http::uri::PathAndQuery;
use http::{Extensions, HeaderMap, HeaderName, Uri};
use std::net::IpAddr;
use uuid::Uuid;

/// The most bytes of names and values in a request's headers.
pub const MAX_HEADER_BYTES: usize = 16 << 10;

/// Says where in a browser a request comes from (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The caller of a request, or why it was refused: an extension of the request.
#[derive(Debug, Clone)]
struct Admission(Result<Caller, Refusal>);

/// An error that can be cloned with its request.
#[derive(Debug, Clone)]
struct Refusal {
    reason: Reason,
    message: String,
    source: Option<String>,
}

/// Returns the customer that sent a request.
pub fn caller<T>(request: &tonic::Request<T>) -> Result<Caller> {
    admitted(request.extensions())
}

/// Does the same for a request that no RPC has read yet.
pub fn admitted(extensions: &Extensions) -> Result<Caller> {
    match extensions.get::<Admission>() {
        Some(Admission(Ok(caller))) => Ok(*caller),
        Some(Admission(Err(refusal))) => Err(refusal.clone().into()),
        None => Err(auth::required()),
    }
}

/// Returns the customer that sent a request, if it is authenticated.
pub fn customer(extensions: &Extensions) -> Option<Uuid> {
    let Admission(outcome) = extensions.get()?;
    outcome.as_ref().ok().map(|caller| caller.customer_id)
}

/// Returns why a request for an RPC, such as `ringdown.v1.CallService/GetCall`, is refused: because of its credential, its
/// role or its customer. Both protocols ask here, before they read the body.
pub fn refusal(extensions: &Extensions, rpc: Option<&str>) -> Option<Error> {
    match extensions.get::<Admission>() {
        Some(Admission(Err(refusal))) => Some(refusal.clone().into()),
        Some(Admission(Ok(caller))) => caller.check(rpc).err(),
        // Open paths need no caller.
        None => None,
    }
}

/// Authenticates a request from a client in this network. Runs inside the layers for its id and CORS.
pub async fn admit(authenticator: &Authenticator, from: IpAddr, request: &mut Request) {
    let credential = take_credential(request);
    if !is_open(request.uri().path()) {
        let outcome = match (too_large(request.headers()), credential) {
            (true, _) => {
                let message = format!("the headers are larger than {MAX_HEADER_BYTES} bytes");
                Err(Error::new(Reason::InvalidArgument, message))
            }
            (false, None) => Err(auth::required()),
            (false, Some(credential)) => authenticator.authenticate(credential, from).await,
        };
        request.extensions_mut().insert(Admission(outcome.map_err(Refusal::from)));
    }
}

/// Refuses a request that was authenticated.
pub fn refuse(request: &mut Request, error: Error) {
    request.extensions_mut().insert(Admission(Err(error.into())));
}

/// Returns whether a path needs no credential.
fn is_open(path: &str) -> bool {
    matches!(path, "/" | "/docs" | "/v1.0/openapi.json" | "/healthz" | "/readyz" | "/metrics")
        || ["/docs/", "/grpc.health.v1.", "/grpc.reflection."].iter().any(|open| path.starts_with(open))
        || is_inbound(path)
}

/// Returns whether a message provider delivers messages to this path: it signs them. The providers of calls are below
/// the same path, and need a credential.
fn is_inbound(path: &str) -> bool {
    let name = path.strip_prefix("/v1.0/providers/").and_then(|rest| rest.strip_suffix("/messages"));
    name.is_some_and(|name| !name.contains('/'))
}

/// Removes every credential from a request and returns the first one; the others are ignored, valid or not.
fn take_credential(request: &mut Request) -> Option<Credential> {
    let bearer = request.headers().get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
    let cookie = match same_origin(request.uri(), request.headers()) {
        true => cookie_token(request.headers()),
        false => None,
    };
    request.headers_mut().remove(AUTHORIZATION);
    request.headers_mut().remove(COOKIE);
    let (token, key) = take_from_query(request);
    bearer
        .map(Credential::Bearer)
        .or_else(|| token.map(Credential::Jwt))
        .or_else(|| cookie.map(Credential::Jwt))
        .or_else(|| key.map(Credential::AccessKey))
}

/// Reads the credential of `Authorization: Bearer …`. Other schemes are ignored: they may be for a proxy on the way.
fn bearer(value: &str) -> Option<String> {
    let (scheme, credential) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim().to_owned())
}

/// Removes `token` and `accesskey` from the query and returns them. The rest of the query stays unchanged, byte for byte.
fn take_from_query(request: &mut Request) -> (Option<String>, Option<String>) {
    let (mut token, mut key) = (None, None);
    let Some(query) = request.uri().query() else { return (None, None) };
    let mut rest: Vec<&str> = Vec::new();
    for pair in query.split('&') {
        // The decoded name is compared: `%74oken` counts as well.
        match form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, value)) if name == "token" => token = token.or(Some(value.into_owned())),
            Some((name, value)) if name == "accesskey" => key = key.or(Some(value.into_owned())),
            _ => rest.push(pair),
        }
    }
    if token.is_some() || key.is_some() {
        let mut path = request.uri().path().to_owned();
        if !rest.is_empty() {
            path = format!("{path}?{}", rest.join("&"));
        }
        let mut parts = request.uri().clone().into_parts();
        // Removing pairs from a valid path and query leaves a valid one.
        parts.path_and_query = path.parse::<PathAndQuery>().ok();
        let uri = Uri::from_parts(parts).unwrap_or_default();
        // The router has stored the original address, with the credentials.
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        *request.uri_mut() = uri;
    }
    let given = |it: Option<String>| it.filter(|it| !it.is_empty());
    (given(token), given(key))
}

fn cookie_token(headers: &HeaderMap) -> Option<String> {
    let pairs =
        headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|it| it.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == "token").and_then(|(_, value)| {
        let value = value.trim_matches('"');
        (!value.is_empty()).then(|| value.to_owned())
    })
}

/// Returns whether a browser sent this request for a page of this server. A browser adds its cookies to requests that pages
/// of any site make, so a cookie authenticates only requests that come from no other site. Programs other than browsers
/// send neither header and choose their cookies themselves.
fn same_origin(uri: &Uri, headers: &HeaderMap) -> bool {
    let word = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let by_site = |site: &str| matches!(site, "same-origin" | "none");
    let host = uri.authority().map(|it| it.as_str()).or_else(|| word(HOST)).unwrap_or_default();
    let by_origin = |origin: &str| {
        origin.split_once("://").is_some_and(|(scheme, it)| {
            it.eq_ignore_ascii_case(host) || it.eq_ignore_ascii_case(without_default_port(scheme, host))
        })
    };
    word(SEC_FETCH_SITE).is_none_or(by_site) && word(ORIGIN).is_none_or(by_origin)
}

/// Removes the default port of a scheme, which an origin leaves out (RFC 6454 §6.2).
fn without_default_port<'a>(scheme: &str, host: &'a str) -> &'a str {
    let port = if scheme == "https" { ":443" } else { ":80" };
    host.strip_suffix(port).unwrap_or(host)
}

fn too_large(headers: &HeaderMap) -> bool {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MAX_HEADER_BYTES
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal { reason: error.reason, message: error.message, source: error.source.map(|it| it.to_string()) }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error { source: refusal.source.map(Into::into), ..Error::new(refusal.reason, refusal.message) }
    }
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
