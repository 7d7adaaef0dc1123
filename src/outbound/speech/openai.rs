//! Speaks with a server that understands OpenAI's `POST /v1/audio/speech`, as most of them do.
//!
//! The sound is passed on as it arrives: raw samples, which is what is asked for, or WAV or MP3 from servers that know nothing
//! else. The operator chooses the URL, so its host and port are allowed, for these requests alone. Everything else that holds for
//! outbound requests holds here too.

use super::super::audio::{self, Fault, KIND_BYTES, MAX_BYTES, Pieces, RATE, Resampler};
use super::super::guard::Allowed;
use super::super::http::{self, Account, Http, Oversize, Pace, Purpose, Request, Streamed};
use super::failure::{Failure, excerpt};
use super::text;
use super::voices::Choice;
use crate::memory::Turns;
use ::http::{HeaderName, Method, header};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use url::Url;
use uuid::Uuid;

/// The longest text of one request, in characters. OpenAI refuses longer ones.
const MOST_CHARACTERS: usize = 4_096;

/// What is read of a refusal.
const MOST_OF_REFUSAL: usize = 4 << 10;

/// The longest time that a server may ask to wait before it is asked again, and the time when it does not say.
const LONGEST_WAIT: u64 = 2;
const WAIT: Duration = Duration::from_millis(500);

/// The most texts of one customer that wait.
const WAITING: usize = 256;

/// How a server is reached.
#[derive(Clone)]
pub struct OpenAiOptions {
    /// Ends before `/audio/speech`.
    pub url: Url,
    pub model: String,
    /// The voice of texts for which no other one is chosen. Empty: the server's.
    pub voice: String,
    /// Sent as a bearer token, and never logged.
    pub key: Option<String>,
    /// Of raw samples, per second.
    pub rate: u32,
    /// Until the first sound, and between two pieces of it.
    pub timeout: Duration,
}

impl fmt::Debug for OpenAiOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiOptions").field("model", &self.model).field("voice", &self.voice).finish_non_exhaustive()
    }
}

/// A server that speaks.
pub struct OpenAi {
    http: Arc<Http>,
    options: OpenAiOptions,
    url: String,
    account: Account,
    turns: Turns,
    decoding: Turns,
}

impl OpenAi {
    /// Creates it. At most `at_once` texts are spoken at the same time, three quarters of them for one customer. Files are
    /// decoded when it is the customer's turn.
    pub fn new(http: Arc<Http>, options: OpenAiOptions, at_once: usize, decoding: Turns) -> OpenAi {
        let port = options.url.port_or_known_default().unwrap_or_default();
        let allow: Option<Allowed> = options.url.host_str().and_then(|host| format!("{host}:{port}").parse().ok());
        let account = Account { allow: allow.into_iter().collect(), ..Account::operator() };
        let url = format!("{}/audio/speech", options.url.as_str().trim_end_matches('/'));
        let turns = Turns::new(at_once, (at_once - at_once / 4).max(1), WAITING);
        OpenAi { http, options, url, account, turns, decoding }
    }

    /// Speaks a text without tags.
    pub async fn speak(
        &self,
        customer_id: Uuid,
        spoken: &str,
        choice: &Choice,
        pieces: &Pieces,
    ) -> Result<(), Failure> {
        let _turn = self.turns.take(customer_id).await.map_err(|_| Failure::Busy)?;
        for text in text::pieces(spoken, MOST_CHARACTERS) {
            match self.speak_piece(customer_id, text, &choice.voice, pieces).await {
                // The flow named a voice that the server does not have.
                Err(Failure::Refused { status: 400 | 404 | 422, said }) if choice.voice_of_flow => {
                    tracing::debug!(said, "the speech server does not have the voice of a flow");
                    self.speak_piece(customer_id, text, "", pieces).await?;
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }

    async fn speak_piece(&self, customer_id: Uuid, text: &str, voice: &str, pieces: &Pieces) -> Result<(), Failure> {
        let first = self.ask(text, voice).await?;
        let answer = match wait_of(&first) {
            Some(wait) => {
                drop(first);
                sleep(wait).await;
                self.ask(text, voice).await?
            }
            None => first,
        };
        match answer.status {
            200..=299 => self.hear(customer_id, answer, pieces).await,
            _ => Err(refused(answer).await),
        }
    }

    async fn ask(&self, text: &str, voice: &str) -> Result<Streamed, Failure> {
        let voice = if voice.is_empty() { &self.options.voice } else { voice };
        let mut body = serde_json::json!({ "model": self.options.model, "input": text, "response_format": "pcm" });
        if let Some(fields) = body.as_object_mut().filter(|_| !voice.is_empty()) {
            fields.insert("voice".to_owned(), voice.into());
        }
        let mut headers: Vec<(HeaderName, String)> = vec![(header::CONTENT_TYPE, "application/json".to_owned())];
        headers.extend(self.options.key.iter().map(|key| (header::AUTHORIZATION, format!("Bearer {key}"))));
        let request = Request {
            account: self.account.clone(),
            purpose: Purpose::Flow,
            method: Method::POST,
            url: self.url.clone(),
            headers,
            body: body.to_string().into(),
            timeout: self.options.timeout,
            max_response_bytes: self.most_bytes(),
            oversize: Oversize::Refuse,
        };
        let pace = Pace { idle: self.options.timeout, total: audio::MAX_LENGTH };
        self.http.open(request, pace).await.map_err(Failure::Unreachable)
    }

    /// Returns the most bytes that are read: more than the longest sound has in raw samples, so that it is that which ends it.
    fn most_bytes(&self) -> usize {
        let samples = audio::longest() / RATE as usize * self.options.rate as usize;
        samples.saturating_mul(2).max(MAX_BYTES).saturating_add(1 << 20)
    }

    /// Passes on the body of a response.
    async fn hear(&self, customer_id: Uuid, mut answer: Streamed, pieces: &Pieces) -> Result<(), Failure> {
        let content_type = answer.content_type.take().unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("text/") || content_type.starts_with("application/json") {
            return Err(refused(answer).await);
        }
        let mut start = Vec::new();
        while start.len() < KIND_BYTES {
            match answer.next().await.map_err(Failure::Broken)? {
                Some(bytes) => start.extend_from_slice(&bytes),
                None => break,
            }
        }
        let raw = ["audio/pcm", "audio/l16"].iter().any(|raw| content_type.starts_with(raw));
        let wav = audio::kind(&start) == Some(audio::Kind::Wav);
        match wav || (!raw && audio::kind(&start).is_some()) {
            true => self.hear_file(customer_id, answer, start, pieces).await,
            false => self.hear_samples(answer, start, pieces).await,
        }
    }

    async fn hear_file(
        &self,
        customer_id: Uuid,
        mut answer: Streamed,
        mut file: Vec<u8>,
        pieces: &Pieces,
    ) -> Result<(), Failure> {
        while let Some(bytes) = answer.next().await.map_err(Failure::Broken)? {
            if file.len() + bytes.len() > MAX_BYTES {
                return Err(Failure::Broken(http::Failure::TooLarge { limit: MAX_BYTES }));
            }
            file.extend_from_slice(&bytes);
        }
        drop(answer);
        let turn = self.decoding.take(customer_id).await.map_err(|_| Failure::Busy)?;
        Ok(audio::decode(file, pieces.clone(), turn).await?)
    }

    /// Passes on raw samples: 16 bits, little-endian, one channel.
    async fn hear_samples(&self, mut answer: Streamed, start: Vec<u8>, pieces: &Pieces) -> Result<(), Failure> {
        let rate = self.options.rate;
        let unsupported = || Fault::Unsupported(format!("its sample rate is {rate} Hz"));
        let mut resampler = Resampler::new(rate).ok_or_else(unsupported)?;
        let (mut left, mut half, mut next) = (audio::longest(), None, Some(bytes::Bytes::from(start)));
        while let Some(bytes) = next {
            let mut samples = Vec::new();
            resampler.push(&words(&bytes, &mut half), &mut |piece| {
                samples.extend_from_slice(piece);
                Ok(())
            })?;
            left = left.checked_sub(samples.len()).ok_or(Fault::TooLong)?;
            if !samples.is_empty() {
                pieces.put(samples).await?;
            }
            next = answer.next().await.map_err(Failure::Broken)?;
        }
        let mut samples = Vec::new();
        resampler.finish(&mut |piece| {
            samples.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(pieces.put(samples).await?)
    }
}

/// Returns the samples in some bytes. `half` is the first byte of a sample whose second one is still to come.
fn words(bytes: &[u8], half: &mut Option<u8>) -> Vec<f32> {
    let mut words = Vec::with_capacity(bytes.len() / 2 + 1);
    for byte in bytes {
        match half.take() {
            Some(low) => words.push(f32::from(i16::from_le_bytes([low, *byte])) / 32_768.0),
            None => *half = Some(*byte),
        }
    }
    words
}

/// Returns how long to wait before a request is repeated, if that may help.
fn wait_of(answer: &Streamed) -> Option<Duration> {
    if !matches!(answer.status, 429 | 500..=599) {
        return None;
    }
    match &answer.retry_after {
        None => Some(WAIT),
        Some(seconds) => seconds.trim().parse().ok().filter(|it| *it <= LONGEST_WAIT).map(Duration::from_secs),
    }
}

/// Reads why a text is refused: `error.message`, `detail`, or the text.
async fn refused(mut answer: Streamed) -> Failure {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = answer.next().await {
        body.extend_from_slice(bytes.get(..bytes.len().min(MOST_OF_REFUSAL - body.len())).unwrap_or_default());
        if body.len() >= MOST_OF_REFUSAL {
            break;
        }
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    let word = |path: &str| Some(json.as_ref()?.pointer(path)?.as_str()?.to_owned());
    let said = word("/error/message").or_else(|| word("/detail")).or_else(|| word("/error"));
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    Failure::Refused { status: answer.status, said: excerpt(&said) }
}
