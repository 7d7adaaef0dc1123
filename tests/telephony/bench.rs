//! A driver on the bench: cases as data (what the far ends do, what we do) and the trace of signals of every call.

use async_trait::async_trait;
use ringdown::model::call::{Address, AddressType, HangupReason, MuteDirection, Privacy};
use ringdown::model::quality::Quality;
use ringdown::model::telephony::{Command, Media, Signal};
use ringdown::telephony::offers::{Offer, OfferKey, Refusal};
use ringdown::telephony::{CallSignal, Gone, Telephony};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// The far ends of one driver's network. Scripts are those of simulated telephony.
#[async_trait]
pub trait RemoteParty: Send + Sync {
    /// An address whose far end follows this script.
    async fn callee(&self, script: &str) -> Address;
    /// A far end calls in; it follows the script once it is answered. Returns the driver's offer.
    async fn offers(&self, script: &str) -> Offer;
    /// The caller of an offer gives up; whether there was still one.
    async fn withdraws(&self, offer: OfferKey) -> bool;
    /// What the caller of an offer is refused with, once it is.
    async fn refusal(&self, offer: OfferKey) -> Refusal;
    /// What a far end heard, in order; silence is left out, sounds at the same time are joined with `+`.
    async fn heard(&self, call_id: Uuid) -> Vec<String>;
    /// What a far end saw.
    async fn state(&self, call_id: Uuid) -> RemoteState;
    async fn presses(&self, call_id: Uuid, keys: &str);
    /// Whether there was a call to hang up.
    async fn hangs_up(&self, call_id: Uuid) -> bool;
    /// Where the driver saves recordings.
    fn recordings(&self) -> &Path;
}

/// What a far end saw of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteState {
    /// We hold it.
    pub held: bool,
    /// The responses to its call: 183 and refusals.
    pub statuses: Vec<u16>,
    /// Who calls; None if nobody said so.
    pub caller: Option<String>,
}

/// How a call ended, besides what traces show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub sip_code: u16,
    pub cause: String,
    pub quality: Option<Quality>,
}

pub struct Bench {
    pub telephony: Arc<dyn Telephony>,
    pub remote_party: Arc<dyn RemoteParty>,
    pub signals: mpsc::Receiver<CallSignal>,
    /// How long to wait for a signal before the case has failed.
    patience: Duration,
    /// What was told of each call so far, and how much of it the case has looked at.
    traces: HashMap<Uuid, Trace>,
    /// The case's names of its calls, for the traces.
    names: HashMap<Uuid, char>,
    operations: u64,
    /// The calls that have ended.
    pub ended: HashMap<Uuid, Ended>,
}

#[derive(Default)]
struct Trace {
    lines: Vec<String>,
    quality: Option<Quality>,
    seen: usize,
}

/// One case: the far ends' scripts, our steps and the traces that come of it; the calls are `a`, `b`, `c` in this order.
pub struct Case {
    pub name: &'static str,
    pub far: &'static [&'static str],
    /// `<call> <step>`, see [`Bench::step`].
    pub ours: &'static [&'static str],
    pub traces: &'static [&'static str],
}

impl Bench {
    pub fn new(
        telephony: Arc<dyn Telephony>,
        remote_party: Arc<dyn RemoteParty>,
        signals: mpsc::Receiver<CallSignal>,
        patience: Duration,
    ) -> Bench {
        let (traces, names, ended) = (HashMap::new(), HashMap::new(), HashMap::new());
        Bench { telephony, remote_party, signals, patience, traces, names, operations: 0, ended }
    }

    /// Runs a case to the end of all its calls, which the case must bring about.
    pub async fn check(&mut self, case: &Case) {
        let mut calls: HashMap<char, Uuid> = HashMap::new();
        self.operations = 0;
        for ours in case.ours {
            let (name, step) = ours.split_once(' ').expect("a step is `<call> <step>`");
            let name = name.chars().next().unwrap();
            let script = case.far[name as usize - 'a' as usize];
            match (step, calls.get(&name)) {
                ("dial", None) => {
                    let call_id = Uuid::now_v7();
                    self.name(name, call_id, &mut calls);
                    let operation = self.operation();
                    self.dial(call_id, operation, script).await.expect("the driver takes the call");
                }
                ("incoming", None) => {
                    let call_id = self.calls_in(script).await;
                    self.name(name, call_id, &mut calls);
                }
                (step, Some(&call_id)) => self.step(case.name, call_id, step, &calls).await,
                (step, None) => panic!("{}: `{step}` before the call", case.name),
            }
        }
        for (name, expected) in ('a'..).zip(case.traces) {
            let trace = self.end_of(calls[&name], case.name).await.join(", ");
            assert_eq!(trace, *expected, "{}: trace of {name}", case.name);
        }
        self.assert_silence(case.name).await;
    }

    fn name(&mut self, name: char, call_id: Uuid, calls: &mut HashMap<char, Uuid>) {
        calls.insert(name, call_id);
        self.names.insert(call_id, name);
    }

    /// Commands are numbered from 1 in the order of the case: `finished 2` is the end of the second.
    fn operation(&mut self) -> u64 {
        self.operations += 1;
        self.operations
    }

    /// `sees <signal>` waits for a signal (after the one seen last); `heard <sounds>` is all that the far end has heard so
    /// far, `held`, `unheld` and `told <statuses>` what it has seen; `presses`, `gives_up` are the far end's; the rest are our
    /// commands.
    async fn step(&mut self, case: &str, call_id: Uuid, step: &str, calls: &HashMap<char, Uuid>) {
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        match word {
            "sees" => self.see(call_id, rest, case).await,
            "heard" => self.assert_heard(call_id, rest, case).await,
            "held" | "unheld" => {
                assert_eq!(self.remote_party.state(call_id).await.held, word == "held", "{case}: {step}");
            }
            "told" => {
                let statuses: Vec<u16> = rest.split_whitespace().map(|code| code.parse().unwrap()).collect();
                assert_eq!(self.remote_party.state(call_id).await.statuses, statuses, "{case}: {step}");
            }
            "presses" => self.remote_party.presses(call_id, rest).await,
            "gives_up" => assert!(self.remote_party.hangs_up(call_id).await, "{case}: nothing to hang up"),
            _ => {
                let operation = self.operation();
                let mut command = command(word, rest, calls);
                if let Command::Record { recording_id, .. } = &mut command {
                    *recording_id = Uuid::from_u128(operation.into());
                }
                let taken = self.telephony.perform(call_id, operation, command).await;
                assert_eq!(taken, Ok(()), "{case}: {step}");
            }
        }
    }

    /// A far end calls in, and we take the call.
    pub async fn calls_in(&self, script: &str) -> Uuid {
        let (offer, call_id) = (self.remote_party.offers(script).await, Uuid::now_v7());
        self.telephony.take(offer.key, Uuid::nil(), call_id).await.expect("nobody gave up");
        assert!(self.telephony.held().contains(&call_id));
        call_id
    }

    /// What a far end hears may still be on its way.
    async fn assert_heard(&self, call_id: Uuid, sounds: &str, case: &str) {
        let wanted: Vec<&str> = sounds.split(", ").filter(|sound| *sound != "nothing").collect();
        let mut heard = self.remote_party.heard(call_id).await;
        let began = std::time::Instant::now();
        while heard.len() < wanted.len() && began.elapsed() < Duration::from_secs(30) {
            tokio::task::yield_now().await;
            heard = self.remote_party.heard(call_id).await;
        }
        assert_eq!(heard, wanted, "{case}: what {} has heard", self.names[&call_id]);
    }

    pub async fn dial(&self, call_id: Uuid, operation: u64, script: &str) -> Result<(), Gone> {
        let destination = self.remote_party.callee(script).await;
        let (customer_id, source, privacy) = (Uuid::nil(), tel("+15559999999"), Privacy::None);
        let command = Command::Dial { customer_id, source, destination, privacy };
        self.telephony.perform(call_id, operation, command).await
    }

    /// Reads signals until this call's next lines have this one.
    pub async fn see(&mut self, call_id: Uuid, line: &str, case: &str) {
        loop {
            let trace = self.traces.entry(call_id).or_default();
            if let Some(at) = trace.lines[trace.seen..].iter().position(|told| told == line) {
                trace.seen += at + 1;
                return;
            }
            self.read(case).await;
        }
    }

    /// Reads signals until this call has ended; everything that was told of it.
    pub async fn end_of(&mut self, call_id: Uuid, case: &str) -> Vec<String> {
        loop {
            let lines = &self.traces.entry(call_id).or_default().lines;
            if lines.last().is_some_and(|line| line.starts_with("hangup")) {
                return lines.clone();
            }
            self.read(case).await;
        }
    }

    /// Reads one signal into its call's trace.
    pub async fn read(&mut self, case: &str) -> CallSignal {
        let told = tokio::time::timeout(self.patience, self.signals.recv()).await;
        let told =
            told.unwrap_or_else(|_| panic!("{case}: no signal comes; {}", self.show())).expect("the driver lives");
        self.note(&told);
        told
    }

    /// Reads without waiting.
    pub async fn read_what_is_there(&mut self) {
        tokio::task::yield_now().await;
        while let Ok(told) = self.signals.try_recv() {
            self.note(&told);
            tokio::task::yield_now().await;
        }
    }

    fn note(&mut self, told: &CallSignal) {
        if let Signal::Quality(quality) = &told.signal {
            return self.measured(told.call_id, quality);
        }
        let line = line(&told.signal, &self.names);
        let trace = self.traces.entry(told.call_id).or_default();
        let ended = trace.lines.iter().any(|line| line.starts_with("hangup"));
        if let Signal::Recorded { recording_id, duration_ms, size, error: None } = &told.signal {
            check_wav(&self.remote_party.recordings().join(format!("{recording_id}.wav")), *duration_ms, *size);
        }
        assert!(!ended, "`{line}` after the end of a call: {}", trace.lines.join(", "));
        if let Signal::Hangup { sip_code, cause, .. } = &told.signal {
            let has_media =
                |line: &String| ["answered", "early"].contains(&line.as_str()) || line.starts_with("bridged");
            let quality = trace.quality.take();
            assert!(
                quality.is_some() || !trace.lines.iter().any(has_media),
                "the quality of a call with media is told"
            );
            self.ended.insert(told.call_id, Ended { sip_code: *sip_code, cause: cause.clone(), quality });
        }
        assert!(trace.quality.is_none(), "`{line}` between the quality and the end of a call");
        trace.lines.push(line);
    }

    fn measured(&mut self, call_id: Uuid, quality: &Quality) {
        let trace = self.traces.entry(call_id).or_default();
        let ended = trace.lines.iter().any(|line| line.starts_with("hangup"));
        assert!(!ended && trace.quality.is_none(), "the quality is told once, before the end");
        trace.quality = Some(quality.clone());
    }

    /// Nothing more is told, even after everybody had a turn.
    pub async fn assert_silence(&mut self, case: &str) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        if let Ok(told) = self.signals.try_recv() {
            panic!("{case}: {told:?} though every call has ended");
        }
    }

    fn show(&self) -> String {
        let traces = self.traces.iter().filter(|(id, _)| self.names.contains_key(id));
        traces.map(|(id, trace)| format!("{}: {}; ", self.names[id], trace.lines.join(", "))).collect()
    }
}

/// What was told to be saved is a whole WAV file of the right length: 8 kHz, mono, 16 bit PCM.
fn check_wav(path: &Path, duration_ms: i64, size: u64) {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let data = duration_ms as usize * 16;
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((bytes.len() as u64, bytes.len()), (size, 44 + data));
    assert_eq!((&bytes[..4], word(4), &bytes[8..16], word(16)), (&b"RIFF"[..], 36 + data, &b"WAVEfmt "[..], 16));
    assert_eq!(bytes[20..24], [1, 0, 1, 0]);
    assert_eq!((word(24), word(28)), (8_000, 16_000));
    assert_eq!(bytes[32..40], *b"\x02\0\x10\0data");
    assert_eq!(word(40), data);
}

/// A signal as traces show it; calls that the case has no name for go by their id.
pub fn line(signal: &Signal, names: &HashMap<Uuid, char>) -> String {
    let name = |id: &Uuid| names.get(id).map_or_else(|| id.to_string(), char::to_string);
    match signal {
        Signal::Ringing => "ringing".to_owned(),
        Signal::EarlyMedia => "early".to_owned(),
        Signal::Answered => "answered".to_owned(),
        Signal::Digit { digit } => format!("digit {digit}"),
        Signal::Finished { operation, error: None } => format!("finished {operation}"),
        Signal::Finished { operation, error: Some(_) } => format!("failed {operation}"),
        Signal::Bridged { other } => format!("bridged {}", name(other)),
        Signal::Unbridged { other } => format!("unbridged {}", name(other)),
        Signal::Detected { operation, machine: true } => format!("machine {operation}"),
        Signal::Detected { operation, machine: false } => format!("human {operation}"),
        // Recordings go by the number of the command that asked for them.
        Signal::Recorded { recording_id, duration_ms, error: None, .. } => {
            format!("recorded {} {duration_ms}", recording_id.as_u128())
        }
        Signal::Recorded { recording_id, .. } => format!("unrecorded {}", recording_id.as_u128()),
        Signal::FarHold { held: true } => "holds".to_owned(),
        Signal::FarHold { held: false } => "unholds".to_owned(),
        Signal::Quality(_) => "quality".to_owned(),
        Signal::Hangup { by, reason, .. } => format!("hangup {by:?} {reason:?}").to_lowercase(),
    }
}

pub fn tel(number: &str) -> Address {
    Address {
        kind: AddressType::Tel,
        target: number.to_owned(),
        target_name: String::new(),
        name: String::new(),
        detail: String::new(),
    }
}

pub fn speech(characters: usize) -> Command {
    Command::Play {
        media: Media::Speech {
            text: "x".repeat(characters),
            language: "en-US".to_owned(),
            gender: String::new(),
            provider: String::new(),
            voice_id: String::new(),
        },
    }
}

/// One of our commands as cases write it.
pub fn command(word: &str, rest: &str, calls: &HashMap<char, Uuid>) -> Command {
    let number = || rest.parse::<u32>().unwrap_or_else(|_| panic!("`{word}` takes a number, not `{rest}`"));
    match word {
        "answer" => Command::Answer,
        "speech" => speech(number() as usize),
        "files" => {
            Command::Play { media: Media::Files { urls: vec!["https://a.test/b.wav".to_owned(); number() as usize] } }
        }
        "tone" => Command::Play { media: Media::Tone { hertz: 440, duration_ms: number() } },
        "stop" => Command::StopPlaying,
        "sends" => Command::SendDigits { digits: rest.to_owned(), tone_ms: 250, gap_ms: 100 },
        "echo" => Command::Echo { duration_ms: number().into(), digits: false },
        "echo_keys" => Command::Echo { duration_ms: number().into(), digits: true },
        "join" => Command::Join { customer_id: Uuid::nil(), room_id: Uuid::from_u128(number().into()) },
        "leave" => Command::Leave,
        "detect" => Command::Detect,
        "record" => record(rest),
        "stop_recording" => Command::StopRecording { recording_id: Uuid::from_u128(number().into()) },
        "bridge" => Command::Bridge { other: calls[&rest.chars().next().expect("bridge takes a call")] },
        "unbridge" => Command::Unbridge,
        "mute" => Command::Mute { direction: direction(rest) },
        "unmute" => Command::Unmute { direction: direction(rest) },
        "hold" => Command::Hold,
        "unhold" => Command::Unhold,
        "hangup" => Command::Hangup { reason: reason(rest) },
        _ => panic!("no step is called `{word}`"),
    }
}

/// What ends a recording and whether a beep begins it: `duration=3000 silence=2000 keys=*# beep`.
fn record(ends: &str) -> Command {
    let (mut duration_ms, mut end_of_silence_ms, mut end_of_key, mut beep) = (0, 0, String::new(), false);
    for end in ends.split_whitespace() {
        match end.split_once('=') {
            Some(("duration", ms)) => duration_ms = ms.parse().unwrap(),
            Some(("silence", ms)) => end_of_silence_ms = ms.parse().unwrap(),
            Some(("keys", keys)) => end_of_key = keys.to_owned(),
            _ if end == "beep" => beep = true,
            _ => panic!("no end of a recording is called `{end}`"),
        }
    }
    Command::Record { recording_id: Uuid::nil(), end_of_silence_ms, end_of_key, duration_ms, beep }
}

fn direction(word: &str) -> MuteDirection {
    match word {
        "in" => MuteDirection::In,
        "out" => MuteDirection::Out,
        _ => MuteDirection::Both,
    }
}

fn reason(word: &str) -> HangupReason {
    serde_json::from_value(word.into()).unwrap_or_else(|_| panic!("no reason is called `{word}`"))
}
