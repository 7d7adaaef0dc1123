//! One leg: the media of one call. Pure: it is given packets, commands and the time, and gives packets and events.
//!
//! A leg does something every 20 ms, twice: it *hears* the next frame of the remote party, and then it *speaks*. Between the
//! two the worker hands what one side of a bridge hears to the other.

mod ear;
mod mouth;
mod reports;
mod terms;

pub use ear::{Dropped, Heard};
pub use terms::{Event, LegCommand, LegId, LegSettings, Outlet, Stream};

use super::codec::{self, Encoded, FRAME, FRAME_MS, Law, Pcm, QUIET};
use super::player::{Playing, Step};
use super::quality::{self, Quality};
use super::tap::{self, Tap};
use super::tone::{BEEP_LEVEL, Sine};
use crate::model::telephony::OperationId;
use crate::telephony::sounds::Prompt;
use ear::{Ear, Taken};
use mouth::{Mouth, Voice};
use reports::Reports;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Events that wait for their reader. Keys beyond are dropped.
const MAX_PARKED: usize = 16;
/// Ends of operations are reported even then, as far as commands are bounded.
const MAX_PARKED_ENDS: usize = 256;
/// How a relayed key is sent.
const RELAY_TONE_MS: u32 = 100;
const RELAY_GAP_MS: u32 = 60;
/// Relayed keys that wait to be sent: two seconds of dialling.
const MAX_RELAYED: usize = 12;

pub struct Leg {
    id: LegId,
    stream: Option<Stream>,
    ear: Ear,
    mouth: Mouth,
    reports: Reports,
    playing: Option<(OperationId, Playing)>,
    echo: Option<Echo>,
    muted_in: bool,
    muted_out: bool,
    held: Option<Music>,
    tap: Option<Box<Tap>>,
    beep: Option<(Sine, u64)>,
    heard: Heard,
    /// The number of the last frame.
    frame: Option<u64>,
    glitches: u64,
    events: mpsc::Sender<Event>,
    parked: VecDeque<Event>,
    no_media: Duration,
    /// When silence of the remote party began to count; `None` while it is reported or none is due.
    waiting_since: Option<Instant>,
}

struct Echo {
    operation: OperationId,
    frames: u64,
    digits: bool,
}

struct Music {
    prompt: Option<Arc<Prompt>>,
    at: usize,
}

impl Leg {
    pub fn new(settings: LegSettings, now: Instant) -> Leg {
        let mut random = super::ports::Random(settings.seed);
        Leg {
            id: settings.id,
            stream: None,
            ear: Ear::new(now),
            mouth: Mouth::new(&mut random),
            reports: Reports::new(&mut random, now),
            playing: None,
            echo: None,
            muted_in: false,
            muted_out: false,
            held: None,
            tap: None,
            beep: None,
            heard: Heard::silence(Law::Mu),
            frame: None,
            glitches: 0,
            events: settings.events,
            parked: VecDeque::with_capacity(MAX_PARKED),
            no_media: settings.no_media,
            waiting_since: None,
        }
    }

    pub fn id(&self) -> LegId {
        self.id
    }

    /// What was heard in the current frame, for the other side of a bridge.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// Carries out a command. Returns a key that the other side of a bridge is to receive.
    pub fn command(&mut self, command: LegCommand, now: Instant) -> Option<char> {
        match command {
            LegCommand::Info { digit } => return self.ear.info(digit, now).and_then(|digit| self.pressed(digit)),
            LegCommand::Stream(stream) => self.agree(*stream, now),
            LegCommand::Play { operation, sound } => {
                self.stop_playing();
                self.playing = Some((operation, Playing::new(sound)));
            }
            LegCommand::StopPlaying => self.stop_playing(),
            LegCommand::SendDigits { operation, digits, tone_ms, gap_ms } => {
                if let Err(error) = self.mouth.keys.push(&digits, tone_ms, gap_ms, Some(operation)) {
                    self.report(Event::Finished { operation, error: Some(error.to_owned()) });
                }
            }
            LegCommand::Echo { operation, duration, digits } => {
                self.stop_echo();
                let frames = duration.as_millis().div_ceil(u128::from(FRAME_MS)).try_into().unwrap_or(u64::MAX);
                self.echo = Some(Echo { operation, frames, digits });
            }
            LegCommand::Mute { heard, spoken } => (self.muted_in, self.muted_out) = (heard, spoken),
            LegCommand::Hold { music } => self.held = Some(Music { prompt: music, at: 0 }),
            LegCommand::Unhold => {
                self.held = None;
                self.lives(now);
            }
            LegCommand::Record { tap, beep } => {
                self.stop_recording();
                self.beep = beep.then(|| (Sine::new(tap::BEEP_HERTZ, BEEP_LEVEL), tap::BEEP));
                self.tap = Some(tap);
            }
            LegCommand::StopRecording { recording_id } => {
                if self.tap.as_ref().is_some_and(|tap| tap.id() == recording_id) {
                    self.stop_recording();
                }
            }
            // The worker ends a leg.
            LegCommand::Close { .. } => {}
        }
        None
    }

    fn agree(&mut self, stream: Stream, now: Instant) {
        self.ear.agree(&stream, now);
        self.reports.restart();
        self.stream = Some(stream);
        self.lives(now);
    }

    /// Takes a datagram of the RTP socket. Returns a key that the other side of a bridge is to receive, or why the datagram
    /// was dropped.
    pub fn packet(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) -> Result<Option<char>, Dropped> {
        let Some(stream) = &self.stream else { return Err(Dropped::TooEarly) };
        if stream.mux && super::rtp::is_rtcp(datagram) {
            return self.rtcp(datagram, source, now).map(|()| None);
        }
        let taken = self.ear.packet(stream, datagram, source, now);
        if matches!(taken, Ok(_) | Err(Dropped::Late)) {
            self.lives(now);
        }
        let (taken, found) = taken?;
        if found {
            self.report(Event::Found { source });
        }
        match taken {
            Taken::Key(digit) => Ok(self.pressed(digit)),
            Taken::Sound | Taken::Pause => Ok(None),
        }
    }

    /// Takes a datagram of the RTCP socket.
    pub fn rtcp(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) -> Result<(), Dropped> {
        if !self.ear.accepts_rtcp(source) {
            return Err(Dropped::Stranger);
        }
        self.reports.packet(datagram, source, self.mouth.ssrc(), now)?;
        self.lives(now);
        Ok(())
    }

    /// A new key: returns it if the other side of a bridge is to receive it.
    fn pressed(&mut self, digit: char) -> Option<char> {
        self.report(Event::Digit { digit });
        if self.tap.as_ref().is_some_and(|tap| tap.is_ended_by(digit)) {
            self.stop_recording();
        }
        if self.muted_in || self.held.is_some() {
            return None;
        }
        if self.echo.as_ref().is_some_and(|echo| echo.digits) {
            self.relay(digit);
        }
        Some(digit)
    }

    /// Sends a key that another party pressed. Dropped if many wait: no sound is sent meanwhile.
    pub fn relay(&mut self, digit: char) {
        if self.mouth.keys.waiting() >= MAX_RELAYED {
            return;
        }
        let mut buffer = [0; 4];
        let _ = self.mouth.keys.push(digit.encode_utf8(&mut buffer), RELAY_TONE_MS, RELAY_GAP_MS, None);
    }

    /// Takes the next frame of the remote party. `frame` counts 20 ms steps of all workers. Returns `false` if the leg has
    /// had this frame already.
    pub fn hear(&mut self, frame: u64) -> bool {
        let steps = self.frame.map_or(1, |last| frame.saturating_sub(last));
        if steps == 0 {
            return false;
        }
        self.frame = Some(frame);
        if steps > 1 {
            self.glitches += 1;
            self.ear.skip_frames(u32::try_from(steps - 1).unwrap_or(u32::MAX));
        }
        let open = !self.muted_in && self.held.is_none() && self.stream.as_ref().is_some_and(|it| it.receives);
        self.heard = self.ear.frame();
        if !open {
            self.heard = Heard::silence(self.heard.law);
        }
        true
    }

    /// Sends the frame. `partner` is what the other side of a bridge hears.
    pub fn speak(&mut self, now: Instant, partner: Option<&Heard>, out: &mut impl Outlet) {
        let frame = self.frame.unwrap_or_default();
        self.unpark();
        let law = self.stream.as_ref().map_or(Law::Mu, |stream| stream.law);
        let mut ended = [None, None, None];
        let (voice, payload) = self.voice(law, partner, &mut ended);
        let target = self.stream.as_ref().filter(|it| it.sends).zip(self.ear.destination());
        let (spoken, finished) = self.mouth.speak(frame, voice, payload, law, target, out);
        ended[2] = finished.map(|operation| (operation, None));
        if let Some(tap) = &mut self.tap {
            let ours = spoken.map_or(QUIET, |bytes| law.decode_frame(&bytes));
            let theirs = self.heard.pcm();
            if tap.frame(frame, &ours, &theirs) {
                self.stop_recording();
            }
        }
        for (operation, error) in ended.into_iter().flatten() {
            self.report(Event::Finished { operation, error });
        }
        self.watch(now);
        if let Some(stream) = &self.stream {
            self.reports.send(now, stream, &mut self.ear, self.mouth.sent(frame), false, out);
        }
    }

    /// Returns what is said in this frame, by what, and which operations are over. Everything that plays runs its time,
    /// heard or not.
    fn voice(
        &mut self,
        law: Law,
        partner: Option<&Heard>,
        ended: &mut [Option<(OperationId, Option<String>)>; 3],
    ) -> (Voice, Encoded) {
        let mut said = (Voice::Silence, [law.silence(); FRAME]);
        if let Some(echo) = &mut self.echo {
            match echo.frames {
                0 => ended[1] = self.echo.take().map(|echo| (echo.operation, None)),
                _ => {
                    echo.frames -= 1;
                    said = (Voice::Echo, self.heard.encoded(law));
                }
            }
        }
        if let Some((operation, playing)) = &mut self.playing {
            match playing.next(law) {
                Step::Frame(frame) => said = (Voice::Prompt, frame),
                Step::Silence => said = (Voice::Silence, [law.silence(); FRAME]),
                Step::Over(error) => {
                    ended[0] = Some((*operation, error));
                    self.playing = None;
                }
            }
        }
        if let Some(heard) = partner {
            said = (Voice::Partner, heard.encoded(law));
        }
        if let Some((sine, left)) = &mut self.beep {
            let mut tone: Pcm = QUIET;
            sine.add(&mut tone);
            *left -= 1;
            said = (Voice::Beep, law.encode_frame(&tone));
            if *left == 0 {
                self.beep = None;
            }
        }
        if self.muted_out {
            said = (Voice::Silence, [law.silence(); FRAME]);
        }
        match &mut self.held {
            Some(music) => (Voice::Music, music.frame(law)),
            None => said,
        }
    }

    /// Ends the leg: says so to the remote party, finishes what runs, and returns how it was.
    pub fn close(&mut self, now: Instant, out: &mut impl Outlet) -> Quality {
        self.stop_playing();
        self.stop_echo();
        self.stop_recording();
        let unfinished: Vec<OperationId> = self.mouth.keys.clear().collect();
        unfinished.into_iter().for_each(|operation| self.report(Event::Finished { operation, error: None }));
        self.unpark();
        if let Some(stream) = &self.stream {
            let sent = self.mouth.sent(self.frame.unwrap_or_default());
            self.reports.send(now, stream, &mut self.ear, sent, true, out);
        }
        self.quality(now)
    }

    /// How the leg was so far.
    pub fn quality(&self, now: Instant) -> Quality {
        let mut quality = self.ear.quality(now);
        quality.codec = self.stream.as_ref().map_or("", |stream| stream.law.name());
        quality.sent = self.mouth.packets();
        quality.rtt_us = self.reports.rtt_us();
        quality.glitches = self.glitches;
        // From the remote party's mouth: half a round trip, the buffer, and the frame that its sender gathers.
        let delay_ms = f64::from(quality.rtt_us.unwrap_or(0)) / 2_000.0 + f64::from(self.ear.target_ms()) + 20.0;
        quality.mos_in_x100 = quality::mos_x100(self.ear.loss(), delay_ms);
        if let Some(loss) = self.reports.remote_loss(self.mouth.packets()) {
            quality.mos_out_x100 = Some(quality::mos_x100(loss, delay_ms));
            quality.remote_loss_x100 = Some((loss * 10_000.0) as u16);
        }
        quality
    }

    fn stop_playing(&mut self) {
        if let Some((operation, _)) = self.playing.take() {
            self.report(Event::Finished { operation, error: None });
        }
    }

    fn stop_echo(&mut self) {
        if let Some(echo) = self.echo.take() {
            self.report(Event::Finished { operation: echo.operation, error: None });
        }
    }

    fn stop_recording(&mut self) {
        if let Some(tap) = self.tap.take() {
            self.beep = None;
            let (duration_ms, lost_ms) = (tap.length_ms(), tap.lost_ms());
            self.report(Event::RecordingEnded { recording_id: tap.id(), duration_ms, lost_ms });
        }
    }

    /// The remote party lives, or its media is due from now on.
    fn lives(&mut self, now: Instant) {
        self.waiting_since = Some(now);
    }

    fn watch(&mut self, now: Instant) {
        let due = self.held.is_none() && self.stream.as_ref().is_some_and(|it| it.sends && it.receives);
        if due && self.waiting_since.is_some_and(|since| now.duration_since(since) >= self.no_media) {
            self.waiting_since = None;
            self.report(Event::NoMedia);
        }
    }

    fn report(&mut self, event: Event) {
        if self.parked.is_empty() {
            match self.events.try_send(event) {
                Err(mpsc::error::TrySendError::Full(event)) => self.parked.push_back(event),
                // Without a reader nobody needs it.
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
            return;
        }
        let most = if matches!(event, Event::Digit { .. }) { MAX_PARKED } else { MAX_PARKED_ENDS };
        if self.parked.len() < most {
            self.parked.push_back(event);
        }
    }

    fn unpark(&mut self) {
        while let Some(event) = self.parked.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) {
                self.parked.push_front(event);
                return;
            }
        }
    }
}

impl Music {
    /// The next frame, from the start again behind the end.
    fn frame(&mut self, law: Law) -> Encoded {
        let silence = [law.silence(); FRAME];
        let Some(prompt) = &self.prompt else { return silence };
        let frame = prompt.frame(law, self.at).or_else(|| {
            self.at = 0;
            prompt.frame(law, 0)
        });
        self.at += codec::FRAME;
        frame.unwrap_or(silence)
    }
}
