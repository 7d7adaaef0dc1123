//! The events of a run, and the record that stores the events of one transition as one row of the log.

use super::call::Call;
use super::flow::protobuf;
pub use super::outcome::Outcome;
use super::run::{EndReason, RunInfo, Status};
use super::time::Time;
use crate::proto;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at: Time,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Created,
    ActionStarted {
        /// The action as it runs, with variables filled in.
        #[serde(with = "protobuf")]
        action: Box<proto::Action>,
        /// The action as it was written, if that differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written: Option<Written>,
    },
    ActionFinished {
        /// Id and type alone: the start event holds the rest.
        #[serde(with = "protobuf")]
        action: Box<proto::Action>,
        outcome: Outcome,
        duration_ms: i64,
    },
    Forwarded {
        target_id: Uuid,
    },
    VariablesSet {
        variables: BTreeMap<String, String>,
    },
    DigitsReceived {
        digits: String,
        /// Too many keys are unread: this one is not kept.
        dropped: bool,
    },
    Blocked,
    Continued,
    ActionsPushed {
        actions: Vec<Written>,
        interrupt: bool,
    },
    /// The limit of activeflows that start each other is reached, so the next flow does not start.
    ChainCut,
    /// A flow that was to follow this one does not start.
    NotStarted {
        reason: String,
    },
    Ended {
        reason: EndReason,
        error: String,
    },
    Deleted,
    /// A call of the run changed; `call` is its state after the change.
    Call {
        call: Box<Call>,
        kind: CallKind,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Written(#[serde(with = "protobuf")] pub Box<proto::Action>);

/// A change of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    Created,
    Ringing,
    Progressing,
    Canceling,
    Terminating,
    Hangup,
    DigitsReceived {
        digits: String,
    },
    DigitsSent {
        digits: String,
    },
    Talk,
    Held,
    Unheld,
    Muted,
    Unmuted,
    Bridged {
        other_id: Uuid,
    },
    Unbridged {
        other_id: Uuid,
    },
    /// Another call was made for this one.
    Chained {
        other_id: Uuid,
    },
    RecordingStarted {
        recording_id: Uuid,
    },
    RecordingFinished {
        recording_id: Uuid,
    },
    Deleted,
    /// The remote party put us on hold.
    HeldByRemote,
    /// The remote party took us off hold.
    UnheldByRemote,
    /// The remote party refused to be held or to be taken off hold; the call is as it was before.
    HoldRefused {
        error: String,
    },
}

/// One row of the log: all events of one transition, and the activeflow's fields before them. Together they determine
/// the view as of each event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(rename = "head")]
    pub info: RunInfo,
    /// The run's revision after the transition.
    pub revision: u64,
    pub before: Shown,
    pub events: Vec<Event>,
}

impl Record {
    /// Returns the time of the last event.
    pub fn at(&self) -> Time {
        self.events.last().map_or(self.info.tm_create, |event| event.at)
    }
}

/// The fields of an activeflow's list view that change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub status: Status,
    pub end_reason: Option<EndReason>,
    pub error: String,
    pub current_action: Option<Written>,
    pub forward_id: Uuid,
    pub tm_update: Option<Time>,
    pub tm_delete: Option<Time>,
}

impl Shown {
    /// Applies one event.
    pub fn follow(&mut self, event: &Event) {
        match &event.kind {
            Kind::Created => return,
            Kind::ActionStarted { action, written } => {
                self.current_action = Some(written.clone().unwrap_or_else(|| Written(action.clone())));
                self.forward_id = Uuid::nil();
            }
            Kind::Forwarded { target_id } => self.forward_id = *target_id,
            Kind::Ended { reason, error } => {
                self.status = Status::Ended;
                self.end_reason = Some(*reason);
                self.error = error.clone();
                self.forward_id = Uuid::nil();
            }
            Kind::Deleted => self.tm_delete = Some(event.at),
            Kind::Call { .. } => return,
            _ => {}
        }
        self.tm_update = Some(event.at);
    }
}
