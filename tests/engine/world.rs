//! A run and what the engine must keep of it after every step, whatever happens: the invariants of the engine.

use ringdown::engine::{
    self, Allowance, Effect, Input, MAX_DIGITS, MAX_EXECUTED, MAX_FRAMES, MAX_IMMEDIATE, MAX_SPAWNS, Output, Refusal,
    Start,
};
use ringdown::model::call::Status as CallStatus;
use ringdown::model::event::{CallKind, Event, Kind, Shown};
use ringdown::model::flow::Revision;
use ringdown::model::run::{Run, Status, WaitKind};
use ringdown::model::time::Time;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// 2026-01-05 12:00:00 UTC, a Monday.
pub const START: Time = Time(1_767_614_400_000_000);

pub struct World {
    pub run: Run,
    pub now: Time,
    pub allowance: Allowance,
    /// Ids of the run's calls in the order in which they were made.
    pub calls: Vec<Uuid>,
    seed: u128,
    start: Start,
    /// Everything the run may point to, as a store would keep it.
    revisions: HashMap<Uuid, Arc<Revision>>,
    statuses: HashMap<Uuid, CallStatus>,
    hangups: HashMap<Uuid, u32>,
    /// An action has started and not finished.
    inside: bool,
    ended: u32,
}

impl World {
    pub fn start(start: Start, now: Time, seed: u128) -> (World, Output) {
        let (run, output) = engine::start(start.clone(), now, seed, &Allowance::default());
        let again = engine::start(start.clone(), now, seed, &Allowance::default());
        assert_eq!((&run, &output), (&again.0, &again.1), "the start is a pure function");
        let mut world = World::of(run, &start, now, seed);
        let fresh = Shown {
            status: Status::Running,
            end_reason: None,
            error: String::new(),
            current_action: None,
            forward_id: Uuid::nil(),
            tm_update: None,
            tm_delete: None,
        };
        assert_eq!(world.run.revision, 1, "the first transition");
        world.hold(fresh, &output);
        (world, output)
    }

    /// The world of a run that another one has started, whose first step was `output`.
    pub fn spawned(&self, run: Run, output: &Output) -> World {
        // Far from the seeds of this world's next steps: two steps of one seed at one moment would make the same ids.
        let mut world = World::of(run, &self.start, self.now, self.seed ^ (1 << 127));
        world.revisions = self.revisions.clone();
        world.follow_history(&output.events);
        world
    }

    fn of(run: Run, start: &Start, now: Time, seed: u128) -> World {
        World {
            run,
            now,
            allowance: Allowance::default(),
            calls: Vec::new(),
            seed,
            start: start.clone(),
            revisions: HashMap::from([(start.revision.id, start.revision.clone())]),
            statuses: HashMap::new(),
            hangups: HashMap::new(),
            inside: false,
            ended: 0,
        }
    }

    /// Brings one input and checks everything that must hold then.
    pub fn step(&mut self, input: Input) -> Result<Output, Refusal> {
        self.seed = self.seed.wrapping_add(1);
        if let Input::Loaded { revision: Some(revision), .. } | Input::Fetched { answer: Ok(revision), .. } = &input {
            self.revisions.insert(revision.id, revision.clone());
        }
        let before = self.run.clone();
        let mut again = self.run.clone();
        let result = engine::step(&mut self.run, input.clone(), self.now, self.seed, &self.allowance);
        let replayed = engine::step(&mut again, input.clone(), self.now, self.seed, &self.allowance);
        assert_eq!(result, replayed, "a step is a pure function of {input:?}");
        assert_eq!(self.run, again, "a step is a pure function of {input:?}");
        match &result {
            Err(_) => assert_eq!(self.run, before, "a refused request changes nothing: {input:?}"),
            Ok(output) if !output.changed => {
                assert_eq!(self.run, before, "what is not told as a change is none: {input:?}");
                assert_eq!(output, &Output::default());
            }
            Ok(output) => {
                assert_eq!(self.run.revision, before.revision + 1, "one transition, one revision");
                self.hold(before.shown(), output);
                if !matches!(input, Input::Loaded { .. } | Input::Fetched { .. }) {
                    self.check_pending(&before, output);
                }
            }
        }
        result
    }

    fn hold(&mut self, mut shown: Shown, output: &Output) {
        self.revisions.extend(output.revisions.iter().map(|revision| (revision.id, revision.clone())));
        for event in &output.events {
            shown.follow(event);
        }
        assert_eq!(shown, self.run.shown(), "the view follows from the events");
        self.follow_history(&output.events);
        self.check_state();
        self.check_effects(&output.effects);
        self.check_storage();
        let (begun, allowance) = (output.begun, &self.allowance);
        assert!(begun.calls <= allowance.calls && begun.activeflows <= allowance.activeflows.min(MAX_SPAWNS));
        assert!(begun.activeflows >= output.spawned.len() as u64, "all that begins is counted");
        for (run, output) in &output.spawned {
            assert_eq!(run.revision, 1);
            assert!(output.changed && matches!(output.events[0].kind, Kind::Created));
        }
    }

    /// Unless something jumps or is put in between, what runs is what was said to run next.
    fn check_pending(&self, before: &Run, output: &Output) {
        let ids = |run: &Run| -> Vec<Uuid> {
            let pending = engine::cursor::pending(run, 100);
            pending.into_iter().map(|at| run.program.action(at).id).collect()
        };
        let turns = |event: &Event| matches!(event.kind, Kind::Forwarded { .. } | Kind::ActionsPushed { .. });
        if before.is_running() && !output.events.iter().any(turns) {
            let started = output.events.iter().filter_map(|event| match &event.kind {
                Kind::ActionStarted { action, .. } => Uuid::parse_str(&action.id).ok(),
                _ => None,
            });
            let rest = if self.run.is_running() { ids(&self.run) } else { Vec::new() };
            let ran: Vec<Uuid> = started.chain(rest).take(100).collect();
            let said = ids(before);
            let same = said.iter().zip(&ran).all(|(one, other)| one == other);
            assert!(same, "said to run: {said:?}, ran and still to run: {ran:?}");
        }
    }

    fn follow_history(&mut self, events: &[Event]) {
        for event in events {
            assert_eq!(event.at, self.now);
            match &event.kind {
                Kind::Call { call, kind } => self.follow_call(call.id, call.status, kind),
                Kind::Deleted => assert_eq!(self.ended, 1, "only what has ended is deleted"),
                Kind::ChainCut | Kind::NotStarted { .. } => {}
                _ if self.ended > 0 => panic!("{:?} after the end", event.kind),
                Kind::Ended { .. } => {
                    assert!(!self.inside, "an action is over when its activeflow is");
                    self.ended += 1;
                }
                Kind::ActionStarted { .. } => {
                    assert!(!self.inside, "one action at a time");
                    self.inside = true;
                }
                Kind::ActionFinished { duration_ms, .. } => {
                    assert!(self.inside, "an action ends once");
                    assert!(*duration_ms >= 0);
                    self.inside = false;
                }
                _ => {}
            }
        }
        assert_eq!(self.ended == 1, self.run.status == Status::Ended);
    }

    fn follow_call(&mut self, id: Uuid, status: CallStatus, kind: &CallKind) {
        use CallStatus::*;
        let before = self.statuses.insert(id, status);
        let forward = match (before, status) {
            (None, Dialing | Ringing) => *kind == CallKind::Created,
            (Some(before), after) if before == after => true,
            (Some(Dialing), Ringing | Progressing | Canceling) => true,
            (Some(Ringing), Progressing | Canceling) => true,
            (Some(Progressing), Terminating) => true,
            (Some(_), Hangup) => *kind == CallKind::Hangup,
            _ => false,
        };
        assert!(forward, "a call went from {before:?} to {status:?} by {kind:?}");
        match kind {
            CallKind::Created => self.calls.push(id),
            CallKind::Hangup => {
                let hangups = self.hangups.entry(id).or_default();
                *hangups += 1;
                assert_eq!(*hangups, 1, "a call is hung up once");
            }
            _ => {}
        }
    }

    fn check_state(&self) {
        let run = &self.run;
        for frame in &run.frames {
            let actions = run.program.revision(frame.slot).actions.len();
            assert!(usize::from(frame.index) < actions.max(1), "a frame stands in its list");
        }
        for at in run.current.iter().chain(&run.executed) {
            run.program.action(*at);
        }
        for slot in &run.pushed {
            run.program.revision(*slot);
        }
        assert!(run.frames.len() + run.pushed.len() <= MAX_FRAMES);
        assert!(run.executed_count <= MAX_EXECUTED && run.immediate_count <= MAX_IMMEDIATE);
        assert!(run.executed.len() <= 100 && run.digits.len() <= MAX_DIGITS);
        assert!(engine::cursor::pending(run, 100).len() <= 100);
        assert_eq!(run.end_reason.is_some(), run.status == Status::Ended);
        if run.is_running() {
            let wait = run.wait.as_ref().expect("what runs waits for something between two steps");
            let begun = !matches!(wait.kind, WaitKind::Start { .. } | WaitKind::Yield);
            assert_eq!(self.inside, begun, "an action that has begun is the one that waits");
        } else {
            assert!(run.wait.is_none() && run.frames.is_empty() && run.pushed.is_empty() && run.forward_id.is_nil());
            let let_go =
                |status| !matches!(status, CallStatus::Dialing | CallStatus::Ringing | CallStatus::Progressing);
            assert!(run.legs.iter().all(|leg| let_go(leg.call.status)), "the end hangs up every call");
        }
        for leg in &run.legs {
            assert_eq!(leg.due.is_some(), leg.call.is_alive(), "patience with a call that lives is bounded");
            assert_eq!(self.statuses[&leg.call.id], leg.call.status, "every change of a call is told");
            let gone = leg.call.tm_hangup.is_some() && leg.call.hangup_reason.is_some() && leg.call.hangup_by.is_some();
            assert_eq!(gone, leg.call.status == CallStatus::Hangup);
        }
    }

    /// Once all is over.
    pub fn check_hangups(&self) {
        for call in &self.calls {
            assert_eq!(self.hangups.get(call), Some(&1), "every call is hung up exactly once");
        }
    }

    fn check_effects(&self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Call { call_id, operation, .. } => {
                    assert!(self.calls.contains(call_id) && *operation <= self.run.operation);
                }
                Effect::Load { operation, .. } | Effect::Fetch { operation, .. } | Effect::Send { operation, .. } => {
                    assert!(*operation <= self.run.operation);
                }
                Effect::HangUp { .. } => {
                    assert!(self.hangups.values().sum::<u32>() > 0, "a chained call ends with ours")
                }
                Effect::Resume => {
                    assert!(self.run.wait.as_ref().is_some_and(|wait| wait.kind == WaitKind::Yield));
                }
            }
        }
        for effect in engine::unfinished(&self.run) {
            assert!(
                !matches!(effect, Effect::Call { .. } | Effect::HangUp { .. }),
                "calls are not begun again: {effect:?}"
            );
        }
    }

    /// What a store keeps and gives back, with the revisions put in again, is the same run.
    fn check_storage(&self) {
        let bytes = rmp_serde::to_vec_named(&self.run).expect("a run can be stored");
        let mut read: Run = rmp_serde::from_slice(&bytes).expect("a stored run can be read");
        let missing: Vec<Uuid> = read.program.missing().collect();
        for id in missing {
            read.program.put(self.revisions[&id].clone());
        }
        assert_eq!(read, self.run, "a run outlives its process");
    }
}
