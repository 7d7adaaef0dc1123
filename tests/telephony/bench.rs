//! A driver on the bench: cases as data (what the far ends do, what we do) and the trace of signals of every call.

pub use super::words::{command, line, speech, tel};
use async_trait::async_trait;
use ringdown::model::call::{Address, Privacy};
use ringdown::model::quality::Quality;
use ringdown::model::telephony::{Command, Signal};
use ringdown::telephony::offers::{Offer, OfferKey, Refusal};
use ringdown::telephony::{CallSignal, Gone, Telephony};
use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Cases that run side by side on a network.
const SIDE_BY_SIDE: usize = 8;
/// How long nothing more must be told on a network.
const SILENCE: Duration = Duration::from_millis(300);
/// How long sound may be on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(60);

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

/// How the time of a driver passes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long to wait for a signal before the case has failed.
    pub patience: Duration,
    /// By how much the length of a recording may differ.
    pub tolerance_ms: u64,
    /// Calls take their time on a network, and what is sent arrives later.
    pub real: bool,
}

/// Makes another bench of the same driver.
pub type Make = fn() -> Pin<Box<dyn Future<Output = Bench> + Send>>;

pub struct Bench {
    pub telephony: Arc<dyn Telephony>,
    pub remote_party: Arc<dyn RemoteParty>,
    pub signals: mpsc::Receiver<CallSignal>,
    pace: Pace,
    /// For cases that run side by side. Without it, they run one after the other.
    more: Option<Make>,
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

impl Case {
    /// Whether a call of it joins a room or is listened to by detection, and that is expected to succeed.
    fn needs_rooms_or_detection(&self) -> bool {
        let told = ["sees", "heard", "held", "unheld", "told", "presses", "gives_up", "incoming"];
        let words = self.ours.iter().filter_map(|ours| ours.split(' ').nth(1)).filter(|word| !told.contains(word));
        let failed = |operation: usize| {
            self.traces.iter().any(|trace| trace.split(", ").any(|line| line == format!("failed {operation}")))
        };
        words.zip(1..).any(|(word, operation)| ["join", "detect"].contains(&word) && !failed(operation))
    }
}

impl Bench {
    pub fn new(
        telephony: Arc<dyn Telephony>,
        remote_party: Arc<dyn RemoteParty>,
        signals: mpsc::Receiver<CallSignal>,
        pace: Pace,
        more: Option<Make>,
    ) -> Bench {
        let (traces, names, ended) = (HashMap::new(), HashMap::new(), HashMap::new());
        Bench { telephony, remote_party, signals, pace, more, traces, names, operations: 0, ended }
    }

    /// Runs all cases. Those of a driver on a network run side by side, without those that need rooms or detection: it has
    /// neither yet.
    pub async fn check_all(&mut self, cases: &'static [Case]) {
        let Some(more) = self.more else {
            for case in cases {
                self.check(case).await;
            }
            return;
        };
        let mut running = tokio::task::JoinSet::new();
        for case in cases {
            if case.needs_rooms_or_detection() {
                println!("skipped, for simulated telephony alone: {}", case.name);
                continue;
            }
            if running.len() == SIDE_BY_SIDE {
                running.join_next().await.expect("one runs").unwrap();
            }
            running.spawn(async move { more().await.check(case).await });
        }
        while let Some(done) = running.join_next().await {
            done.unwrap();
        }
    }

    /// How many rounds or calls a test makes of so many: on a network each takes its time.
    pub fn crowd(&self, many: usize) -> usize {
        if self.pace.real { many / 10 } else { many }
    }

    /// Lets those have their turn that have something to say.
    async fn pause(&self) {
        match self.pace.real {
            true => tokio::time::sleep(Duration::from_millis(5)).await,
            false => tokio::task::yield_now().await,
        }
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
            let trace = self.end_of(calls[&name], case.name).await;
            let same = self
                .same(&trace.iter().map(String::as_str).collect::<Vec<_>>(), &expected.split(", ").collect::<Vec<_>>());
            assert!(same, "{}: trace of {name}: `{}`, not `{expected}`", case.name, trace.join(", "));
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
                let state = self.state_with(call_id, |state| state.held == (word == "held")).await;
                assert_eq!(state.held, word == "held", "{case}: {step}");
            }
            "told" => {
                let statuses: Vec<u16> = rest.split_whitespace().map(|code| code.parse().unwrap()).collect();
                self.assert_told(call_id, &statuses, case).await;
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
            self.pause().await;
            heard = self.remote_party.heard(call_id).await;
        }
        if self.pace.real {
            // And what it should not hear.
            tokio::time::sleep(ON_ITS_WAY).await;
            heard = self.remote_party.heard(call_id).await;
        }
        assert_eq!(heard, wanted, "{case}: what {} has heard", self.names[&call_id]);
    }

    /// The statuses that a far end was told, and no others.
    pub async fn assert_told(&self, call_id: Uuid, statuses: &[u16], case: &str) {
        let state = self.state_with(call_id, |state| state.statuses.len() >= statuses.len()).await;
        assert_eq!(state.statuses, statuses, "{case}: what the far end was told");
    }

    /// The state of a far end, which may have to hear of it first.
    async fn state_with(&self, call_id: Uuid, right: impl Fn(&RemoteState) -> bool + Send) -> RemoteState {
        let began = std::time::Instant::now();
        loop {
            let state = self.remote_party.state(call_id).await;
            if !self.pace.real || right(&state) || began.elapsed() > Duration::from_secs(5) {
                return state;
            }
            self.pause().await;
        }
    }

    /// Whether lines are as expected. The time of a recording may differ by what a network adds to it.
    fn same(&self, lines: &[&str], expected: &[&str]) -> bool {
        let recorded = |line: &str| {
            let (number, ms) = line.strip_prefix("recorded ")?.split_once(' ')?;
            Some((number.to_owned(), ms.parse::<u64>().ok()?))
        };
        let same = |line: &str, expected: &str| match (recorded(line), recorded(expected)) {
            (Some((one, ms)), Some((other, expected))) => {
                one == other && ms.abs_diff(expected) <= self.pace.tolerance_ms
            }
            _ => line == expected,
        };
        lines.len() == expected.len() && lines.iter().zip(expected).all(|(line, expected)| same(line, expected))
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
            self.traces.entry(call_id).or_default();
            let trace = &self.traces[&call_id];
            if let Some(at) = trace.lines[trace.seen..].iter().position(|told| self.same(&[told], &[line])) {
                self.traces.entry(call_id).or_default().seen += at + 1;
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
        let told = tokio::time::timeout(self.pace.patience, self.signals.recv()).await;
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
        match self.pace.real {
            true => tokio::time::sleep(SILENCE).await,
            false => {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
            }
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
