//! A subscription: what a watcher asked for, and the frames that wait for it.

use super::frames::Pending;
use crate::model::run::RunInfo;
use crate::model::view;
use crate::store::RunFilter;
use bytes::Bytes;
use prost::Message;
use std::collections::HashSet;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Activeflows,
    Calls,
}

impl Subject {
    pub fn word(self) -> &'static str {
        match self {
            Subject::Activeflows => "activeflows",
            Subject::Calls => "calls",
        }
    }
}

/// Selects what a watcher receives. Empty fields match everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub ids: HashSet<Uuid>,
    pub flow_id: Option<Uuid>,
    /// The number of the enum in the contract.
    pub reference_type: i32,
    pub reference_id: Option<Uuid>,
    pub activeflow_id: Option<Uuid>,
    /// The number of the enum in the contract.
    pub direction: i32,
}

/// The request of a watcher.
#[derive(Debug, Clone)]
pub struct Watch {
    pub subject: Subject,
    pub filter: Filter,
    pub resume_token: String,
    pub include_snapshot: bool,
    /// Requires ids.
    pub until_ended: bool,
}

/// A watch in progress.
pub(super) struct Subscription {
    pub customer_id: Uuid,
    pub subject: Subject,
    pub filter: Filter,
    /// The `ids` whose end is still to be delivered; None for a watch without end.
    pub unended: Option<HashSet<Uuid>>,
    pub pending: Pending,
    pub log: Uuid,
}

impl Subscription {
    pub fn has_ended(&mut self, id: Uuid) {
        if let Some(unended) = self.unended.as_mut() {
            unended.remove(&id);
        }
    }

    pub fn matches_run(&self, info: &RunInfo) -> bool {
        let by_id = self.subject == Subject::Activeflows && !self.filter.ids.is_empty();
        self.wants(info) && (!by_id || self.filter.ids.contains(&info.id))
    }

    /// Returns whether the filter matches a run, apart from ids.
    pub fn wants(&self, info: &RunInfo) -> bool {
        let filter = &self.filter;
        let reference_type = view::reference_type(info.reference_type) as i32;
        info.customer_id == self.customer_id
            && filter.flow_id.is_none_or(|id| id == info.flow_id)
            && filter.activeflow_id.is_none_or(|id| id == info.id)
            && filter.reference_id.is_none_or(|id| id == info.reference_id)
            && (filter.reference_type == 0 || filter.reference_type == reference_type)
    }

    /// Returns whether the filter matches a call's direction, given as the number of the contract.
    pub fn wants_direction(&self, direction: i32) -> bool {
        self.filter.direction == 0 || self.filter.direction == direction
    }

    pub fn run_filter(&self) -> RunFilter {
        RunFilter {
            status: 0,
            flow_id: self.filter.flow_id,
            reference_type: self.filter.reference_type,
            reference_id: self.filter.reference_id,
        }
    }
}

pub(super) fn encode(frame: impl Message) -> Bytes {
    frame.encode_to_vec().into()
}
