//! Makes the sounds that calls hear: fetches files, speaks texts, and keeps what is heard often.
//!
//! - The same sound is made once, however many calls want it at the same time. Each hears it from the start, as it comes.
//! - A sound that is kept is heard at once. A file that was fetched a minute ago is fetched again in the background, so that a
//!   change is heard soon, and a slow web server delays nobody.
//! - An error is kept for two seconds, so that a thousand calls are not a thousand requests.
//! - Customers share no sounds: what one may fetch, another may not.

mod file;
mod shelf;
mod track;

pub use file::Accounts;

use super::audio::{Fault, Pieces};
use super::http::Http;
use super::speech::{Speech, Utterance};
use crate::memory::Turns;
use crate::model::telephony::Media;
use crate::telemetry::Metrics;
use crate::telephony::sounds::{CHUNKS, Prompt, RATE, Sound, Sounds};
use file::Files;
use lru::LruCache;
use sha2::{Digest, Sha256};
use shelf::{Charge, Kept, Key, Shelf};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;
use track::{Listener, Track};
use uuid::Uuid;

/// After this time a file is fetched again in the background.
const FRESH: Duration = Duration::from_secs(60);

/// After this time a file is not heard before it is fetched again.
const STALE: Duration = Duration::from_secs(3_600);

/// How long an error is kept, and how many are.
const FAILURE: Duration = Duration::from_secs(2);
const FAILURES: NonZeroUsize = NonZeroUsize::new(1_024).expect("it is not zero");

/// The most sounds that are made at the same time or wait for that, in all and of one customer.
const MAKING: usize = 2_048;
const MAKING_OF_CUSTOMER: usize = 512;

/// The most files of one customer that wait to be decoded.
const WAITING: usize = 256;

/// The longest tone that is made.
const LONGEST_TONE: Duration = Duration::from_secs(10);

/// What sounds are made with.
pub struct Config {
    pub http: Arc<Http>,
    pub accounts: Arc<dyn Accounts>,
    /// `None` if this server has no voice.
    pub speech: Option<Speech>,
    /// The most bytes of memory for sounds.
    pub memory: usize,
    /// Turns of the threads that decode ([`decoding`]).
    pub decoding: Turns,
    pub metrics: Arc<Metrics>,
}

/// Returns the turns of threads that decode: one for each of this many processors, three quarters of them for one customer.
pub fn decoding(processors: usize) -> Turns {
    Turns::new(processors, (processors - processors / 4).max(1), WAITING)
}

/// The sounds of a server.
#[derive(Clone)]
pub struct Prompts(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    making: Mutex<Making>,
    files: Files,
    speech: Option<Speech>,
    metrics: Arc<Metrics>,
    runtime: Handle,
}

/// The sounds that are being made, and those that could not be made lately.
struct Making {
    /// Each with a number of its own.
    tracks: HashMap<Key, (u64, Track)>,
    number: u64,
    of_customer: HashMap<Uuid, usize>,
    failures: LruCache<Key, (Instant, Arc<str>)>,
}

/// One sound to be made.
#[derive(Clone)]
enum Work {
    File(String),
    Speech(Utterance),
}

/// A sound that is or will be there.
enum Part {
    Kept(Arc<Prompt>),
    Coming(Listener),
    Failed(String),
}

impl Prompts {
    /// Creates it within a runtime, whose threads will make the sounds.
    pub fn new(config: Config) -> Prompts {
        let Config { http, accounts, speech, memory, decoding, metrics } = config;
        let usage = metrics.memory("prompts", u64::try_from(memory).unwrap_or(u64::MAX));
        let failures = LruCache::new(FAILURES);
        let making = Making { tracks: HashMap::new(), number: 0, of_customer: HashMap::new(), failures };
        Prompts(Arc::new(Inner {
            shelf: Shelf::new(memory, usage),
            making: Mutex::new(making),
            files: Files { http, accounts, decoding },
            speech,
            metrics,
            runtime: Handle::current(),
        }))
    }
}

impl Sounds for Prompts {
    fn open(&self, customer_id: Uuid, media: &Media) -> Sound {
        let inner = &self.0;
        let parts: Vec<Part> = match media {
            Media::Tone { hertz, duration_ms } => return Sound::Ready(Arc::new(tone(*hertz, *duration_ms))),
            Media::Speech { text, language, gender, provider, voice_id } => {
                let utterance = Utterance {
                    text: text.clone(),
                    language: language.clone(),
                    gender: gender.clone(),
                    provider: provider.clone(),
                    voice_id: voice_id.clone(),
                };
                vec![inner.part(customer_id, Work::Speech(utterance))]
            }
            // All are fetched now, so that there is no gap between them.
            Media::Files { urls } => urls.iter().map(|url| inner.part(customer_id, Work::File(url.clone()))).collect(),
        };
        match <[Part; 1]>::try_from(parts) {
            Ok([Part::Kept(prompt)]) => Sound::Ready(prompt),
            Ok(parts) => Sound::Coming(inner.pass_on(parts.into(), false)),
            Err(parts) => Sound::Coming(inner.pass_on(parts, true)),
        }
    }
}

impl Inner {
    /// Finds a sound, or begins to make it.
    fn part(self: &Arc<Self>, customer_id: Uuid, work: Work) -> Part {
        let key = self.key(customer_id, &work);
        let mut making = self.making();
        let kept = self.shelf.get(&key).map(|Kept { prompt, since, .. }| (prompt, since.elapsed()));
        let (fresh, usable) = match (&kept, &work) {
            (Some(_), Work::Speech(_)) => (true, true),
            (Some((_, age)), Work::File(_)) => (*age < FRESH, *age < STALE),
            (None, _) => (false, false),
        };
        let failed = making.failed(&key);
        match kept.filter(|_| usable) {
            Some((prompt, _)) => {
                if !fresh && failed.is_none() && !making.tracks.contains_key(&key) {
                    // Nobody waits for it. If there is no place for it now, then there is one next time.
                    let _ = self.begin(&mut making, key, customer_id, work, true);
                }
                self.metrics.prompt("kept");
                Part::Kept(prompt)
            }
            None => match (making.tracks.get(&key), failed) {
                (Some((_, track)), _) => {
                    self.metrics.prompt("joined");
                    Part::Coming(track.listen())
                }
                (None, Some(why)) => {
                    self.metrics.prompt("failed");
                    Part::Failed(why.to_string())
                }
                (None, None) => match self.begin(&mut making, key, customer_id, work, false) {
                    Ok(track) => Part::Coming(track),
                    Err(why) => {
                        self.metrics.prompt("failed");
                        Part::Failed(why)
                    }
                },
            },
        }
    }

    fn key(&self, customer_id: Uuid, work: &Work) -> Key {
        let mut digest = Sha256::new_with_prefix(customer_id.as_bytes());
        match work {
            Work::File(url) => digest.update(url),
            Work::Speech(utterance) => {
                // No URL begins like this.
                digest.update([0]);
                digest.update(self.speech.as_ref().map(|speech| speech.digest(utterance)).unwrap_or_default());
            }
        }
        Key(digest.finalize().into())
    }

    /// Begins to make a sound, and returns a listener.
    fn begin(
        self: &Arc<Self>,
        making: &mut Making,
        key: Key,
        customer_id: Uuid,
        work: Work,
        background: bool,
    ) -> Result<Listener, String> {
        let own = making.of_customer.entry(customer_id).or_default();
        if *own >= MAKING_OF_CUSTOMER || making.tracks.len() >= MAKING {
            return Err("busy: Too many sounds are being fetched or spoken.".to_owned());
        }
        *own += 1;
        making.number += 1;
        let (track, number) = (Track::new(), making.number);
        let listener = track.listen();
        making.tracks.insert(key, (number, track.clone()));
        let place = Place { inner: self.clone(), key, number, customer_id };
        // In the background somebody always listens.
        let listens = background.then(|| track.listen());
        self.runtime.spawn(async move {
            while !place.inner.make(&place, &work, &track).await {}
            drop((listens, place));
        });
        Ok(listener)
    }

    /// Makes a sound, or says why not. Returns false if that was given up because nobody listened, and now somebody does.
    async fn make(&self, place: &Place, work: &Work, track: &Track) -> bool {
        match self.try_make(place, work, track).await {
            Ok(()) => self.metrics.prompt("made"),
            // Whoever comes from now on begins anew.
            Err(None) => {
                let mut making = self.making();
                let unheard = track.is_unheard();
                if unheard {
                    making.leave(place);
                }
                return unheard;
            }
            Err(Some(why)) => {
                self.metrics.prompt("failed");
                tracing::debug!(customer_id = %place.customer_id, why, "a sound could not be made");
                let why: Arc<str> = why.into();
                self.making().failures.put(place.key, (Instant::now(), why.clone()));
                track.fail(why);
            }
        }
        true
    }

    /// Makes a sound. Fails without a reason if nobody wants it any more before there is something to hear.
    async fn try_make(&self, place: &Place, work: &Work, track: &Track) -> Result<(), Option<String>> {
        let no_memory = |fault: Fault| Some(format!("no_memory: The sound {fault}."));
        let mut charge = self.shelf.charge(place.customer_id).map_err(no_memory)?;
        let (pieces, mut made) = Pieces::channel();
        let maker = async { self.work(place.customer_id, work, pieces).await.map_err(Some) };
        let collector = async {
            let mut heard = false;
            loop {
                let piece = tokio::select! {
                    piece = made.recv() => piece,
                    () = track.unheard(), if !heard => return Err(None),
                };
                let Some(piece) = piece else { return Ok(()) };
                self.shelf.grow(&mut charge, piece.len() * Prompt::BYTES_PER_SAMPLE).map_err(no_memory)?;
                track.add(&piece);
                heard = true;
            }
        };
        futures::future::try_join(maker, collector).await?;
        let prompt = track.finish(charge);
        self.shelf.keep(place.key, place.customer_id, prompt);
        Ok(())
    }

    async fn work(&self, customer_id: Uuid, work: &Work, pieces: Pieces) -> Result<(), String> {
        match (work, &self.speech) {
            (Work::File(url), _) => {
                let charge: Result<Charge, Fault> = self.shelf.charge(customer_id);
                let charge = charge.map_err(|fault| format!("no_memory: The file {fault}."))?;
                self.files.load(customer_id, url, &self.shelf, charge, pieces).await
            }
            (Work::Speech(utterance), Some(speech)) => {
                speech.speak(customer_id, utterance, pieces).await.map_err(|failure| format!("speech: {failure}"))
            }
            (Work::Speech(_), None) => {
                Err("speech: This server has no voice: it needs --speech-command or --speech-url.".to_owned())
            }
        }
    }

    /// Passes on sounds, one after the other. `list` says that the errors name the one that they are about.
    fn pass_on(&self, parts: Vec<Part>, list: bool) -> mpsc::Receiver<Result<Vec<i16>, String>> {
        let (sender, receiver) = mpsc::channel(CHUNKS);
        self.runtime.spawn(async move {
            for (at, part) in parts.into_iter().enumerate() {
                let named = |why: String| if list { format!("{why} (stream_urls[{at}])") } else { why };
                let mut listener = match part {
                    Part::Kept(prompt) => Listener::whole(prompt),
                    Part::Coming(listener) => listener,
                    Part::Failed(why) => {
                        // Fails if the call has ended.
                        let _ = sender.send(Err(named(why))).await;
                        return;
                    }
                };
                loop {
                    let chunk = tokio::select! {
                        chunk = listener.next() => chunk,
                        // The call does not want it any more, which may be what the maker waits for.
                        () = sender.closed() => return,
                    };
                    let Some(chunk) = chunk else { break };
                    let failed = chunk.is_err();
                    if sender.send(chunk.map_err(named)).await.is_err() || failed {
                        return;
                    }
                }
            }
        });
        receiver
    }

    fn making(&self) -> MutexGuard<'_, Making> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Making {
    /// Removes a sound from those that are being made.
    fn leave(&mut self, place: &Place) {
        if self.tracks.get(&place.key).is_some_and(|(number, _)| *number == place.number) {
            self.tracks.remove(&place.key);
        }
    }

    /// Returns why a sound could not be made a moment ago.
    fn failed(&mut self, key: &Key) -> Option<Arc<str>> {
        let (since, why) = self.failures.get(key)?;
        if since.elapsed() < FAILURE {
            return Some(why.clone());
        }
        self.failures.pop(key);
        None
    }
}

/// The place of a sound among those that are being made, left when the task ends, also by a panic.
struct Place {
    inner: Arc<Inner>,
    key: Key,
    number: u64,
    customer_id: Uuid,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut making = self.inner.making();
        making.leave(self);
        if let Some(own) = making.of_customer.get_mut(&self.customer_id) {
            *own -= 1;
            if *own == 0 {
                making.of_customer.remove(&self.customer_id);
            }
        }
    }
}

/// Makes a tone of a tenth of the full scale in power, with short slopes, so that it does not click.
fn tone(hertz: u32, duration_ms: u32) -> Prompt {
    const SLOPE: f64 = 40.0;
    let length = Duration::from_millis(u64::from(duration_ms)).min(LONGEST_TONE);
    let samples = u32::try_from(length.as_millis()).unwrap_or_default() * (RATE / 1_000);
    let sample = |at: u32| {
        let edge = f64::from(at.min(samples - at)) / SLOPE;
        let turn = f64::from(hertz) * f64::from(at) / f64::from(RATE);
        ((turn * std::f64::consts::TAU).sin() * 10_000.0 * edge.min(1.0)) as i16
    };
    Prompt::new((0..samples).map(sample).collect())
}
