//! The trace of a dry run.

use crate::model::call::{HangupReason, Status};
use crate::model::event::Outcome;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::proto;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The record of a dry run.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub began: Time,
    /// In order of time; an action is listed at its start.
    pub steps: Vec<Step>,
    pub failures: Vec<Failure>,
    /// The activeflows as they were at the end.
    pub runs: Vec<Run>,
    /// Why the simulation stopped early.
    pub limit: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub at: Time,
    /// The index of the activeflow, from 0.
    pub run: usize,
    pub kind: Happened,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// A line of the script.
    Line {
        number: usize,
        text: String,
    },
    Action(Box<Ran>),
    Call {
        leg: usize,
        status: Status,
        reason: Option<HangupReason>,
        text: String,
    },
    Sent(Sent),
    /// Variables that were set outside an action.
    Variables(BTreeMap<String, String>),
    /// The activeflow began, and why.
    Started(String),
    Noted(String),
    Ended {
        reason: proto::EndReason,
        error: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// The action as it ran, with its variables filled in.
    pub action: proto::Action,
    /// None while the action is not over.
    pub outcome: Option<Outcome>,
    pub duration_ms: i64,
    pub variables: BTreeMap<String, String>,
    /// The target of its jump; nil for none.
    pub target_id: Uuid,
}

/// An item that a live run would have sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `message`, `webhook`, `request`, `mail` or `recording`.
    pub kind: &'static str,
    pub to: String,
    pub text: String,
}

/// A line of the script that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub line: usize,
    pub text: String,
    pub message: String,
}

impl Trace {
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Ran {
    pub fn type_name(&self) -> &'static str {
        self.action.option.as_ref().map_or("", proto::action::Option::type_name)
    }
}
