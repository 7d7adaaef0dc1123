//! What a step takes from its allowance, and from the budgets of its activeflow.

use super::allowance::{
    Allowance, BUDGET_USED_UP, CUSTOMER_SUSPENDED, TOO_MANY_ACTIVEFLOWS, TOO_MANY_CALLS, TOO_MANY_GENERATIONS,
};
use super::allowance::{Begun, MAX_DESTINATIONS};
use super::machine::Machine;
use crate::model::run::EndReason;

/// A budget that an action spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    Messages,
    Mails,
    Requests,
}

impl Machine<'_> {
    /// Takes new calls from the allowance: all of them, or none with the reason.
    pub fn take_calls(&mut self, calls: u64) -> Result<(), String> {
        self.may_begin()?;
        if calls > self.allowance.calls {
            let left = self.allowance.calls;
            return Err(format!("{TOO_MANY_CALLS}: {calls} new calls, and {left} more may begin now"));
        }
        self.began(Begun { calls, activeflows: 0 });
        Ok(())
    }

    /// Takes new activeflows that this one starts from the allowance: all of them, or none with the reason.
    pub fn take_activeflows(&mut self, activeflows: u64) -> Result<(), String> {
        self.may_begin()?;
        self.next_generation()?;
        let left = self.allowance.activeflows.min(self.allowance.spawns);
        if activeflows > left {
            return Err(format!(
                "{TOO_MANY_ACTIVEFLOWS}: {activeflows} new activeflows, and {left} more may begin now"
            ));
        }
        self.began(Begun { calls: 0, activeflows });
        Ok(())
    }

    fn may_begin(&self) -> Result<(), String> {
        match self.allowance.suspended {
            true => Err(format!("{CUSTOMER_SUSPENDED}: the customer is suspended: nothing new begins")),
            false => Ok(()),
        }
    }

    /// Takes new calls, each with an activeflow: all of them, or none with the reason.
    pub fn take_runs_with_calls(&mut self, count: u64) -> Result<(), String> {
        let before = (self.allowance, self.output.begun);
        let taken = self.take_activeflows(count).and_then(|()| self.take_calls(count));
        if taken.is_err() {
            (self.allowance, self.output.begun) = before;
        }
        taken
    }

    /// Fails if an activeflow that this one starts would be beyond the limit.
    pub fn next_generation(&self) -> Result<(), String> {
        let limit = self.allowance.generations;
        if u64::from(self.run.info.generation()) + 1 >= limit {
            return Err(format!("{TOO_MANY_GENERATIONS}: at most {limit} activeflows may start each other in a row"));
        }
        Ok(())
    }

    /// Takes what a step within this one has begun from the allowance.
    pub(super) fn began(&mut self, begun: Begun) {
        let (allowance, total) = (&mut self.allowance, &mut self.output.begun);
        allowance.calls = allowance.calls.saturating_sub(begun.calls);
        allowance.activeflows = allowance.activeflows.saturating_sub(begun.activeflows);
        allowance.spawns = allowance.spawns.saturating_sub(begun.activeflows);
        total.calls += begun.calls;
        total.activeflows += begun.activeflows;
    }

    /// Returns whether the next action may start more activeflows than this step can hold.
    pub(super) fn is_full_of_runs(&self) -> bool {
        self.allowance.spawns < MAX_DESTINATIONS
    }

    /// Spends part of a budget. Fails with the reason if less is left; the activeflow then ends.
    pub fn spend(&mut self, budget: Budget, amount: usize) -> Result<(), String> {
        let used = &mut self.run.used;
        let allowed = &self.allowance;
        let (used, limit, daily, what, name) = match budget {
            Budget::Messages => (&mut used.messages, allowed.messages, allowed.daily.messages, "messages", "messages"),
            Budget::Mails => (&mut used.mails, allowed.mails, allowed.daily.mails, "mails", "mails"),
            Budget::Requests => {
                (&mut used.requests, allowed.requests, allowed.daily.requests, "HTTP requests", "requests")
            }
        };
        let after = used.saturating_add(amount as u64);
        if after > limit {
            return Err(used_up(limit, daily, what, name));
        }
        *used = after;
        Ok(())
    }

    /// Returns the bytes of recordings that are left. Fails with the reason if there are none.
    pub fn recording_bytes_left(&self) -> Result<u64, String> {
        match self.allowance.recording_bytes.saturating_sub(self.run.used.recording_bytes) {
            0 => Err(self.recordings_used_up()),
            left => Ok(left),
        }
    }

    pub fn recordings_used_up(&self) -> String {
        let Allowance { recording_bytes, daily, .. } = self.allowance;
        used_up(recording_bytes, daily.recordings, "bytes of recordings", "recording_bytes")
    }

    /// Fails with the reason if this many more bytes of history are too many.
    pub fn history_left_for(&self, bytes: usize) -> Result<(), String> {
        let limit = self.allowance.history_bytes;
        let used = self.run.used.history_bytes.saturating_add((self.written + bytes) as u64);
        match used >= limit {
            true => Err(used_up(limit, self.allowance.daily.history, "bytes of history", "history_bytes")),
            false => Ok(()),
        }
    }

    /// Ends an activeflow whose history is used up.
    pub(super) fn end_if_used_up(&mut self) {
        if let Err(reason) = self.history_left_for(0) {
            self.end(EndReason::Limit, &reason, None);
        }
    }
}

/// Returns the reason why a budget is used up.
fn used_up(limit: u64, daily: bool, what: &str, name: &str) -> String {
    match daily {
        true => format!("{BUDGET_USED_UP}: the customer's {what} of the day are used up (daily_{name})"),
        false => format!("{BUDGET_USED_UP}: over {limit} {what} (activeflow_{name})"),
    }
}
