//! The state machines of a call: outgoing ([`Uac`]), incoming ([`Uas`]), and once it is up ([`session`]).
//!
//! A machine takes an [`Input`] and the time, and pushes [`Output`]s. It does no I/O: its owner carries out the outputs
//! and sends [`Input::Wake`] at [`Invite::wake`].

mod answers;
#[cfg(test)]
mod chaos_tests;
mod hops;
mod session;
#[cfg(test)]
mod tests;
mod uac;
mod uas;

pub use answers::outside_dialog;
pub use hops::{Hop, Identity};
pub use uac::Uac;
pub use uas::Uas;

use super::message::{Ours, Request, Response};
use super::sdp::{Agreed, Local};
use super::token::Tokens;
use crate::model::call::{HangupBy, HangupReason};
use std::time::{Duration, Instant};

/// Time from the moment when BYE or CANCEL is due to the report of the hang-up, whether or not it was answered.
const TELL: Duration = Duration::from_secs(2);
/// 64 × T1: no answer to a request, and no copy of a 2xx, comes later (RFC 3261 17.1.1.2, 13.2.2.4).
const LINGER: Duration = Duration::from_secs(32);

/// A request of ours and its client transaction. Numbers are the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sent(pub u32);

/// A request of theirs and its server transaction. Numbers are its owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Received(pub u32);

#[derive(Debug, Clone)]
pub enum Input {
    /// A response to a request of ours, or the local 408 of one that got none. Every copy of a 2xx comes here.
    Response {
        sent: Sent,
        response: Response,
    },
    /// A request in this dialog. ACK and CANCEL come with the number of their INVITE.
    Request {
        received: Received,
        request: Request,
    },
    /// Our 2xx was not acknowledged within 32 seconds.
    NoAck {
        received: Received,
    },
    /// An incoming call is held from now on; the address at which its audio is received.
    Take(Local),
    /// An incoming call is not wanted.
    Refuse {
        code: u16,
        retry_after: Option<u32>,
    },
    /// An unanswered incoming call gets audio.
    EarlyMedia,
    Answer,
    Hangup(HangupReason),
    Hold(bool),
    /// The time of [`Invite::wake`] has come.
    Wake,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To the hop of the route with this index.
    Hop(usize),
    /// To this URI.
    Uri(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a request in a client transaction. Of an INVITE without a tag in To, first note Call-ID and our tag: requests of
    /// the remote party come under them.
    Send {
        sent: Sent,
        request: Box<Request>,
        to: To,
    },
    /// End a client transaction: no final response came to a request that was cancelled.
    Abandon(Sent),
    Respond {
        received: Received,
        response: Box<Response>,
    },
    /// The hop asked to be left alone for so long: 503 with Retry-After.
    HopDown {
        hop: usize,
        seconds: u32,
    },
    /// Audio goes there and comes from there from now on.
    Media(Box<Agreed>),
    Report(Report),
}

/// What the engine learns of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    Ringing,
    EarlyMedia,
    Answered,
    /// The remote party holds the call, or no longer does.
    FarHold(bool),
    /// A key, by INFO.
    Digit(char),
    /// The remote party refused to be held, or to be let go. The call continues as it was.
    HoldRefused {
        code: u16,
    },
    /// Once, and the last.
    Hangup(End),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub by: HangupBy,
    pub reason: HangupReason,
    /// 0 for an end of ours.
    pub code: u16,
    /// In words, at most 200 bytes.
    pub cause: String,
}

impl End {
    fn ours(reason: HangupReason) -> End {
        End { by: HangupBy::Local, reason, code: 0, cause: String::new() }
    }

    fn theirs(reason: HangupReason, code: u16, cause: impl Into<String>) -> End {
        End { by: HangupBy::Remote, reason, code, cause: cause.into() }
    }
}

/// What both machines share: names, tokens, numbers, and whether the end was reported.
#[derive(Debug)]
struct Core {
    ours: Ours,
    tokens: Tokens,
    sent: u32,
    ended: bool,
}

impl Core {
    fn new(ours: Ours, tokens: Tokens) -> Core {
        Core { ours, tokens, sent: 0, ended: false }
    }

    fn send(&mut self, request: Request, to: To, out: &mut Vec<Output>) -> Sent {
        self.sent += 1;
        let sent = Sent(self.sent);
        out.push(Output::Send { sent, request: Box::new(request), to });
        sent
    }

    /// Reports the end, the first time.
    fn end(&mut self, end: End, out: &mut Vec<Output>) {
        if !self.ended {
            self.ended = true;
            out.push(Output::Report(Report::Hangup(end)));
        }
    }

    /// Reports something, unless the end was reported before.
    fn report(&self, report: Report, out: &mut Vec<Output>) {
        if !self.ended {
            out.push(Output::Report(report));
        }
    }

    /// Returns a Retry-After of 0 to 10 seconds (RFC 3261 14.2).
    fn retry_after(&mut self) -> String {
        (self.tokens.number() % 11).to_string()
    }
}

fn respond(received: Received, response: Response, out: &mut Vec<Output>) {
    out.push(Output::Respond { received, response: Box::new(response) });
}

/// A call in either direction.
#[derive(Debug)]
pub enum Invite {
    Outgoing(Box<Uac>),
    Incoming(Box<Uas>),
}

impl Invite {
    pub fn handle(&mut self, input: Input, now: Instant, out: &mut Vec<Output>) {
        match self {
            Invite::Outgoing(uac) => uac.handle(input, now, out),
            Invite::Incoming(uas) => uas.handle(input, now, out),
        }
    }

    /// Returns when [`Input::Wake`] is due.
    pub fn wake(&self) -> Option<Instant> {
        match self {
            Invite::Outgoing(uac) => uac.wake(),
            Invite::Incoming(uas) => uas.wake(),
        }
    }

    /// Whether the end was reported and nothing more has to be done. Until then the machine answers for the call.
    pub fn is_over(&self) -> bool {
        match self {
            Invite::Outgoing(uac) => uac.is_over(),
            Invite::Incoming(uas) => uas.is_over(),
        }
    }
}
