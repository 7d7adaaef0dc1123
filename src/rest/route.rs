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
}

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

/// The answer to a request that failed. Where one stood in place of a list, the fault is in the one.
pub fn failed(rpc: &'static str, status: Status, single: Option<(&str, &str)>) -> Response {
    let code = status.code();
    let mut envelope = Envelope::of(status);
    if let Some((one, many)) = single {
        envelope.rename(&format!("{many}[0]"), one);
    }
    let mut response = envelope.into_response();
    response.extensions_mut().insert(Called { rpc, code });
    response
}
