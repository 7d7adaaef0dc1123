//! Requests of REST and of gRPC, as they are read from the network: paths, queries, headers, bodies, messages.

use super::service;
use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, TE};
use http::{Request, Uri};
use prost::Message;
use prost_reflect::{DescriptorPool, ServiceDescriptor};
use ringdown::proto::codec::{MAX_ACTIONS, check};
use ringdown::proto::{self, CreateActiveflowRequest, CreateFlowRequest, PushActionsRequest, SimulateFlowRequest};
use std::sync::LazyLock;

/// The RPCs, such as `ringdown.v1.CallService/GetCall`.
static RPCS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(proto::DESCRIPTOR).expect("the contract");
    let rpcs = |service: ServiceDescriptor| {
        let names: Vec<String> = service.methods().map(|it| format!("{}/{}", service.full_name(), it.name())).collect();
        names
    };
    pool.services().flat_map(rpcs).collect()
});

/// A line with the method and the target, lines of headers, an empty one, and a body.
pub const REST: &[&[u8]] = &[
    b"GET /v1.0/activeflows?page_size=10&page_token=&status=running&flow_id=00000000-0000-0000-0000-000000000001\n\n",
    b"GET /v1.0/calls?page_size=10&status=hangup&direction=incoming&accesskey=x\n\n",
    b"GET /v1.0/activeflows/watch?ids=00000000-0000-0000-0000-000000000001&ids=%30&include_snapshot=true\n\
      last-event-id: 00000000000000000000000000000000474943db\n\n",
    b"GET /v1.0/calls/watch?flow_id=&resume_token=00\nlast-event-id: 0\n\n",
    b"GET /v1.0/flows/00000000-0000-0000-0000-000000000001\nif-none-match: W/\"7\", \"8\"\n\n",
    b"GET /v1.0/flows/00000000-0000-0000-0000-000000000001/revisions/diff?from=1&to=2\n\n",
    b"GET /v1.0/recordings/00000000-0000-0000-0000-000000000001/file?offset=1\nrange: bytes=0-1\nif-range: \"7\"\n\n",
    b"GET /v1.0/messages?page_size=3&direction=outgoing\n\n",
    b"GET /v1.0/webhook_deliveries?status=failed&page_token=2023-04-02 13:43:30.576077\n\n",
    b"PUT /v1.0/flows/00000000-0000-0000-0000-000000000001\nif-match: \"7\"\n\n\
      {\"name\": \"a\", \"actions\": [{\"type\": \"answer\"}]}",
    b"POST /v1.0/activeflows\nidempotency-key: a-key\ncontent-type: application/json\n\n\
      {\"actions\": [{\"type\": \"sleep\"}], \"variables\": {\"a\": \"b\"}}",
    b"POST /v1.0/calls\n\n\
      {\"source\": {\"type\": \"tel\", \"target\": \"+15550001\"}, \"destination\": {\"type\": \"sip\", \"target\": \"a@b.example\"}}",
    b"POST /v1.0/flows/validate\n\n{\"actions\": [{\"type\": \"talk\", \"option\": {\"text\": \"Hi\"}}]}",
    b"POST /v1.0/flows/simulate\n\n{\"actions\": [{\"type\": \"answer\"}], \"script\": \"0s +15550000001 answers\"}",
    b"PUT /v1.0/customers/00000000-0000-0000-0000-000000000001/limits\n\n{\"calls\": 7}",
    b"GET /v1.0/numbers?token=a.b.c&page_size=-1\n\n",
];

pub fn rest(data: &[u8]) {
    service::answer(|| request(data), None);
}

/// None: no HTTP library would let it through.
fn request(data: &[u8]) -> Option<Request<Body>> {
    let end = data.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((data, &[][..]), |at| (&data[..at], &data[at + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, target) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = method.parse().ok()?;
    *request.uri_mut() = target.replace(' ', "%20").parse::<Uri>().ok()?;
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?);
    }
    Some(request)
}

/// The number of an RPC, and the message.
pub const GRPC: &[&[u8]] = &[
    b"\x06\x0a\x2400000000-0000-0000-0000-000000000001",
    b"\x07\x0a\x00\x10\x0a\x1a\x011",
    b"\x08\x0a\x2400000000-0000-0000-0000-000000000001\x12\x02ab",
    b"\x10\x0a\x02ab\x12\x01a\x1a\x2400000000-0000-0000-0000-000000000001",
    b"\x25\x0a\x01a\x1a\x04\x0a\x00\x12\x00",
    b"\x30\x0a\x0c\x0a\x03tel\x12\x05+1555\x12\x00",
];

pub fn grpc(data: &[u8]) {
    let Some((which, message)) = data.split_first() else { return };
    let rpc = &RPCS[usize::from(*which) % RPCS.len()];
    let length = u32::try_from(message.len()).expect("a short message").to_be_bytes();
    let body = [&[0], length.as_slice(), message].concat();
    let request = || {
        let mut request = Request::post(format!("/{rpc}")).body(Body::from(body.clone())).ok()?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
        Some(request)
    };
    service::answer(request, Some(rpc.as_str()));
}

pub const COUNTED: &[&[u8]] =
    &[b"\x0a\x01a\x1a\x04\x0a\x00\x12\x00\x1a\x00\x1a\x00", b"\x1a\x02\x2a\x00", b"\x12\x02\x0a\x00\x12\x00"];

/// What passes the count has no more actions than it says, and what has more does not pass.
pub fn action_counts(data: &[u8]) {
    fn count<T: Message + Default>(data: &[u8], actions: fn(&T) -> usize) {
        let (counted, decoded) = (check::<T>(data), T::decode(data));
        if let (Ok(()), Ok(message)) = (counted, &decoded) {
            assert!(actions(message) <= MAX_ACTIONS);
        }
    }
    count::<CreateFlowRequest>(data, |it| it.actions.len());
    count::<CreateActiveflowRequest>(data, |it| it.actions.len());
    count::<PushActionsRequest>(data, |it| it.actions.len());
    count::<SimulateFlowRequest>(data, |it| it.actions.len());
}
