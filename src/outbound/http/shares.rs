//! Shares of the requests that may be under way: who may send next.
//!
//! The customers take turns, so one that has ten thousand requests waiting delays another one's only request by one turn.
//! Each customer has a limit as well, and neither flows nor deliveries can take all places: a customer whose web server
//! is slow keeps neither its own webhooks from being delivered nor those of others.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use uuid::Uuid;

/// What a request is for. Each has a share of the places that the other one cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An action of a flow that waits for the response.
    Flow,
    /// An attempt of the outbox: a webhook, a message, an attachment of a mail.
    Delivery,
}

const PURPOSES: [Purpose; 2] = [Purpose::Flow, Purpose::Delivery];

/// How many requests may be under way and may wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Under way, in total.
    pub under_way: usize,
    /// Waiting, per customer and purpose, and in total. A further one is refused at once.
    pub waiting_per_customer: usize,
    pub waiting: usize,
}

/// Places for requests.
pub struct Shares {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    under_way: [usize; 2],
    waiting: usize,
    customers: HashMap<Uuid, Customer>,
    /// The customers that have a waiting request and may send it, each once, per purpose.
    turns: [VecDeque<Uuid>; 2],
    next_ticket: u64,
}

/// A customer with requests.
#[derive(Default)]
struct Customer {
    limit: usize,
    under_way: [usize; 2],
    /// Requests that have not got a place, including those that wait for a host. Per purpose, so that flows do not keep
    /// deliveries from waiting.
    waiting: [usize; 2],
    /// Those that wait for their turn, in order.
    queues: [BTreeMap<u64, oneshot::Sender<Permit>>; 2],
    in_turns: [bool; 2],
}

/// Held while a request is under way.
pub struct Permit {
    shares: Arc<Shares>,
    customer: Uuid,
    purpose: Purpose,
}

/// Held while a request waits.
pub struct Waiting {
    shares: Arc<Shares>,
    customer: Uuid,
    purpose: Purpose,
}

/// A place in a queue, left when it is dropped.
struct Ticket<'a> {
    shares: &'a Shares,
    customer: Uuid,
    purpose: Purpose,
    number: u64,
}

/// Returns the most of `limit` places that one purpose may take of a customer's: all but an eighth, if there are two.
fn most_of_customer(limit: usize) -> usize {
    if limit > 1 { limit - (limit / 8).max(1) } else { limit }
}

/// Returns the most of the server's places that one purpose may take: three quarters, if there are two.
fn most_of_all(limit: usize) -> usize {
    if limit > 1 { limit - (limit / 4).max(1) } else { limit }
}

impl Customer {
    fn may_send(&self, purpose: Purpose) -> bool {
        let [flows, deliveries] = self.under_way;
        flows + deliveries < self.limit && self.under_way[purpose as usize] < most_of_customer(self.limit)
    }

    fn is_idle(&self) -> bool {
        self.waiting == [0, 0] && self.under_way == [0, 0] && self.in_turns == [false, false]
    }
}

impl Shares {
    pub fn new(limits: Limits) -> Arc<Shares> {
        assert!(limits.under_way > 0 && limits.waiting > 0, "a client must be able to send");
        Arc::new(Shares { limits, state: Mutex::default() })
    }

    /// Counts a request of a customer that may have `limit` of them under way. Returns `None` if too many wait already,
    /// or if the customer may have none.
    pub fn enter(self: &Arc<Self>, customer: Uuid, limit: usize, purpose: Purpose) -> Option<Waiting> {
        let mut state = self.state();
        if limit == 0 || state.waiting >= self.limits.waiting {
            return None;
        }
        let of = state.customers.entry(customer).or_default();
        if of.waiting[purpose as usize] >= self.limits.waiting_per_customer {
            return None;
        }
        of.limit = limit;
        of.waiting[purpose as usize] += 1;
        state.waiting += 1;
        Some(Waiting { shares: self.clone(), customer, purpose })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those whose turn it is.
    fn deal(self: &Arc<Self>) {
        let mut dealt = Vec::new();
        let mut state = self.state();
        loop {
            // The purpose that has fewer places comes first.
            let [flows, deliveries] = state.under_way;
            let order = if flows <= deliveries { PURPOSES } else { [Purpose::Delivery, Purpose::Flow] };
            let next =
                order.into_iter().find_map(|purpose| Some((state.next(self.limits.under_way, purpose)?, purpose)));
            let Some(((customer, sender), purpose)) = next else { break };
            dealt.push((sender, Permit { shares: self.clone(), customer, purpose }));
        }
        drop(state);
        // One that nobody waits for any more is returned, and dealt again.
        for (sender, permit) in dealt {
            drop(sender.send(permit));
        }
    }
}

impl State {
    /// Takes the request whose turn it is, and counts it as under way.
    fn next(&mut self, places: usize, purpose: Purpose) -> Option<(Uuid, oneshot::Sender<Permit>)> {
        let at = purpose as usize;
        while self.under_way[0] + self.under_way[1] < places && self.under_way[at] < most_of_all(places) {
            let id = self.turns[at].pop_front()?;
            let Some(customer) = self.customers.get_mut(&id) else { continue };
            customer.in_turns[at] = false;
            let first = if customer.may_send(purpose) { customer.queues[at].pop_first() } else { None };
            let Some((_, sender)) = first else {
                self.forget_if_idle(id);
                continue;
            };
            customer.under_way[at] += 1;
            self.under_way[at] += 1;
            self.queue(id, purpose);
            return Some((id, sender));
        }
        None
    }

    /// Lets a customer take turns if it has a request that it may send.
    fn queue(&mut self, id: Uuid, purpose: Purpose) {
        let Some(customer) = self.customers.get_mut(&id) else { return };
        let at = purpose as usize;
        if !customer.in_turns[at] && !customer.queues[at].is_empty() && customer.may_send(purpose) {
            customer.in_turns[at] = true;
            self.turns[at].push_back(id);
        }
    }

    fn forget_if_idle(&mut self, id: Uuid) {
        if self.customers.get(&id).is_some_and(Customer::is_idle) {
            self.customers.remove(&id);
        }
    }
}

impl Waiting {
    /// Waits for a place.
    pub async fn place(self) -> Permit {
        let purpose = self.purpose;
        let (sender, receiver) = oneshot::channel();
        let ticket = {
            let mut state = self.shares.state();
            let number = state.next_ticket;
            state.next_ticket += 1;
            let customer = state.customers.get_mut(&self.customer).expect("it is counted as waiting");
            customer.queues[purpose as usize].insert(number, sender);
            state.queue(self.customer, purpose);
            Ticket { shares: &self.shares, customer: self.customer, purpose, number }
        };
        self.shares.deal();
        let permit = receiver.await.expect("only its own ticket removes it");
        drop(ticket);
        permit
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.shares.state();
        if let Some(customer) = state.customers.get_mut(&self.customer) {
            customer.queues[self.purpose as usize].remove(&self.number);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut state = self.shares.state();
        state.waiting -= 1;
        if let Some(customer) = state.customers.get_mut(&self.customer) {
            customer.waiting[self.purpose as usize] -= 1;
        }
        state.forget_if_idle(self.customer);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.shares.state();
        let at = self.purpose as usize;
        state.under_way[at] -= 1;
        if let Some(customer) = state.customers.get_mut(&self.customer) {
            customer.under_way[at] -= 1;
        }
        PURPOSES.into_iter().for_each(|purpose| state.queue(self.customer, purpose));
        state.forget_if_idle(self.customer);
        drop(state);
        self.shares.deal();
    }
}

#[cfg(test)]
#[path = "shares_tests.rs"]
mod tests;
