//! The time of outgoing calls: counted for the daily budgets of customers, and at an end when it is too much.

use crate::model::amounts::Amounts;
use crate::supervisor::lock;
use crate::usage::DailyUsage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// Why a call must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It is as long as a call may be (`provider_call_seconds`).
    Longest,
    /// The customer has used up its minutes of the day (`daily_provider_minutes`).
    Minutes,
}

/// The calls of this server.
#[derive(Default)]
pub struct Minutes(Mutex<Calls>);

#[derive(Default)]
struct Calls {
    next: u64,
    calls: HashMap<u64, Call>,
}

struct Call {
    customer_id: Uuid,
    longest: Duration,
    /// The seconds that the customer may use on one day.
    daily: u64,
    answered: Option<Instant>,
    /// Whole seconds that are counted already.
    counted: u64,
    over: watch::Sender<Option<Over>>,
}

/// A call whose time counts from its answer until this is dropped.
pub struct Timed {
    minutes: Arc<Minutes>,
    usage: Arc<DailyUsage>,
    number: u64,
}

impl Minutes {
    pub fn new() -> Arc<Minutes> {
        Arc::default()
    }

    /// Adds a call that is not answered yet. `daily` are seconds. The receiver says when the call must end.
    pub fn add(
        self: &Arc<Minutes>,
        usage: Arc<DailyUsage>,
        customer_id: Uuid,
        longest: Duration,
        daily: u64,
    ) -> (Timed, watch::Receiver<Option<Over>>) {
        let (over, told) = watch::channel(None);
        let mut calls = lock(&self.0);
        let number = calls.next;
        calls.next += 1;
        calls.calls.insert(number, Call { customer_id, longest, daily, answered: None, counted: 0, over });
        (Timed { minutes: self.clone(), usage, number }, told)
    }

    /// Counts the seconds since the last time, and tells the calls that are over.
    pub fn tick(&self, now: Instant, usage: &DailyUsage) {
        self.tick_with(now, |customer_id, amounts| usage.add_to_known(customer_id, amounts));
    }

    /// `add` counts seconds, and returns what the customer has used today, if that is known.
    fn tick_with(&self, now: Instant, add: impl Fn(Uuid, Amounts) -> Option<Amounts>) {
        for call in lock(&self.0).calls.values_mut() {
            let Some(new) = call.new_seconds(now) else { continue };
            let used = add(call.customer_id, Amounts { call_seconds: new, ..Amounts::default() });
            let over = match (call.is_too_long(now), used) {
                (true, _) => Over::Longest,
                (false, Some(used)) if used.call_seconds >= call.daily => Over::Minutes,
                _ => continue,
            };
            call.over.send_if_modified(|told| told.replace(over).is_none());
        }
    }
}

impl Call {
    /// Returns the whole seconds since those that are counted, and counts them. None before the answer.
    fn new_seconds(&mut self, now: Instant) -> Option<u64> {
        let total = now.saturating_duration_since(self.answered?).as_secs();
        let new = total.saturating_sub(self.counted);
        self.counted += new;
        Some(new)
    }

    fn is_too_long(&self, now: Instant) -> bool {
        self.answered.is_some_and(|at| now.saturating_duration_since(at) >= self.longest)
    }
}

impl Timed {
    /// Begins to count. Further answers change nothing.
    pub fn answered(&self, now: Instant) {
        if let Some(call) = lock(&self.minutes.0).calls.get_mut(&self.number) {
            call.answered.get_or_insert(now);
        }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        let call = lock(&self.minutes.0).calls.remove(&self.number);
        // A second that has begun counts, so that many short calls are not free.
        let now = Instant::now() + Duration::from_nanos(999_999_999);
        if let Some((customer_id, call_seconds)) = call.and_then(|mut it| Some((it.customer_id, it.new_seconds(now)?)))
        {
            self.usage.add(customer_id, Amounts { call_seconds, ..Amounts::default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn call(customer: u128, longest: u64, daily: u64) -> (Call, watch::Receiver<Option<Over>>) {
        let (over, told) = watch::channel(None);
        let (customer_id, longest) = (Uuid::from_u128(customer), Duration::from_secs(longest));
        (Call { customer_id, longest, daily, answered: None, counted: 0, over }, told)
    }

    #[test]
    fn seconds_count_once_and_calls_end_in_time() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let (mut long, long_over) = call(1, 5, 1_000);
        let (mut costly, costly_over) = call(2, 1_000, 7);
        let (ringing, ringing_over) = call(3, 0, 0);
        (long.answered, costly.answered) = (Some(after(500)), Some(start));
        let minutes =
            Minutes(Mutex::new(Calls { next: 3, calls: HashMap::from([(0, long), (1, costly), (2, ringing)]) }));
        let used: RefCell<HashMap<Uuid, u64>> = RefCell::default();
        let add = |customer_id, amounts: Amounts| {
            let mut used = used.borrow_mut();
            let total = used.entry(customer_id).or_default();
            *total += amounts.call_seconds;
            Some(Amounts { call_seconds: *total, ..Amounts::default() })
        };
        let told = |it: &watch::Receiver<Option<Over>>| *it.borrow();
        for (ms, first, second, over) in [
            (400, 0, 0, [None, None]),
            (1_400, 0, 1, [None, None]),
            (1_500, 1, 1, [None, None]),
            (1_400, 1, 1, [None, None]),
            (5_499, 4, 5, [None, None]),
            (5_500, 5, 5, [Some(Over::Longest), None]),
            (7_000, 6, 7, [Some(Over::Longest), Some(Over::Minutes)]),
        ] {
            minutes.tick_with(after(ms), add);
            let seconds = |customer| used.borrow().get(&Uuid::from_u128(customer)).copied().unwrap_or_default();
            assert_eq!((seconds(1), seconds(2), seconds(3)), (first, second, 0), "{ms}");
            assert_eq!([told(&long_over), told(&costly_over)], over, "{ms}");
        }
        assert_eq!(told(&ringing_over), None, "it has not been answered");
    }
}
