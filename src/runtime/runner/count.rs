//! Counts for metrics: calls and activeflows by status and state, actions by outcome.

use super::Runner;
use crate::engine::{Effect, Output};
use crate::model::amounts::Amounts;
use crate::model::event::{Kind, Record};
use crate::model::run::{Run, WaitKind};
use crate::proto::ACTION_TYPES;
use crate::store::Commit;
use crate::telemetry::{Metrics, Moved};
use std::sync::Arc;
use std::time::Duration;

/// The state of an activeflow that sleeps or is blocked. The metrics do not separate the two, because a starting server
/// finds the runs of an earlier process without reading their states.
const WAITING: &str = "waiting";

/// Records that a run went from one durable state to another.
pub fn count_transition(metrics: &Metrics, before: Option<&Run>, now: &Run) {
    let (from, to) = (before.map(state), Some(state(now)));
    if from != to {
        metrics.activeflow(Moved { from: from.filter(|state| *state != "ended"), to });
    }
    for leg in &now.legs {
        let was = before.and_then(|before| before.leg(leg.call.id)).map(|leg| leg.call.status.word());
        let is = leg.call.status.word();
        if was != Some(is) {
            metrics.call(Moved { from: was.filter(|status| *status != "hangup"), to: Some(is) });
        }
    }
    // A leg can end and be forgotten in one step.
    for leg in before.iter().flat_map(|before| &before.legs).filter(|leg| leg.call.is_alive()) {
        if now.leg(leg.call.id).is_none() {
            metrics.call(Moved { from: Some(leg.call.status.word()), to: Some("hangup") });
        }
    }
}

/// Records that a run of an earlier process is still waiting.
pub fn found_waiting(metrics: &Metrics) {
    metrics.activeflow(Moved { from: None, to: Some(WAITING) });
}

fn state(run: &Run) -> &'static str {
    match (run.is_running(), run.wait.as_ref().map(|wait| &wait.kind)) {
        (false, _) => "ended",
        (true, Some(WaitKind::Sleep | WaitKind::Block)) => WAITING,
        (true, _) => "running",
    }
}

/// Returns what a commit writes to the log, to be counted once it is durable.
pub fn records(commit: &Commit) -> Vec<Arc<Record>> {
    commit.runs.iter().filter_map(|write| write.record.decoded.clone()).collect()
}

impl Runner {
    /// Counts what a step uses of the customer's daily budgets and does not write: requests that it sends and waits for,
    /// and files of recordings.
    pub(super) fn count_usage(&self, run: &Run, output: &Output) {
        let sent = |effect: &&Effect| matches!(effect, Effect::Fetch { .. } | Effect::Send { .. });
        let requests = output.effects.iter().filter(sent).count() as u64;
        let recording_bytes = output.recordings.iter().map(|recording| recording.size).sum();
        let used = Amounts { requests, recording_bytes, ..Amounts::default() };
        if !used.is_empty() {
            self.0.deps.usage.add(run.info.customer_id, used);
        }
    }

    /// Counts the actions that ended.
    pub(super) fn count_actions(&self, records: &[Arc<Record>]) {
        for event in records.iter().flat_map(|record| &record.events) {
            let Kind::ActionFinished { action, outcome, duration_ms } = &event.kind else { continue };
            let name = action.option.as_ref().map(|option| option.type_name());
            // A label lives for ever, so only types of the catalogue are counted.
            if let Some(known) = ACTION_TYPES.iter().find(|known| Some(known.name) == name) {
                let took = Duration::from_millis((*duration_ms).max(0) as u64);
                self.0.deps.metrics.action(known.name, outcome.word(), took);
            }
        }
    }
}
