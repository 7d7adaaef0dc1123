//! An incoming call, from its INVITE until it is up (RFC 3261 13.3).

use super::answers::{info, not_acceptable, not_allowed, offer_of, unsupported};
use super::session::Session;
use super::{Core, End, Input, Output, Received, Report, respond};
use crate::model::call::HangupReason;
use crate::telephony::sip::dialog::Dialog;
use crate::telephony::sip::message::{ALLOW, Headers, Method, Ours, Request, Response};
use crate::telephony::sip::sdp::{Agreed, Codec, Local, MEDIA_TYPE, Negotiation};
use crate::telephony::sip::token::Tokens;
use std::time::{Duration, Instant};

/// A provisional response is repeated so often that no proxy on the way gives up: its Timer C is 3 minutes (RFC 3261
/// 13.3.1.1).
const REPEAT: Duration = Duration::from_secs(60);

#[derive(Debug)]
enum State {
    /// Nothing but 100 was said.
    Offered,
    /// 180 or 183 was said.
    Ringing {
        local: Local,
        repeat_at: Instant,
    },
    Up(Box<Session>),
    Over,
}

#[derive(Debug)]
pub struct Uas {
    core: Core,
    received: Received,
    request: Request,
    tag: String,
    dialog: Dialog,
    /// Their offer; `None`: our 200 carries one.
    offer: Option<Vec<u8>>,
    /// Our answer, once it was sent: 183 and 200 carry the same (RFC 3264 4).
    answered: Option<(Negotiation, String, Agreed)>,
    state: State,
}

impl Uas {
    /// Takes an INVITE without a tag in To, and says 100. `Err`: the answer to one that no call can come of.
    pub fn offered(
        received: Received,
        request: Request,
        codecs: &[Codec],
        (ours, mut tokens): (Ours, Tokens),
        out: &mut Vec<Output>,
    ) -> Result<Uas, Box<Response>> {
        let tag = tokens.tag();
        let offer = acceptable(&request, &tag, codecs, &ours).map_err(Box::new)?;
        let Ok(dialog) = Dialog::of_request(&request, &tag, tokens.number() >> 1) else {
            return Err(Box::new(request.respond(400, &tag, &ours)));
        };
        respond(received, request.respond(100, &tag, &ours), out);
        let core = Core::new(ours, tokens);
        Ok(Uas { core, received, request, tag, dialog, offer, answered: None, state: State::Offered })
    }

    /// Returns Call-ID and our tag: the key under which requests of the remote party arrive.
    pub fn key(&self) -> (&str, &str) {
        (&self.dialog.call_id, &self.tag)
    }

    /// Whether audio is possible before the answer. It is not if our 200 carries the offer.
    pub fn can_have_early_media(&self) -> bool {
        self.offer.is_some()
    }

    pub(super) fn wake(&self) -> Option<Instant> {
        match &self.state {
            State::Ringing { repeat_at, .. } => Some(*repeat_at),
            State::Up(session) => session.wake(&self.core),
            State::Offered | State::Over => None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match &self.state {
            State::Over => true,
            State::Up(session) => session.is_over(),
            State::Offered | State::Ringing { .. } => false,
        }
    }

    pub(super) fn handle(&mut self, input: Input, now: Instant, out: &mut Vec<Output>) {
        if let State::Up(session) = &mut self.state {
            return session.handle(&mut self.core, input, now, out);
        }
        match input {
            Input::Take(local) if matches!(self.state, State::Offered) => {
                self.state = State::Ringing { local, repeat_at: now + REPEAT };
                self.provisional(out);
            }
            Input::Refuse { code, retry_after } => self.refuse(code, retry_after, out),
            Input::EarlyMedia => self.early_media(out),
            Input::Answer => self.answer(out),
            Input::Hangup(reason) => {
                self.refuse(refusal(reason), (reason == HangupReason::Failed).then_some(5), out);
                self.core.end(End::ours(reason), out);
            }
            Input::Request { received, request } => self.on_request(received, &request, out),
            Input::Wake => {
                if let State::Ringing { repeat_at, .. } = &mut self.state
                    && now >= *repeat_at
                {
                    *repeat_at = now + REPEAT;
                    self.provisional(out);
                }
            }
            Input::Take(_) | Input::Response { .. } | Input::NoAck { .. } | Input::Hold(_) => {}
        }
    }

    /// Says 183 with our description if there is one, else 180.
    fn provisional(&self, out: &mut Vec<Output>) {
        let code = if self.answered.is_some() { 183 } else { 180 };
        let mut response = self.response(code);
        if let Some((_, text, _)) = &self.answered {
            response = response.with_body(MEDIA_TYPE, text.clone().into_bytes());
        }
        respond(self.received, response, out);
    }

    /// A response that makes a dialog (RFC 3261 12.1.1).
    fn response(&self, code: u16) -> Response {
        let mut response = self.request.respond(code, &self.tag, &self.core.ours);
        for route in self.request.headers.all("Record-Route") {
            response = response.with("Record-Route", route);
        }
        response.with("Contact", self.core.ours.contact()).with("Allow", ALLOW)
    }

    /// Answers their offer. `None` if there is none, or no place for audio yet.
    fn negotiate(&mut self) -> Option<Agreed> {
        let (State::Ringing { local, .. }, Some(offer)) = (&self.state, &self.offer) else { return None };
        let mut negotiation = Negotiation::new(local.clone(), self.core.tokens.number());
        let (text, agreed) = negotiation.answer(offer, false).ok()?;
        self.answered = Some((negotiation, text, agreed.clone()));
        Some(agreed)
    }

    fn early_media(&mut self, out: &mut Vec<Output>) {
        if self.answered.is_some() {
            return;
        }
        if let Some(agreed) = self.negotiate() {
            self.provisional(out);
            out.push(Output::Media(Box::new(agreed)));
        }
    }

    fn answer(&mut self, out: &mut Vec<Output>) {
        let State::Ringing { local, .. } = &self.state else { return };
        let local = local.clone();
        let reported = self.answered.as_ref().map(|(_, _, agreed)| agreed.clone());
        if self.answered.is_none() {
            self.negotiate();
        }
        let (negotiation, text, agreed) = match self.answered.take() {
            Some((negotiation, text, agreed)) => (negotiation, text, Some(agreed)),
            None => {
                let mut negotiation = Negotiation::new(local, self.core.tokens.number());
                let text = negotiation.offer(false);
                (negotiation, text, None)
            }
        };
        respond(self.received, self.response(200).with_body(MEDIA_TYPE, text.into_bytes()), out);
        let mut session = Box::new(Session::new(self.dialog.clone(), negotiation, None, reported));
        session.wait_for_ack(self.received, agreed.is_none());
        // The ACK may be 100 ms away, and the flow starts now.
        self.core.report(Report::Answered, out);
        if let Some(agreed) = agreed {
            session.agreed(&self.core, agreed, out);
        }
        self.state = State::Up(session);
        // A held call keeps no message.
        (self.request.headers, self.request.body, self.offer) = (Headers::default(), Vec::new(), None);
    }

    fn refuse(&mut self, code: u16, retry_after: Option<u32>, out: &mut Vec<Output>) {
        if matches!(self.state, State::Over) {
            return;
        }
        let mut response = self.request.respond(code, &self.tag, &self.core.ours);
        if let Some(seconds) = retry_after {
            response = response.with("Retry-After", seconds.to_string());
        }
        respond(self.received, response, out);
        self.state = State::Over;
    }

    fn on_request(&mut self, received: Received, request: &Request, out: &mut Vec<Output>) {
        let ours = &self.core.ours;
        let response = match request.method {
            Method::Ack => return,
            // The transaction has answered the CANCEL itself.
            Method::Cancel => return self.give_up(request, out),
            _ if !self.dialog.is_of(request) || self.is_over() => request.respond(481, "", ours),
            Method::Bye => {
                respond(received, request.respond(200, "", ours), out);
                return self.give_up(request, out);
            }
            Method::Info => {
                let (response, digit) = info(request, "", ours);
                if let Some(digit) = digit {
                    self.core.report(Report::Digit(digit), out);
                }
                response
            }
            Method::Options => request.options("", ours),
            Method::Update if request.body.is_empty() => {
                self.dialog.refresh(&request.headers);
                request.respond(200, "", ours).with("Contact", ours.contact())
            }
            // Their first offer is not answered for good yet (RFC 3261 14.2, RFC 3311 5.2).
            Method::Update | Method::Invite => {
                let seconds = self.core.retry_after();
                request.respond(500, "", &self.core.ours).with("Retry-After", seconds)
            }
            _ => not_allowed(request, "", ours),
        };
        respond(received, response, out);
    }

    /// The caller gave up before the answer.
    fn give_up(&mut self, request: &Request, out: &mut Vec<Output>) {
        let cause = request.headers.reason_text().unwrap_or_default();
        self.refuse(487, None, out);
        self.core.end(End::theirs(HangupReason::Cancel, 487, cause), out);
    }
}

/// Returns their offer, if a call can come of the INVITE; else its answer (RFC 3261 8.2).
fn acceptable(request: &Request, tag: &str, codecs: &[Codec], ours: &Ours) -> Result<Option<Vec<u8>>, Response> {
    if request.headers.max_forwards() == Some(0) {
        return Err(request.respond(483, tag, ours));
    }
    if let Some(response) = unsupported(request, tag, ours) {
        return Err(response);
    }
    let Some(offer) = offer_of(request, tag, ours)? else { return Ok(None) };
    Negotiation::check(offer, codecs).map_err(|why| not_acceptable(request, tag, ours, why))?;
    Ok(Some(offer.to_vec()))
}

/// Returns the status code for a hang-up of ours before the answer.
fn refusal(reason: HangupReason) -> u16 {
    match reason {
        HangupReason::Normal | HangupReason::Amd => 603,
        HangupReason::Busy => 486,
        HangupReason::Noanswer | HangupReason::Cancel | HangupReason::Dialout | HangupReason::Timeout => 480,
        HangupReason::Failed => 503,
    }
}
