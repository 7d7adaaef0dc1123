//! Turns: few callers at a time, and of those that wait, one customer after the other.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Lets a limited number of callers work at the same time. A customer with many waiting callers delays another customer
/// by one turn at most.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    /// The most callers of one customer that work, and that wait.
    per_customer: usize,
    waiting: usize,
    state: Mutex<State>,
}

struct State {
    free: usize,
    customers: HashMap<Uuid, Customer>,
    /// Customers with waiting callers, the next one first.
    order: VecDeque<Uuid>,
}

#[derive(Default)]
struct Customer {
    working: usize,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// The right to work. Dropping it passes it to the next customer.
pub struct Turn {
    customer_id: Uuid,
    /// None when nobody took it.
    turns: Option<Arc<Inner>>,
}

/// Too many callers of the customer wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Turns {
    /// Creates turns for `at_once` callers, of which at most `per_customer` belong to one customer. At most `waiting`
    /// callers of a customer wait.
    pub fn new(at_once: usize, per_customer: usize, waiting: usize) -> Turns {
        let state = State { free: at_once.max(1), customers: HashMap::new(), order: VecDeque::new() };
        Turns(Arc::new(Inner { per_customer: per_customer.max(1), waiting, state: Mutex::new(state) }))
    }

    /// Waits for a turn. Fails at once if too many callers of this customer wait.
    pub async fn take(&self, customer_id: Uuid) -> Result<Turn, Full> {
        let waiting = {
            let mut state = self.0.lock();
            let free = state.free;
            let customer = state.customers.entry(customer_id).or_default();
            if free > 0 && customer.working < self.0.per_customer {
                customer.working += 1;
                state.free -= 1;
                return Ok(Turn { customer_id, turns: Some(self.0.clone()) });
            }
            if customer.waiting.len() >= self.0.waiting {
                return Err(Full);
            }
            let (sender, waiting) = oneshot::channel();
            customer.waiting.push_back(sender);
            if customer.waiting.len() == 1 {
                state.order.push_back(customer_id);
            }
            waiting
        };
        // Those who wait are never forgotten: each turn that ends is passed on.
        waiting.await.map_err(|_| Full)
    }
}

impl Inner {
    /// No panic leaves the state inconsistent.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the next caller, of the first customer in order that has not its most turns, if a turn is free.
    fn next(&mut self, per_customer: usize) -> Option<(Uuid, oneshot::Sender<Turn>)> {
        if self.free == 0 {
            return None;
        }
        let working = |id: &Uuid| self.customers.get(id).map_or(0, |customer| customer.working);
        let at = self.order.iter().position(|id| working(id) < per_customer)?;
        let id = self.order.remove(at)?;
        let customer = self.customers.get_mut(&id)?;
        let sender = customer.waiting.pop_front()?;
        customer.working += 1;
        self.free -= 1;
        if !customer.waiting.is_empty() {
            self.order.push_back(id);
        }
        Some((id, sender))
    }

    fn give_back(&mut self, id: Uuid) {
        self.free += 1;
        if let Some(customer) = self.customers.get_mut(&id) {
            customer.working -= 1;
            if customer.working == 0 && customer.waiting.is_empty() {
                self.customers.remove(&id);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(turns) = self.turns.take() else { return };
        turns.lock().give_back(self.customer_id);
        loop {
            let next = turns.lock().next(turns.per_customer);
            let Some((customer_id, sender)) = next else { return };
            if let Err(mut unwanted) = sender.send(Turn { customer_id, turns: Some(turns.clone()) }) {
                // Its caller no longer waits.
                unwanted.turns = None;
                turns.lock().give_back(customer_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const ONE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[tokio::test]
    async fn customers_take_turns() {
        let turns = Turns::new(1, 1, 10);
        let working = turns.take(ONE).await.unwrap();
        let mut waiting: Vec<_> = [ONE, ONE, ONE, OTHER].into_iter().map(|id| Box::pin(turns.take(id))).collect();
        waiting.iter_mut().for_each(|it| assert!(it.as_mut().now_or_never().is_none()));
        drop(working);
        let first = waiting[0].as_mut().now_or_never().unwrap().unwrap();
        assert!(waiting[3].as_mut().now_or_never().is_none());
        drop(first);
        let second = waiting[3].as_mut().now_or_never().expect("the other customer is next").unwrap();
        drop(second);
        let third = waiting[1].as_mut().now_or_never().unwrap().unwrap();
        assert!(waiting[2].as_mut().now_or_never().is_none());
        drop(third);
        assert!(waiting[2].as_mut().now_or_never().is_some());
    }

    #[tokio::test]
    async fn callers_that_give_up_hold_no_turn() {
        let turns = Turns::new(1, 1, 10);
        let working = turns.take(ONE).await.unwrap();
        let mut gone = Box::pin(turns.take(ONE));
        assert!(gone.as_mut().now_or_never().is_none());
        let mut told = Box::pin(turns.take(OTHER));
        assert!(told.as_mut().now_or_never().is_none());
        drop(gone);
        drop(working);
        // It has the turn and is dropped before it learns of it.
        drop(told);
        assert!(turns.take(ONE).now_or_never().is_some());
        assert!(turns.0.lock().customers.len() <= 1, "nobody is remembered");
    }

    #[tokio::test]
    async fn a_customer_has_its_most_turns_and_waiting_callers() {
        let turns = Turns::new(3, 2, 1);
        let (first, _second) = (turns.take(ONE).await.unwrap(), turns.take(ONE).await.unwrap());
        let mut third = Box::pin(turns.take(ONE));
        assert!(third.as_mut().now_or_never().is_none());
        assert_eq!(turns.take(ONE).await.err(), Some(Full));
        let other = turns.take(OTHER).now_or_never().expect("a turn is free for another customer").unwrap();
        drop(other);
        assert!(third.as_mut().now_or_never().is_none(), "that turn is not for a customer that has its most");
        drop(first);
        assert!(third.as_mut().now_or_never().is_some());
    }
}
