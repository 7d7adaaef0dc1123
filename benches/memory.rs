//! Measures the memory of a server: at rest, with 100,000 sleeping activeflows, and for each idle watcher. Prints the
//! figures and asserts nothing: `cargo bench --bench memory`. The figures are available on Linux only.

#[allow(dead_code)]
#[path = "../tests/e2e/server.rs"]
mod server;

use futures::stream::{self, StreamExt};
use ringdown::proto::*;
use server::{Home, Server};
use std::time::{Duration, Instant};

const SLEEPING: usize = 100_000;
const WATCHERS: usize = 1_000;
/// The number of concurrent requests.
const AT_ONCE: usize = 256;

/// Returns the resident memory of the server in bytes.
fn resident(server: &Server) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() * 1024.0
}

fn mib(bytes: f64) -> f64 {
    bytes / 1024.0 / 1024.0
}

async fn sleep_all(server: &Server) {
    let grpc = server.grpc().await;
    let sleep =
        Action { option: Some(action::Option::Sleep(SleepOption { duration: Some(3_600_000) })), ..Action::default() };
    let flow = CreateFlowRequest { name: "sleep".to_owned(), actions: vec![sleep], ..Default::default() };
    let flow = grpc.flows.clone().create_flow(flow).await.unwrap().into_inner().flow.unwrap();
    let began = Instant::now();
    stream::iter(0..SLEEPING)
        .for_each_concurrent(AT_ONCE, |_| {
            let request = CreateActiveflowRequest { flow_id: flow.id.clone(), ..Default::default() };
            let mut activeflows = grpc.activeflows.clone();
            async move { drop(activeflows.create_activeflow(request).await.unwrap()) }
        })
        .await;
    let rate = SLEEPING as f64 / began.elapsed().as_secs_f64();
    println!("created {SLEEPING} activeflows durably, {AT_ONCE} at a time: {rate:.0}/s");
}

#[tokio::main]
async fn main() {
    let home = Home::new(&[]);
    let server = home.start();
    println!("at rest: {:.1} MiB", mib(resident(&server)));
    sleep_all(&server).await;
    println!("{SLEEPING} asleep, just created: {:.1} MiB", mib(resident(&server)));
    assert!(server.stop().success());

    let began = Instant::now();
    let server = home.start();
    println!(
        "{SLEEPING} asleep, after a restart of {:.1} s: {:.1} MiB",
        began.elapsed().as_secs_f64(),
        mib(resident(&server))
    );

    let before = resident(&server);
    let grpc = server.grpc().await;
    let mut watches = Vec::new();
    for _ in 0..WATCHERS {
        let watch = grpc.activeflows.clone().watch_activeflows(WatchActiveflowsRequest::default()).await.unwrap();
        watches.push(watch.into_inner());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = (resident(&server) - before) / WATCHERS as f64 / 1024.0;
    println!("{WATCHERS} idle watchers on one connection: {each:.1} KiB each");
    drop(watches);
    assert!(server.stop().success());
}
