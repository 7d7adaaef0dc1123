//! Whatever flow runs and whatever happens, the engine does not panic and keeps its invariants: `World` checks them after
//! every step.

use crate::random::{Act, Command, Flow, act, flow};
use crate::script::named;
use crate::world::{START, World};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ringdown::engine::check::check_actions;
use ringdown::engine::{Input, Output, Request, SentWebhook, Start};
use ringdown::model::call::{Address, AddressType, Call, Direction, HangupBy, HangupReason, Status};
use ringdown::model::event::Kind;
use ringdown::model::flow::Revision;
use ringdown::model::run::WaitKind;
use ringdown::model::telephony::{Media, Signal};
use ringdown::model::variables::Variables;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const CASES: u32 = 1_000;
/// Every type of action that runs is begun so often at least, over all cases.
const AT_LEAST: usize = 30;

const TYPES: [&str; 22] = [
    "answer",
    "hangup",
    "talk",
    "play",
    "beep",
    "digits_receive",
    "digits_send",
    "connect",
    "sleep",
    "branch",
    "condition_variable",
    "condition_datetime",
    "goto",
    "variable_set",
    "fetch_flow",
    "block",
    "stop",
    "echo",
    "mute",
    "unmute",
    "hold",
    "unhold",
];

/// How a run begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Api,
    Outgoing,
    Incoming,
}

#[test]
fn nothing_breaks_an_invariant() {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let begin = prop_oneof![1 => Just(Begin::Api), 3 => Just(Begin::Outgoing), 2 => Just(Begin::Incoming)];
    let case = (vec(flow(), 3), vec(act(), 0..60), begin, any::<bool>(), any::<u128>());
    let begun = RefCell::new(BTreeMap::<String, usize>::new());
    let run = TestRunner::new(config).run(&case, |(flows, acts, begin, on_complete, seed)| {
        let revisions: Vec<_> = flows.iter().enumerate().map(|(at, flow)| on_save(flow, at as u128 + 1)).collect();
        let Some(first) = revisions[0].clone() else { return Ok(()) };
        let (world, output) = World::start(start(first, begin, on_complete), START, seed);
        let mut world = world;
        // Some dial as much as they like, others little or nothing.
        world.allowance.calls = (seed % 8) as u64 * 5;
        world.allowance.activeflows = (seed % 3) as u64;
        let mut case = Case { world, revisions, spawned: None, begun: &begun };
        case.count(&output);
        for act in &acts {
            case.happen(act);
        }
        case.finish();
        if let Some(world) = case.spawned.take() {
            case.world = world;
            for act in &acts {
                case.happen(act);
            }
            case.finish();
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
    let begun = begun.into_inner();
    for kind in TYPES {
        assert!(begun.get(kind).copied().unwrap_or_default() >= AT_LEAST, "{kind} is begun too seldom: {begun:?}");
    }
}

/// What a broken flow meets is a refusal; what is valid becomes a revision.
fn on_save(flow: &Flow, number: u128) -> Option<Arc<Revision>> {
    let checked = check_actions(&flow.actions, "actions", Uuid::now_v7);
    assert_eq!(checked.is_ok(), flow.valid, "{checked:?}");
    let actions = checked.ok()?;
    Some(Arc::new(Revision::new(Uuid::from_u128(number << 100), named("other"), 1, named("other"), actions)))
}

fn start(revision: Arc<Revision>, begin: Begin, on_complete: bool) -> Start {
    let nobody = Call::blank();
    let number = Address { kind: AddressType::Tel, target: "+15550000009".to_owned(), ..nobody.source.clone() };
    let outgoing = Call { id: named("call"), source: number.clone(), destination: number, tm_create: START, ..nobody };
    let call = match begin {
        Begin::Api => None,
        Begin::Outgoing => Some(outgoing),
        Begin::Incoming => Some(Call { direction: Direction::Incoming, status: Status::Ringing, ..outgoing }),
    };
    let plain = Revision::new(revision.id, revision.flow_id, 1, Uuid::nil(), revision.actions.clone());
    Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: if on_complete { revision } else { Arc::new(plain) },
        call,
        early_execution: on_complete,
        variables: Variables::default(),
        on_complete_flow_id: Uuid::nil(),
        webhook_uri: String::new(),
        webhook_method: String::new(),
    }
}

struct Case<'a> {
    world: World,
    /// None for a flow that may not be saved.
    revisions: Vec<Option<Arc<Revision>>>,
    spawned: Option<World>,
    begun: &'a RefCell<BTreeMap<String, usize>>,
}

impl Case<'_> {
    fn count(&self, output: &Output) {
        let mut begun = self.begun.borrow_mut();
        for event in &output.events {
            if let Kind::ActionStarted { action, .. } = &event.kind {
                let kind = action.option.as_ref().map_or("", |option| option.type_name());
                *begun.entry(kind.to_owned()).or_default() += 1;
            }
        }
    }

    fn input(&mut self, input: Input) {
        if let Ok(mut output) = self.world.step(input) {
            self.count(&output);
            if let Some((run, first)) = output.spawned.pop() {
                self.spawned = Some(self.world.spawned(run, &first));
            }
        }
    }

    fn awaited(&self) -> u64 {
        match self.world.run.wait.as_ref().map(|wait| &wait.kind) {
            Some(
                WaitKind::Media { operation, .. }
                | WaitKind::Load { operation, .. }
                | WaitKind::LoadForCalls { operation, .. }
                | WaitKind::Fetch { operation, .. }
                | WaitKind::Send { operation, .. }
                | WaitKind::Detect { operation }
                | WaitKind::Room { operation }
                | WaitKind::Answer { operation },
            ) => *operation,
            Some(WaitKind::Connect(connect)) => connect.bridging,
            _ => self.world.run.pending_flows.first().map_or(0, |it| it.operation),
        }
    }

    fn call(&self, at: usize) -> Uuid {
        self.world.calls.get(at).copied().unwrap_or_default()
    }

    fn signal(&mut self, at: usize, signal: Signal) {
        let call_id = self.call(at);
        self.input(Input::Signal { call_id, signal });
    }

    fn happen(&mut self, act: &Act) {
        match act {
            Act::Awaited(choice) => self.happen_as_awaited(*choice),
            Act::Ringing(call) => self.signal(*call, Signal::Ringing),
            Act::EarlyMedia(call) => self.signal(*call, Signal::EarlyMedia),
            Act::Answered(call) => self.signal(*call, Signal::Answered),
            Act::Digit(call, digit) => self.signal(*call, Signal::Digit { digit: *digit }),
            Act::Bridged(one, other) => self.signal(*one, Signal::Bridged { other: self.call(*other) }),
            Act::Unbridged(one, other) => self.signal(*one, Signal::Unbridged { other: self.call(*other) }),
            Act::FarHold(call, held) => self.signal(*call, Signal::FarHold { held: *held }),
            Act::Quality(call) => self.signal(*call, Signal::Quality(Box::default())),
            Act::Hangup(call, by, reason) => {
                self.signal(*call, Signal::Hangup { by: *by, reason: *reason, sip_code: 0, cause: String::new() });
            }
            Act::Finished(operation, well) => {
                let operation = operation.unwrap_or(self.awaited());
                let error = (!well).then(|| "not today".to_owned());
                self.signal(0, Signal::Finished { operation, error });
            }
            Act::Gone(operation, was_dial) => {
                let operation = operation.unwrap_or(self.awaited());
                self.input(Input::Gone { call_id: self.call(1), operation, was_dial: *was_dial });
            }
            Act::Time(Some(ms)) => self.pass(self.world.now.plus_ms(*ms)),
            Act::Time(None) => self.pass(self.world.run.due().unwrap_or(self.world.now)),
            Act::Loaded(operation, flow) => {
                let operation = operation.unwrap_or(self.awaited());
                let revision = flow.and_then(|at| self.revisions[at].clone());
                self.input(Input::Loaded { operation, revision });
            }
            Act::Fetched(operation, flow) => {
                let operation = operation.unwrap_or(self.awaited());
                let list = flow.and_then(|at| self.revisions[at].clone());
                // A list of its own each time it is fetched.
                let id = |list: &Revision| Uuid::from_u128(list.id.as_u128() + u128::from(self.world.run.revision) + 1);
                let list =
                    list.map(|it| Arc::new(Revision::new(id(&it), Uuid::nil(), 0, Uuid::nil(), it.actions.clone())));
                self.input(Input::Fetched { operation, answer: list.ok_or_else(|| "status: 500".to_owned()) });
            }
            Act::Sent(operation, status) => {
                let operation = operation.unwrap_or(self.awaited());
                let variables =
                    BTreeMap::from([(if *status > 300 { "voipbin.x" } else { "a" }.to_owned(), "1".to_owned())]);
                let sent = SentWebhook { status: *status, body: "body".to_owned(), variables };
                let answer = if *status == 0 { Err("dns: no".to_owned()) } else { Ok(sent) };
                self.input(Input::Sent { operation, answer });
            }
            Act::Detected(operation, machine) => {
                let detecting = self.world.run.detecting.map_or(0, |it| it.operation);
                let operation = operation.unwrap_or(detecting);
                self.signal(0, Signal::Detected { operation, machine: *machine });
            }
            Act::Recorded(well) => {
                let recording = self.world.run.recording.as_ref().map(|recording| recording.id);
                let error = (!well).then(|| "disk full".to_owned());
                let recording_id = recording.unwrap_or_default();
                self.signal(0, Signal::Recorded { recording_id, duration_ms: 5, size: 100, error });
            }
            Act::HangUp => self.input(Input::HangUp { call_id: self.call(0) }),
            Act::Resume => self.input(Input::Resume),
            Act::Died => self.input(Input::Died),
            request => {
                if let Some(request) = self.request(request) {
                    self.input(Input::Request(request));
                }
            }
        }
    }

    /// What the run waits for comes.
    fn happen_as_awaited(&mut self, choice: usize) {
        let Some(wait) = self.world.run.wait.clone() else { return };
        let act = match wait.kind {
            WaitKind::Start { .. } if choice == 0 => Act::Ringing(0),
            WaitKind::Start { .. } | WaitKind::Answer { .. } => Act::Answered(0),
            WaitKind::Fetch { .. } => Act::Fetched(None, Some(choice % 3).filter(|_| choice > 0)),
            WaitKind::Send { .. } => Act::Sent(None, choice as u16 * 100),
            WaitKind::Detect { .. } => Act::Detected(None, choice > 2),
            WaitKind::Media { .. } | WaitKind::Room { .. } => Act::Finished(None, choice > 0),
            WaitKind::Digits { .. } => Act::Digit(0, char::from(b'0' + choice as u8)),
            WaitKind::Sleep => Act::Time(None),
            WaitKind::Block => Act::Continue(true),
            WaitKind::Load { .. } | WaitKind::LoadForCalls { .. } => {
                Act::Loaded(None, Some(choice % 3).filter(|_| choice > 0))
            }
            WaitKind::Yield => Act::Resume,
            WaitKind::Connect(connect) => {
                let legs = connect.leg_ids.iter().filter_map(|id| self.world.calls.iter().position(|call| call == id));
                let leg = legs.clone().nth(choice % legs.count()).expect("a connect has legs");
                match choice < 3 {
                    true => Act::Answered(leg),
                    false => Act::Hangup(leg, HangupBy::Remote, HangupReason::Busy),
                }
            }
        };
        self.happen(&act);
    }

    fn pass(&mut self, until: ringdown::model::time::Time) {
        self.world.now = self.world.now.max(until);
        self.input(Input::tick(&self.world.run, self.world.now));
    }

    fn request(&self, act: &Act) -> Option<Request> {
        let run = &self.world.run;
        Some(match act {
            Act::Stop => Request::Stop,
            Act::Delete => Request::Delete,
            Act::Continue(there) => {
                let current = run.current.filter(|_| *there);
                Request::Continue { action_id: current.map_or(named("elsewhere"), |at| run.program.action(at).id) }
            }
            Act::Push(flow, interrupt) => {
                // A list of its own each time it is pushed.
                let list = self.revisions[*flow].as_ref()?;
                let id = Uuid::from_u128(list.id.as_u128() + u128::from(run.revision) + 1);
                let revision = Revision::new(id, Uuid::nil(), 0, Uuid::nil(), list.actions.clone());
                Request::Push { revision: Arc::new(revision), interrupt: *interrupt }
            }
            Act::Set(name, value) => {
                let variables =
                    BTreeMap::from([(name.to_string(), value.to_string()), ("z".to_owned(), "z".to_owned())]);
                Request::SetVariables { variables }
            }
            Act::Ask(call, command) => self.ask(self.call(*call), command)?,
            other => panic!("{other:?} is no request"),
        })
    }

    fn ask(&self, call_id: Uuid, command: &Command) -> Option<Request> {
        Some(match command {
            Command::Hangup => Request::Hangup { call_id },
            Command::Talk => Request::Talk { call_id, media: Media::Tone { hertz: 1, duration_ms: 1 } },
            Command::Digits => Request::SendDigits { call_id, digits: "1".to_owned(), tone_ms: 100, gap_ms: 0 },
            Command::Hold => Request::Hold { call_id },
            Command::Unhold => Request::Unhold { call_id },
            Command::Mute(direction) => Request::Mute { call_id, direction: *direction },
            Command::Unmute(direction) => Request::Unmute { call_id, direction: *direction },
            Command::Delete => Request::DeleteCall { call: Box::new(self.world.run.leg(call_id)?.call.clone()) },
        })
    }

    /// Ends what still runs: then every call has exactly one hang-up, and nothing is left to wait for.
    fn finish(&mut self) {
        self.input(Input::Request(Request::Stop));
        assert!(!self.world.run.is_running());
        for at in 0..self.world.calls.len() {
            self.signal(
                at,
                Signal::Hangup { by: HangupBy::Local, reason: HangupReason::Normal, sip_code: 0, cause: String::new() },
            );
        }
        while let Some(operation) = self.world.run.pending_flows.first().map(|it| it.operation) {
            self.input(Input::Loaded { operation, revision: None });
        }
        assert!(!self.world.run.is_busy() && self.world.run.due().is_none());
        self.world.check_hangups();
    }
}
