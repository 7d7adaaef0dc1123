//! A script of the dry run, played against a server: its far ends by the simulator, its web server on loopback, what it
//! expects looked for in the history as the watches tell it.

use crate::remote_parties::Heard;
use crate::server::Grpc;
use ringdown::model::run::EndReason;
use ringdown::proto::{self, *};
use ringdown::simulation::script::{Directive, Expect, Line, RemoteAction};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};

/// The longest that anything may take of which nothing is heard: the longest time-out of an example, and then some.
const PATIENCE: Duration = Duration::from_secs(60);

/// What comes to a play from outside.
#[derive(Debug)]
pub enum Reply {
    Activeflow(Box<ActiveflowFrame>),
    Call(Box<CallFrame>),
    Heard(Heard),
}

pub struct Live {
    grpc: Grpc,
    told: Receiver<Reply>,
    /// The activeflows as they began.
    runs: Vec<History>,
    /// The calls as they began, each with everything that was told of it.
    calls: Vec<Vec<CallFrame>>,
    /// What went out, and whether it was looked for already: in which order things arrive is not told.
    heard: Vec<(Heard, bool)>,
}

struct History {
    id: String,
    /// The call that runs it. Empty: none.
    call_id: String,
    events: Vec<ActiveflowEvent>,
    /// Where `expect` goes on looking for actions, and the last one that was found before it was over.
    seen: usize,
    open: Option<usize>,
}

/// Tells everything that happens to a customer's activeflows and calls. It is up to date once this returns.
pub async fn watch(grpc: &Grpc, told: &Sender<Reply>) {
    let everything = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
    let mut activeflows = grpc.activeflows.clone().watch_activeflows(everything).await.unwrap().into_inner();
    let everything = WatchCallsRequest { include_snapshot: true, ..Default::default() };
    let mut calls = grpc.calls.clone().watch_calls(everything).await.unwrap().into_inner();
    let first = activeflows.message().await.unwrap().unwrap().into_message().unwrap();
    assert_eq!(first.r#type(), WatchType::Progress, "nothing runs yet");
    let first = calls.message().await.unwrap().unwrap().into_message().unwrap();
    assert_eq!(first.r#type(), WatchType::Progress, "there is no call yet");
    let (of_activeflows, of_calls) = (told.clone(), told.clone());
    tokio::spawn(async move {
        while let Ok(Some(it)) = activeflows.message().await {
            if of_activeflows.send(Reply::Activeflow(Box::new(it.into_message().unwrap()))).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Ok(Some(it)) = calls.message().await {
            if of_calls.send(Reply::Call(Box::new(it.into_message().unwrap()))).await.is_err() {
                return;
            }
        }
    });
}

impl Live {
    pub fn new(grpc: Grpc, told: Receiver<Reply>) -> Live {
        Live { grpc, told, runs: Vec::new(), calls: Vec::new(), heard: Vec::new() }
    }

    /// A line happens, or what it expects is there.
    pub async fn play(&mut self, line: &Line) {
        match &line.kind {
            // Nobody waits here: what a line needs before it can happen is waited for.
            Directive::Wait { .. } | Directive::WaitPrompt => {}
            Directive::Expect(expect) => {
                while !self.finds(line.run, expect).await {
                    self.next(&line.text).await;
                }
            }
            Directive::RemoteAction { leg, does } => self.remote(line, *leg, does).await,
            Directive::Http(_) => {
                while self.heard.iter().all(|(heard, _)| !heard.asked) {
                    self.next(&line.text).await;
                }
            }
            other => panic!("no example does {other:?}"),
        }
    }

    /// Waits for the next thing that is told.
    async fn next(&mut self, what_for: &str) {
        let told = tokio::time::timeout(PATIENCE, self.told.recv()).await;
        let told = told.unwrap_or_else(|_| panic!("`{what_for}` in vain; there came\n{}", self.history()));
        match told.expect("the watches go on") {
            Reply::Activeflow(it) => self.follow_activeflow(*it),
            Reply::Call(it) => self.follow_call(*it),
            Reply::Heard(heard) => self.heard.push((heard, false)),
        }
    }

    fn follow_activeflow(&mut self, it: ActiveflowFrame) {
        let (Some(activeflow), Some(event)) = (it.activeflow, it.event) else { return };
        let at = self.runs.iter().position(|run| run.id == activeflow.id).unwrap_or_else(|| {
            let call_id = match activeflow.reference_type() {
                // An on_complete flow has its reference of the one before it, and the call is over.
                ReferenceType::Call if activeflow.reference_activeflow_id.is_empty() => activeflow.reference_id,
                _ => String::new(),
            };
            let (events, id) = (Vec::new(), activeflow.id);
            self.runs.push(History { id, call_id, events, seen: 0, open: None });
            self.runs.len() - 1
        });
        self.runs[at].events.push(event);
    }

    fn follow_call(&mut self, it: CallFrame) {
        let Some(call) = &it.call else { return };
        match self.calls.iter_mut().find(|told| told[0].call.as_ref().is_some_and(|first| first.id == call.id)) {
            Some(told) => told.push(it),
            None => self.calls.push(vec![it]),
        }
    }

    /// All that was told of a call: 0 is the one that runs the activeflow, then its legs as they were dialled.
    fn call(&self, run: usize, leg: usize) -> Option<&[CallFrame]> {
        let run = self.runs.get(run)?;
        let of = |told: &&Vec<CallFrame>| told[0].call.as_ref().is_some_and(|call| call.activeflow_id == run.id);
        let own = |told: &&Vec<CallFrame>| told[0].call.as_ref().is_some_and(|call| call.id == run.call_id);
        match leg {
            0 => self.calls.iter().find(own),
            leg => self.calls.iter().filter(of).filter(|told| !own(told)).nth(leg - 1),
        }
        .map(Vec::as_slice)
    }

    fn has_been(&self, run: usize, leg: usize, status: CallStatus) -> bool {
        let been = |told: &CallFrame| told.call.as_ref().is_some_and(|call| call.status() == status);
        self.call(run, leg).is_some_and(|told| told.iter().any(been))
    }

    async fn remote(&mut self, line: &Line, leg: usize, does: &RemoteAction) {
        let status = match does {
            RemoteAction::Ring => CallStatus::Ringing,
            RemoteAction::Answer | RemoteAction::Digits(_) | RemoteAction::Speak { .. } | RemoteAction::Hangup => {
                CallStatus::Progressing
            }
            RemoteAction::Busy | RemoteAction::Reject => CallStatus::Hangup,
            other => panic!("no example does {other:?}"),
        };
        while !self.has_been(line.run, leg, status) || self.runs[line.run].is_busy() {
            self.next(&line.text).await;
        }
        let call = self.call(line.run, leg).and_then(|told| told[0].call.as_ref()).expect("it was told of");
        let (call_id, idempotency_key) = (call.id.clone(), String::new());
        match does {
            RemoteAction::Digits(digits) => {
                let request = SimulateDigitsRequest { call_id, digits: digits.clone(), idempotency_key };
                self.grpc.simulator.simulate_digits(request).await.unwrap();
            }
            RemoteAction::Hangup => {
                self.grpc.simulator.simulate_hangup(SimulateHangupRequest { call_id, idempotency_key }).await.unwrap();
            }
            // The number does it by itself, as it was set before it was called; nobody hears a caller speak.
            _ => {}
        }
    }

    async fn finds(&mut self, run: usize, expect: &Expect) -> bool {
        if self.runs.len() <= run {
            return false;
        }
        match expect {
            Expect::Action { kind, text, outcome, error } => {
                let history = &mut self.runs[run];
                let open = history.open.filter(|_| outcome.is_some());
                let fits = |at: &usize| {
                    let over = history.finish(*at);
                    let how = outcome.is_none_or(|word| over.is_some_and(|it| outcome_word(it) == word));
                    let why = error.as_ref().is_none_or(|part| over.is_some_and(|it| it.error.contains(part.as_str())));
                    history.started(*at, kind, text) && how && why
                };
                let found = open.into_iter().chain(history.seen..history.events.len()).find(fits);
                if let Some(at) = found {
                    history.open = history.finish(at).is_none().then_some(at);
                    history.seen = at + 1;
                }
                found.is_some()
            }
            Expect::NoAction { kind, text } => {
                let history = &self.runs[run];
                let ran = (0..history.events.len()).any(|at| history.started(at, kind, text));
                assert!(!ran, "{kind} ran:\n{}", self.history());
                true
            }
            Expect::Variable { name, value } => self.has_variable(run, name, value).await,
            Expect::Call { leg, status, reason } => {
                let fits = |call: &Call| {
                    let why = call.hangup_reason().as_str_name().trim_start_matches("HANGUP_REASON_").to_lowercase();
                    call.status() == ringdown::model::view::call_status(*status)
                        && reason.is_none_or(|reason| why == reason.word())
                };
                let told = self.call(run, *leg).unwrap_or_default();
                told.iter().filter_map(|it| it.call.as_ref()).any(fits)
            }
            Expect::Sent { kind: "message", to, text } => self.has_sent_message(run, to, text).await,
            Expect::Sent { kind: "recording", .. } => {
                let finished = |it: &CallFrame| {
                    it.event.as_ref().is_some_and(|event| event.r#type() == CallEventType::RecordingFinished)
                };
                self.call(run, 0).is_some_and(|told| told.iter().any(finished))
            }
            Expect::Sent { kind, to, text } => {
                let asked = |heard: &Heard| (*kind == "request") == heard.asked && (*kind == "mail") == heard.mail;
                let fits = |heard: &Heard| asked(heard) && has(&heard.to, to) && has(&heard.text, text);
                let found = self.heard.iter_mut().find(|(heard, found)| !*found && fits(heard));
                found.map(|(_, found)| *found = true).is_some()
            }
            Expect::Ended { reason, error } => {
                let reason = match reason {
                    EndReason::Finished => proto::EndReason::Finished,
                    EndReason::Stopped => proto::EndReason::Stopped,
                    EndReason::Hangup => proto::EndReason::Hangup,
                    EndReason::Failed => proto::EndReason::Failed,
                    EndReason::Limit => proto::EndReason::Limit,
                };
                let ended = self.runs[run].events.iter().find(|it| it.r#type() == ActiveflowEventType::Ended);
                ended.is_some_and(|it| {
                    assert_eq!(it.end_reason(), reason, "{}", self.history());
                    has(&it.error, error)
                })
            }
        }
    }

    /// It was set to that by an action, or is so now.
    async fn has_variable(&mut self, run: usize, name: &str, value: &str) -> bool {
        if self.runs[run].events.iter().any(|event| event.variables.get(name).is_some_and(|it| it == value)) {
            return true;
        }
        let request = GetVariablesRequest { id: self.runs[run].id.clone() };
        let now = self.grpc.activeflows.get_variables(request).await.unwrap().into_inner().variables;
        now.get(name).is_some_and(|it| it == value)
    }

    async fn has_sent_message(&mut self, run: usize, to: &Option<String>, text: &Option<String>) -> bool {
        let messages = self.grpc.messages.list_messages(ListMessagesRequest::default()).await.unwrap().into_inner();
        messages.messages.iter().any(|it| {
            let target = it.destination.as_ref().map_or("", |destination| destination.target.as_str());
            it.direction() == MessageDirection::Outgoing
                && it.activeflow_id == self.runs[run].id
                && has(target, to)
                && has(&it.text, text)
        })
    }

    /// What was told so far, for whoever reads that a test has failed.
    fn history(&self) -> String {
        let mut told = String::new();
        for (at, run) in self.runs.iter().enumerate() {
            for event in &run.events {
                let action = event.action.as_ref().and_then(|action| action.option.as_ref());
                let action = action.map_or("", |option| option.type_name());
                let name = event.r#type().as_str_name().trim_start_matches("ACTIVEFLOW_EVENT_TYPE_");
                told += &format!("{} {name} {action} {} {:?}\n", at + 1, event.error, event.variables);
            }
        }
        for call in self.calls.iter().flatten().filter_map(|told| told.call.as_ref()) {
            told += &format!("call {} {}\n", call.id, call.status().as_str_name());
        }
        told + &format!("{:?}\n", self.heard)
    }
}

impl History {
    /// Whether an action of this type, with this text in its option, starts at this event.
    fn started(&self, at: usize, kind: &str, text: &Option<String>) -> bool {
        let event = &self.events[at];
        let option = event.action.as_ref().and_then(|action| action.option.clone());
        let Some(mut option) = option.filter(|_| event.r#type() == ActiveflowEventType::ActionStarted) else {
            return false;
        };
        let mut says = text.is_none();
        option.for_each_string(&mut |string| says |= has(string, text));
        option.type_name() == kind && says
    }

    /// How the action that starts at this event came out.
    fn finish(&self, at: usize) -> Option<&ActiveflowEvent> {
        self.events[at..].iter().find(|event| event.r#type() == ActiveflowEventType::ActionFinished)
    }

    /// Something is under way that ends by itself, so that what a far end does next would come too early.
    fn is_busy(&self) -> bool {
        const BUSY: [&str; 7] = ["talk", "play", "beep", "digits_send", "echo", "stream_echo", "sleep"];
        let started = self.events.iter().rposition(|event| event.r#type() == ActiveflowEventType::ActionStarted);
        started.is_none_or(|at| {
            let busy = BUSY.iter().any(|kind| self.started(at, kind, &None));
            busy && self.finish(at).is_none()
        }) && !self.events.iter().any(|event| event.r#type() == ActiveflowEventType::Ended)
    }
}

fn outcome_word(event: &ActiveflowEvent) -> String {
    event.outcome().as_str_name().trim_start_matches("ACTION_OUTCOME_").to_lowercase()
}

fn has(text: &str, part: &Option<String>) -> bool {
    part.as_deref().is_none_or(|part| text.contains(part))
}
