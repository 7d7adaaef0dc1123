//! A route: what the contract says of it, and what became of a request on it.

use super::envelope::Envelope;
use crate::http::metrics::Called;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use tonic::Status;

/// What the contract says of a route. `Q` is the request of its RPC.
pub struct Route<Q> {
    /// The RPC, as `ringdown.v1.CallService/GetCall`.
    pub rpc: &'static str,
    pub verb: MethodFilter,
    /// Whether the body is the request; else the query is.
    pub body: bool,
    /// What may stand in the query.
    pub query: &'static [(&'static str, Parameter)],
    /// A key that may stand in place of a list of one, and the key of that list.
    pub single: Option<(&'static str, &'static str)>,
    /// A header that fills a field of the request.
    pub header: Option<Header<Q>>,
    /// The field of the revision that the caller expects, which `If-Match` fills, too.
    pub expected: Option<fn(&mut Q) -> &mut i64>,
    /// Set where the keys of the body are all that changes.
    pub mask: Option<Mask<Q>>,
}

/// The keys that may change, and what tells a request which of them do.
pub type Mask<Q> = (&'static [&'static str], fn(&mut Q, Vec<String>));

/// The name of a header, and what puts its value into a request.
pub type Header<Q> = (&'static str, fn(&mut Q, String));

/// How the text of a query parameter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    Text,
    Integer,
    Boolean,
    /// May be given several times.
    List,
}

/// The answer to a request that failed.
pub fn failed(rpc: &'static str, status: Status) -> Response {
    let code = status.code();
    told(rpc, code, Envelope::of(status))
}

/// The same with an envelope that was made of the status.
pub fn told(rpc: &'static str, code: tonic::Code, envelope: Envelope) -> Response {
    let mut response = envelope.into_response();
    response.extensions_mut().insert(Called { rpc, code });
    response
}
