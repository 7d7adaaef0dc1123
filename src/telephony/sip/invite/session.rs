//! A call that is up: who owes a session description, hold in both directions, and the end.

use super::answers::{info, not_acceptable, not_allowed, offer_of, unsupported};
use super::{Core, End, Input, LINGER, Output, Received, Report, Sent, TELL, To, respond};
use crate::model::call::{HangupBy, HangupReason};
use crate::telephony::sip::dialog::{Dialog, Order};
use crate::telephony::sip::digest::{Challenge, Credentials};
use crate::telephony::sip::message::{ALLOW, Method, Request, Response};
use crate::telephony::sip::sdp::{self, Agreed, MEDIA_TYPE, Negotiation};
use std::time::Instant;

/// The Reason of a BYE after a session description that cannot be agreed to: "incompatible destination".
const INCOMPATIBLE: &str = "Q.850;cause=88";

/// A request of ours that is not answered yet.
#[derive(Debug)]
struct Asked {
    sent: Sent,
    request: Request,
    /// It was sent again with credentials.
    authorized: bool,
}

/// Our 2xx to an INVITE of theirs that is not acknowledged yet.
#[derive(Debug)]
struct Unacknowledged {
    received: Received,
    /// It carries our offer, and the ACK will carry their answer.
    offers: bool,
}

#[derive(Debug)]
struct Ending {
    end: End,
    /// A Reason header (RFC 3326) for the BYE.
    reason: Option<&'static str>,
    bye: Option<Asked>,
    tell_at: Instant,
    over_at: Instant,
}

#[derive(Debug)]
pub(super) struct Session {
    dialog: Dialog,
    negotiation: Negotiation,
    credentials: Option<Credentials>,
    /// Our re-INVITE.
    asked: Option<Asked>,
    answered: Option<Unacknowledged>,
    /// Whether we hold them, as agreed and as the engine wants it.
    holds: bool,
    wants_hold: bool,
    /// What our re-INVITE asks for.
    asks_hold: bool,
    /// Whether they hold us, as last reported.
    held: bool,
    /// As last reported.
    media: Option<Agreed>,
    ending: Option<Ending>,
    over: bool,
}

impl Session {
    /// `media`: what was reported while the call was not up yet.
    pub(super) fn new(
        dialog: Dialog,
        negotiation: Negotiation,
        credentials: Option<Credentials>,
        media: Option<Agreed>,
    ) -> Session {
        Session {
            dialog,
            negotiation,
            credentials,
            asked: None,
            answered: None,
            holds: false,
            wants_hold: false,
            asks_hold: false,
            held: false,
            media,
            ending: None,
            over: false,
        }
    }

    /// Notes that our 200 to their INVITE waits for its ACK. `offers`: the ACK carries their answer.
    pub(super) fn wait_for_ack(&mut self, received: Received, offers: bool) {
        self.answered = Some(Unacknowledged { received, offers });
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn wake(&self, core: &Core) -> Option<Instant> {
        let ending = self.ending.as_ref().filter(|_| !self.over)?;
        Some(if core.ended { ending.over_at } else { ending.tell_at })
    }

    pub(super) fn remote_tag(&self) -> &str {
        &self.dialog.remote_tag
    }

    pub(super) fn handle(&mut self, core: &mut Core, input: Input, now: Instant, out: &mut Vec<Output>) {
        match input {
            Input::Request { received, request } => self.on_request(core, received, &request, now, out),
            Input::Response { sent, response } => self.on_response(core, sent, &response, now, out),
            Input::NoAck { received } => {
                if self.answered.take_if(|it| it.received == received).is_some() {
                    let end = End::theirs(HangupReason::Failed, 408, "no ACK");
                    self.end(core, end, None, now, out);
                    self.send_bye(core, out);
                }
            }
            Input::Hangup(reason) => self.end(core, End::ours(reason), None, now, out),
            Input::Hold(hold) => {
                self.wants_hold = hold;
                self.reinvite(core, out);
            }
            Input::Wake => self.on_wake(core, now, out),
            Input::Take(_) | Input::Refuse { .. } | Input::EarlyMedia | Input::Answer => {}
        }
    }

    /// Reports what both sides agreed on, and whether they hold us.
    pub(super) fn agreed(&mut self, core: &Core, agreed: Agreed, out: &mut Vec<Output>) {
        let held = agreed.held;
        if self.media.as_ref() != Some(&agreed) {
            self.media = Some(agreed.clone());
            out.push(Output::Media(Box::new(agreed)));
        }
        if held != self.held {
            self.held = held;
            core.report(Report::FarHold(held), out);
        }
    }

    /// Ends the call: BYE, at once or with the ACK that we wait for (RFC 3261 15), and the end at most 2 s later.
    fn end(&mut self, core: &mut Core, end: End, reason: Option<&'static str>, now: Instant, out: &mut Vec<Output>) {
        if self.ending.is_some() || self.over {
            return;
        }
        self.ending = Some(Ending { end, reason, bye: None, tell_at: now + TELL, over_at: now + LINGER + TELL });
        if self.answered.is_none() {
            self.send_bye(core, out);
        }
    }

    /// Ends the call for a session description that cannot be agreed to.
    pub(super) fn incompatible(&mut self, core: &mut Core, now: Instant, out: &mut Vec<Output>) {
        let cause = "no common media".to_owned();
        let end = End { by: HangupBy::Local, reason: HangupReason::Failed, code: 488, cause };
        self.end(core, end, Some(INCOMPATIBLE), now, out);
    }

    fn send_bye(&mut self, core: &mut Core, out: &mut Vec<Output>) {
        let Some(ending) = self.ending.as_mut().filter(|it| it.bye.is_none()) else { return };
        let mut request = self.dialog.request(Method::Bye, &core.ours, &mut core.tokens);
        if let Some(reason) = ending.reason {
            request = request.with("Reason", reason);
        }
        let sent = core.send(request.clone(), To::Uri(self.dialog.next_hop().to_owned()), out);
        ending.bye = Some(Asked { sent, request, authorized: false });
    }

    fn on_wake(&mut self, core: &mut Core, now: Instant, out: &mut Vec<Output>) {
        let Some(ending) = &self.ending else { return };
        if now >= ending.tell_at {
            core.end(ending.end.clone(), out);
        }
        self.over |= now >= ending.over_at;
    }

    /// Sends what the engine wants as a re-INVITE, unless one is under way or the call ends.
    fn reinvite(&mut self, core: &mut Core, out: &mut Vec<Output>) {
        let busy = self.asked.is_some()
            || self.ending.is_some()
            || self.over
            || self.answered.as_ref().is_some_and(|it| it.offers);
        if busy || self.wants_hold == self.holds {
            return;
        }
        self.asks_hold = self.wants_hold;
        let offer = self.negotiation.offer(self.asks_hold);
        let request = self.dialog.request(Method::Invite, &core.ours, &mut core.tokens).with("Allow", ALLOW);
        let request = request.with_body(MEDIA_TYPE, offer.into_bytes());
        let sent = core.send(request.clone(), To::Uri(self.dialog.next_hop().to_owned()), out);
        self.asked = Some(Asked { sent, request, authorized: false });
    }

    fn on_response(&mut self, core: &mut Core, sent: Sent, response: &Response, now: Instant, out: &mut Vec<Output>) {
        if response.is_provisional() {
            return;
        }
        if let Some(asked) = self.asked.take_if(|it| it.sent == sent) {
            match self.again(core, &asked, response, out) {
                Some(again) => self.asked = Some(again),
                None => self.on_reinvited(core, response, now, out),
            }
            return;
        }
        let bye = self.ending.as_mut().and_then(|it| it.bye.take_if(|it| it.sent == sent));
        if let Some(bye) = bye {
            let again = self.again(core, &bye, response, out);
            self.over = again.is_none();
            let Some(ending) = &mut self.ending else { return };
            ending.bye = again;
            if self.over {
                core.end(ending.end.clone(), out);
            }
        }
    }

    /// Repeats a request that was challenged, once, with credentials (RFC 3261 22.2).
    fn again(&mut self, core: &mut Core, asked: &Asked, response: &Response, out: &mut Vec<Output>) -> Option<Asked> {
        let credentials = self.credentials.clone().filter(|_| !asked.authorized)?;
        let challenge = Challenge::of(response)?;
        let method = asked.request.method;
        if self.ending.is_some() && method != Method::Bye {
            return None;
        }
        let mut request = self.dialog.request(method, &core.ours, &mut core.tokens);
        let (name, value) = challenge.answer(&credentials, method, &request.uri, &core.tokens.tag(), 1);
        request = request.with(name, value);
        if !asked.request.body.is_empty() {
            request = request.with("Allow", ALLOW).with_body(MEDIA_TYPE, asked.request.body.clone());
        }
        let sent = core.send(request.clone(), To::Uri(self.dialog.next_hop().to_owned()), out);
        Some(Asked { sent, request, authorized: true })
    }

    /// Takes the final response to our re-INVITE.
    fn on_reinvited(&mut self, core: &mut Core, response: &Response, now: Instant, out: &mut Vec<Output>) {
        if response.is_success() {
            self.dialog.refresh(&response.headers);
            let answer = sdp::in_body(&response.headers, &response.body).ok().flatten();
            match answer.map(|it| self.negotiation.accept(it)) {
                Some(Ok(agreed)) => {
                    self.holds = self.asks_hold;
                    self.agreed(core, agreed, out);
                    self.reinvite(core, out);
                }
                _ => self.incompatible(core, now, out),
            }
            return;
        }
        self.negotiation.withdraw();
        if self.ending.is_some() {
            return;
        }
        if matches!(response.code, 408 | 481) {
            // The remote party no longer has the dialog (RFC 3261 12.2.1.2).
            let end = End::theirs(HangupReason::Failed, response.code, response.cause());
            return self.end(core, end, None, now, out);
        }
        self.wants_hold = self.holds;
        core.report(Report::HoldRefused { code: response.code }, out);
    }

    fn on_request(
        &mut self,
        core: &mut Core,
        received: Received,
        request: &Request,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        match request.method {
            Method::Ack => return self.on_ack(core, received, request, now, out),
            // INVITEs are answered at once here: there is nothing left to cancel.
            Method::Cancel => return,
            _ => {}
        }
        let ends = self.over || (self.ending.is_some() && request.method != Method::Bye);
        if ends || !self.dialog.is_of(request) {
            return respond(received, request.respond(481, "", &core.ours), out);
        }
        if self.dialog.receive(request) == Order::OutOfOrder {
            return respond(received, request.respond(500, "", &core.ours), out);
        }
        // A BYE ends the call, whatever it requires.
        if let Some(response) = unsupported(request, "", &core.ours).filter(|_| request.method != Method::Bye) {
            return respond(received, response, out);
        }
        match request.method {
            Method::Bye => self.on_bye(core, received, request, out),
            Method::Invite => self.on_invite(core, received, request, out),
            Method::Update => self.on_update(core, received, request, out),
            Method::Info => {
                let (response, digit) = info(request, "", &core.ours);
                respond(received, response, out);
                if let Some(digit) = digit {
                    core.report(Report::Digit(digit), out);
                }
            }
            Method::Options => respond(received, request.options("", &core.ours), out),
            _ => respond(received, not_allowed(request, "", &core.ours), out),
        }
    }

    /// The ACK of a 2xx that carried our offer carries their answer (RFC 3261 13.2.1).
    fn on_ack(&mut self, core: &mut Core, received: Received, request: &Request, now: Instant, out: &mut Vec<Output>) {
        let Some(answered) = self.answered.take_if(|it| it.received == received) else { return };
        if self.ending.is_some() {
            return self.send_bye(core, out);
        }
        if answered.offers {
            let answer = sdp::in_body(&request.headers, &request.body).ok().flatten();
            match answer.map(|it| self.negotiation.accept(it)) {
                Some(Ok(agreed)) => self.agreed(core, agreed, out),
                _ => return self.incompatible(core, now, out),
            }
        }
        self.reinvite(core, out);
    }

    fn on_bye(&mut self, core: &mut Core, received: Received, request: &Request, out: &mut Vec<Output>) {
        respond(received, request.respond(200, "", &core.ours), out);
        let cause = request.headers.reason_text().unwrap_or_default();
        let theirs = End::theirs(HangupReason::Normal, 0, cause);
        // Both hung up: the first request is reported.
        let end = self.ending.as_ref().map_or(theirs, |it| it.end.clone());
        core.end(end, out);
        self.over = true;
    }

    /// Returns why an offer of theirs cannot be taken now: 491 while ours is open, 500 while theirs is (RFC 3261 14.2).
    fn in_the_way(&mut self, core: &mut Core, request: &Request) -> Option<Response> {
        if self.negotiation.has_offered() {
            return Some(request.respond(491, "", &core.ours));
        }
        let pending = self.answered.is_some() && request.method == Method::Invite;
        pending.then(|| request.respond(500, "", &core.ours).with("Retry-After", core.retry_after()))
    }

    fn on_invite(&mut self, core: &mut Core, received: Received, request: &Request, out: &mut Vec<Output>) {
        respond(received, request.respond(100, "", &core.ours), out);
        match self.answer_to(core, request) {
            Err(response) => respond(received, response, out),
            Ok((text, agreed)) => {
                self.dialog.refresh(&request.headers);
                let response = request.respond(200, "", &core.ours).with("Contact", core.ours.contact());
                let response = response.with("Allow", ALLOW).with_body(MEDIA_TYPE, text.into_bytes());
                respond(received, response, out);
                self.wait_for_ack(received, agreed.is_none());
                if let Some(agreed) = agreed {
                    self.agreed(core, agreed, out);
                }
            }
        }
    }

    /// Returns the description for the 200 to an INVITE: our answer, or our offer if theirs comes with the ACK.
    fn answer_to(&mut self, core: &mut Core, request: &Request) -> Result<(String, Option<Agreed>), Response> {
        if let Some(response) = self.in_the_way(core, request) {
            return Err(response);
        }
        match offer_of(request, "", &core.ours)? {
            None => Ok((self.negotiation.offer(self.holds), None)),
            Some(offer) => {
                let answer = self.negotiation.answer(offer, self.holds);
                let (text, agreed) = answer.map_err(|why| not_acceptable(request, "", &core.ours, why))?;
                Ok((text, Some(agreed)))
            }
        }
    }

    /// UPDATE (RFC 3311) is a re-INVITE without ACK; without an offer it refreshes the target alone.
    fn on_update(&mut self, core: &mut Core, received: Received, request: &Request, out: &mut Vec<Output>) {
        if request.body.is_empty() {
            self.dialog.refresh(&request.headers);
            let response = request.respond(200, "", &core.ours).with("Contact", core.ours.contact());
            return respond(received, response, out);
        }
        match self.answer_to(core, request) {
            Err(response) => respond(received, response, out),
            Ok((text, agreed)) => {
                self.dialog.refresh(&request.headers);
                let response = request.respond(200, "", &core.ours).with("Contact", core.ours.contact());
                respond(received, response.with_body(MEDIA_TYPE, text.into_bytes()), out);
                if let Some(agreed) = agreed {
                    self.agreed(core, agreed, out);
                }
            }
        }
    }
}
