//! Clients that create, continue, stop, call and hang up, each one thing after the other, and keep what they were promised.

use super::clients::{self, Calls, sleep};
use super::fixture::Fixture;
use super::promises::{Answer, Done, Promised};
use super::server::Grpc;
use super::servers::Servers;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::{Code, Response, Status};
use uuid::Uuid;

/// One who has different keys than all others.
pub struct Person {
    fixture: Arc<Fixture>,
    dice: StdRng,
    /// Counts what is done, from a number of this person's own.
    next: usize,
    flow_id: String,
    promised: Promised,
}

impl Person {
    pub fn new(fixture: Arc<Fixture>, number: usize, seed: u64, flow_id: String) -> Person {
        let dice = StdRng::seed_from_u64(seed.wrapping_add(1 + number as u64));
        Person { fixture, dice, next: number * 1_000_000, flow_id, promised: Promised::default() }
    }

    /// Is busy until then, and ends what was begun.
    pub async fn live(mut self, until: Instant) -> Promised {
        while Instant::now() < until {
            let n = self.next;
            self.next += 1;
            match self.dice.random_range(0..8) {
                0..3 => {
                    let (fixture, ms) = (self.fixture.clone(), self.dice.random_range(20..2_500));
                    let kind = n - n % 4 + self.dice.random_range(0..4);
                    // The kind is a part of the number, and no number comes twice.
                    let promised = clients::activeflow(fixture, 4 * n + kind % 4, self.flow_id.clone(), ms).await;
                    self.promised.add(promised);
                }
                3..5 => self.steer(n).await,
                5 => self.twice(n).await,
                _ => self.call(n).await,
            }
            self.idle(200).await;
        }
        self.promised
    }

    async fn idle(&mut self, ms: u64) {
        let pause = Duration::from_millis(self.dice.random_range(0..ms));
        tokio::time::sleep(pause).await;
    }

    /// Asks until there is an answer; a refusal is a complaint.
    async fn ask<R, T, F>(&mut self, what: &str, request: R, rpc: impl Fn(Grpc, R) -> F + Send + Sync) -> Option<T>
    where
        R: Clone + Send + Sync,
        T: Send,
        F: Future<Output = Result<Response<T>, Status>> + Send,
    {
        let answer = self.fixture.ask(&request, rpc).await;
        answer.map_err(|status| self.promised.complaints.push(format!("{what}: {status}"))).ok()
    }

    /// One that blocks twice. It is given variables and goes on, or is stopped.
    async fn steer(&mut self, n: usize) {
        let blocks = [Uuid::now_v7(), Uuid::now_v7()].map(|id| id.to_string());
        let block = |id: &String| Action { id: id.clone(), ..clients::action(Act::Block(BlockOption::default())) };
        let pause = self.dice.random_range(20..600);
        let request = CreateActiveflowRequest {
            actions: vec![block(&blocks[0]), sleep(pause), block(&blocks[1]), sleep(pause)],
            idempotency_key: format!("steered-{n}"),
            ..Default::default()
        };
        let made = clients::create(&*self.fixture, &request).await;
        self.promised.activeflows.push(made.id.parse().unwrap());
        for turn in 0..self.dice.random_range(0..3) {
            self.set(&made.id, format!("{n} {turn}")).await;
        }
        for block in &blocks {
            if self.dice.random_ratio(1, 4) {
                return self.stop(&made.id, n).await;
            }
            self.go_on(&made.id, block).await;
            self.idle(300).await;
        }
    }

    async fn set(&mut self, id: &str, value: String) {
        let variables = [("turn".to_owned(), value.clone())].into();
        let request = SetVariablesRequest { id: id.to_owned(), variables };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.set_variables(request).await };
        if self.ask("SetVariables", request, ask).await.is_some() {
            let done = Done::Set("turn".to_owned(), value);
            self.promised.answers.push(Answer { activeflow: id.parse().unwrap(), revision: 0, done });
        }
    }

    async fn stop(&mut self, id: &str, n: usize) {
        let request = StopActiveflowRequest { id: id.to_owned(), idempotency_key: format!("stop-{n}") };
        let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.stop_activeflow(request).await };
        if let Some(told) = self.ask("StopActiveflow", request, ask).await {
            match Answer::stopped(&told.activeflow.unwrap()) {
                Ok(answer) => self.promised.answers.push(answer),
                Err(complaint) => self.promised.complaints.push(complaint),
            }
        }
    }

    /// Continues it, as soon as it is where it blocks.
    async fn go_on(&mut self, id: &str, block: &str) {
        let request = ContinueActiveflowRequest {
            id: id.to_owned(),
            current_action_id: block.to_owned(),
            idempotency_key: format!("continue-{block}"),
        };
        let until = Instant::now() + Fixture::LONGEST;
        loop {
            let ask = |mut grpc: Grpc, request| async move { grpc.activeflows.continue_activeflow(request).await };
            match self.fixture.ask(&request, ask).await {
                Ok(told) => {
                    return self.promised.answers.push(Answer::of(&told.activeflow.unwrap(), Done::Continued));
                }
                // It sleeps still.
                Err(status)
                    if matches!(status.code(), Code::FailedPrecondition | Code::Aborted) && Instant::now() < until =>
                {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                }
                Err(status) => return self.promised.complaints.push(format!("ContinueActiveflow {id}: {status}")),
            }
        }
    }

    /// Asks several times under one key, at the same time and one after the other.
    async fn twice(&mut self, n: usize) {
        let key = format!("twice-{n}");
        let actions = vec![sleep(self.dice.random_range(20..300))];
        let request = CreateActiveflowRequest { actions, idempotency_key: key.clone(), ..Default::default() };
        let fixture = self.fixture.clone();
        let (one, other) = tokio::join!(clients::create(&*fixture, &request), clients::create(&*fixture, &request));
        self.idle(500).await;
        let again = clients::create(&*fixture, &request).await;
        let ids: Vec<Uuid> = [one, other, again].iter().map(|made| made.id.parse().unwrap()).collect();
        self.promised.activeflows.push(ids[0]);
        self.promised.keys.push((key, ids));
    }

    /// A call that is hung up after a while, if it is still there.
    async fn call(&mut self, n: usize) {
        let id = clients::call(self.fixture.clone(), n, Calls::Mixed).await;
        self.promised.add(Promised::call(id));
        self.idle(1_500).await;
        let request = HangupCallRequest { id: id.to_string(), idempotency_key: format!("hangup-{n}") };
        let ask = |mut grpc: Grpc, request| async move { grpc.calls.hangup_call(request).await };
        match self.fixture.ask(&request, ask).await {
            Ok(_) => {}
            Err(status) if status.code() == Code::FailedPrecondition => {}
            Err(status) => self.promised.complaints.push(format!("HangupCall {id}: {status}")),
        }
    }
}
