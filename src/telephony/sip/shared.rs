//! What all calls of the driver share.

use super::calls::Calls;
use super::dialogs::Dialogs;
use super::message::Ours;
use super::offered::Offered;
use super::token::{Cookie, Tokens};
use super::trace::Traces;
use super::wire::{Mail, Wire};
use crate::telemetry::Metrics;
use crate::telephony::CallSignal;
use crate::telephony::directory::Directory;
use crate::telephony::media::sockets::PortPool;
use crate::telephony::media::threads::Media;
use crate::telephony::recording::live::LiveRecordings;
use crate::telephony::sounds::Sounds;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// What all calls share.
pub struct Shared {
    pub wire: Wire,
    pub ours: Ours,
    /// The address in session descriptions.
    pub address: IpAddr,
    pub dialogs: Dialogs<mpsc::Sender<Mail>>,
    pub calls: Calls,
    pub offered: Offered,
    pub media: Arc<Media>,
    pub ports: PortPool,
    pub sounds: Arc<dyn Sounds>,
    pub directory: Arc<dyn Directory>,
    pub traces: Arc<Traces>,
    pub metrics: Arc<Metrics>,
    pub recordings: Option<LiveRecordings>,
    pub signals: mpsc::Sender<CallSignal>,
    pub no_media: Duration,
    /// Tokens follow from it.
    pub seed: [u8; 32],
    /// How many tokens were made.
    pub count: AtomicU64,
    pub cookie: Cookie,
}

impl Shared {
    /// Returns tokens that no other call has.
    pub fn tokens(&self) -> Tokens {
        let mut seed = self.seed;
        let number = self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        seed.iter_mut().zip(number).for_each(|(byte, number)| *byte ^= number);
        Tokens::new(seed, self.cookie)
    }

    /// Returns a number that no other call has, for its SSRC and its first sequence number.
    pub fn number(&self) -> u64 {
        let mut tokens = self.tokens();
        u64::from(tokens.number()) << 32 | u64::from(tokens.number())
    }
}
