//! What a SIP driver asks others: who may send to it, and where its calls go.

use crate::model::call::Address;
use async_trait::async_trait;
use std::net::IpAddr;
use uuid::Uuid;

/// Knows the carriers and whom they serve.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Returns who sends from an address; `None` for a stranger, who gets no answer. Asked for each datagram: it answers from
    /// memory and never waits.
    fn sender(&self, address: IpAddr) -> Option<Sender>;

    /// Returns where a call of a customer goes, and the room that it takes.
    async fn route(&self, customer_id: Uuid, destination: &Address) -> Result<Route, Unroutable>;

    /// Takes room at a hop for one attempt, and waits for the attempt's turn, which the provider's settings bound. The room
    /// is free again when what is returned is dropped. A caller that stops waiting loses its turn.
    async fn enter(&self, hop: &Hop) -> Result<Box<dyn Send>, Unroutable>;

    /// Returns the providers whose health is checked by OPTIONS.
    fn providers(&self) -> Vec<Hop>;

    /// Takes note of a health check: whether the provider answered, and the status; 0 for none.
    fn checked(&self, provider_id: Uuid, answered: bool, code: u16);
}

/// Who sends to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// `None`: an address that the operator allows, but no provider. What it asserts about callers is not believed.
    pub provider_id: Option<Uuid>,
    /// The most datagrams that it may send in a second.
    pub per_second: u32,
}

/// Where a call goes.
pub struct Route {
    /// One to three, in the order in which they are tried.
    pub hops: Vec<Hop>,
    pub permit: Box<dyn Permit>,
}

/// One provider of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub provider_id: Uuid,
    /// The Request-URI: `sip:+15557654321@carrier.example:5060`.
    pub uri: String,
    /// A host name or an IP address.
    pub host: String,
    pub port: u16,
    /// User name and password for digest authentication; `None` if the provider asks for none.
    pub credentials: Option<(String, String)>,
    /// Names of codecs, the best first.
    pub codecs: Vec<String>,
    /// Headers that the provider wants.
    pub headers: Vec<(String, String)>,
    /// Keys are sent as tones, not as RFC 4733 events.
    pub inband: bool,
    /// The provider, or its gateways, are behind a NAT.
    pub nat: bool,
}

/// The room of one outgoing call, free again when it is dropped.
#[async_trait]
pub trait Permit: Send {
    /// Begins to count the time of the call.
    fn answered(&self);

    /// Returns when the call must end, with the reason as a sentence.
    async fn over(&mut self) -> String;
}

/// Why a call goes nowhere: the name of an error reason, and a sentence, such as `NO_ROUTE: no provider takes calls to …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unroutable(pub String);
