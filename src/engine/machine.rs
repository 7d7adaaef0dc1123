//! The machine: one step in progress, and the operations available to actions. `drive` moves from action to action.

use super::allowance::Allowance;
use super::ids::Ids;
use super::{Effect, MAX_LISTS, Output};
use crate::model::event::{Event, Kind};
use crate::model::flow::{Flow, Revision};
use crate::model::outgoing::{HttpRequest, OutboxPayload, Outgoing};
use crate::model::recording::Recording;
use crate::model::run::Run;
use crate::model::telephony::{Command, OperationId};
use crate::model::time::Time;
use prost::Message;
use std::sync::Arc;
use uuid::Uuid;

/// One step in progress.
pub struct Machine<'a> {
    pub run: &'a mut Run,
    pub now: Time,
    pub ids: Ids,
    pub(super) output: Output,
    /// Approximate size of the events written so far.
    pub(super) written: usize,
    pub(super) allowance: Allowance,
}

impl<'a> Machine<'a> {
    pub fn new(run: &'a mut Run, now: Time, ids: Ids, allowance: Allowance) -> Machine<'a> {
        Machine { run, now, ids, output: Output::default(), written: 0, allowance }
    }

    /// Finishes the step, and increments the run's revision if the run changed.
    pub fn into_output(mut self) -> Output {
        if self.output.changed {
            self.run.revision += 1;
            self.output.written = self.written as u64;
            self.run.used.history_bytes += self.output.written;
        }
        self.output
    }

    /// Marks the run as changed, for changes without an event.
    pub fn mark_updated(&mut self) {
        self.output.changed = true;
    }

    pub fn event(&mut self, kind: Kind) {
        self.output.changed = true;
        self.written += match &kind {
            Kind::ActionStarted { action, .. } => 64 + action.encoded_len(),
            Kind::VariablesSet { variables } => variables.iter().map(|(name, value)| name.len() + value.len()).sum(),
            Kind::ActionsPushed { actions, .. } => {
                64 + actions.iter().map(|written| written.0.encoded_len()).sum::<usize>()
            }
            // Ids are the only part of a call that grows.
            Kind::Call { call, .. } => 512 + 18 * (call.chained_call_ids.len() + call.recording_ids.len()),
            _ => 64,
        };
        if !matches!(kind, Kind::Created | Kind::Call { .. }) {
            self.run.tm_update = Some(self.now);
        }
        self.output.events.push(Event { at: self.now, kind });
    }

    /// Sends a command to the telephone network; the returned id comes back when the operation is over.
    pub fn command(&mut self, call_id: Uuid, command: Command) -> OperationId {
        let operation = self.operation();
        self.output.effects.push(Effect::Call { call_id, operation, command });
        operation
    }

    /// Discards the commands of this step: no driver can execute them.
    pub fn drop_commands(&mut self) {
        self.output.effects.retain(|effect| !matches!(effect, Effect::Call { .. }));
    }

    pub fn load(&mut self, flow_id: Uuid) -> OperationId {
        let operation = self.operation();
        self.output.effects.push(Effect::Load { operation, flow_id });
        operation
    }

    /// Requests actions from a web server.
    pub fn fetch(&mut self, request: &HttpRequest) -> OperationId {
        let operation = self.operation();
        self.output.effects.push(Effect::Fetch { operation, request: Box::new(request.clone()) });
        operation
    }

    /// Sends a request to a web server; the action waits for the response.
    pub fn ask(&mut self, request: &HttpRequest) -> OperationId {
        let operation = self.operation();
        self.output.effects.push(Effect::Send { operation, request: Box::new(request.clone()) });
        operation
    }

    /// Adds an item to the outbox with this commit; the run does not wait for its delivery.
    pub fn send(&mut self, payload: OutboxPayload) -> Uuid {
        let id = self.ids.next_id();
        self.mark_updated();
        self.output.outgoing.push(Outgoing { id, payload });
        id
    }

    /// Saves a flow made of inline actions with this commit.
    pub fn add_flow(&mut self, flow: Flow, revision: Arc<Revision>) {
        self.mark_updated();
        self.output.flows.push(flow);
        self.output.revisions.push(revision);
    }

    /// Saves the state of a recording with this commit.
    pub fn record(&mut self, recording: Recording) {
        self.mark_updated();
        self.output.recordings.retain(|other| other.id != recording.id);
        self.output.recordings.push(recording);
    }

    /// Adds a run that begins with this commit.
    pub fn spawn(&mut self, spawned: (Run, Output)) {
        self.mark_updated();
        self.began(spawned.1.begun);
        self.output.spawned.push(spawned);
    }

    fn operation(&mut self) -> OperationId {
        self.output.changed = true;
        self.run.operation += 1;
        self.run.operation
    }

    pub fn variables_changed(&mut self) {
        self.output.variables_changed = true;
        self.output.changed = true;
    }

    /// Sets system variables and records the event.
    pub fn set_system(&mut self, values: &[(&str, &str)]) {
        for (name, value) in values {
            self.run.variables.set_system(name, value);
        }
        self.variables_changed();
        let variables = values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        self.event(Kind::VariablesSet { variables });
    }

    /// Adds an unnamed list to the program; it is saved with this commit.
    pub fn add_list(&mut self, revision: Arc<Revision>) -> u16 {
        self.output.revisions.push(revision.clone());
        self.add_revision(revision)
    }

    /// Returns whether there is room for another list. Forgets the oldest executed actions if only they keep the lists
    /// that take it.
    pub fn make_room(&mut self, revision: &Revision) -> bool {
        let run = &*self.run;
        let added = if run.program.has(revision.id) { 0 } else { revision.weight() };
        if run.program.weight_of(|slot| run.will_run(slot)) + added > MAX_LISTS {
            return false;
        }
        while self.run.program.weight_of(|slot| self.run.uses(slot)) + added > MAX_LISTS {
            if self.run.executed.pop_front().is_none() {
                break;
            }
            self.mark_updated();
        }
        true
    }

    pub fn add_revision(&mut self, revision: Arc<Revision>) -> u16 {
        let mut program = std::mem::take(&mut self.run.program);
        let slot = program.add(revision, |slot| self.run.uses(slot));
        self.run.program = program;
        slot
    }
}
