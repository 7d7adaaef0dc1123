//! The attacker's account: its connections, what it holds open, and what it finds wrong.

use super::raw;
use super::table::{Attack, PASSING};
use crate::fixture::Fixture;
use crate::receiver::{Mode, Receiver};
use crate::server::{Grpc, Home};
use crate::servers::{Servers, may_pass};
use rand::rngs::StdRng;
use ringdown::proto::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

/// How long the attacker waits for an answer.
const ATTEMPT: Duration = Duration::from_secs(4);
/// How often it sends a request that nobody answers.
const TRIES: usize = 8;
/// The connections and watches that it holds open at the same time. The oldest is let go first.
const HELD: usize = 60;
/// The limits that bound what a round writes and how many calls it makes.
const LIMITS: [&str; 8] = [
    "calls=40",
    "activeflows=150",
    "watches=20",
    "outbound_requests=8",
    "requests_per_second=400",
    "activeflow_history_bytes=262144",
    "daily_history_bytes=33554432",
    "daily_requests=5000",
];

pub struct Account {
    pub fixture: Arc<Fixture>,
    pub customer_id: String,
    pub key: String,
    channels: Vec<Channel>,
    turn: AtomicUsize,
    /// Takes requests and never answers.
    pub receiver: Receiver,
    /// Where the log began.
    pub first_token: tokio::sync::OnceCell<String>,
    held: Mutex<VecDeque<Box<dyn Send>>>,
    complaints: Mutex<Vec<String>>,
}

impl Account {
    /// Makes the customer, and gives it its limits, beside the servers.
    pub async fn open(fixture: Arc<Fixture>) -> Arc<Account> {
        let theirs = fixture.clone();
        let made = tokio::task::spawn_blocking(move || customer(&theirs.home));
        let (customer_id, key) = made.await.expect("a customer is made");
        let channel = |node: &crate::fixture::Node| endpoint(node.front.port).connect_lazy();
        let channels = fixture.nodes.iter().map(channel).collect();
        Arc::new(Account {
            customer_id,
            key,
            channels,
            turn: AtomicUsize::new(0),
            receiver: Receiver::start(Mode::Hang).await,
            first_token: Default::default(),
            held: Mutex::default(),
            complaints: Mutex::default(),
            fixture,
        })
    }

    pub async fn make(&self, attack: Attack, dice: StdRng) {
        match attack {
            Attack::UnfinishedBodies => raw::unfinished_bodies(self, dice).await,
            Attack::HalfOpen => raw::half_open(self, dice).await,
            Attack::MalformedHttp2 => raw::malformed_http2(self, dice).await,
            _ => super::api::make(self, attack, dice).await,
        }
    }

    /// The server whose turn it is.
    fn next(&self) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed) % self.channels.len()
    }

    /// The port of a server.
    pub fn port(&self) -> u16 {
        self.fixture.nodes[self.next()].front.port
    }

    /// Clients with another credential.
    pub fn with_key(&self, credential: &str) -> Grpc {
        Grpc::new(self.channels[self.next()].clone(), credential)
    }

    /// Clients with a connection that nothing else uses.
    pub fn alone(&self) -> Grpc {
        Grpc::new(endpoint(self.port()).connect_lazy(), &self.key)
    }

    /// Sends a request until it is answered, a few times at most, to another server each time. None: it was refused, or
    /// nobody knows.
    pub async fn send<T, F>(&self, attack: Attack, request: impl Fn(Grpc) -> F) -> Option<T>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        self.send_as(&self.key, attack, request).await
    }

    /// The same with another credential.
    pub async fn send_as<T, F>(&self, key: &str, attack: Attack, request: impl Fn(Grpc) -> F) -> Option<T>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        for _ in 0..TRIES {
            match tokio::time::timeout(ATTEMPT, request(self.with_key(key))).await {
                Ok(Ok(answer)) => return Some(answer.into_inner()),
                Ok(Err(status)) if !self.may_pass(attack, &status) => return None,
                Ok(Err(_)) => self.pause().await,
                Err(_) => self.count("attacks without an answer"),
            }
        }
        None
    }

    /// Sends a request that must be refused.
    pub async fn send_in_vain<T, F>(&self, key: &str, attack: Attack, what: &str, request: impl Fn(Grpc) -> F)
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        if self.send_as(key, attack, request).await.is_some() {
            self.complain(format!("{}: {what} was not refused", attack.name()));
        }
    }

    /// Looks why a request was refused; whether another server may answer it.
    fn may_pass(&self, attack: Attack, status: &Status) -> bool {
        match status.get_error_details().error_info() {
            Some(info) => {
                self.refused(attack, &info.reason, &status.to_string());
                may_pass(status) && status.code() == Code::Unavailable
            }
            None if may_pass(status) => {
                self.count("attacks whose connection broke");
                true
            }
            None => {
                self.complain(format!("{} are refused without a reason: {status}", attack.name()));
                false
            }
        }
    }

    /// Holds a refusal against the table.
    pub fn refused(&self, attack: Attack, reason: &str, said: &str) {
        let known = PASSING.iter().chain(attack.refusals()).any(|known| known.name() == reason);
        match known {
            true => self.count(&format!("the attacker's requests refused with {reason}")),
            false => self.complain(format!("{} are refused with {reason}: {said}", attack.name())),
        }
    }

    /// What was shown must be the attacker's own.
    pub fn own(&self, what: &str, customer_id: &str) {
        if customer_id != self.customer_id {
            self.complain(format!("the attacker is shown {what} of the customer {customer_id}"));
        }
    }

    pub fn complain(&self, what: String) {
        self.complaints.lock().unwrap().push(what);
    }

    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.complaints.lock().unwrap())
    }

    /// Holds a connection open that nobody uses.
    pub fn hold(&self, held: impl Send + 'static) {
        let mut all = self.held.lock().unwrap();
        all.push_back(Box::new(held));
        if all.len() > HELD {
            all.pop_front();
        }
    }

    pub fn drop_held(&self) {
        self.held.lock().unwrap().clear();
    }

    pub fn count(&self, what: &str) {
        self.fixture.tally.count(what, 1);
    }

    pub fn note(&self, attack: Attack) {
        self.fixture.tally.note(&tried(attack), "attacker");
    }

    pub fn made(&self, attack: Attack) -> usize {
        self.fixture.tally.of(&tried(attack))
    }

    pub fn sum_up(&self, events: usize, activeflows: usize) {
        self.fixture.tally.count("the attacker's events", events);
        self.fixture.tally.count("the attacker's activeflows", activeflows);
        self.fixture.tally.count("the attacker's requests that reached its receiver", self.receiver.got().len());
    }

    /// Stops its activeflows and hangs up its calls until there are none.
    pub async fn stop_all(&self) {
        let ended = |status: Status| status.code() == Code::FailedPrecondition;
        loop {
            let status = ActiveflowStatus::Running.into();
            let request = ListActiveflowsRequest { status, page_size: 1_000, ..Default::default() };
            let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.list_activeflows(request).await };
            let running = self.ask(&request, ask).await.expect("a list").activeflows;
            for activeflow in &running {
                let request = StopActiveflowRequest { id: activeflow.id.clone(), ..Default::default() };
                let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.stop_activeflow(request).await };
                if let Err(status) = self.ask(&request, ask).await {
                    assert!(ended(status.clone()), "it is not stopped: {status}");
                }
            }
            if running.is_empty() {
                return;
            }
        }
    }
}

impl Servers for Account {
    const ATTEMPT: Duration = Fixture::ATTEMPT;
    const LONGEST: Duration = Fixture::LONGEST;

    async fn grpc(&self) -> Grpc {
        self.with_key(&self.key)
    }

    async fn pause(&self) {
        self.fixture.pause().await;
    }

    fn said(&self) -> String {
        self.fixture.said()
    }
}

fn endpoint(port: u16) -> Endpoint {
    Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("an address")
}

fn tried(attack: Attack) -> String {
    format!("attacks by {}", attack.name())
}

/// A customer with little.
fn customer(home: &Home) -> (String, String) {
    let (id, key) = home.customer();
    home.run(&[&["customers", "limits", id.as_str()], LIMITS.as_slice()].concat());
    (id, key)
}
