//! A panic in each task that lives as long as the server: it is started again, operators are told, and webhooks and watches go
//! on, in order, without gaps or duplicates. A panic of the writer ends the server in order.
//!
//! The binary is run with `RINGDOWN_FAILPOINT`, which has one task panic at a place where it holds something.

#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod binary;
mod cluster;
mod fatal;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
mod single;
mod witness;

use binary::{Server, http, until};

/// What a probe or the metrics say: status and text.
pub async fn ask(server: &Server, path: &str) -> (u16, String) {
    let response = http().get(format!("{}{path}", server.url)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Waits until a line stands in the metrics.
pub async fn measured(server: &Server, line: &str) {
    until(line, async || ask(server, "/metrics").await.1.lines().any(|it| it == line).then_some(())).await;
}

/// Waits until a task has panicked once and was started again, and the server says that all is well.
pub async fn restarted(server: &Server, task: &str) {
    measured(server, &format!("ringdown_task_restarts_total{{task=\"{task}\"}} 1")).await;
    measured(server, &format!("ringdown_tasks_down{{task=\"{task}\"}} 0")).await;
    let (status, text) = ask(server, "/readyz").await;
    assert_eq!((status, text.as_str()), (200, "ready\n"));
}
