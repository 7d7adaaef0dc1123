//! An outgoing call, from its first INVITE until it is up (RFC 3261 13.2).

use super::answers::{info, not_allowed};
use super::hops::{Hop, Identity, added, invite};
use super::session::Session;
use super::{Core, End, Input, LINGER, Output, Received, Report, Sent, TELL, To, respond};
use crate::model::call::HangupReason;
use crate::telephony::sip::dialog::Dialog;
use crate::telephony::sip::digest::Challenge;
use crate::telephony::sip::message::{Headers, Method, Ours, Request, Response};
use crate::telephony::sip::sdp::{self, Agreed, Local, Negotiation};
use crate::telephony::sip::token::Tokens;
use std::time::{Duration, Instant};

/// With another hop left, one that has not even said 100 is given up after so long.
const PATIENCE: Duration = Duration::from_secs(4);
/// Hops of a route that are tried.
const MAX_HOPS: usize = 3;
/// Seconds for which a hop's Retry-After is honoured.
const MAX_HOP_DOWN: u32 = 60;
/// Answers to challenges on one hop.
const MAX_CHALLENGES: u32 = 3;
/// Phones of one call that ring at the same time; more are not distinguished.
const MAX_FORKS: usize = 16;

/// One INVITE.
#[derive(Debug)]
struct Attempt {
    sent: Sent,
    request: Request,
    hop: usize,
    /// A provisional response came: CANCEL is allowed (RFC 3261 9.1).
    provisional: bool,
    cancelled: bool,
    /// After this no final response, and no copy of a 2xx, comes any more.
    over_at: Option<Instant>,
}

/// One phone that rings: the tag of its responses, and what its description was agreed to.
#[derive(Debug)]
struct Early {
    tag: String,
    negotiation: Option<Negotiation>,
}

#[derive(Debug)]
struct Cancelling {
    end: End,
    tell_at: Instant,
    /// No final response comes after this.
    over_at: Instant,
}

#[derive(Debug)]
pub struct Uac {
    core: Core,
    hops: Vec<Hop>,
    who: Identity,
    more: Headers,
    call_id: String,
    tag: String,
    number: u32,
    /// With our offer open; each phone's answer is taken by a copy.
    negotiation: Negotiation,
    offer: String,
    /// The INVITE that counts. `None` once it has its final response and no copy of a 2xx is awaited.
    attempt: Option<Attempt>,
    /// INVITEs to hops that were given up: what they still answer is cancelled or ended.
    abandoned: Vec<Attempt>,
    /// Tags of phones that answered and were hung up.
    hung_up: Vec<String>,
    /// Challenges answered on this hop, and the realm of the last.
    challenges: u32,
    realm: String,
    early: Vec<Early>,
    rang: bool,
    heard: bool,
    media: Option<Agreed>,
    next_hop_at: Option<Instant>,
    cancelling: Option<Cancelling>,
    session: Option<Session>,
    /// Until then another phone may answer, and is hung up.
    linger_until: Option<Instant>,
}

impl Uac {
    /// Dials. There is at least one hop, and at most three are tried.
    pub fn dial(
        hops: Vec<Hop>,
        who: Identity,
        headers: &[(String, String)],
        local: Local,
        (ours, tokens): (Ours, Tokens),
        now: Instant,
        out: &mut Vec<Output>,
    ) -> Uac {
        let mut core = Core::new(ours, tokens);
        let mut negotiation = Negotiation::new(local, core.tokens.number());
        let offer = negotiation.offer(false);
        let (call_id, tag) = (core.tokens.call_id(), core.tokens.tag());
        let mut uac = Uac {
            core,
            hops: hops.into_iter().take(MAX_HOPS).collect(),
            who,
            more: added(headers),
            call_id,
            tag,
            number: 0,
            negotiation,
            offer,
            attempt: None,
            abandoned: Vec::new(),
            hung_up: Vec::new(),
            challenges: 0,
            realm: String::new(),
            early: Vec::new(),
            rang: false,
            heard: false,
            media: None,
            next_hop_at: None,
            cancelling: None,
            session: None,
            linger_until: None,
        };
        uac.attempt(0, None, now, out);
        uac
    }

    pub(super) fn wake(&self) -> Option<Instant> {
        let cancelling = self.cancelling.as_ref();
        let cancelling = cancelling.map(|it| if self.core.ended { it.over_at } else { it.tell_at });
        let session = self.session.as_ref().and_then(|it| it.wake(&self.core));
        let abandoned = self.abandoned.iter().filter_map(|it| it.over_at).min();
        [cancelling, session, abandoned, self.next_hop_at, self.linger_until].into_iter().flatten().min()
    }

    pub(super) fn is_over(&self) -> bool {
        let quiet = self.attempt.is_none() && self.abandoned.is_empty() && self.linger_until.is_none();
        self.core.ended && quiet && self.session.as_ref().is_none_or(Session::is_over)
    }

    pub(super) fn handle(&mut self, input: Input, now: Instant, out: &mut Vec<Output>) {
        match input {
            Input::Response { sent, response } => self.on_response(sent, response, now, out),
            Input::Wake => self.on_wake(now, out),
            input => match (&mut self.session, input) {
                (Some(session), input) => session.handle(&mut self.core, input, now, out),
                (None, Input::Request { received, request }) => self.on_early_request(received, &request, out),
                (None, Input::Hangup(reason)) => self.cancel(reason, now, out),
                (None, _) => {}
            },
        }
        // The tail of a call that nobody else can answer any more.
        if self.session.as_ref().is_some_and(Session::is_over) && self.early.len() <= 1 {
            (self.attempt, self.linger_until) = (None, None);
        }
    }

    /// Sends an INVITE to a hop: a first one under a Call-ID of its own, or the same again with credentials.
    fn attempt(
        &mut self,
        hop: usize,
        credentials: Option<(&'static str, String)>,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        let Some(to) = self.hops.get(hop) else {
            return self.core.end(End::theirs(HangupReason::Failed, 0, "no hop"), out);
        };
        self.number += 1;
        let ids = (self.call_id.as_str(), self.tag.as_str());
        let mut request = invite(&mut self.core, to, &self.who, ids, self.number, &self.more, &self.offer);
        if let Some((name, value)) = credentials {
            request = request.with(name, value);
        }
        let sent = self.core.send(request.clone(), To::Hop(hop), out);
        self.attempt = Some(Attempt { sent, request, hop, provisional: false, cancelled: false, over_at: None });
        self.next_hop_at = (hop + 1 < self.hops.len()).then(|| now + PATIENCE);
    }

    fn on_wake(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.next_hop_at.is_some_and(|at| now >= at) {
            self.next_hop_at = None;
            if let Some(mut attempt) = self.attempt.take() {
                let next = attempt.hop + 1;
                attempt.over_at = Some(now + LINGER);
                self.abandoned.push(attempt);
                self.fail_over(next, now, out);
            }
        }
        if let Some(cancelling) = &self.cancelling {
            if now >= cancelling.tell_at {
                self.core.end(cancelling.end.clone(), out);
            }
            if now >= cancelling.over_at {
                self.cancelling = None;
                out.extend(self.attempt.take().map(|it| Output::Abandon(it.sent)));
            }
        }
        for attempt in self.abandoned.extract_if(.., |it| it.over_at.is_some_and(|at| now >= at)) {
            out.push(Output::Abandon(attempt.sent));
        }
        if self.linger_until.is_some_and(|at| now >= at) {
            (self.linger_until, self.attempt) = (None, None);
            self.early = Vec::new();
        }
        if let Some(session) = &mut self.session {
            session.handle(&mut self.core, Input::Wake, now, out);
        }
    }

    /// Tries the next hop, under another Call-ID: to it, it is another call.
    fn fail_over(&mut self, hop: usize, now: Instant, out: &mut Vec<Output>) {
        (self.challenges, self.realm) = (0, String::new());
        (self.call_id, self.number) = (self.core.tokens.call_id(), 0);
        self.early.clear();
        self.attempt(hop, None, now, out);
    }

    fn on_response(&mut self, sent: Sent, response: Response, now: Instant, out: &mut Vec<Output>) {
        if let Some(at) = self.abandoned.iter().position(|it| it.sent == sent) {
            return self.on_abandoned(at, &response, now, out);
        }
        if self.attempt.as_ref().is_none_or(|it| it.sent != sent) {
            if let Some(session) = &mut self.session {
                session.handle(&mut self.core, Input::Response { sent, response }, now, out);
            }
            return;
        }
        match response.code {
            100..200 => self.on_provisional(&response, out),
            200..300 => self.on_success(&response, now, out),
            _ => self.on_failure(&response, now, out),
        }
    }

    /// A hop that was given up: its ringing is cancelled, its answer is hung up.
    fn on_abandoned(&mut self, at: usize, response: &Response, now: Instant, out: &mut Vec<Output>) {
        let Some(attempt) = self.abandoned.get_mut(at) else { return };
        match response.code {
            100..200 => {
                attempt.provisional = true;
                attempt.over_at = Some(now + LINGER);
                cancel(&mut self.core, attempt, out);
            }
            200..300 => {
                attempt.over_at = Some(now + LINGER);
                let request = attempt.request.clone();
                self.hang_up(&request, response, out);
            }
            _ => drop(self.abandoned.remove(at)),
        }
    }

    fn on_provisional(&mut self, response: &Response, out: &mut Vec<Output>) {
        self.next_hop_at = None;
        let Some(attempt) = &mut self.attempt else { return };
        attempt.provisional = true;
        if self.cancelling.is_some() {
            return cancel(&mut self.core, attempt, out);
        }
        if response.code == 100 || self.session.is_some() {
            return;
        }
        let answer = sdp::in_body(&response.headers, &response.body).ok().flatten();
        let tag = response.headers.to().and_then(|it| it.tag().map(str::to_owned)).unwrap_or_default();
        let agreed = self.early_answer(tag, answer);
        if (agreed.is_none() || response.code == 180) && !self.rang {
            self.rang = true;
            self.core.report(Report::Ringing, out);
        }
        if let Some(agreed) = agreed {
            self.media(agreed, out);
            if !self.heard {
                self.heard = true;
                self.core.report(Report::EarlyMedia, out);
            }
        }
    }

    /// Notes a phone that rings, and takes its description as the answer to our offer for that phone. One that cannot be
    /// agreed to is left out: its 200 may bring a better one.
    fn early_answer(&mut self, tag: String, answer: Option<&[u8]>) -> Option<Agreed> {
        let mut negotiation = self.negotiation.clone();
        let agreed = answer.and_then(|it| negotiation.accept(it).ok());
        let negotiation = agreed.is_some().then_some(negotiation);
        if let Some(early) = self.early.iter_mut().find(|it| it.tag == tag) {
            early.negotiation = negotiation.or(early.negotiation.take());
        } else if self.early.len() < MAX_FORKS {
            self.early.push(Early { tag, negotiation });
        }
        agreed
    }

    fn media(&mut self, agreed: Agreed, out: &mut Vec<Output>) {
        if self.media.as_ref() != Some(&agreed) {
            self.media = Some(agreed.clone());
            out.push(Output::Media(Box::new(agreed)));
        }
    }

    fn on_success(&mut self, response: &Response, now: Instant, out: &mut Vec<Output>) {
        self.next_hop_at = None;
        let Some(request) = self.attempt.as_ref().map(|it| it.request.clone()) else { return };
        let tag = response.headers.to().and_then(|it| it.tag().map(str::to_owned)).unwrap_or_default();
        if let Some(session) = &self.session {
            if session.remote_tag() != tag {
                self.hang_up(&request, response, out);
            }
            return;
        }
        if self.linger_until.is_none() {
            self.linger_until = Some(now + LINGER);
        }
        if let Some(cancelling) = self.cancelling.take() {
            self.hang_up(&request, response, out);
            return self.core.end(cancelling.end, out);
        }
        if self.core.ended {
            return self.hang_up(&request, response, out);
        }
        self.up(&tag, response, now, out);
    }

    /// Ends a dialog that nobody wants, once: the transaction acknowledges each copy of the 2xx, and BYE follows the first.
    fn hang_up(&mut self, request: &Request, response: &Response, out: &mut Vec<Output>) {
        let Ok(mut dialog) = Dialog::of_response(request, response) else { return };
        if self.hung_up.contains(&dialog.remote_tag) || self.hung_up.len() == MAX_FORKS {
            return;
        }
        self.hung_up.push(dialog.remote_tag.clone());
        let bye = dialog.request(Method::Bye, &self.core.ours, &mut self.core.tokens);
        self.core.send(bye, To::Uri(dialog.next_hop().to_owned()), out);
    }

    /// Confirms the dialog of the phone that answered; the others are forgotten.
    fn up(&mut self, tag: &str, response: &Response, now: Instant, out: &mut Vec<Output>) {
        let Some(attempt) = &self.attempt else { return };
        let Ok(dialog) = Dialog::of_response(&attempt.request, response) else {
            let end = End::theirs(HangupReason::Failed, response.code, "the answer makes no dialog");
            return self.core.end(end, out);
        };
        let body = sdp::in_body(&response.headers, &response.body).ok().flatten();
        let (mut negotiation, agreed) = match body {
            Some(body) => {
                let mut negotiation = self.negotiation.clone();
                let agreed = negotiation.accept(body).ok();
                (negotiation, agreed)
            }
            None => {
                let early = self.early.iter().find(|it| it.tag == tag).and_then(|it| it.negotiation.clone());
                let agreed = early.as_ref().and_then(|it| it.agreed.clone());
                (early.unwrap_or_else(|| self.negotiation.clone()), agreed)
            }
        };
        negotiation.withdraw();
        let credentials = self.hops.get(attempt.hop).and_then(|it| it.credentials.clone());
        let session = Session::new(dialog, negotiation, credentials, self.media.take());
        let session = self.session.insert(session);
        match agreed {
            Some(agreed) => {
                self.core.report(Report::Answered, out);
                session.agreed(&self.core, agreed, out);
            }
            None => session.incompatible(&mut self.core, now, out),
        }
    }

    fn on_failure(&mut self, response: &Response, now: Instant, out: &mut Vec<Output>) {
        self.next_hop_at = None;
        if self.session.is_some() {
            return;
        }
        let Some(attempt) = self.attempt.take() else { return };
        if let Some(cancelling) = self.cancelling.take() {
            return self.core.end(cancelling.end, out);
        }
        if let Some(credentials) = self.credentials(&attempt, response) {
            return self.attempt(attempt.hop, Some(credentials), now, out);
        }
        let next = attempt.hop + 1;
        let another = matches!(response.code, 408 | 500..600) && !self.heard && next < self.hops.len();
        if let Some(seconds) = response.headers.retry_after().filter(|_| response.code == 503) {
            out.push(Output::HopDown { hop: attempt.hop, seconds: seconds.min(MAX_HOP_DOWN) });
        }
        if another {
            return self.fail_over(next, now, out);
        }
        let reason = match response.code {
            486 | 600 => HangupReason::Busy,
            // A 408 without a tag is the transaction's own: nobody is there.
            408 if response.headers.to().is_none_or(|to| to.tag().is_none()) => HangupReason::Failed,
            408 | 480 => HangupReason::Noanswer,
            487 => HangupReason::Cancel,
            _ => HangupReason::Failed,
        };
        self.core.end(End::theirs(reason, response.code, response.cause()), out);
    }

    /// Returns the header that answers a challenge: the first on this hop, or one of another realm, or of a nonce that is
    /// too old.
    fn credentials(&mut self, attempt: &Attempt, response: &Response) -> Option<(&'static str, String)> {
        let challenge = Challenge::of(response)?;
        let who = self.hops.get(attempt.hop)?.credentials.clone()?;
        let again = self.challenges == 0 || challenge.stale || challenge.realm != self.realm;
        if !again || self.challenges == MAX_CHALLENGES {
            return None;
        }
        self.challenges += 1;
        self.realm.clone_from(&challenge.realm);
        Some(challenge.answer(&who, Method::Invite, &attempt.request.uri, &self.core.tokens.tag(), 1))
    }

    /// Gives up: CANCEL goes out now, or with the first provisional response.
    fn cancel(&mut self, reason: HangupReason, now: Instant, out: &mut Vec<Output>) {
        if self.cancelling.is_some() || self.core.ended {
            return;
        }
        self.next_hop_at = None;
        let end = End::ours(reason);
        self.cancelling = Some(Cancelling { end, tell_at: now + TELL, over_at: now + LINGER });
        if let Some(attempt) = &mut self.attempt {
            cancel(&mut self.core, attempt, out);
        }
    }

    /// Requests of a phone that rings.
    fn on_early_request(&mut self, received: Received, request: &Request, out: &mut Vec<Output>) {
        let tag = request.headers.from().and_then(|it| it.tag().map(str::to_owned));
        let known = tag.is_some_and(|tag| self.early.iter().any(|it| it.tag == tag));
        let ours = &self.core.ours;
        let response = match request.method {
            Method::Ack => return,
            _ if !known => request.respond(481, "", ours),
            Method::Info => {
                let (response, digit) = info(request, "", ours);
                if let Some(digit) = digit {
                    self.core.report(Report::Digit(digit), out);
                }
                response
            }
            Method::Options => request.options("", ours),
            // Our offer is not answered yet (RFC 3311 5.2).
            Method::Update if !request.body.is_empty() => request.respond(491, "", ours),
            Method::Update => request.respond(200, "", ours).with("Contact", ours.contact()),
            Method::Bye | Method::Invite | Method::Cancel => request.respond(481, "", ours),
            _ => not_allowed(request, "", ours),
        };
        respond(received, response, out);
    }
}

/// Sends CANCEL once, if a provisional response allows it.
fn cancel(core: &mut Core, attempt: &mut Attempt, out: &mut Vec<Output>) {
    if attempt.provisional && !attempt.cancelled {
        attempt.cancelled = true;
        let request = attempt.request.cancel(&core.ours);
        core.send(request, To::Hop(attempt.hop), out);
    }
}
