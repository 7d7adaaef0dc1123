//! Our view of a message out of the SIP crate's, and back. It names the crate's message types, and nothing else of it.

use super::message::{Headers, Method, Request, Response};
use rsipstack::sip;

fn headers_of(headers: &sip::Headers) -> Headers {
    let mut copy = Headers::default();
    for header in headers.iter() {
        if header.name() != "Content-Length" {
            copy.push(header.name(), header.value());
        }
    }
    copy
}

pub(super) fn from_request(request: &sip::Request) -> Request {
    Request {
        // The crate knows the same methods.
        method: Method::parse(&request.method.to_string()).unwrap_or(Method::Options),
        uri: request.uri.to_string(),
        headers: headers_of(&request.headers),
        body: request.body.clone(),
    }
}

pub(super) fn from_response(response: &sip::Response) -> Response {
    let standard = response.status_code.text().to_owned();
    Response {
        code: response.status_code.code(),
        reason: response.wire_reason.clone().unwrap_or(standard),
        headers: headers_of(&response.headers),
        body: response.body.clone(),
    }
}

pub(super) fn to_response(response: &Response) -> Option<sip::Response> {
    let converted = sip::Response::try_from(response.to_bytes().as_slice());
    if let Err(error) = &converted {
        tracing::warn!(%error, "a SIP response of ours is malformed");
    }
    converted.ok()
}

pub(super) fn to_request(request: &Request) -> Result<sip::Request, sip::Error> {
    sip::Request::try_from(request.to_bytes().as_slice())
}
