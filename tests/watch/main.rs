//! Watches and races within one process: whoever sees something act on it at once, whoever goes away does so in the middle.
//! Here thousands of such moments cost less than a second.

mod inside;
mod offers;
mod races;
mod snapshots;
mod watches;

use futures::{Stream, StreamExt};
use prost::Message;
use ringdown::api::App;
use ringdown::api::activeflows::NewActiveflow;
use ringdown::api::calls::NewCalls;
use ringdown::api::flows::Program;
use ringdown::config::Limits;
use ringdown::error::{Error, Reason, Result};
use ringdown::model::call::{Address, AddressType};
use ringdown::model::variables::Variables;
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use ringdown::store::Store;
use ringdown::store::sqlite::{Config, Sqlite};
use ringdown::telephony::Telephony;
use ringdown::telephony::simulated::{Simulated, Witness};
use ringdown::watch::{Filter, Subject, Watch};
use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long anything may take that is to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server without its faces, and one of its customers.
pub struct Fixture {
    pub app: Arc<App>,
    pub store: Arc<Sqlite>,
    pub phones: Arc<Simulated>,
    pub customer: Uuid,
}

impl Fixture {
    pub async fn new() -> Fixture {
        Fixture::at("sqlite::memory:", Uuid::now_v7()).await
    }

    pub async fn at(url: &str, customer: Uuid) -> Fixture {
        let store = Arc::new(Sqlite::open(Config::new(url.parse().unwrap())).await.unwrap());
        let (ports, phones) = inside::ports(store.clone(), 10_000).await;
        Fixture { app: App::start(ports, Limits::default()).await.unwrap(), store, phones, customer }
    }

    /// A server whose phones somebody sees.
    pub async fn witnessed(witness: Arc<dyn Witness>, limits: Limits) -> Fixture {
        let store = Arc::new(Sqlite::open(Config::new("sqlite::memory:".parse().unwrap())).await.unwrap());
        let (ports, phones) = inside::witnessed_ports(store.clone(), 10_000, limits.customer, Some(witness)).await;
        Fixture { app: App::start(ports, limits).await.unwrap(), store, phones, customer: Uuid::now_v7() }
    }

    pub async fn create(&self, actions: Vec<Action>) -> Result<Activeflow> {
        let new = NewActiveflow {
            id: None,
            program: Program::Actions(actions),
            on_complete_flow_id: Uuid::nil(),
            variables: Variables::default(),
            webhook_uri: String::new(),
            webhook_method: String::new(),
        };
        Ok(self.app.create_activeflow(self.customer, new, None).await?.activeflow.unwrap())
    }

    pub async fn call(&self, number: &str, actions: Vec<Action>) -> Result<Call> {
        let new = NewCalls {
            source: tel("+15550001000"),
            destinations: vec![tel(number)],
            program: Program::Actions(actions),
            variables: Variables::default(),
        };
        Ok(self.app.create_calls(self.customer, new, None).await?.calls.remove(0))
    }

    /// A watch, from behind the token with which one from now on begins.
    pub async fn watch(&self, watch: Watch) -> Result<Frames> {
        let begins = watch.resume_token.is_empty() && !watch.include_snapshot && !watch.until_ended;
        let mut frames = Frames(Box::pin(self.app.watch(self.customer, watch).await?));
        if begins {
            assert!(ActiveflowFrame::decode(frames.bytes().await.unwrap()?).unwrap().r#type() == WatchType::Progress);
        }
        Ok(frames)
    }

    /// Waits until these have ended.
    pub async fn over(&self, subject: Subject, ids: impl IntoIterator<Item = Uuid>) {
        let watch = Watch { until_ended: true, ..of(subject, ids) };
        self.watch(watch).await.unwrap().whole().await;
    }

    /// Closes the server, which must not have to be patient.
    pub async fn close(self) {
        tokio::time::timeout(Duration::from_secs(4), self.app.drain(PATIENCE)).await.expect("nothing is left to do");
        assert_eq!(self.phones.held(), Vec::<Uuid>::new());
        self.store.close().await;
    }
}

pub fn action(option: Act) -> Action {
    Action { option: Some(option), ..Action::default() }
}

pub fn sleep(ms: i32) -> Action {
    action(Act::Sleep(SleepOption { duration: Some(ms) }))
}

pub fn block() -> Action {
    action(Act::Block(BlockOption::default()))
}

pub fn talk() -> Action {
    action(Act::Talk(TalkOption { text: Some("Hello.".to_owned()), ..TalkOption::default() }))
}

pub fn tel(target: &str) -> Address {
    let empty = String::new;
    Address { kind: AddressType::Tel, target: target.into(), target_name: empty(), name: empty(), detail: empty() }
}

pub fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

/// A watch of some, or of all, from now on.
pub fn of(subject: Subject, ids: impl IntoIterator<Item = Uuid>) -> Watch {
    let filter = Filter { ids: HashSet::from_iter(ids), ..Filter::default() };
    Watch { subject, filter, resume_token: String::new(), include_snapshot: false, until_ended: false }
}

/// What a watcher is told.
pub struct Frames(Pin<Box<dyn Stream<Item = Result<bytes::Bytes>> + Send>>);

impl Frames {
    async fn bytes(&mut self) -> Option<Result<bytes::Bytes>> {
        tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something is told, or the watch ends")
    }

    pub async fn activeflow(&mut self) -> Option<ActiveflowFrame> {
        Some(ActiveflowFrame::decode(self.bytes().await?.unwrap()).unwrap())
    }

    pub async fn call(&mut self) -> Option<CallFrame> {
        Some(CallFrame::decode(self.bytes().await?.unwrap()).unwrap())
    }

    /// Everything, of a watch that ends by itself.
    pub async fn whole(mut self) -> Vec<bytes::Bytes> {
        let mut all = Vec::new();
        while let Some(frame) = self.bytes().await {
            all.push(frame.unwrap());
        }
        all
    }
}

pub fn reason(error: Option<Error>) -> Option<Reason> {
    error.map(|error| error.reason)
}
