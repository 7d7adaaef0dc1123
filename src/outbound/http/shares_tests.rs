//! Who may send next.

use super::*;
use futures::FutureExt;
use std::pin::Pin;

const LIMITS: Limits = Limits { under_way: 8, waiting_per_customer: 100, waiting: 150 };

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A request that waits for its place.
type Asked = Pin<Box<dyn Future<Output = Permit>>>;

fn ask(shares: &Arc<Shares>, customer: u128, limit: usize, purpose: Purpose) -> Asked {
    let waiting = shares.enter(id(customer), limit, purpose).expect("few wait");
    let mut asked: Asked = Box::pin(waiting.place());
    // Joins the queue. A permit that is there at once is kept for the next poll.
    match asked.as_mut().now_or_never() {
        Some(permit) => Box::pin(std::future::ready(permit)),
        None => asked,
    }
}

/// The requests that have a place now; the others stay.
fn placed(asked: &mut Vec<Asked>) -> Vec<Permit> {
    let mut permits = Vec::new();
    asked.retain_mut(|it| match it.now_or_never() {
        Some(permit) => {
            permits.push(permit);
            false
        }
        None => true,
    });
    permits
}

#[test]
fn customers_take_turns() {
    let shares = Shares::new(LIMITS);
    let mut first: Vec<Asked> = (0..50).map(|_| ask(&shares, 1, 100, Purpose::Delivery)).collect();
    let mut held = placed(&mut first);
    assert_eq!(held.len(), 6, "three quarters are the most for one purpose");
    let mut second = vec![ask(&shares, 2, 100, Purpose::Delivery)];
    let mut third = vec![ask(&shares, 3, 100, Purpose::Delivery)];
    assert!(placed(&mut second).is_empty());
    // 44 of the first customer came before. At most one of them goes before each of the others.
    held.truncate(3);
    assert_eq!((placed(&mut first).len(), placed(&mut second).len(), placed(&mut third).len()), (1, 1, 1));
}

#[test]
fn a_customer_has_its_limit_and_each_purpose_its_share() {
    let shares = Shares::new(Limits { under_way: 100, ..LIMITS });
    let mut flows: Vec<Asked> = (0..90).map(|_| ask(&shares, 1, 16, Purpose::Flow)).collect();
    let flowing = placed(&mut flows);
    assert_eq!(flowing.len(), 14, "all but an eighth");
    let mut deliveries: Vec<Asked> = (0..5).map(|_| ask(&shares, 1, 16, Purpose::Delivery)).collect();
    let delivering = placed(&mut deliveries);
    assert_eq!(delivering.len(), 2);
    // Another customer does not notice.
    let mut other: Vec<Asked> = (0..10).map(|_| ask(&shares, 2, 16, Purpose::Flow)).collect();
    assert_eq!(placed(&mut other).len(), 10);
    drop(flowing);
    let (more, flowing) = (placed(&mut deliveries), placed(&mut flows));
    assert_eq!((more.len(), flowing.len()), (3, 11), "deliveries had fewer places, so they come first");
    drop(delivering);
}

#[test]
fn too_many_are_refused_and_those_that_leave_make_room() {
    let shares = Shares::new(LIMITS);
    assert!(shares.enter(id(9), 0, Purpose::Flow).is_none(), "0 allows nothing");
    let mut one: Vec<Asked> = (0..106).map(|_| ask(&shares, 1, 100, Purpose::Flow)).collect();
    let held = placed(&mut one);
    assert_eq!((held.len(), one.len()), (6, 100));
    assert!(shares.enter(id(1), 100, Purpose::Flow).is_none());
    let two: Vec<Asked> = (0..50).map(|_| ask(&shares, 2, 100, Purpose::Flow)).collect();
    assert!(shares.enter(id(3), 100, Purpose::Flow).is_none(), "so many wait in total");
    drop(two);
    assert!(shares.enter(id(3), 100, Purpose::Flow).is_some());
    one.truncate(1);
    drop(held);
    let last = placed(&mut one);
    assert_eq!(last.len(), 1, "those that gave up hold no place");
    drop(last);
    let state = shares.state();
    assert!(state.customers.is_empty() && state.waiting == 0 && state.under_way == [0, 0]);
}

#[test]
fn a_place_that_nobody_takes_any_more_is_dealt_again() {
    let shares = Shares::new(Limits { under_way: 1, ..LIMITS });
    let mut first = vec![ask(&shares, 1, 10, Purpose::Flow)];
    let held = placed(&mut first);
    let (second, mut third) = (ask(&shares, 2, 10, Purpose::Flow), vec![ask(&shares, 3, 10, Purpose::Delivery)]);
    drop(held);
    assert!(placed(&mut third).is_empty());
    // It got its place, and was dropped before it looked.
    drop(second);
    assert_eq!(placed(&mut third).len(), 1);
}
