//! Session descriptions (RFC 8866) and the offer/answer model (RFC 3264) for one stream of audio.

mod body;
mod description;
mod negotiation;
#[cfg(test)]
mod tests;

pub use body::{MEDIA_TYPE, NotSdp, in_body};
pub use description::{Description, Direction, Line};
pub use negotiation::{Agreed, Codec, Events, Local, Negotiation, Unacceptable};
