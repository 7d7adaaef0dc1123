//! What operators count: calls and activeflows by where they stand, actions by how they ended.

use super::Runner;
use crate::model::event::{Kind, Record};
use crate::model::run::{Run, WaitKind};
use crate::proto::ACTION_TYPES;
use crate::store::Commit;
use crate::telemetry::{Metrics, Moved};
use std::sync::Arc;
use std::time::Duration;

/// An activeflow that sleeps or is blocked. Which of the two is not told apart: a server that starts finds those of an
/// earlier process without reading their states.
const WAITING: &str = "waiting";

/// A run went from one durable state to another.
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
}

/// A run of an earlier process waits on.
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

/// What a commit writes to the log, to be counted once it is durable.
pub fn records(commit: &Commit) -> Vec<Arc<Record>> {
    commit.runs.iter().filter_map(|write| write.record.decoded.clone()).collect()
}

impl Runner {
    /// Counts the actions that ended.
    pub(super) fn count_actions(&self, records: &[Arc<Record>]) {
        for event in records.iter().flat_map(|record| &record.events) {
            let Kind::ActionFinished { action, outcome, duration_ms } = &event.kind else { continue };
            let name = action.option.as_ref().map(|option| option.type_name());
            // The label lives as long as the catalogue: only its own words are counted.
            if let Some(known) = ACTION_TYPES.iter().find(|known| Some(known.name) == name) {
                let took = Duration::from_millis((*duration_ms).max(0) as u64);
                self.0.deps.metrics.action(known.name, outcome.word(), took);
            }
        }
    }
}
