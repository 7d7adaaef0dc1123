//! The projection of a log row: each of its events, with the activeflow or the call as of that event. Watches and webhooks
//! read rows through it alone, so that both show the same.

use super::call::Call;
use super::event::{Event, Record, Shown};
use super::view::{self, Owner};
use crate::proto;

/// An event of a row, and the state that it leads to.
pub struct Projected<'a> {
    record: &'a Record,
    /// The index of the event in its row.
    pub at: usize,
    shown: &'a Shown,
}

/// Calls `show` for each event of a row, in order, and collects what it returns.
pub fn project<T>(record: &Record, mut show: impl FnMut(&Projected<'_>) -> Option<T>) -> Vec<T> {
    let mut shown = record.before.clone();
    let mut all = Vec::new();
    for (at, event) in record.events.iter().enumerate() {
        shown.follow(event);
        all.extend(show(&Projected { record, at, shown: &shown }));
    }
    all
}

impl<'a> Projected<'a> {
    pub fn event(&self) -> &'a Event {
        &self.record.events[self.at]
    }

    /// The activeflow after the event.
    pub fn activeflow(&self) -> proto::Activeflow {
        view::activeflow(&self.record.info, self.record.revision, self.shown)
    }

    /// A call of the event, as shown after it. The call that runs the activeflow shows the current action.
    pub fn show_call(&self, call: &Call) -> proto::Call {
        let runs = call.id == self.record.info.reference_id;
        let action = self.shown.current_action.as_ref().filter(|_| runs).map(|written| (*written.0).clone());
        view::call(call, Owner::from(&self.record.info), action)
    }
}
