//! Admission: counts calls and activeflows, in all and for each customer, and refuses those that would pass a limit.
//!
//! Everything that begins a call or an activeflow holds a [`Permit`] for it before its commit. What the commit has created
//! then counts instead. Between the two nothing is counted twice or not at all, so concurrent requests cannot pass a limit
//! together. Runs that are taken over or recovered are counted and never refused.

use super::rates::Bucket;
use crate::config::Limits;
use crate::engine::{Allowance, Begun, Output};
use crate::error::{Error, Reason};
use crate::model::limits::CustomerLimits;
use crate::model::run::Run;
use crate::supervisor::lock;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use uuid::Uuid;

/// How often a step is repeated because others took the room that it saw. After that it may begin nothing.
const TRIES: u32 = 3;
/// How long after a refusal steps look at the counts first.
const SHORT_MS: u64 = 1_000;
/// Above this number of customers, those that do nothing are removed before another one is added.
const CUSTOMERS: usize = 10_000;

pub struct Admission {
    /// Of this server.
    limits: Limits,
    counts: Mutex<Counts>,
    /// When a limit was last reached, in milliseconds since `began`, and 0 if it never was.
    refused_at: AtomicU64,
    began: Instant,
}

/// What runs, and what is reserved.
#[derive(Default)]
struct Counts {
    all: Begun,
    customers: HashMap<Uuid, Customer>,
}

#[derive(Clone, Copy)]
struct Customer {
    now: Begun,
    /// New calls that may begin. Its rate is the limit that applied last.
    new_calls: Bucket,
    calls_per_second: u64,
}

/// Room for calls and activeflows of one customer that begin with a commit. What the commit does not create is free again
/// when this is dropped.
pub struct Permit {
    admission: Arc<Admission>,
    customer_id: Uuid,
    limits: CustomerLimits,
    /// What a step may begin and use if nothing else of the customer runs.
    allowance: Allowance,
    left: Begun,
}

/// There is not enough room.
#[derive(Debug, PartialEq, Eq)]
pub struct Full {
    /// What may still begin.
    left: Begun,
    reason: Reason,
    message: String,
}

impl From<Full> for Error {
    fn from(full: Full) -> Error {
        Error::new(full.reason, full.message)
    }
}

impl Admission {
    pub fn new(limits: Limits) -> Arc<Admission> {
        Arc::new(Admission { limits, counts: Mutex::default(), refused_at: AtomicU64::new(0), began: Instant::now() })
    }

    /// Returns a permit for nothing, to which a step adds what it begins.
    pub fn permit(
        self: &Arc<Admission>,
        customer_id: Uuid,
        (limits, allowance): (CustomerLimits, Allowance),
    ) -> Permit {
        Permit { admission: self.clone(), customer_id, limits, allowance, left: Begun::default() }
    }

    /// Counts what a commit has created and ended. What the permit does not cover counts too: it is never refused here.
    pub fn settle(&self, customer_id: Uuid, begun: Begun, ended: Begun, permit: Option<&mut Permit>) {
        let more = permit.map_or(begun, |permit| permit.cover(begun));
        if more.is_nothing() && ended.is_nothing() {
            return;
        }
        let mut counts = lock(&self.counts);
        counts.add(customer_id, more);
        counts.remove(customer_id, ended, 0);
    }

    /// Reserves all of this, or nothing.
    fn reserve(&self, customer_id: Uuid, limits: &CustomerLimits, begun: Begun, now: Instant) -> Result<(), Full> {
        let mut counts = lock(&self.counts);
        let room = counts.room(&self.limits, customer_id, limits, now);
        let own = counts.customer(customer_id, now);
        own.calls_per_second = limits.calls_per_second;
        let left = Begun { calls: room.calls.min(own.new_calls.tokens(now, limits.calls_per_second)), ..room };
        let full = |reason, message: &str| {
            self.refused_at.store(self.millis(now), Ordering::Relaxed);
            Err(Full { left, reason, message: message.to_owned() })
        };
        if begun.calls > room.calls {
            return full(Reason::TooManyCalls, "too many calls are in progress; try again later");
        }
        if begun.activeflows > room.activeflows {
            return full(Reason::TooManyActiveflows, "too many activeflows are running; try again later");
        }
        if own.new_calls.take(now, limits.calls_per_second, begun.calls).is_err() {
            let limit = limits.calls_per_second;
            return full(
                Reason::TooManyCalls,
                &format!("over {limit} new calls per second, averaged over two seconds; try again later"),
            );
        }
        counts.add(customer_id, begun);
        Ok(())
    }

    /// Returns what may begin now if a limit was reached a short while ago, whoever reached it.
    fn left_if_short(&self, customer_id: Uuid, limits: &CustomerLimits, now: Instant) -> Option<Begun> {
        let refused_at = self.refused_at.load(Ordering::Relaxed);
        if refused_at == 0 || self.millis(now).saturating_sub(refused_at) > SHORT_MS {
            return None;
        }
        let mut counts = lock(&self.counts);
        let room = counts.room(&self.limits, customer_id, limits, now);
        let new_calls = counts.customer(customer_id, now).new_calls.tokens(now, limits.calls_per_second);
        Some(Begun { calls: room.calls.min(new_calls), ..room })
    }

    /// At least 1.
    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Frees what was reserved and did not begin.
    fn release(&self, customer_id: Uuid, unused: Begun) {
        lock(&self.counts).remove(customer_id, unused, unused.calls);
    }

    #[cfg(test)]
    fn now(&self) -> Begun {
        lock(&self.counts).all
    }
}

impl Counts {
    /// Returns what may begin within the limits of numbers, whatever the rates say.
    fn room(&mut self, server: &Limits, customer_id: Uuid, limits: &CustomerLimits, now: Instant) -> Begun {
        let (all, own) = (self.all, self.customer(customer_id, now).now);
        let free = |all: usize, used: u64, limit: u64, own: u64| {
            (all as u64).saturating_sub(used).min(limit.saturating_sub(own))
        };
        Begun {
            calls: free(server.calls, all.calls, limits.calls, own.calls),
            activeflows: free(server.activeflows, all.activeflows, limits.activeflows, own.activeflows),
        }
    }

    fn customer(&mut self, id: Uuid, now: Instant) -> &mut Customer {
        if self.customers.len() >= CUSTOMERS && !self.customers.contains_key(&id) {
            self.customers.retain(|_, it| !(it.now.is_nothing() && it.new_calls.is_full(now)));
        }
        let new = Customer { now: Begun::default(), new_calls: Bucket::full(now), calls_per_second: 0 };
        self.customers.entry(id).or_insert(new)
    }

    fn add(&mut self, customer_id: Uuid, begun: Begun) {
        if begun.is_nothing() {
            return;
        }
        self.all.calls += begun.calls;
        self.all.activeflows += begun.activeflows;
        let own = &mut self.customer(customer_id, Instant::now()).now;
        own.calls += begun.calls;
        own.activeflows += begun.activeflows;
    }

    /// Subtracts what has ended, or did not begin. `new_calls` of it do not count for the rate.
    fn remove(&mut self, customer_id: Uuid, ended: Begun, new_calls: u64) {
        let less = |from: &mut Begun| {
            from.calls = from.calls.saturating_sub(ended.calls);
            from.activeflows = from.activeflows.saturating_sub(ended.activeflows);
        };
        less(&mut self.all);
        if let Some(own) = self.customers.get_mut(&customer_id) {
            less(&mut own.now);
            own.new_calls.give_back(own.calls_per_second, new_calls);
        }
    }
}

impl Permit {
    pub fn customer_id(&self) -> Uuid {
        self.customer_id
    }

    /// Reserves more for the same customer: all of it, or nothing.
    pub fn extend(&mut self, begun: Begun) -> Result<(), Full> {
        if begun.is_nothing() {
            return Ok(());
        }
        self.admission.reserve(self.customer_id, &self.limits, begun, Instant::now())?;
        self.left.calls += begun.calls;
        self.left.activeflows += begun.activeflows;
        Ok(())
    }

    /// Starts a run, for which there is room already, and reserves what its first step begins.
    pub fn start(&mut self, begin: impl Fn(&Allowance) -> (Run, Output)) -> (Run, Output) {
        let Ok(begun) = self.fit(|allowance| Ok::<_, Infallible>(begin(allowance)));
        begun
    }

    /// Performs a step and reserves what it begins. The first attempt may use the customer's whole limits, which costs a step
    /// that begins nothing no look at the counts. If there is not enough room, the step is repeated from the same state with
    /// the room that is left. While a limit is reached, the first attempt may use that room only: attempts that build what
    /// is then refused are dear.
    pub fn fit<T, E>(&mut self, step: impl Fn(&Allowance) -> Result<(T, Output), E>) -> Result<(T, Output), E> {
        let left = self.admission.left_if_short(self.customer_id, &self.limits, Instant::now());
        let mut allowance = left.map_or(self.allowance, |left| self.allowance.with(left));
        for _ in 0..TRIES {
            let (state, output) = step(&allowance)?;
            match self.extend(output.begun) {
                Ok(()) => return Ok((state, output)),
                Err(full) => allowance = allowance.with(full.left),
            }
        }
        step(&allowance.with(Begun::default()))
    }

    /// Takes what has begun out of the permit. Returns what it did not cover.
    fn cover(&mut self, begun: Begun) -> Begun {
        let covered = Begun {
            calls: begun.calls.min(self.left.calls),
            activeflows: begun.activeflows.min(self.left.activeflows),
        };
        self.left.calls -= covered.calls;
        self.left.activeflows -= covered.activeflows;
        Begun { calls: begun.calls - covered.calls, activeflows: begun.activeflows - covered.activeflows }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.left.is_nothing() {
            self.admission.release(self.customer_id, self.left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;
    use std::time::Duration;

    const ONE: Begun = Begun { calls: 1, activeflows: 1 };
    const NOTHING: Begun = Begun { calls: 0, activeflows: 0 };

    fn limits(calls: u64, calls_per_second: u64, activeflows: u64) -> CustomerLimits {
        CustomerLimits { calls, calls_per_second, activeflows, ..CustomerLimits::default() }
    }

    fn admission(calls: usize, activeflows: usize) -> Arc<Admission> {
        Admission::new(Limits { calls, activeflows, ..Limits::default() })
    }

    fn permit(admission: &Arc<Admission>, id: Uuid, limits: CustomerLimits) -> Permit {
        admission.permit(id, (limits, Allowance::of(&limits)))
    }

    #[track_caller]
    fn refused(permit: &mut Permit, begun: Begun, reason: Reason, left: Begun) {
        let full = permit.extend(begun).unwrap_err();
        assert_eq!((full.reason, full.left), (reason, left), "{}", full.message);
    }

    #[test]
    fn what_is_reserved_counts_until_it_has_begun_or_is_dropped() {
        let (admission, id) = (admission(100, 100), Uuid::from_u128(1));
        let mut first = permit(&admission, id, limits(2, 100, 10));
        first.extend(ONE).unwrap();
        first.extend(ONE).unwrap();
        refused(&mut first, ONE, Reason::TooManyCalls, Begun { calls: 0, activeflows: 8 });
        let mut other = permit(&admission, Uuid::from_u128(2), limits(2, 100, 10));
        other.extend(ONE).unwrap();
        // One of the two begins.
        admission.settle(id, ONE, NOTHING, Some(&mut first));
        assert_eq!(admission.now(), Begun { calls: 3, activeflows: 3 });
        drop(first);
        assert_eq!(admission.now(), Begun { calls: 2, activeflows: 2 });
        drop(other);
        admission.settle(id, NOTHING, ONE, None);
        assert_eq!(admission.now(), NOTHING);
    }

    #[test]
    fn each_limit_has_its_reason() {
        let (admission, id) = (admission(5, 7), Uuid::from_u128(1));
        let mut permit = permit(&admission, id, limits(100, 100, 4));
        let calls = |calls| Begun { calls, activeflows: 0 };
        refused(&mut permit, calls(6), Reason::TooManyCalls, Begun { calls: 5, activeflows: 4 });
        let flows = Begun { calls: 0, activeflows: 5 };
        refused(&mut permit, flows, Reason::TooManyActiveflows, Begun { calls: 5, activeflows: 4 });
        // A takeover is counted, and not refused.
        admission.settle(id, Begun { calls: 9, activeflows: 9 }, NOTHING, Some(&mut permit));
        refused(&mut permit, ONE, Reason::TooManyCalls, NOTHING);
        assert_eq!(admission.now(), Begun { calls: 9, activeflows: 9 });
    }

    #[test]
    fn new_calls_per_second_are_averaged_over_two_seconds() {
        let (admission, id, start) = (admission(1_000, 1_000), Uuid::from_u128(1), Instant::now());
        let limits = limits(1_000, 10, 1_000);
        let reserve = |calls, after: f64| {
            let now = start + Duration::from_secs_f64(after);
            admission.reserve(id, &limits, Begun { calls, activeflows: 0 }, now).map_err(|full| full.left.calls)
        };
        assert_eq!(reserve(21, 0.0), Err(20));
        assert_eq!(reserve(20, 0.0), Ok(()));
        assert_eq!((reserve(1, 0.09), reserve(1, 0.11), reserve(1, 0.11)), (Err(0), Ok(()), Err(0)));
        // What did not begin does not count.
        admission.release(id, Begun { calls: 15, activeflows: 0 });
        assert_eq!((reserve(16, 0.11), reserve(15, 0.11)), (Err(15), Ok(())));
        assert_eq!((reserve(21, 1_000.0), reserve(20, 1_000.0)), (Err(20), Ok(())));
    }

    #[test]
    fn a_step_is_repeated_with_the_room_that_is_left() {
        let admission = admission(100, 100);
        let mut permit = permit(&admission, Uuid::from_u128(1), limits(5, 100, 100));
        permit.extend(Begun { calls: 2, activeflows: 0 }).unwrap();
        // It begins as many calls as it may.
        let seen = Mutex::new(Vec::new());
        let step = |allowance: &Allowance| {
            lock(&seen).push(allowance.calls);
            let begun = Begun { calls: allowance.calls, activeflows: 0 };
            Ok::<_, Infallible>(((), Output { begun, ..Output::default() }))
        };
        let Ok(((), output)) = permit.fit(step);
        assert_eq!((output.begun.calls, lock(&seen).as_slice()), (3, [5, 3].as_slice()));
        // One that never fits begins nothing.
        let greedy = |allowance: &Allowance| {
            let begun = Begun { calls: allowance.calls.min(1) * 50, activeflows: 0 };
            Ok::<_, Infallible>(((), Output { begun, ..Output::default() }))
        };
        let Ok(((), output)) = permit.fit(greedy);
        assert!(output.begun.is_nothing());
    }

    #[test]
    fn idle_customers_are_not_kept() {
        let (mut counts, start) = (Counts::default(), Instant::now());
        for id in 0..CUSTOMERS as u128 {
            counts.customer(Uuid::from_u128(id), start).new_calls.take(start, 1, 2).unwrap();
        }
        counts.customer(Uuid::from_u128(1 << 99), start + Duration::from_secs(1));
        assert_eq!(counts.customers.len(), CUSTOMERS + 1);
        counts.add(Uuid::from_u128(7), ONE);
        counts.customer(Uuid::from_u128(1 << 100), start + Duration::from_secs(3));
        assert_eq!(counts.customers.len(), 2);
    }

    #[test]
    fn the_engine_names_the_reasons_of_the_table() {
        let names = [
            (engine::TOO_MANY_CALLS, Reason::TooManyCalls),
            (engine::TOO_MANY_ACTIVEFLOWS, Reason::TooManyActiveflows),
            (engine::TOO_MANY_GENERATIONS, Reason::TooManyGenerations),
            (engine::BUDGET_USED_UP, Reason::BudgetUsedUp),
        ];
        for (name, reason) in names {
            assert_eq!(name, reason.name());
        }
    }
}
