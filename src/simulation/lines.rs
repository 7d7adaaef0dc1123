//! Executes the lines of a script, one after the other.

use super::phone::KEY_MS;
use super::read::Http;
use super::script::{Directive, Expect, Line, RemoteAction};
use super::stage::{PendingRequest, Stage};
use super::trace::{Failure, Happened};
use crate::engine::{Input, Request, variables};
use crate::model::call::{Direction, HangupBy, HangupReason, Status};
use crate::model::run::WaitKind;
use crate::model::telephony::Signal;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Ok, or why a line could not be executed.
type Happens = Result<(), String>;

impl Stage<'_> {
    pub fn line(&mut self, line: &Line) {
        if self.is_cut() {
            return self.unplayed(line);
        }
        let on_time = std::mem::take(&mut self.on_time);
        if !on_time && !matches!(line.kind, Directive::Wait { .. }) {
            self.settle(line.run);
        }
        let happens = match &line.kind {
            Directive::Expect(expect) => self.expect(line.run, expect),
            kind => {
                let happened = Happened::Line { number: line.number, text: line.text.clone() };
                let before = self.trace.steps.len();
                self.record(line.run, happened);
                let happens = self.happen(line.run, kind);
                // A line that could not be executed leaves no step.
                if happens.is_err() && self.trace.steps.len() == before + 1 {
                    self.trace.steps.pop();
                }
                happens
            }
        };
        if let Err(message) = happens {
            let failure = Failure { line: line.number, text: line.text.clone(), message };
            self.trace.failures.push(failure);
        }
    }

    /// Reports the first line that was not executed because the simulation stopped at a limit.
    fn unplayed(&mut self, line: &Line) {
        if let Some(limit) = self.trace.limit.clone()
            && !std::mem::replace(&mut self.told_of_limit, true)
        {
            let message = format!("the simulation stopped before this line: {limit}");
            self.trace.failures.push(Failure { line: line.number, text: line.text.clone(), message });
        }
    }

    fn expect(&mut self, run: usize, expect: &Expect) -> Happens {
        if self.finds(run, expect) {
            return Ok(());
        }
        if !matches!(expect, Expect::NoAction { .. }) && self.may_look_ahead() {
            // Looks ahead on a copy, so that a failed look-ahead does not affect the following lines.
            let mut later = self.ahead();
            let end = later.trace.began.plus_ms(super::YEAR_MS);
            while later.advance(end) {
                if later.finds(run, expect) {
                    self.follow_up(later);
                    return Ok(());
                }
            }
            let message = later.instead(run, expect);
            self.searched_in_vain(&later);
            return Err(message);
        }
        Err(self.instead(run, expect))
    }

    fn happen(&mut self, run: usize, kind: &Directive) -> Happens {
        if run >= self.actors.len() && !matches!(kind, Directive::Wait { .. } | Directive::Http(_)) {
            return Err(format!("there is no activeflow {} yet", run + 1));
        }
        match kind {
            Directive::Wait { ms } => {
                self.pass(*ms);
                self.on_time = true;
                Ok(())
            }
            Directive::WaitPrompt => Ok(()),
            Directive::RemoteAction { leg, does } => self.remote(run, *leg, does),
            Directive::Http(http) => self.http(http),
            Directive::Stop => self.ask(run, Request::Stop),
            Directive::Set { name, value } => {
                variables::refuse_system(name)?;
                let variables = BTreeMap::from([(name.clone(), value.clone())]);
                self.ask(run, Request::SetVariables { variables })
            }
            Directive::Push { revision, interrupt } => {
                self.ask(run, Request::Push { revision: revision.clone(), interrupt: *interrupt })
            }
            Directive::Continue => {
                let it = &self.actors[run].run;
                let blocked = it.wait.as_ref().is_some_and(|wait| wait.kind == WaitKind::Block);
                let at = it.current.filter(|_| blocked).map(|at| it.program.action(at).id);
                let action_id = at.ok_or("the activeflow is not at a `block` action")?;
                self.ask(run, Request::Continue { action_id })
            }
            Directive::Expect(_) => Ok(()),
        }
    }

    fn ask(&mut self, run: usize, request: Request) -> Happens {
        if !self.actors[run].run.is_running() {
            return Err("the activeflow has ended already".to_owned());
        }
        self.bring(run, Input::Request(request));
        Ok(())
    }

    fn remote(&mut self, run: usize, leg: usize, does: &RemoteAction) -> Happens {
        let actor = &self.actors[run];
        let missing = || match leg {
            0 => "the activeflow has no call".to_owned(),
            leg => format!("leg {leg} is not dialled"),
        };
        let call_id = actor.call_of(leg).ok_or_else(missing)?;
        let call = actor.run.leg(call_id).map(|leg| &leg.call).filter(|call| call.is_alive());
        let call = call.ok_or("the call has already ended; a `wait` before this line can make it happen earlier")?;
        let (status, direction) = (call.status, call.direction);
        let rings = matches!(status, Status::Dialing | Status::Ringing);
        let unanswered = match (rings, direction) {
            (true, Direction::Outgoing) => Ok(()),
            (true, Direction::Incoming) => Err("an incoming call is answered by the flow"),
            (false, _) => Err("the call is answered already"),
        };
        let up = if status == Status::Progressing { Ok(()) } else { Err("the call is not answered") };
        let gone = |reason| (HangupBy::Remote, reason);
        match does {
            RemoteAction::Ring => {
                unanswered?;
                self.signal(run, call_id, Signal::Ringing);
            }
            RemoteAction::Answer => {
                unanswered?;
                self.signal(run, call_id, Signal::Ringing);
                self.phone(run, call_id).up = true;
                self.signal(run, call_id, Signal::Answered);
            }
            RemoteAction::EarlyMedia => {
                unanswered?;
                self.phone(run, call_id).early = true;
                self.signal(run, call_id, Signal::EarlyMedia);
            }
            RemoteAction::Busy | RemoteAction::Reject => {
                unanswered?;
                let reason = if *does == RemoteAction::Busy { HangupReason::Busy } else { HangupReason::Failed };
                let (by, reason) = gone(reason);
                self.hang_up(run, call_id, by, reason);
            }
            RemoteAction::Hangup => {
                let (by, reason) = gone(match (rings, direction) {
                    (false, _) => HangupReason::Normal,
                    (true, Direction::Incoming) => HangupReason::Cancel,
                    (true, Direction::Outgoing) => HangupReason::Failed,
                });
                self.hang_up(run, call_id, by, reason);
            }
            RemoteAction::Digits(keys) => {
                up?;
                return self.press(run, call_id, keys);
            }
            RemoteAction::Speak { ms } => {
                up?;
                self.heard(run, call_id, *ms);
                self.pass(*ms);
                self.on_time = true;
            }
            RemoteAction::Heard { machine } => {
                let operation = self.phone(run, call_id).detecting.take().ok_or("no detection by `amd` is running")?;
                self.signal(run, call_id, Signal::Detected { operation, machine: *machine });
            }
            RemoteAction::Leave => {
                let operation = self.phone(run, call_id).room.take().ok_or("the call is in no room")?;
                self.signal(run, call_id, Signal::Finished { operation, error: None });
            }
        }
        self.settled();
        Ok(())
    }

    fn press(&mut self, run: usize, call_id: Uuid, keys: &str) -> Happens {
        for digit in keys.chars() {
            self.pass(KEY_MS);
            if !self.actors[run].run.leg(call_id).is_some_and(|leg| leg.call.is_up()) {
                return Err(format!("the call was over before {digit} was pressed"));
            }
            let recording = self.phone(run, call_id).recording.as_ref();
            let ends = recording.filter(|recording| recording.end_of_key.contains(digit)).map(|recording| recording.id);
            if let Some(id) = ends {
                self.stop_recording(run, call_id, id);
            }
            self.signal(run, call_id, Signal::Digit { digit });
            self.settled();
        }
        Ok(())
    }

    fn http(&mut self, http: &Http) -> Happens {
        self.drop_unawaited();
        if self.asked.is_empty() {
            return Err("no request waits for an answer".to_owned());
        }
        let asked = self.asked.remove(0);
        let answer = match http {
            Http::Fails(why) => Err(why.clone()),
            Http::Answers { .. } => Ok(http),
        };
        self.answer(&asked, answer);
        self.settled();
        Ok(())
    }

    /// Drops requests whose activeflow has ended or was interrupted.
    fn drop_unawaited(&mut self) {
        let actors = &self.actors;
        self.asked.retain(|asked| match actors[asked.run].run.wait.as_ref().map(|wait| &wait.kind) {
            Some(WaitKind::Fetch { operation, .. } | WaitKind::Send { operation, .. }) => *operation == asked.operation,
            _ => false,
        });
    }

    pub fn answer(&mut self, asked: &PendingRequest, http: Result<&Http, String>) {
        let PendingRequest { run, operation, fetch } = *asked;
        let input = match (http, fetch) {
            (Ok(Http::Answers { actions, .. }), true) => Input::Fetched { operation, answer: actions.clone() },
            (Ok(Http::Answers { sent, .. }), false) => Input::Sent { operation, answer: Ok(sent.clone()) },
            (Ok(Http::Fails(why)), true) => Input::Fetched { operation, answer: Err(why.clone()) },
            (Ok(Http::Fails(why)), false) => Input::Sent { operation, answer: Err(why.clone()) },
            (Err(why), true) => Input::Fetched { operation, answer: Err(why) },
            (Err(why), false) => Input::Sent { operation, answer: Err(why) },
        };
        self.post(run, input);
    }
}
