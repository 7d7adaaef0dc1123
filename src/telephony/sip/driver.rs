//! The driver: calls over SIP and RTP, behind the port of [`telephony`](crate::telephony).
//!
//! Every call is one task ([`call`](super::call)) with a mailbox. It owns the state machine of the call, passes its requests
//! to the [`wire`](super::wire) and its commands about sound to the media threads. Bridges are decided in one table
//! ([`calls`](super::calls)), and incoming calls wait in another ([`offered`](super::offered)) until they are decided.

use super::call::{self, Call};
use super::calls::{Calls, Post, Stage};
use super::dialogs::Dialogs;
use super::gate::Dropped;
use super::health;
use super::invite::outside_dialog;
use super::message::{Method, Ours};
use super::offered::{Decision, Offered};
use super::shared::Shared;
use super::trace::Traces;
use super::wire::{Incoming, Peers, Settings, Wire};
use crate::model::telephony::{Command, OperationId, Signal};
use crate::telemetry::Metrics;
use crate::telephony::both::Side;
use crate::telephony::directory::Directory;
use crate::telephony::disk::Disk;
use crate::telephony::media::ports::Ports as PortRange;
use crate::telephony::media::sockets::PortPool;
use crate::telephony::media::threads::{Media, MediaCounters};
use crate::telephony::offers::{Offer, OfferKey, Refusal};
use crate::telephony::recording::live::LiveRecordings;
use crate::telephony::sounds::Sounds;
use crate::telephony::{CallSignal, Gone, Telephony};
use async_trait::async_trait;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

pub struct Config {
    /// The address of the UDP socket for signalling.
    pub listen: SocketAddr,
    /// The address that others are told; `None` for that of the socket.
    pub advertise: Option<IpAddr>,
    /// The value of User-Agent and Server.
    pub agent: String,
    /// T1 of RFC 3261 17.1.1.1: 500 ms.
    pub t1: Duration,
    /// A random number, from which tags, branches, Call-IDs and the order of ports follow.
    pub seed: [u8; 32],
    /// The most calls that are held at a time.
    pub max_calls: usize,
    /// Pairs of these ports carry RTP and RTCP.
    pub rtp_ports: RangeInclusive<u16>,
    pub media_workers: usize,
    /// A call ends whose remote party sends no RTP and no RTCP for so long, although it should.
    pub no_media: Duration,
    /// Where recordings are saved. Without it, nothing can be recorded.
    pub recordings: Option<Disk>,
}

/// What the driver works with.
pub struct Ports {
    pub sounds: Arc<dyn Sounds>,
    pub directory: Arc<dyn Directory>,
    pub signals: mpsc::Sender<CallSignal>,
    pub offers: mpsc::Sender<Offer>,
    /// Keeps the messages of calls.
    pub traces: Arc<Traces>,
    pub metrics: Arc<Metrics>,
}

/// Calls over SIP.
pub struct Sip {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// Every call holds a receiver of this channel, so "no receivers" means "no calls".
    closing: watch::Sender<bool>,
}

impl Sip {
    /// Binds the socket, starts the media threads, and receives calls from now on. Fails if the address cannot be bound.
    pub async fn start(config: Config, ports: Ports) -> io::Result<Arc<Sip>> {
        let Ports { sounds, directory, signals, offers, traces, metrics } = ports;
        let socket = super::socket::bind(config.listen)?;
        let bound = socket.local_addr()?;
        let address = config.advertise.unwrap_or(bound.ip());
        let ours = Ours { sent_by: SocketAddr::new(address, bound.port()).to_string(), agent: config.agent };
        let [one, two, three, four, five, ..] = config.seed;
        let cookie = [one, two, three, four];
        let socket = tokio::net::UdpSocket::from_std(socket)?;
        let settings = Settings { ours: ours.clone(), cookie, t1: config.t1 };
        traces.listens(SocketAddr::new(address, bound.port()));
        let peers = KnownPeers { directory: directory.clone(), traces: traces.clone(), metrics: metrics.clone() };
        let peers = Arc::new(peers);
        let (wire, incoming) = Wire::start(socket, settings, peers).await?;
        let media = Arc::new(Media::start(config.media_workers)?);
        let counted = Arc::downgrade(&media);
        let totals = move || counted.upgrade().iter().flat_map(|it| it.counters()).map(MediaCounters::totals).collect();
        metrics.phones.media(totals);
        let shuffle = u64::from_be_bytes([one, two, three, four, five, 0, 0, 0]);
        let shared = Arc::new(Shared {
            wire,
            ours,
            address,
            dialogs: Dialogs::default(),
            calls: Calls::new(config.max_calls, media.clone()),
            offered: Offered::new(offers),
            media,
            ports: PortPool::new(bound.ip(), PortRange::new(config.rtp_ports, shuffle)),
            sounds,
            directory,
            traces,
            metrics,
            recordings: config.recordings.map(LiveRecordings::start).transpose()?,
            signals,
            no_media: config.no_media,
            seed: config.seed,
            count: AtomicU64::new(0),
            cookie,
        });
        let closing = watch::Sender::new(false);
        tokio::spawn(receive(shared.clone(), incoming, closing.clone()));
        tokio::spawn(health::check(shared.clone(), closing.subscribe()));
        Ok(Arc::new(Sip { shared, address: SocketAddr::new(address, bound.port()), closing }))
    }

    /// The address that others are told.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Side for Sip {
    fn holds(&self, call_id: Uuid) -> bool {
        self.shared.calls.holds(call_id)
    }

    fn fail(&self, call_id: Uuid, operation: OperationId, error: &str) -> Result<(), Gone> {
        let finished = Signal::Finished { operation, error: Some(error.to_owned()) };
        self.shared.calls.post(call_id, Post::Happened(finished))
    }
}

#[async_trait]
impl Telephony for Sip {
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone> {
        let Command::Dial { customer_id, source, destination, privacy } = command else {
            return self.shared.calls.post(call_id, Post::Command(operation, Box::new(command)));
        };
        let line = self.shared.calls.add(call_id, Stage::Silent)?;
        let call = Call::new(self.shared.clone(), (customer_id, call_id), line, self.closing.subscribe());
        tokio::spawn(call.dial(call::Dial { source, destination, privacy }));
        Ok(())
    }

    async fn take(&self, offer: OfferKey, customer_id: Uuid, call_id: Uuid) -> Result<(), Gone> {
        let (waiting, decide) = self.shared.offered.remove(offer)?;
        let stage = if waiting.early { Stage::Possible } else { Stage::Silent };
        let decision = match self.shared.calls.add(call_id, stage) {
            Ok(line) => Decision::Take { customer_id, call_id, line },
            Err(Gone) => Decision::Refuse(Refusal::UNAVAILABLE),
        };
        let taken = matches!(decision, Decision::Take { .. });
        // Without its task, which lives as long as its offer, the call would never end.
        let decided = decide.send(decision);
        if decided.is_err() && taken {
            self.shared.calls.remove(call_id);
        }
        if taken && decided.is_ok() { Ok(()) } else { Err(Gone) }
    }

    async fn refuse(&self, offer: OfferKey, refusal: Refusal) {
        if let Ok((_, decide)) = self.shared.offered.remove(offer) {
            // A call whose task has ended has been refused.
            let _ = decide.send(Decision::Refuse(refusal));
        }
    }

    fn held(&self) -> Vec<Uuid> {
        self.shared.calls.held()
    }

    async fn close(&self) {
        self.closing.send_replace(true);
        self.shared.offered.close();
        self.shared.calls.close();
        self.closing.closed().await;
    }
}

/// Passes each request to its call, or makes a call of it.
async fn receive(shared: Arc<Shared>, mut incoming: mpsc::Receiver<Incoming>, closing: watch::Sender<bool>) {
    let mut over = closing.subscribe();
    loop {
        let incoming = tokio::select! {
            incoming = incoming.recv() => incoming,
            _ = over.wait_for(|closing| *closing) => return,
        };
        let Some(incoming) = incoming else { return };
        if let Some(mail) = shared.dialogs.find(&incoming.request) {
            incoming.deliver(&mail);
            continue;
        }
        let request = &incoming.request;
        if request.method == Method::Invite && !request.is_in_dialog() {
            call::offer(&shared, incoming, closing.subscribe());
            continue;
        }
        let tag = shared.tokens().tag();
        // An ACK gets no answer.
        if let Some(response) = outside_dialog(request, &tag, true, &shared.ours) {
            incoming.server.answer(response);
        }
    }
}

/// Lets those in that the directory knows. Keeps and counts what passes.
struct KnownPeers {
    directory: Arc<dyn Directory>,
    traces: Arc<Traces>,
    metrics: Arc<Metrics>,
}

impl Peers for KnownPeers {
    fn rate(&self, from: IpAddr) -> Option<u32> {
        self.directory.sender(from.to_canonical()).map(|sender| sender.per_second)
    }

    fn passed(&self, incoming: bool, bytes: &[u8], peer: SocketAddr) {
        self.metrics.phones.passed(incoming, bytes);
        self.traces.passed(incoming, bytes, peer);
    }

    fn dropped(&self, why: Dropped, from: SocketAddr) {
        self.metrics.phones.dropped(why.word());
        tracing::debug!(%from, why = why.word(), "a SIP datagram was dropped");
    }
}
