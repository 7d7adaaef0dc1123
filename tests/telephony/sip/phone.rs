//! A far end of one call: a task that follows its script. Here is what it does; how it is said in SIP is in [`super::dialog`].

use super::dialog::{Dialog, Step as Said};
use super::media::Line;
use super::message::{Message, uri_of, user_of};
use super::network::Network;
use super::sound::{BEEP, VOICE};
use crate::telephony::bench::RemoteState;
use ringdown::telephony::offers::Refusal;
use ringdown::telephony::simulated::{Reply, Script, Step};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

/// How long a phone that answers rings if its script does not say.
const RING: Duration = Duration::from_millis(200);
const BEEP_TIME: Duration = Duration::from_millis(500);
/// How long a phone without a call still answers copies of requests.
const LINGER: Duration = Duration::from_secs(5);

pub enum Event {
    Message(Box<Message>, SocketAddr),
    PromptIsOver,
    KeysAreOver,
    Press(String),
    /// Whether there was a call.
    HangUp(oneshot::Sender<bool>),
}

/// What tests see of a far end.
pub struct Phone {
    pub events: UnboundedSender<Event>,
    pub line: Arc<Line>,
    pub state: Mutex<RemoteState>,
    /// How its own call was refused.
    pub refusal: watch::Sender<Option<Refusal>>,
    pub over: watch::Sender<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is called and has not replied, or has called and has no reply.
    Early,
    /// It has answered, and waits for the ACK.
    Answering,
    Up,
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    Nothing,
    Ring,
    EarlyMedia,
    Prompt,
    Keys,
    Time,
    /// For the answer to its hold.
    Hold,
}

struct Task {
    phone: Arc<Phone>,
    dialog: Dialog,
    script: Script,
    stage: Stage,
    waits: Waits,
    /// When the wait for time is over, and when nobody asks any more.
    until: Option<Instant>,
    bury: Option<Instant>,
    next: usize,
}

impl Phone {
    fn new(network: &Arc<Network>) -> (Arc<Phone>, UnboundedReceiver<Event>) {
        let (events, inbox) = unbounded_channel();
        let line = Line::new(&network.media, events.clone(), network.next());
        let (refusal, over) = (watch::Sender::new(None), watch::Sender::new(false));
        (Arc::new(Phone { events, line, state: Mutex::default(), refusal, over }), inbox)
    }

    /// Somebody calls this phone.
    pub fn called(network: &Arc<Network>, script: &str, invite: Message, from: SocketAddr) -> Arc<Phone> {
        let (phone, inbox) = Phone::new(network);
        network.register(invite.get("Call-ID"), phone.events.clone());
        let caller = invite.get("From");
        let anonymous = uri_of(caller).contains("anonymous");
        phone.state.lock().unwrap().caller = (!anonymous).then(|| user_of(uri_of(caller)).to_owned());
        let dialog = Dialog::called(network.clone(), phone.line.clone(), invite, from);
        Task::spawn(phone, dialog, script, inbox)
    }

    /// This phone calls: `to` is where the driver listens.
    pub fn calls(network: &Arc<Network>, script: &str, number: &str, destination: &str, to: SocketAddr) -> Arc<Phone> {
        let (phone, inbox) = Phone::new(network);
        let dialog = Dialog::calling(network.clone(), phone.line.clone(), number, destination, to);
        network.register(&dialog.call_id, phone.events.clone());
        Task::spawn(phone, dialog, script, inbox)
    }
}

impl Task {
    fn spawn(phone: Arc<Phone>, dialog: Dialog, script: &str, inbox: UnboundedReceiver<Event>) -> Arc<Phone> {
        let script = script.parse().expect("cases write good scripts");
        let (stage, waits) = (Stage::Early, Waits::Nothing);
        let task = Task { phone: phone.clone(), dialog, script, stage, waits, until: None, bury: None, next: 0 };
        tokio::spawn(task.run(inbox));
        phone
    }

    async fn run(mut self, mut inbox: UnboundedReceiver<Event>) {
        match self.dialog.was_called() {
            true => self.ring(),
            false => self.dialog.invite(),
        }
        loop {
            let wake = [self.until, self.bury, self.dialog.wake()].into_iter().flatten().min();
            tokio::select! {
                event = inbox.recv() => match event {
                    Some(event) => self.take(event),
                    None => return,
                },
                () = until(wake) => self.wake(Instant::now()),
            }
            if self.bury.is_some_and(|at| at <= Instant::now()) {
                return self.dialog.close();
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Message(message, from) => {
                for said in self.dialog.take(*message, from) {
                    self.hear(said);
                }
            }
            Event::PromptIsOver => self.go_on(Waits::Prompt),
            Event::KeysAreOver => self.go_on(Waits::Keys),
            Event::Press(keys) => self.press(&keys),
            Event::HangUp(answer) => {
                let there_is_a_call = self.stage != Stage::Over;
                if there_is_a_call {
                    self.hang_up();
                }
                let _ = answer.send(there_is_a_call);
            }
        }
    }

    fn wake(&mut self, now: Instant) {
        self.dialog.repeat(now);
        if self.until.is_some_and(|at| at <= now) {
            self.until = None;
            match self.waits {
                Waits::Ring => self.ring_is_over(),
                Waits::EarlyMedia => self.reply(),
                _ => self.go_on(Waits::Time),
            }
        }
    }

    /// What the other side of the call has said.
    fn hear(&mut self, said: Said) {
        match said {
            Said::Acknowledged if self.stage == Stage::Answering => self.begin(),
            Said::Answered => self.begin(),
            Said::Provisional(183) => self.note(183),
            Said::Refused { code, retry_after_s } => {
                // A 487 is the end of our own CANCEL.
                if code != 487 || self.stage != Stage::Over {
                    self.note(code);
                }
                self.phone.refusal.send_replace(Some(Refusal { code, retry_after_s }));
                self.over();
            }
            Said::Held(held) => self.phone.state.lock().unwrap().held = held,
            Said::HoldAnswered => self.go_on(Waits::Hold),
            Said::KeysSent => self.go_on(Waits::Keys),
            Said::Cancelled | Said::Bye => self.over(),
            Said::Acknowledged | Said::Provisional(_) => {}
        }
    }

    fn note(&mut self, code: u16) {
        let mut state = self.phone.state.lock().unwrap();
        if !state.statuses.contains(&code) {
            state.statuses.push(code);
        }
    }

    /// A phone that is busy or rejects does not ring, unless its script says so.
    fn ring(&mut self) {
        let (answers, waits) = (self.script.reply == Reply::Answer, self.script.reply == Reply::NoAnswer);
        if self.script.ring.is_some() || answers || waits {
            self.dialog.provisional("180 Ringing", false);
        }
        if self.script.early_media.is_some() || !waits {
            let ring = self.script.ring.unwrap_or(if answers { RING } else { Duration::ZERO });
            self.wait(Waits::Ring, ring);
        }
    }

    fn ring_is_over(&mut self) {
        let Some(early) = self.script.early_media else { return self.reply() };
        self.dialog.provisional("183 Session Progress", true);
        self.phone.line.say(&VOICE);
        if self.script.reply != Reply::NoAnswer {
            self.wait(Waits::EarlyMedia, early);
        }
    }

    fn reply(&mut self) {
        self.phone.line.say(&[]);
        match self.script.reply.clone() {
            Reply::Answer => {
                self.stage = Stage::Answering;
                self.dialog.answer();
            }
            Reply::Busy => self.refuse("486 Busy Here"),
            Reply::Reject { code, phrase } => self.refuse(&format!("{code} {phrase}")),
            Reply::NoAnswer => {}
        }
    }

    fn refuse(&mut self, status: &str) {
        self.dialog.refuse(status);
        self.over();
    }

    fn begin(&mut self) {
        if self.stage == Stage::Up || self.stage == Stage::Over {
            return;
        }
        self.stage = Stage::Up;
        self.follow();
    }

    fn wait(&mut self, waits: Waits, time: Duration) {
        (self.waits, self.until) = (waits, Some(Instant::now() + time));
    }

    fn go_on(&mut self, over: Waits) {
        if self.stage == Stage::Up && self.waits == over {
            self.phone.line.say(&[]);
            self.follow();
        }
    }

    fn follow(&mut self) {
        self.waits = Waits::Nothing;
        let Some(step) = self.script.steps.get(self.next).cloned() else { return };
        self.next += 1;
        match step {
            Step::WaitPrompt => self.waits = Waits::Prompt,
            Step::Digits(keys) => {
                self.waits = Waits::Keys;
                self.press(&keys);
            }
            Step::Silence(time) => self.wait(Waits::Time, time),
            Step::Speak(time) => {
                self.phone.line.say(&VOICE);
                self.wait(Waits::Time, time);
            }
            Step::Beep => {
                self.phone.line.say(&BEEP);
                self.wait(Waits::Time, BEEP_TIME);
            }
            Step::Hold | Step::Unhold => {
                self.waits = Waits::Hold;
                self.dialog.hold(step == Step::Hold);
            }
            Step::Hangup => self.hang_up(),
            Step::Repeat => {
                self.next = 0;
                self.follow();
            }
        }
    }

    /// A phone that may not send audio has another way for keys.
    fn press(&mut self, keys: &str) {
        if !self.phone.line.press(keys) {
            self.dialog.inform(keys);
        }
    }

    fn hang_up(&mut self) {
        match (self.stage, self.dialog.was_called()) {
            (Stage::Early, true) => self.dialog.refuse("603 Decline"),
            (Stage::Early, false) => self.dialog.cancel(),
            _ => self.dialog.bye(),
        }
        self.over();
    }

    fn over(&mut self) {
        (self.stage, self.waits, self.until) = (Stage::Over, Waits::Nothing, None);
        self.phone.line.say(&[]);
        self.phone.line.close();
        self.bury.get_or_insert(Instant::now() + LINGER);
        self.phone.over.send_replace(true);
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
