//! A sound that is being made, and those who hear it meanwhile. Each hears it from the start, at its own speed.

use crate::telephony::sounds::{CHUNK, Prompt};
use std::sync::Arc;
use tokio::sync::watch;

/// A sound as far as it is made.
#[derive(Default)]
struct Made {
    samples: Vec<i16>,
    end: Option<End>,
}

#[derive(Clone)]
enum End {
    /// Complete. The samples are in here.
    Whole(Arc<Prompt>),
    /// Why there is no more.
    Failed(Arc<str>),
}

/// Where a sound is made.
#[derive(Clone)]
pub struct Track(watch::Sender<Made>);

impl Track {
    pub fn new() -> Track {
        Track(watch::Sender::default())
    }

    /// Returns a listener, which hears the sound from its start.
    pub fn listen(&self) -> Listener {
        Listener { source: Source::Coming(self.0.subscribe()), at: 0 }
    }

    /// Adds samples.
    pub fn add(&self, samples: &[i16]) {
        self.0.send_modify(|made| made.samples.extend_from_slice(samples));
    }

    /// Ends the sound, and returns it as a prompt that holds `held`.
    pub fn finish(&self, held: impl Send + Sync + 'static) -> Arc<Prompt> {
        let mut held = Some(held);
        let mut whole = None;
        self.0.send_modify(|made| {
            let prompt = Arc::new(Prompt::holding(std::mem::take(&mut made.samples), held.take()));
            made.end = Some(End::Whole(prompt.clone()));
            whole = Some(prompt);
        });
        whole.unwrap_or_else(|| Arc::new(Prompt::new(Vec::new())))
    }

    /// Ends the sound early.
    pub fn fail(&self, why: Arc<str>) {
        self.0.send_modify(|made| made.end = Some(End::Failed(why)));
    }

    /// Returns whether nobody listens.
    pub fn is_unheard(&self) -> bool {
        self.0.receiver_count() == 0
    }

    /// Waits until nobody listens.
    pub async fn unheard(&self) {
        self.0.closed().await;
    }
}

/// Hears a sound.
pub struct Listener {
    source: Source,
    /// How many samples it has heard.
    at: usize,
}

enum Source {
    Coming(watch::Receiver<Made>),
    Whole(Arc<Prompt>),
    Failed,
}

impl Listener {
    /// Hears a sound that is complete.
    pub fn whole(prompt: Arc<Prompt>) -> Listener {
        Listener { source: Source::Whole(prompt), at: 0 }
    }

    /// Waits for the next samples, at most [`CHUNK`] of them. `None` is the end of the sound, or what comes behind an error.
    pub async fn next(&mut self) -> Option<Result<Vec<i16>, String>> {
        loop {
            let coming = match &mut self.source {
                Source::Whole(prompt) => return chunk(prompt.samples(), &mut self.at).map(Ok),
                Source::Failed => return None,
                Source::Coming(coming) => coming,
            };
            let end = {
                let made = coming.borrow_and_update();
                if let Some(chunk) = chunk(&made.samples, &mut self.at) {
                    return Some(Ok(chunk));
                }
                made.end.clone()
            };
            match end {
                Some(End::Whole(prompt)) => self.source = Source::Whole(prompt),
                Some(End::Failed(why)) => {
                    self.source = Source::Failed;
                    return Some(Err(why.to_string()));
                }
                None if coming.changed().await.is_err() => {
                    self.source = Source::Failed;
                    return Some(Err("unavailable: The sound was not made.".to_owned()));
                }
                None => {}
            }
        }
    }
}

/// Takes a chunk, if there are more samples than were heard.
fn chunk(samples: &[i16], at: &mut usize) -> Option<Vec<i16>> {
    let rest = samples.get(*at..).filter(|rest| !rest.is_empty())?;
    let chunk = rest.get(..CHUNK).unwrap_or(rest).to_vec();
    *at += chunk.len();
    Some(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn each_listener_hears_all_at_its_own_speed() {
        let track = Track::new();
        let (mut early, mut late) = (track.listen(), track.listen());
        assert!(early.next().now_or_never().is_none());
        track.add(&[1; 1_000]);
        assert_eq!(early.next().await.unwrap().unwrap(), [1; 800]);
        assert_eq!(early.next().await.unwrap().unwrap(), [1; 200]);
        assert!(early.next().now_or_never().is_none());
        track.add(&[2; 100]);
        let prompt = track.finish("held");
        assert_eq!(early.next().await.unwrap().unwrap(), [2; 100]);
        assert!(early.next().await.is_none() && early.next().await.is_none());
        let mut heard = Vec::new();
        while let Some(chunk) = late.next().await {
            heard.extend(chunk.unwrap());
        }
        assert_eq!(heard, prompt.samples());
        let mut last = Listener::whole(prompt);
        assert_eq!(last.next().await.unwrap().unwrap().len(), CHUNK);
    }

    #[tokio::test]
    async fn what_was_made_is_heard_before_the_error() {
        let track = Track::new();
        let mut listener = track.listen();
        track.add(&[1; 10]);
        track.fail("broken: It broke.".into());
        assert_eq!(listener.next().await.unwrap().unwrap(), [1; 10]);
        assert_eq!(listener.next().await.unwrap().unwrap_err(), "broken: It broke.");
        assert!(listener.next().await.is_none());
        let mut second = track.listen();
        assert!(second.next().await.unwrap().is_ok() && second.next().await.unwrap().is_err());
    }

    #[tokio::test]
    async fn a_maker_that_vanishes_is_an_error() {
        let track = Track::new();
        let mut listener = track.listen();
        assert!(track.unheard().now_or_never().is_none());
        drop(track);
        assert!(listener.next().await.unwrap().unwrap_err().starts_with("unavailable: "));
        let track = Track::new();
        drop(track.listen());
        assert!(track.unheard().now_or_never().is_some());
    }
}
