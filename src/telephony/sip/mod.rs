//! Calls over SIP (RFC 3261).
//!
//! Everything here but `wire` is pure: it maps a state, an input and a time to outputs, without sockets, clock or
//! randomness, so that whole calls are tested as text. `wire` alone names the SIP crate, from which it takes the
//! transports and the transactions (RFC 3261 17, RFC 6026).
//!
//! | module | contents |
//! |---|---|
//! | [`message`] | messages: parsing, limits, typed values, requests and responses as we write them |
//! | [`uri`] | SIP and tel URIs, and the numbers in them |
//! | [`gate`] | what happens to a datagram before the parser of the SIP crate sees it |
//! | [`digest`] | digest authentication (RFC 7616) in both directions |
//! | [`sdp`] | session descriptions: offer and answer (RFC 3264), hold |
//! | [`dialog`] | dialogs (RFC 3261 12): identity, sequence numbers, route set, remote target |
//! | [`dialogs`] | which call a request belongs to |
//! | [`invite`] | the state machines of a call: outgoing, incoming, and once it is up |
//! | [`token`] | tags, branches and Call-IDs from an injected seed |
//! | `convert`, `resolve` | messages of the SIP crate and ours; names and addresses |
//! | [`socket`] | binds the UDP socket |
//! | [`nat`] | Contacts of peers behind NAT |
//! | [`trace`] | the last messages of each call |
//! | [`wire`] | the UDP socket, transports and transactions |
//! | `call` | one call: a task that owns its machine, its media and its commands |
//! | `calls`, `offered` | the calls that are held and their bridges; those that wait for a decision |
//! | `shared` | what all calls share |
//! | `driver` | the driver that all of this makes |
//! | `health` | whether providers answer |

mod call;
#[cfg(test)]
mod call_tests;
mod calls;
mod convert;
pub mod dialog;
pub mod dialogs;
pub mod digest;
mod driver;
pub mod gate;
mod health;
pub mod invite;
pub mod message;
pub mod nat;
mod offered;
mod resolve;
pub mod sdp;
mod shared;
pub mod socket;
pub mod token;
pub mod trace;
pub mod uri;
pub mod wire;

pub use driver::{Config, Ports, Sip};
