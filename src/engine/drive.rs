//! Execution of a step: one action after another, until one waits or the activeflow ends.

use super::actions::{self, Control, OnFailure};
use super::machine::Machine;
use super::{Effect, MAX_EXECUTED, MAX_FRAMES, MAX_IMMEDIATE, MAX_STEP_BYTES};
use super::{calls, cursor, signals, start, variables};
use crate::model::call::HangupReason;
use crate::model::event::{Kind, Outcome, Written};
use crate::model::flow::{Revision, reserved};
use crate::model::program::ActionRef;
use crate::model::run::{EndReason, MAX_EXECUTED as SHOWN, PendingFlow, Status, Wait, WaitKind};
use crate::model::telephony::OperationId;
use crate::model::time::Time;
use crate::proto;
use std::sync::Arc;
use uuid::Uuid;

impl Machine<'_> {
    /// Begins the flow at its first action.
    pub fn begin(&mut self) {
        self.run.wait = None;
        let first = cursor::arrive(self.run);
        self.go_on(first);
    }

    /// Ends the current action: records its outcome and continues with the next action.
    pub fn conclude(&mut self, control: Control) {
        self.run.wait = None;
        self.run.immediate_count = 0;
        if let Some(next) = self.settle(control) {
            self.go_on(next);
        }
    }

    /// Continues after a step that ended early.
    pub fn resume(&mut self) {
        if self.run.wait.as_ref().is_some_and(|wait| wait.kind == WaitKind::Yield) {
            self.run.wait = None;
            let next = cursor::arrive(self.run);
            self.go_on(next);
        }
    }

    /// Runs actions until one waits, the step is full or the flow is over.
    fn go_on(&mut self, first: Option<ActionRef>) {
        let mut next = first;
        loop {
            let Some(at) = next else { return self.end(EndReason::Finished, "", None) };
            if let Some(limit) = self.limit_passed() {
                return self.end(EndReason::Limit, &limit, None);
            }
            let control = self.start_action(at);
            if let Control::Wait(wait) = control {
                self.run.immediate_count = 0;
                self.run.wait = Some(wait);
                return;
            }
            match self.settle(control) {
                Some(Some(_)) if self.written > MAX_STEP_BYTES || self.is_full_of_runs() => return self.give_way(),
                Some(following) => next = following,
                None => return,
            }
        }
    }

    fn limit_passed(&mut self) -> Option<String> {
        if self.run.executed_count >= MAX_EXECUTED {
            return Some(format!("over {MAX_EXECUTED} actions"));
        }
        if self.run.immediate_count >= MAX_IMMEDIATE {
            return Some(format!("over {MAX_IMMEDIATE} actions in a row without a wait"));
        }
        self.history_left_for(0).err()
    }

    /// Ends the step early. The frames point to the action that `resume` will begin.
    fn give_way(&mut self) {
        self.run.wait = Some(Wait { kind: WaitKind::Yield, due: None });
        self.output.effects.push(Effect::Resume);
    }

    /// Begins one action: fills in its option, records its start and runs it.
    fn start_action(&mut self, at: ActionRef) -> Control {
        let run = &mut *self.run;
        run.current = Some(at);
        run.forward_id = reserved::NONE;
        run.tm_action = self.now;
        run.executed_count += 1;
        run.immediate_count += 1;
        if run.executed.len() >= SHOWN {
            run.executed.pop_front();
        }
        run.executed.push_back(at);
        let revision = run.program.revision(at.slot).clone();
        let action = &revision.actions[usize::from(at.index)];
        if !action.templated {
            self.event(Kind::ActionStarted { action: Box::new(action.to_proto()), written: None });
            return actions::begin(self, &action.option);
        }
        let mut option = action.option.clone();
        option.for_each_string(&mut |text| *text = variables::fill_in(text, self.run));
        let written = Some(Written(Box::new(action.to_proto())));
        self.event(Kind::ActionStarted { action: Box::new(action.with_option(option.clone())), written });
        actions::begin_filled(self, &option)
    }

    /// Records how the current action ended. Returns Some with the next action, or None when the activeflow is over.
    fn settle(&mut self, control: Control) -> Option<Option<ActionRef>> {
        match control {
            Control::Over(Outcome::Failed(reason)) if self.on_failure() == OnFailure::End => {
                self.settle(Control::Fatal(reason))
            }
            Control::Over(outcome) => {
                self.finish_action(outcome);
                Some(cursor::proceed(self.run))
            }
            Control::Fatal(reason) => {
                self.finish_action(Outcome::Failed(reason.clone()));
                self.end(EndReason::Failed, &reason, None);
                None
            }
            Control::Limit(reason) => {
                self.finish_action(Outcome::Failed(reason.clone()));
                self.end(EndReason::Limit, &reason, None);
                None
            }
            Control::Jump(target) if !cursor::can_reach(&self.run.program, &self.run.frames, target) => {
                self.settle(Control::failed(format!("the target {target} is not here")))
            }
            Control::Jump(target) => {
                self.finish_action(Outcome::Done);
                self.run.forward_id = target;
                self.event(Kind::Forwarded { target_id: target });
                Some(cursor::proceed(self.run))
            }
            Control::Nest(slot) => {
                self.finish_action(Outcome::Done);
                self.nest(slot)
            }
            Control::End { outcome, hangup } => {
                self.finish_action(outcome);
                self.end(EndReason::Finished, "", hangup);
                None
            }
            Control::Wait(_) => unreachable!("go_on handles waits; an action that is over does not wait"),
        }
    }

    fn on_failure(&self) -> OnFailure {
        let at = self.run.current.expect("an action ends only after it began");
        actions::spec(self.run.program.action(at).option.type_name()).on_failure
    }

    fn finish_action(&mut self, outcome: Outcome) {
        let Some(at) = self.run.current else { return };
        let action = self.run.program.action(at);
        let option = proto::action::Option::empty(action.option.type_name());
        let action = Box::new(proto::Action { id: action.id.to_string(), next_id: String::new(), option });
        self.run.outcome = Some(outcome.clone());
        let duration_ms = self.now.ms_since(self.run.tm_action);
        self.event(Kind::ActionFinished { action, outcome, duration_ms });
    }

    fn nest(&mut self, slot: u16) -> Option<Option<ActionRef>> {
        if self.run.frames.len() + self.run.pushed.len() >= MAX_FRAMES {
            self.end(EndReason::Limit, &format!("over {MAX_FRAMES} lists of actions inside one another"), None);
            return None;
        }
        match cursor::enter(&self.run.program, &mut self.run.frames, slot) {
            true => Some(cursor::arrive(self.run)),
            false => Some(cursor::proceed(self.run)),
        }
    }

    /// Ends the activeflow and hangs up all remaining calls.
    pub fn end(&mut self, reason: EndReason, error: &str, hangup: Option<HangupReason>) {
        if !self.run.is_running() {
            return;
        }
        if let Some(wait) = self.run.wait.take() {
            self.cut_off(wait.kind, reason);
        }
        self.complete(reason);
        self.run.status = Status::Ended;
        self.run.end_reason = Some(reason);
        self.run.error = error.to_owned();
        self.run.forward_id = reserved::NONE;
        self.run.frames.clear();
        self.run.pushed.clear();
        self.run.digits.clear();
        calls::hang_up_all(self, hangup);
        self.event(Kind::Ended { reason, error: error.to_owned() });
    }

    /// Records the outcome of the action that was running when the activeflow ended.
    fn cut_off(&mut self, kind: WaitKind, reason: EndReason) {
        let outcome = match kind {
            WaitKind::Start { .. } | WaitKind::Yield => return,
            WaitKind::Connect(connect) => actions::connect::cut_off(self, &connect, reason == EndReason::Hangup),
            _ if reason == EndReason::Hangup => Outcome::Gone,
            _ => Outcome::Skipped,
        };
        self.finish_action(outcome);
    }

    /// Requests the on_complete flow, if there is one.
    fn complete(&mut self, reason: EndReason) {
        let flow_id = self.run.info.on_complete_flow_id;
        if flow_id.is_nil() || matches!(reason, EndReason::Failed | EndReason::Limit) {
            return;
        }
        self.follow(flow_id);
    }

    /// Loads a flow that begins after this one, or after an operation that this one started.
    pub fn follow(&mut self, flow_id: Uuid) {
        if self.next_generation().is_err() {
            return self.event(Kind::ChainCut);
        }
        let operation = self.load(flow_id);
        self.run.pending_flows.push(PendingFlow { operation, flow_id });
    }

    /// Handles a requested flow that was loaded, or that does not exist.
    pub fn loaded(&mut self, operation: OperationId, revision: Option<Arc<Revision>>) {
        if let Some(at) = self.run.pending_flows.iter().position(|it| it.operation == operation) {
            self.run.pending_flows.remove(at);
            self.mark_updated();
            return revision.map_or((), |revision| self.begin_following(revision));
        }
        let calls = match self.run.wait.as_ref().map(|wait| &wait.kind) {
            Some(WaitKind::Load { operation: awaited, .. }) if *awaited == operation => None,
            Some(WaitKind::LoadForCalls { operation: awaited, calls, .. }) if *awaited == operation => {
                Some(calls.clone())
            }
            _ => return,
        };
        let control = match (revision, calls) {
            (Some(revision), None) if !self.make_room(&revision) => Control::failed(actions::fetch::TOO_LARGE),
            (Some(revision), None) => Control::Nest(self.add_revision(revision)),
            (Some(revision), Some(calls)) => actions::call::make(self, &calls, revision),
            (None, _) => Control::failed("the flow does not exist"),
        };
        self.conclude(control);
    }

    /// Begins a flow that follows this one, if it may begin.
    fn begin_following(&mut self, revision: Arc<Revision>) {
        if let Err(reason) = self.take_activeflows(1) {
            return self.event(Kind::NotStarted { reason });
        }
        let spawned = start::start_complete(self.run, revision, self.now, &mut self.ids, &self.allowance);
        self.spawn(spawned);
    }

    /// Handles due times that have passed: the action's, or a call's.
    pub fn tick(&mut self, passed: &[Time]) {
        signals::expire(self, passed);
        let expired = self.run.wait.as_ref().is_some_and(|wait| wait.due.is_some_and(|due| passed.contains(&due)));
        if expired && let Some(wait) = self.run.wait.take() {
            let control = actions::expired(self, wait.kind);
            self.conclude(control);
        }
    }
}
