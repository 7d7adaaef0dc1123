//! Measures requests per second of a whole server over gRPC on one connection: activeflows continued (each a durable
//! transition) and activeflows read. The client uses some of the same cores. Prints the figures and asserts nothing:
//! `cargo bench --bench serve`.

#[allow(dead_code)]
#[path = "../tests/e2e/server.rs"]
mod server;

use futures::future::join_all;
use ringdown::proto::*;
use server::{Grpc, Home};
use std::time::{Duration, Instant};

const BLOCK: &str = "b10c0000-0000-4000-8000-000000000001";
/// An activeflow may run 10,000 actions in its life, and each turn of this loop runs two.
const TURNS: usize = 4_000;

/// Creates an activeflow that blocks, and blocks again whenever it is continued.
async fn blocked(grpc: &Grpc) -> String {
    let goto = GotoOption { target_id: Some(BLOCK.to_owned()), loop_count: Some(TURNS as i32) };
    let block = Some(action::Option::Block(BlockOption::default()));
    let actions = vec![
        Action { id: BLOCK.to_owned(), option: block, ..Default::default() },
        Action { option: Some(action::Option::Goto(goto)), ..Default::default() },
    ];
    let request = CreateActiveflowRequest { actions, ..Default::default() };
    grpc.activeflows.clone().create_activeflow(request).await.unwrap().into_inner().activeflow.unwrap().id
}

/// Returns requests per second, and the median and the 99th percentile of their latency.
async fn measure(ids: &[String], requests: usize, ask: impl AsyncFn(&str)) -> (f64, Duration, Duration) {
    let began = Instant::now();
    let each = requests / ids.len();
    let loops = ids.iter().map(async |id| {
        let mut took = Vec::with_capacity(each);
        for _ in 0..each {
            let asked = Instant::now();
            ask(id).await;
            took.push(asked.elapsed());
        }
        took
    });
    let mut took = join_all(loops).await.concat();
    let rate = took.len() as f64 / began.elapsed().as_secs_f64();
    took.sort_unstable();
    (rate, took[took.len() / 2], took[took.len() * 99 / 100])
}

#[tokio::main]
async fn main() {
    let home = Home::new(&[]);
    let server = home.start();
    let grpc = server.grpc().await;
    println!("{:>9}  {:>28}  {:>28}", "in flight", "ContinueActiveflow", "GetActiveflow");
    println!("{:>9}  {:>8} {:>9} {:>9}  {:>8} {:>9} {:>9}", "", "/s", "p50", "p99", "/s", "p50", "p99");
    for (at_once, requests) in [(1, 2_000), (64, 32_000), (256, 64_000)] {
        let ids = join_all((0..at_once).map(|_| blocked(&grpc))).await;
        let go_on = async |id: &str| {
            let (id, current_action_id) = (id.to_owned(), BLOCK.to_owned());
            let request = ContinueActiveflowRequest { id, current_action_id, ..Default::default() };
            drop(grpc.activeflows.clone().continue_activeflow(request).await.unwrap());
        };
        let read = async |id: &str| {
            let request = GetActiveflowRequest { id: id.to_owned() };
            drop(grpc.activeflows.clone().get_activeflow(request).await.unwrap());
        };
        let (writes, write_p50, write_p99) = measure(&ids, requests, go_on).await;
        let (reads, read_p50, read_p99) = measure(&ids, requests, read).await;
        println!(
            "{at_once:>9}  {writes:>8.0} {write_p50:>9.0?} {write_p99:>9.0?}  {reads:>8.0} {read_p50:>9.0?} {read_p99:>9.0?}"
        );
    }
    assert!(server.stop().success());
}
