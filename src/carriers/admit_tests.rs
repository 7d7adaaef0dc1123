use super::*;
use crate::carriers::{Configured, mark, provider_row, route_row, seal_password};
use crate::clock::Clock;
use crate::model::amounts::Amounts;
use crate::model::view;
use crate::proto;
use crate::seal::Sealer;
use crate::store::sqlite::{Config, Location, Sqlite};
use crate::store::{Commit, Store};
use crate::supervisor::Supervisor;
use crate::telemetry::Metrics;
use crate::usage::{Counts, DailyUsage};
use futures::FutureExt;
use std::sync::Arc;

const CUSTOMER: Uuid = Uuid::from_u128(0xc0);

/// Carriers on an empty store, with the provider of an option.
pub(in crate::carriers) async fn carriers(
    option: Option<&str>,
) -> (Arc<Carriers>, Arc<dyn Store>, Arc<DailyUsage>, Supervisor) {
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(Config::new(Location::Memory)).await.unwrap());
    let supervisor = Supervisor::new(Arc::new(Metrics::new()));
    let usage = DailyUsage::start(store.clone(), Arc::new(Counts::default()), &supervisor);
    let configured = option.map(|option| Configured::new(&option.parse().unwrap(), None));
    let sealer = Arc::new(Sealer::in_memory());
    let carriers = Carriers::start(store.clone(), sealer, usage.clone(), configured, &supervisor).await.unwrap();
    (carriers, store, usage, supervisor)
}

/// Stores a provider with these limits and a route to it for all destinations.
pub(in crate::carriers) async fn provide(
    carriers: &Carriers,
    store: &dyn Store,
    sip: proto::ProviderSip,
) -> (Uuid, Uuid) {
    let now = Clock::now();
    let (id, route_id) = (Clock::id(now), Clock::id(now));
    let provider = proto::Provider {
        id: view::id(id),
        hostname: "sip.example".to_owned(),
        tech_prefix: "00".to_owned(),
        tech_postfix: "#1".to_owned(),
        sip: Some(sip),
        tm_create: view::time(now),
        ..Default::default()
    };
    let everybody = crate::carriers::EVERYBODY;
    let route = proto::Route {
        id: view::id(route_id),
        customer_id: view::id(everybody),
        provider_id: view::id(id),
        priority: 1,
        target: "all".to_owned(),
        tm_create: view::time(now),
        ..Default::default()
    };
    let sealed = seal_password(id, "hunter2", carriers.sealer()).unwrap();
    let commit = Commit {
        providers: vec![provider_row(id, &provider, Some(sealed))],
        routes: vec![route_row(route_id, everybody, &route)],
        ..Commit::default()
    };
    store.commit(mark(commit)).await.expect("stored");
    (id, route_id)
}

fn limits(calls: u64, per_second: u64, minutes: u64) -> CustomerLimits {
    CustomerLimits {
        provider_calls: calls,
        provider_calls_per_second: per_second,
        daily_provider_minutes: minutes,
        ..CustomerLimits::default()
    }
}

fn reason<T>(outcome: Result<T>) -> Reason {
    outcome.err().expect("refused").reason
}

#[tokio::test]
async fn the_table_follows_the_database() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:me:secret@203.0.113.7")).await;
    let first = carriers.hops(CUSTOMER, "+4930123456").unwrap();
    assert_eq!((first.len(), first[0].provider.password()), (1, "secret"));
    assert_eq!(carriers.table().peer("203.0.113.7".parse().unwrap()), Some(first[0].provider.id));
    let (id, route_id) = provide(&carriers, &*store, crate::carriers::defaults()).await;
    assert_eq!(carriers.hops(CUSTOMER, "+4930123456").unwrap().len(), 1, "not read yet");
    carriers.refresh().await.unwrap();
    let hops = carriers.hops(CUSTOMER, "+4930123456").unwrap();
    let stored = hops.iter().find(|hop| hop.provider.id == id).expect("the stored one");
    assert_eq!((hops.len(), stored.provider.password(), stored.dialled.as_str()), (2, "hunter2", "00+4930123456#1"));
    let table = carriers.table();
    carriers.refresh().await.unwrap();
    assert!(Arc::ptr_eq(&table, &carriers.table()), "nothing has changed");
    // Both fail their checks: the last resort is to try all the same.
    for hop in &hops {
        carriers.checked(hop.provider.id, false, 503, Clock::now());
        carriers.checked(hop.provider.id, false, 503, Clock::now());
    }
    assert_eq!(carriers.hops(CUSTOMER, "+4930123456").unwrap().len(), 2);
    carriers.checked(id, true, 200, Clock::now());
    let healthy = carriers.hops(CUSTOMER, "+4930123456").unwrap();
    assert_eq!(healthy.iter().map(|hop| hop.provider.id).collect::<Vec<_>>(), [id]);
    let row = store.route(route_id).await.unwrap().unwrap();
    let gone = crate::store::Route { tm_delete: Some(1), ..row };
    store.commit(mark(Commit { routes: vec![gone], ..Commit::default() })).await.unwrap();
    carriers.refresh().await.unwrap();
    assert_eq!(carriers.hops(CUSTOMER, "+4930123456").unwrap().len(), 1);
    assert_eq!(reason(carriers.hops(CUSTOMER, "+881612345678")), Reason::DestinationNotAllowed);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_call_without_a_route_is_refused_by_name() {
    let (carriers, store, _usage, supervisor) = carriers(None).await;
    assert_eq!(reason(carriers.hops(CUSTOMER, "+4930123456")), Reason::NoRoute);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_customer_has_so_many_calls_at_a_time_and_each_second() {
    let (carriers, store, _usage, supervisor) = carriers(None).await;
    let ten = limits(10, 1_000, 600);
    let mut permits = Vec::new();
    for _ in 0..10 {
        permits.push(carriers.admit(CUSTOMER, &ten).await.expect("room"));
    }
    let eleventh = carriers.admit(CUSTOMER, &ten).await.err().unwrap();
    assert!(eleventh.reason == Reason::TooManyCalls && eleventh.message.contains("provider_calls"), "{eleventh}");
    assert!(carriers.admit(Uuid::from_u128(7), &ten).await.is_ok(), "another customer's room is its own");
    assert_eq!(carriers.calls_of(CUSTOMER), 10);
    permits.pop();
    assert!(carriers.admit(CUSTOMER, &ten).await.is_ok());
    drop(permits);
    assert_eq!(carriers.calls_of(CUSTOMER), 0);
    let (slow, other) = (limits(10, 1, 600), Uuid::from_u128(8));
    for _ in 0..2 {
        carriers.admit(other, &slow).await.expect("a burst of two seconds");
    }
    let third = carriers.admit(other, &slow).await.err().unwrap();
    assert!(third.message.contains("provider_calls_per_second"), "{third}");
    assert_eq!(carriers.calls_of(other), 0, "what is refused holds no room");
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn minutes_of_the_day_are_used_up() {
    let (carriers, store, usage, supervisor) = carriers(None).await;
    let one_minute = limits(10, 1_000, 1);
    let first = carriers.admit(CUSTOMER, &one_minute).await.expect("the first minute");
    drop(first);
    assert_eq!(usage.today(CUSTOMER).await.unwrap().call_seconds, 0, "a call that was never answered is free");
    let answered = carriers.admit(CUSTOMER, &one_minute).await.expect("the first minute");
    answered.answered();
    drop(answered);
    assert_eq!(usage.today(CUSTOMER).await.unwrap().call_seconds, 1, "a second that has begun");
    usage.add(CUSTOMER, Amounts { call_seconds: 59, ..Amounts::default() });
    let second = carriers.admit(CUSTOMER, &one_minute).await.err().unwrap();
    assert!(second.reason == Reason::BudgetUsedUp && second.message.contains("daily_provider_minutes"), "{second}");
    assert_eq!(reason(carriers.admit(Uuid::from_u128(9), &limits(10, 1_000, 0)).await), Reason::BudgetUsedUp);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_call_that_is_too_long_is_over() {
    let (carriers, store, _usage, supervisor) = carriers(None).await;
    let none = CustomerLimits { provider_call_seconds: 0, ..limits(10, 1_000, 600) };
    let mut permit = carriers.admit(CUSTOMER, &none).await.expect("room");
    permit.answered();
    assert_eq!(permit.over().await, Over::Longest);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_provider_has_so_many_calls_and_a_queue_that_ends() {
    let (carriers, store, _usage, supervisor) = carriers(None).await;
    let sip = proto::ProviderSip { max_calls: 4, max_cps: 1_000, max_wait_ms: 2, ..crate::carriers::defaults() };
    let (id, _) = provide(&carriers, &*store, sip).await;
    carriers.refresh().await.unwrap();
    let hop = &carriers.hops(CUSTOMER, "+4930123456").unwrap()[0];
    // Without a wait in between, the fourth of a millisecond each would wait three.
    let (mut held, mut refused) = (Vec::new(), 0);
    let attempts = futures::future::join_all((0..4).map(|_| carriers.enter(&hop.provider))).await;
    for attempt in attempts {
        match attempt {
            Ok(permit) => held.push(permit),
            Err(error) => {
                assert!(error.reason == Reason::TooManyCalls && error.message.contains("max_wait_ms"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(held.len() + refused == 4 && !held.is_empty());
    while held.len() < 4 {
        held.extend(carriers.enter(&hop.provider).await.ok());
    }
    let fifth = carriers.enter(&hop.provider).await.err().unwrap();
    assert!(fifth.message.contains("sip.example has 4 calls (max_calls)"), "{fifth}");
    let shown = |carriers: &Carriers| {
        let row = proto::Provider { id: view::id(id), ..Default::default() };
        carriers.show(row, id).sip.unwrap()
    };
    let now = shown(&carriers);
    assert!(now.held == 4 && now.waiting == 0 && now.refused_last_minute >= 1, "{now:?}");
    drop(held);
    assert_eq!(shown(&carriers).held, 0);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_queue_is_visible_and_a_caller_may_leave_it() {
    let (carriers, store, _usage, supervisor) = carriers(None).await;
    let sip = proto::ProviderSip { max_cps: 1, max_wait_ms: 60_000, ..crate::carriers::defaults() };
    let (id, _) = provide(&carriers, &*store, sip).await;
    carriers.refresh().await.unwrap();
    let hop = &carriers.hops(CUSTOMER, "+4930123456").unwrap()[0];
    let first = carriers.enter(&hop.provider).await.expect("the first does not wait");
    let shown = || carriers.show(proto::Provider::default(), id).sip.unwrap();
    {
        let mut second = std::pin::pin!(carriers.enter(&hop.provider));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!((shown().held, shown().waiting), (2, 1));
    }
    assert_eq!((shown().held, shown().waiting), (1, 0));
    drop(first);
    supervisor.stop_all().await;
    store.close().await;
}
