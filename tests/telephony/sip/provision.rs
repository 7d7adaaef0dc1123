//! What the driver is given: a provider that is the network of the far ends, and sounds that they can tell apart.

use super::media::Media;
use super::message::user_of;
use super::sound::tones;
use async_trait::async_trait;
use ringdown::model::call::Address;
use ringdown::model::{sound, telephony};
use ringdown::telephony::directory::{Directory, Hop, Permit, Route, Sender, Unroutable};
use ringdown::telephony::sounds::{CHUNK, CHUNKS, Prompt, Sound, Sounds};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

pub const PROVIDER: Uuid = Uuid::from_u128(5060);
/// Samples of a millisecond.
const MS: usize = 8;

/// All calls go to one gateway.
pub struct Provider {
    pub gateway: SocketAddr,
}

struct Unlimited;

#[async_trait]
impl Permit for Unlimited {
    fn answered(&self) {}

    async fn over(&mut self) -> String {
        std::future::pending().await
    }
}

#[async_trait]
impl Directory for Provider {
    fn sender(&self, address: IpAddr) -> Option<Sender> {
        (address == self.gateway.ip()).then_some(Sender { provider_id: Some(PROVIDER), per_second: 1_000_000 })
    }

    async fn route(&self, _: Uuid, destination: &Address) -> Result<Route, Unroutable> {
        let uri = format!("sip:{}@{}", destination.target, self.gateway);
        assert_eq!(user_of(&uri), destination.target);
        let hop = Hop {
            provider_id: PROVIDER,
            uri,
            host: self.gateway.ip().to_string(),
            port: self.gateway.port(),
            credentials: None,
            codecs: vec!["PCMU".to_owned(), "PCMA".to_owned()],
            headers: Vec::new(),
            inband: false,
            nat: false,
        };
        Ok(Route { hops: vec![hop], permit: Box::new(Unlimited) })
    }

    async fn enter(&self, _: &Hop) -> Result<Box<dyn Send>, Unroutable> {
        Ok(Box::new(()))
    }

    fn providers(&self) -> Vec<Hop> {
        Vec::new()
    }

    fn checked(&self, _: Uuid, _: bool, _: u16) {}
}

/// As long as those of the simulator: 60 ms a character, 2 s a file. Speech is there at once, files come in chunks.
pub struct Tones {
    pub media: Arc<Media>,
}

impl Sounds for Tones {
    fn open(&self, _: Uuid, media: &telephony::Media) -> Sound {
        let samples = sound::length(media).as_millis() as usize * MS;
        let prompt = |name: &str| tones(&self.media.prompts.tones(name), samples);
        match media {
            telephony::Media::Speech { text, .. } => Sound::Ready(Arc::new(Prompt::new(prompt(text)))),
            telephony::Media::Files { urls } => coming(prompt(&urls.join(" "))),
            telephony::Media::Tone { hertz, .. } => {
                Sound::Ready(Arc::new(Prompt::new(tones(&[f64::from(*hertz)], samples))))
            }
        }
    }
}

fn coming(samples: Vec<i16>) -> Sound {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    tokio::spawn(async move {
        for chunk in samples.chunks(CHUNK) {
            if sender.send(Ok(chunk.to_vec())).await.is_err() {
                return;
            }
        }
    });
    Sound::Coming(receiver)
}
