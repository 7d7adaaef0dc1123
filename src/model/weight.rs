//! Estimates of the memory that runs, revisions and rows of the log take, in bytes. They are meant to be too high rather
//! than too low: parsed actions weigh several times their encoding.

use super::event::{Event, Kind, Record};
use super::flow::Action;
use super::program::Program;
use super::quality::Quality;
use super::run::{Leg, NewCalls, Run, WaitKind};
use crate::proto;
use std::mem::size_of;

/// An allocation besides its content: the allocator rounds sizes up.
const ALLOCATION: usize = 16;
/// A UUID as text in a `String`.
const TEXT_ID: usize = 36 + ALLOCATION;
/// An entry of the table that finds an action by its id.
const POSITION: usize = 40;
/// The smallest part of a shared revision that is charged to each run that refers to it.
const LEAST_SHARE: usize = 4;

impl Action {
    /// Returns the weight of the action and of its protobuf form, which readers create later.
    pub fn weight(&self) -> usize {
        let message = size_of::<proto::Action>() + 2 * TEXT_ID + option_weight(&self.option);
        size_of::<Action>() + POSITION + option_weight(&self.option) + message + self.option.encoded_len() + 2 * TEXT_ID
    }
}

/// Returns the weight of what an option holds on the heap: its strings, and lists inside it.
fn option_weight(option: &proto::action::Option) -> usize {
    2 * option.encoded_len() + inner_actions(option)
}

/// Returns the weight of the structs of a list inside an option, which may have no content at all.
fn inner_actions(option: &proto::action::Option) -> usize {
    match option {
        proto::action::Option::Call(call) => call.actions.iter().map(proto_weight).sum(),
        _ => 0,
    }
}

/// Returns the weight of an action as a message.
pub fn proto_weight(action: &proto::Action) -> usize {
    let option = action.option.as_ref().map_or(0, option_weight);
    size_of::<proto::Action>() + action.id.len() + action.next_id.len() + 2 * ALLOCATION + option
}

/// Estimates the weight of the revision that a list of a request becomes.
pub fn list_weight(actions: &[proto::Action]) -> usize {
    let each = actions.iter().map(|action| size_of::<Action>() + POSITION + 4 * TEXT_ID + 3 * proto_weight(action));
    each.sum()
}

impl Program {
    /// Returns the weight of the revisions. A list that was pushed or fetched belongs to this run. A revision of a flow is
    /// shared with other runs and divided among them; it is also weighed where it is cached.
    pub fn weight(&self) -> usize {
        let each = self.distinct().map(|revision| {
            let weight = revision.weight();
            match revision.flow_id.is_nil() {
                true => weight,
                false => (weight / std::sync::Arc::strong_count(revision)).max(weight / LEAST_SHARE),
            }
        });
        each.sum()
    }
}

impl Run {
    pub fn weight(&self) -> usize {
        let variables = 2 * self.variables.total() + 96 * self.variables.count();
        let waiting = self.wait.as_ref().map_or(0, |wait| match &wait.kind {
            WaitKind::Fetch { request, .. } | WaitKind::Send { request, .. } => {
                request.uri.len() + request.data.len() + request.data_type.len() + 256
            }
            WaitKind::LoadForCalls { calls, .. } => calls_weight(calls),
            _ => 64,
        });
        let frames: usize = self.frames.iter().map(|frame| 64 + 32 * frame.jumps.len()).sum();
        let lists = 8 * self.executed.len() + 8 * self.pushed.len() + 64 * self.chained.len();
        let texts = self.info.webhook_uri.len() + self.error.len() + self.digits.len();
        let quality = |leg: &Leg| leg.call.quality.as_ref().map_or(0, |_| size_of::<Quality>() + 2 * ALLOCATION);
        let leg = |leg: &Leg| size_of::<Leg>() + 512 + leg.call.cause.len() + quality(leg);
        let legs: usize = self.legs.iter().map(leg).sum();
        size_of::<Run>() + self.program.weight() + variables + waiting + frames + lists + texts + legs
    }
}

fn calls_weight(calls: &NewCalls) -> usize {
    512 * (1 + calls.destinations.len())
}

/// Returns the weight of a row of the log in memory: its record, and the frames that watchers of activeflows and of calls
/// receive, each with the activeflow or the call as of its event. `bytes` is the size of the record in the store.
pub fn record_weight(record: &Record, bytes: usize) -> usize {
    let events: usize = record.events.iter().map(event_weight).sum();
    let current = record.before.current_action.as_ref().map_or(0, |written| proto_weight(&written.0));
    size_of::<Record>() + events + (1 + record.events.len()) * current + 4 * bytes
}

fn event_weight(event: &Event) -> usize {
    /// The fields of an activeflow or of a call in a frame, encoded.
    const FRAME: usize = 768;
    let heap = match &event.kind {
        Kind::ActionsPushed { actions, .. } => actions.iter().map(|written| proto_weight(&written.0)).sum(),
        Kind::ActionStarted { action, written } => {
            proto_weight(action) + written.as_ref().map_or(0, |written| proto_weight(&written.0))
        }
        Kind::VariablesSet { variables } => 96 * variables.len(),
        _ => 0,
    };
    size_of::<Event>() + FRAME + heap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flow::Revision;
    use crate::proto::action::Option as Opt;
    use std::sync::Arc;
    use uuid::Uuid;

    fn list(flow_id: u128, option: Opt, count: usize) -> Arc<Revision> {
        let action = |at: usize| Action::new(Uuid::from_u128(100 + at as u128), Uuid::nil(), option.clone());
        let actions = (0..count).map(action).collect();
        Arc::new(Revision::new(Uuid::from_u128(flow_id + 7), Uuid::from_u128(flow_id), 1, Uuid::nil(), actions))
    }

    #[test]
    fn small_actions_weigh_many_times_their_encoding() {
        let list = list(0, Opt::Beep(proto::BeepOption {}), 1_000);
        let (weight, bytes) = (list.weight(), list.to_bytes().len());
        assert!(weight > 10 * bytes, "{weight} for {bytes}");
        assert!(weight > 1_000 * (size_of::<Action>() + size_of::<proto::Action>()), "{weight}");
    }

    #[test]
    fn a_list_inside_an_option_weighs_as_much_as_a_list() {
        let call = |count| {
            Opt::Call(proto::CallOption { actions: vec![proto::Action::default(); count], ..Default::default() })
        };
        let (none, many) = (list(0, call(0), 1).weight(), list(0, call(1_000), 1).weight());
        assert!(many - none > 2_000 * size_of::<proto::Action>(), "{many} and {none}");
    }

    #[test]
    fn a_shared_revision_is_divided_and_a_pushed_list_is_not() {
        let beep = || Opt::Beep(proto::BeepOption {});
        let (shared, own) = (list(9, beep(), 100), list(0, beep(), 100));
        let program = |revision: &Arc<Revision>| {
            let mut program = Program::default();
            program.add(revision.clone(), |_| true);
            program
        };
        let (one, other) = (program(&shared), program(&shared));
        assert_eq!(one.weight(), shared.weight() / 3);
        let many: Vec<Program> = (0..20).map(|_| program(&shared)).collect();
        assert_eq!(many[7].weight(), shared.weight() / LEAST_SHARE);
        assert_eq!(program(&own).weight(), own.weight());
        drop(other);
    }
}
