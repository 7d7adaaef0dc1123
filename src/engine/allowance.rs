//! What a run may use, and what a step may begin. The engine compares; the runtime counts what begins.

use crate::model::amounts::Amounts;
use crate::model::limits::CustomerLimits;

/// Maximum number of activeflows that begin in one step: they are part of its commit. A flow that starts more gives way to
/// the next step.
pub const MAX_SPAWNS: u64 = 100;
/// Maximum number of destinations of one action.
pub const MAX_DESTINATIONS: u64 = 20;

/// The reasons of refusals, as in the table of errors.
pub const TOO_MANY_CALLS: &str = "TOO_MANY_CALLS";
pub const TOO_MANY_ACTIVEFLOWS: &str = "TOO_MANY_ACTIVEFLOWS";
pub const TOO_MANY_GENERATIONS: &str = "TOO_MANY_GENERATIONS";
pub const BUDGET_USED_UP: &str = "BUDGET_USED_UP";
pub const CUSTOMER_SUSPENDED: &str = "CUSTOMER_SUSPENDED";

/// What one step may begin, and the budgets of its activeflow. The default is that of a customer without own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Calls that may begin.
    pub calls: u64,
    /// Activeflows that may begin, besides the one that runs.
    pub activeflows: u64,
    /// Activeflows that may start each other in a row.
    pub generations: u64,
    /// Budgets of the activeflow from its start to its end.
    pub history_bytes: u64,
    pub recording_bytes: u64,
    pub messages: u64,
    pub mails: u64,
    pub requests: u64,
    /// The budgets of which less is left for the customer's day than for the activeflow.
    pub daily: Daily,
    /// Nothing begins: an operator has suspended the customer.
    pub suspended: bool,
    /// Activeflows that may still begin in this step.
    pub(super) spawns: u64,
}

/// Budgets that are limited by what the customer has used today, rather than by what the activeflow has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Daily {
    pub history: bool,
    pub recordings: bool,
    pub messages: bool,
    pub mails: bool,
    pub requests: bool,
}

/// What a step begins, besides the run that it starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Begun {
    pub calls: u64,
    pub activeflows: u64,
}

impl Allowance {
    /// Returns what a customer's activeflow may use if nothing else of the customer runs.
    pub fn of(limits: &CustomerLimits) -> Allowance {
        Allowance {
            calls: limits.calls,
            activeflows: limits.activeflows,
            generations: limits.generations,
            history_bytes: limits.activeflow_history_bytes,
            recording_bytes: limits.activeflow_recording_bytes,
            messages: limits.activeflow_messages,
            mails: limits.activeflow_mails,
            requests: limits.activeflow_requests,
            daily: Daily::default(),
            suspended: false,
            spawns: MAX_SPAWNS,
        }
    }

    /// Returns the budgets of an activeflow that has used this much, lowered to what is left of the day.
    pub fn within_day(mut self, used: &Amounts, left: Amounts) -> Allowance {
        let lower = |limit: &mut u64, daily: &mut bool, used: u64, left: u64| {
            let today = used.saturating_add(left);
            *daily = today < *limit;
            *limit = today.min(*limit);
        };
        let daily = &mut self.daily;
        lower(&mut self.history_bytes, &mut daily.history, used.history_bytes, left.history_bytes);
        lower(&mut self.recording_bytes, &mut daily.recordings, used.recording_bytes, left.recording_bytes);
        lower(&mut self.messages, &mut daily.messages, used.messages, left.messages);
        lower(&mut self.mails, &mut daily.mails, used.mails, left.mails);
        lower(&mut self.requests, &mut daily.requests, used.requests, left.requests);
        self
    }

    /// Returns the same budgets with room for this much.
    pub fn with(self, left: Begun) -> Allowance {
        Allowance { calls: left.calls, activeflows: left.activeflows, ..self }
    }
}

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance::of(&CustomerLimits::default())
    }
}

impl Begun {
    pub fn is_nothing(self) -> bool {
        self == Begun::default()
    }
}
