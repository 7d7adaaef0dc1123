//! A route as the contract defines it, and responses to failed requests on it.

use super::envelope::Envelope;
use crate::http::metrics::Called;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use tonic::Status;

/// A route as the contract defines it. `Q` is the request of its RPC.
pub struct Route<Q> {
    /// The RPC, for example `ringdown.v1.CallService/GetCall`.
    pub rpc: &'static str,
    pub verb: MethodFilter,
    /// Whether the body holds the request; otherwise the query does.
    pub body: bool,
    /// The parameters allowed in the query.
    pub query: &'static [(&'static str, Parameter)],
    /// A key that may be given in place of a list with one element, and the key of that list.
    pub single: Option<(&'static str, &'static str)>,
    /// A header that fills a field of the request.
    pub header: Option<Header<Q>>,
    /// The field with the revision that the caller expects, which `If-Match` fills too.
    pub expected: Option<fn(&mut Q) -> &mut i64>,
    /// Set if only the keys in the body are changed.
    pub mask: Option<Mask<Q>>,
}

/// The keys that may change, and the function that sets the request's mask.
pub type Mask<Q> = (&'static [&'static str], fn(&mut Q, Vec<String>));

/// The name of a header, and the function that copies its value into a request.
pub type Header<Q> = (&'static str, fn(&mut Q, String));

/// How the text of a query parameter is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    Text,
    Integer,
    Boolean,
    /// May be given several times.
    List,
}

/// Returns the response to a request that failed.
pub fn failed(rpc: &'static str, status: Status) -> Response {
    let code = status.code();
    respond(rpc, code, Envelope::of(status))
}

/// Like [`failed`], with an envelope made from the status.
pub fn respond(rpc: &'static str, code: tonic::Code, envelope: Envelope) -> Response {
    let mut response = envelope.into_response();
    response.extensions_mut().insert(Called { rpc, code });
    response
}
