//! How calls begin: dialled by us, or offered by a remote party.

use super::network::Network;
use super::{Call, closed};
use crate::model::call::{Address, AddressType, HangupBy, HangupReason, Privacy};
use crate::model::telephony::Command;
use crate::telephony::directory::{Hop as ProviderHop, Route};
use crate::telephony::media::leg::LegSettings;
use crate::telephony::offers::{DECISION, Offer, OfferKey, Peer, Refusal};
use crate::telephony::sip::calls::{Post, Stage};
use crate::telephony::sip::digest::Credentials;
use crate::telephony::sip::invite::{End, Hop, Identity, Input, Invite, Output, Received, Report, Uac, Uas};
use crate::telephony::sip::offered::{Decision, Waiting};
use crate::telephony::sip::sdp::{Codec, Local};
use crate::telephony::sip::shared::Shared;
use crate::telephony::sip::uri::{callee, caller, number};
use crate::telephony::sip::wire::Incoming;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot, watch};

/// What we speak, the best first.
const CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];
/// Events of a leg that wait for the call.
const EVENTS: usize = 16;

/// What is dialled.
pub struct Dial {
    pub source: Address,
    pub destination: Address,
    pub privacy: Privacy,
}

impl Call {
    /// Dials, and runs the call to its end.
    pub async fn dial(mut self, dial: Dial) {
        self.counted = Some(self.shared.metrics.phones.held(true));
        let route = match self.route(&dial.destination).await {
            Ok(route) => route,
            Err(end) => return self.end(end).await,
        };
        let codecs = codecs(&route.hops);
        let local = match self.open_leg(codecs) {
            Ok(local) => local,
            Err(error) => return self.end(failed(&error.to_string())).await,
        };
        self.permit = Some(route.permit);
        let headers = route.hops.first().map(|hop| hop.headers.clone()).unwrap_or_default();
        let hops = route.hops.iter().map(hop).collect();
        self.network.hops = route.hops;
        let identity = identity(&dial);
        let (mut out, names) = (Vec::new(), (self.shared.ours.clone(), self.shared.tokens()));
        let uac = Uac::dial(hops, identity, &headers, local, names, Instant::now(), &mut out);
        self.live(Invite::Outgoing(Box::new(uac)), out).await;
    }

    /// Finds the providers that the call tries. A hang-up ends this; other commands have nothing to act on yet.
    async fn route(&mut self, destination: &Address) -> Result<Route, End> {
        let (shared, customer_id) = (self.shared.clone(), self.customer_id);
        let route = shared.directory.route(customer_id, destination);
        tokio::pin!(route);
        loop {
            tokio::select! {
                route = &mut route => return route.map_err(|why| failed(&why.to_string())),
                post = self.line.mailbox.recv() => match post {
                    Some(Post::Command(_, command)) if matches!(*command, Command::Hangup { .. }) => {
                        let Command::Hangup { reason } = *command else { continue };
                        return Err(ours(reason, ""));
                    }
                    Some(Post::Command(operation, _)) => self.finished(operation, Some("the call is not dialled yet")).await,
                    Some(_) => {}
                    None => return Err(failed("")),
                },
                () = closed(&mut self.closing) => return Err(failed("")),
            }
        }
    }

    /// Takes the call's ports, and creates its leg.
    fn open_leg(&mut self, codecs: Vec<Codec>) -> std::io::Result<Local> {
        let sockets = self.shared.ports.bind()?;
        let local = Local { address: self.shared.address, port: sockets.port(), codecs };
        let (events, unread) = mpsc::channel(EVENTS);
        let id = self.shared.media.next_leg();
        let settings = LegSettings { id, seed: self.shared.number(), events, no_media: self.shared.no_media };
        self.shared.media.open(settings, sockets).map_err(std::io::Error::other)?;
        (self.leg, self.events) = (Some(id), unread);
        self.shared.calls.has_leg(self.call_id, id);
        Ok(local)
    }
}

/// Offers an incoming call. What it is refused with at once is written here; the rest is decided by others.
pub fn offer(shared: &Arc<Shared>, incoming: Incoming, closing: watch::Receiver<bool>) {
    // The same INVITE by another way (RFC 3261 8.2.2.2).
    let Some(opening) = shared.dialogs.open(&incoming.request) else { return incoming.answer(482) };
    let Some(sender) = shared.directory.sender(incoming.from.ip().to_canonical()) else { return incoming.answer(403) };
    let Some(destination) = callee(&incoming.request) else { return incoming.answer(404) };
    let (mut out, names) = (Vec::new(), (shared.ours.clone(), shared.tokens()));
    let uas = match Uas::offered(Received(0), incoming.request.clone(), &CODECS, names, &mut out) {
        Ok(uas) => uas,
        Err(response) => return incoming.server.answer(*response),
    };
    let caller = caller(&incoming.request, sender.provider_id.is_some());
    let peer = Peer::Sip { provider_id: sender.provider_id };
    let (source, destination) = (address(&caller.address, &caller.name), address(&destination, ""));
    let offer = |key: OfferKey| Offer { key, peer, source, destination };
    let Some((key, decision)) = shared.offered.offer(Waiting { early: uas.can_have_early_media() }, offer) else {
        return incoming.answer(503);
    };
    let signalling = incoming.from.ip();
    let mut network = Network::new(shared.clone(), None);
    network.open(incoming, uas.key(), opening);
    out.into_iter().for_each(|output| network.perform(output));
    let (shared, invite) = (shared.clone(), Invite::Incoming(Box::new(uas)));
    let undecided = Undecided { shared, key, decision, network, invite, closing, withdrawn: false };
    tokio::spawn(async move {
        if let Some((mut call, invite, out)) = undecided.decide().await {
            call.signalling = Some(signalling);
            call.take_up(invite, out).await;
        }
    });
}

/// An offered call, until it is decided.
struct Undecided {
    shared: Arc<Shared>,
    key: OfferKey,
    decision: oneshot::Receiver<Decision>,
    network: Network,
    invite: Invite,
    closing: watch::Receiver<bool>,
    /// The caller gave up before somebody decided.
    withdrawn: bool,
}

impl Undecided {
    /// Waits for the decision. Returns the call if it is taken, with what its machine has said meanwhile.
    async fn decide(mut self) -> Option<(Call, Invite, Vec<Output>)> {
        let deadline = tokio::time::Instant::now() + DECISION;
        let mut said = Vec::new();
        let mut given_up = false;
        loop {
            let decision = tokio::select! {
                decision = &mut self.decision => decision,
                woken = self.network.next(), if !given_up => {
                    if let Some(input) = self.network.read(woken) {
                        given_up = self.handle(input, &mut said);
                    }
                    if self.withdrawn {
                        return None;
                    }
                    continue;
                }
                () = tokio::time::sleep_until(deadline), if !given_up => {
                    if self.shared.offered.remove(self.key).is_ok() {
                        self.refuse(Refusal::UNAVAILABLE);
                        return None;
                    }
                    // Somebody decides at this moment.
                    (&mut self.decision).await
                }
            };
            return match decision {
                Ok(Decision::Take { customer_id, call_id, line }) => {
                    if let Invite::Incoming(uas) = &self.invite {
                        self.shared.traces.link(uas.key().0, call_id);
                    }
                    let (ids, counted) = ((customer_id, call_id), self.shared.metrics.phones.held(false));
                    let mut call = Call::new(self.shared, ids, line, self.closing);
                    (call.network, call.counted) = (self.network, Some(counted));
                    Some((call, self.invite, said))
                }
                Ok(Decision::Refuse(refusal)) => {
                    self.refuse(refusal);
                    None
                }
                // The driver closes.
                Err(_) => {
                    self.refuse(Refusal::UNAVAILABLE);
                    None
                }
            };
        }
    }

    /// Returns whether the caller has given up.
    fn handle(&mut self, input: Input, said: &mut Vec<Output>) -> bool {
        let mut out = Vec::new();
        self.invite.handle(input, Instant::now(), &mut out);
        let given_up = out.iter().any(|output| matches!(output, Output::Report(Report::Hangup(_))));
        // Before the caller is answered: from then on nobody takes its call.
        self.withdrawn = given_up && self.shared.offered.remove(self.key).is_ok();
        for output in out {
            match output {
                Output::Report(_) => said.push(output),
                output => self.network.perform(output),
            }
        }
        given_up
    }

    fn refuse(&mut self, Refusal { code, retry_after_s }: Refusal) {
        let refuse = Input::Refuse { code, retry_after: retry_after_s };
        self.handle(refuse, &mut Vec::new());
    }
}

impl Call {
    /// Rings the call that was taken, and runs it to its end.
    async fn take_up(mut self, mut invite: Invite, mut out: Vec<Output>) {
        if let Invite::Incoming(uas) = &invite
            && uas.can_have_early_media()
        {
            self.stage = Stage::Possible;
        }
        match self.open_leg(CODECS.to_vec()) {
            Ok(local) => invite.handle(Input::Take(local), Instant::now(), &mut out),
            Err(error) => {
                self.cause = error.to_string();
                invite.handle(Input::Hangup(HangupReason::Failed), Instant::now(), &mut out);
            }
        }
        self.live(invite, out).await;
    }
}

fn ours(reason: HangupReason, cause: &str) -> End {
    End { by: HangupBy::Local, reason, code: 0, cause: cause.to_owned() }
}

fn failed(cause: &str) -> End {
    ours(HangupReason::Failed, cause)
}

/// Returns the codecs that the first provider takes, the best first; all of ours if it takes none of them.
fn codecs(hops: &[ProviderHop]) -> Vec<Codec> {
    let names = hops.first().map(|hop| hop.codecs.as_slice()).unwrap_or_default();
    let known = |name: &String| CODECS.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name));
    let wanted: Vec<Codec> = names.iter().filter_map(known).collect();
    if wanted.is_empty() { CODECS.to_vec() } else { wanted }
}

fn hop(hop: &ProviderHop) -> Hop {
    let credentials = hop.credentials.clone().map(|(username, password)| Credentials { username, password });
    Hop { uri: hop.uri.clone(), domain: hop.host.clone(), credentials }
}

fn identity(dial: &Dial) -> Identity {
    let hidden = dial.privacy == Privacy::Hidden;
    Identity { user: dial.source.target.clone(), name: dial.source.target_name.clone(), hidden }
}

fn address(target: &str, name: &str) -> Address {
    let kind = if number(target).is_some() || !target.contains('@') { AddressType::Tel } else { AddressType::Sip };
    Address {
        kind,
        target: target.to_owned(),
        target_name: name.to_owned(),
        name: String::new(),
        detail: String::new(),
    }
}
