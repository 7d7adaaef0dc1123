//! Incoming calls that are not decided yet: a driver offers them, and the application takes or refuses each.

use crate::model::call::Address;
use std::time::Duration;
use uuid::Uuid;

/// How long a driver waits for a decision; then it refuses the call with 503 and drops the offer. A carrier tries another
/// server after 4 to 6 seconds.
pub const DECISION: Duration = Duration::from_secs(4);

/// Identifies an offer of one driver, until the offer is taken, refused or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfferKey(pub u64);

/// A remote party calls. It has received nothing but 100 Trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub key: OfferKey,
    pub peer: Peer,
    pub source: Address,
    pub destination: Address,
}

/// Who sends an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A simulated phone of a customer, as requested with this ticket.
    Simulated { customer_id: Uuid, ticket: u64 },
    /// A SIP peer: a provider, or an address that the operator allows. The number called says whose call it is.
    Sip { provider_id: Option<Uuid> },
}

/// The final response to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The SIP status.
    pub code: u16,
    /// When the caller may try again, in seconds.
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    /// No flow answers calls to this destination.
    pub const NOT_FOUND: Refusal = Refusal { code: 404, retry_after_s: None };
    /// This server cannot take the call now; another one may. (486 would say that a human is busy, and carriers would not
    /// try another server.)
    pub const UNAVAILABLE: Refusal = Refusal { code: 503, retry_after_s: Some(5) };
}
