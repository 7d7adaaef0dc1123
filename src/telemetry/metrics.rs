//! The metrics in the format of Prometheus. Every metric name is defined here, but for those of real phones ([`super::phones`]).

use super::gauged::Gauged;
use super::phones::Phones;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

const PREFIX: &str = "ringdown";
pub const CALLS: &str = "calls";
pub const CALL_TRANSITIONS: &str = "call_transitions";
pub const ACTIVEFLOWS: &str = "activeflows";
pub const ACTIVEFLOW_TRANSITIONS: &str = "activeflow_transitions";
pub const ACTION_DURATION: &str = "action_duration";
pub const COMMITS: &str = "commits";
pub const COMMIT_DURATION: &str = "commit_duration";
pub const COMMIT_BATCH_SIZE: &str = "commit_batch_size";
pub const WATCHERS: &str = "watchers";
pub const WATCH_LAG: &str = "watch_lag";
pub const RPCS: &str = "rpcs";
pub const RPC_DURATION: &str = "rpc_duration";
pub const CONNECTIONS: &str = "connections";
pub const CONNECTIONS_REFUSED: &str = "connections_refused";
pub const CONNECTIONS_CLOSED: &str = "connections_closed";
pub const REQUEST_BODIES_REFUSED: &str = "request_bodies_refused";
pub const TASK_RESTARTS: &str = "task_restarts";
pub const TASKS_DOWN: &str = "tasks_down";
pub const CACHE_BYTES: &str = "cache_bytes";
pub const CACHE_LIMIT_BYTES: &str = "cache_limit_bytes";
pub const CLOCK_OFFSET: &str = "clock_offset";
pub const DAMAGED_ROWS: &str = "damaged_rows";
pub const LOG_HORIZON_LAG: &str = "log_horizon_lag";
pub const PROMPTS: &str = "prompts";
pub const SPEECH_DELAY: &str = "speech_delay";
pub const SPEECH_ERRORS: &str = "speech_errors";

/// The value of the header `Content-Type` for `text`.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Action {
    r#type: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Resource {
    resource: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Rpc {
    rpc: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    rpc: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Task {
    task: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Table {
    table: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Adapter {
    adapter: &'static str,
}

/// A change of state. `from` is None for something new, `to` for something that no longer exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub from: Option<&'static str>,
    pub to: Option<&'static str>,
}

/// The metrics of one server. Shared by reference; every function may be called from anywhere and is cheap.
pub struct Metrics {
    registry: Registry,
    calls: Family<Status, Gauge>,
    call_transitions: Family<Status, Counter>,
    activeflows: Family<State, Gauge>,
    activeflow_transitions: Family<State, Counter>,
    actions: Family<Action, Histogram>,
    commits: Family<Outcome, Counter>,
    commit_duration: Histogram,
    commit_batch_size: Histogram,
    watchers: Family<Resource, Gauge>,
    watch_lag: Family<Resource, Histogram>,
    rpcs: Family<Rpc, Counter>,
    rpc_duration: Family<Method, Histogram>,
    connections: Gauge,
    connections_refused: Family<Why, Counter>,
    connections_closed: Family<Why, Counter>,
    request_bodies_refused: Family<Why, Counter>,
    task_restarts: Family<Task, Counter>,
    tasks_down: Family<Task, Gauge>,
    cache_bytes: Family<Cache, Gauge>,
    cache_limit_bytes: Family<Cache, Gauge>,
    clock_offset: Gauge<f64, AtomicU64>,
    damaged_rows: Family<Table, Counter>,
    log_horizon_lag: Gauge<f64, AtomicU64>,
    prompts: Family<Outcome, Counter>,
    speech_delay: Family<Adapter, Histogram>,
    speech_errors: Family<Adapter, Counter>,
    /// Those of real phones.
    pub phones: Phones,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

/// Buckets from a millisecond to an hour: actions wait for people.
fn long() -> Histogram {
    Histogram::new([0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1_800.0, 3_600.0])
}

/// Buckets from a tenth of a millisecond to seconds, for work of the machine.
fn short() -> Histogram {
    Histogram::new(exponential_buckets(0.000_1, 2.5, 13))
}

impl Metrics {
    pub fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix(PREFIX),
            calls: Family::default(),
            call_transitions: Family::default(),
            activeflows: Family::default(),
            activeflow_transitions: Family::default(),
            actions: Family::new_with_constructor(long),
            commits: Family::default(),
            commit_duration: short(),
            commit_batch_size: Histogram::new(exponential_buckets(1.0, 2.0, 11)),
            watchers: Family::default(),
            watch_lag: Family::new_with_constructor(short),
            rpcs: Family::default(),
            rpc_duration: Family::new_with_constructor(short),
            connections: Gauge::default(),
            connections_refused: Family::default(),
            connections_closed: Family::default(),
            request_bodies_refused: Family::default(),
            task_restarts: Family::default(),
            tasks_down: Family::default(),
            cache_bytes: Family::default(),
            cache_limit_bytes: Family::default(),
            clock_offset: Gauge::default(),
            damaged_rows: Family::default(),
            log_horizon_lag: Gauge::default(),
            prompts: Family::default(),
            speech_delay: Family::new_with_constructor(short),
            speech_errors: Family::default(),
            phones: Phones::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let it = &mut self.registry;
        it.register(CALLS, "Calls in progress on this server, by status", self.calls.clone());
        let about = "Calls that entered a status since this server started";
        it.register(CALL_TRANSITIONS, about, self.call_transitions.clone());
        it.register(ACTIVEFLOWS, "Activeflows in progress on this server, by state", self.activeflows.clone());
        let about = "Activeflows that entered a state since this server started";
        it.register(ACTIVEFLOW_TRANSITIONS, about, self.activeflow_transitions.clone());
        let about = "Time that actions took from start to end, by type and outcome";
        it.register_with_unit(ACTION_DURATION, about, Unit::Seconds, self.actions.clone());
        it.register(COMMITS, "Commits of steps of activeflows, by outcome", self.commits.clone());
        let about = "Time from the request to commit a step until its outcome was known";
        it.register_with_unit(COMMIT_DURATION, about, Unit::Seconds, self.commit_duration.clone());
        let about = "Commits that were written to the database in one transaction";
        it.register(COMMIT_BATCH_SIZE, about, self.commit_batch_size.clone());
        it.register(WATCHERS, "Open watches, by resource", self.watchers.clone());
        let about =
            "Time from the commit of an event until this server passed it to the stream of a watch, by resource";
        it.register_with_unit(WATCH_LAG, about, Unit::Seconds, self.watch_lag.clone());
        let about = "Completed RPCs over gRPC, gRPC-Web and REST, by RPC and gRPC code";
        it.register(RPCS, about, self.rpcs.clone());
        let about = "Time from the start of an RPC until its response began, by RPC";
        it.register_with_unit(RPC_DURATION, about, Unit::Seconds, self.rpc_duration.clone());
        it.register(CONNECTIONS, "Open connections of clients", self.connections.clone());
        let about = "Connections that were closed at once, by reason";
        it.register(CONNECTIONS_REFUSED, about, self.connections_refused.clone());
        let about = "Connections that were closed because of what the client did, by reason";
        it.register(CONNECTIONS_CLOSED, about, self.connections_closed.clone());
        let about = "Bodies of requests that were not read to their end, by reason";
        it.register(REQUEST_BODIES_REFUSED, about, self.request_bodies_refused.clone());
        let about = "Tasks of the server that were restarted after a panic or an early end, by task";
        it.register(TASK_RESTARTS, about, self.task_restarts.clone());
        let about = "Tasks of the server that are down and wait for their restart, by task";
        it.register(TASKS_DOWN, about, self.tasks_down.clone());
        let about = "Estimated bytes that a cache or a queue holds in memory, by its name";
        it.register(CACHE_BYTES, about, self.cache_bytes.clone());
        let about = "The most bytes that a cache or a queue may hold, its share of --memory";
        it.register(CACHE_LIMIT_BYTES, about, self.cache_limit_bytes.clone());
        let about = "Difference between this server's clock and the database's, positive if this server is ahead";
        it.register_with_unit(CLOCK_OFFSET, about, Unit::Seconds, self.clock_offset.clone());
        let about = "Rows of the database that this server found damaged, each counted once, by table";
        it.register(DAMAGED_ROWS, about, self.damaged_rows.clone());
        let about = "Time for which a transaction of a database session has held back watches and webhooks";
        it.register_with_unit(LOG_HORIZON_LAG, about, Unit::Seconds, self.log_horizon_lag.clone());
        let about = "Files and texts that calls wanted to hear, by outcome";
        it.register(PROMPTS, about, self.prompts.clone());
        let about = "Time from the request to speak a text until its first sound, by adapter";
        it.register_with_unit(SPEECH_DELAY, about, Unit::Seconds, self.speech_delay.clone());
        it.register(SPEECH_ERRORS, "Texts that could not be spoken, by adapter", self.speech_errors.clone());
        self.phones.register(it);
    }

    /// Records that a call changed its status. The last status (`hangup`) is only counted; the gauge leaves it out.
    pub fn call(&self, moved: Moved) {
        let status = |status| Status { status };
        if let Some(from) = moved.from {
            self.calls.get_or_create(&status(from)).dec();
        }
        if let Some(to) = moved.to {
            self.call_transitions.get_or_create(&status(to)).inc();
            if to != "hangup" {
                self.calls.get_or_create(&status(to)).inc();
            }
        }
    }

    /// Records that an activeflow changed its state: running, waiting. `ended` is only counted; the gauge leaves it out.
    pub fn activeflow(&self, moved: Moved) {
        let state = |state| State { state };
        if let Some(from) = moved.from {
            self.activeflows.get_or_create(&state(from)).dec();
        }
        if let Some(to) = moved.to {
            self.activeflow_transitions.get_or_create(&state(to)).inc();
            if to != "ended" {
                self.activeflows.get_or_create(&state(to)).inc();
            }
        }
    }

    /// Records that an action ended.
    pub fn action(&self, r#type: &'static str, outcome: &'static str, took: Duration) {
        self.actions.get_or_create(&Action { r#type, outcome }).observe(took.as_secs_f64());
    }

    /// Records the outcome of a commit: done, conflict or failed.
    pub fn commit(&self, outcome: &'static str, took: Duration) {
        self.commits.get_or_create(&Outcome { outcome }).inc();
        self.commit_duration.observe(took.as_secs_f64());
    }

    /// Records how many commits became durable in one transaction.
    pub fn committed(&self, commits: usize) {
        self.commit_batch_size.observe(commits as f64);
    }

    /// Counts a watch of `activeflows` or `calls` as open until the returned value is dropped.
    pub fn watcher(&self, resource: &'static str) -> Gauged {
        Gauged::new(self.watchers.get_or_create_owned(&Resource { resource }))
    }

    /// Records that an event reached a watcher.
    pub fn watched(&self, resource: &'static str, lag: Duration) {
        self.watch_lag.get_or_create(&Resource { resource }).observe(lag.as_secs_f64());
    }

    /// Records a completed RPC. `rpc` is a name of the contract and `code` is written as in gRPC, so both have few values.
    pub fn rpc(&self, rpc: &'static str, code: &'static str, took: Duration) {
        self.rpcs.get_or_create(&Rpc { rpc, code }).inc();
        self.rpc_duration.get_or_create(&Method { rpc }).observe(took.as_secs_f64());
    }

    /// Counts a connection as open until the returned value is dropped.
    pub fn connection(&self) -> Gauged {
        Gauged::new(self.connections.clone())
    }

    /// Records that a connection was closed at once: total, address or error.
    pub fn connection_refused(&self, reason: &'static str) {
        self.connections_refused.get_or_create(&Why { reason }).inc();
    }

    /// Records that the server closed a connection: silent, idle, stalled or flood.
    pub fn connection_closed(&self, reason: &'static str) {
        self.connections_closed.get_or_create(&Why { reason }).inc();
    }

    /// Records that a body was not read to its end: size, memory or time.
    pub fn body_refused(&self, reason: &'static str) {
        self.request_bodies_refused.get_or_create(&Why { reason }).inc();
    }

    /// Creates the metrics of a task, at zero.
    pub fn task(&self, task: &'static str) {
        drop(self.task_restarts.get_or_create(&Task { task }));
        drop(self.tasks_down.get_or_create(&Task { task }));
    }

    /// Records that a task waits for its restart.
    pub fn task_down(&self, task: &'static str) {
        self.tasks_down.get_or_create(&Task { task }).inc();
    }

    /// Records that a task that was down runs again, or that its server stops.
    pub fn task_up(&self, task: &'static str) {
        self.tasks_down.get_or_create(&Task { task }).dec();
    }

    /// Records that a task was restarted.
    pub fn task_restarted(&self, task: &'static str) {
        self.task_restarts.get_or_create(&Task { task }).inc();
    }

    /// Creates the metrics of a cache or a queue: its limit, and its use, which is 0.
    pub fn memory(&self, cache: &'static str, limit: u64) -> Usage {
        self.cache_limit_bytes.get_or_create(&Cache { cache }).set(i64::try_from(limit).unwrap_or(i64::MAX));
        Usage(self.cache_bytes.get_or_create_owned(&Cache { cache }))
    }

    /// Records the difference between this server's clock and the database's, in seconds.
    pub fn clock_offset(&self, seconds: f64) {
        self.clock_offset.set(seconds);
    }

    /// Records that a row of a table was found damaged.
    pub fn damaged_row(&self, table: &'static str) {
        self.damaged_rows.get_or_create(&Table { table }).inc();
    }

    /// Records how long the log has been held back, zero if it is not.
    pub fn log_held_back(&self, lag: Duration) {
        self.log_horizon_lag.set(lag.as_secs_f64());
    }

    /// Records what became of a sound that a call wanted to hear: kept, joined, made or failed.
    pub fn prompt(&self, outcome: &'static str) {
        self.prompts.get_or_create(&Outcome { outcome }).inc();
    }

    /// Records how long a call waited for the first sound of a text.
    pub fn spoken(&self, adapter: &'static str, delay: Duration) {
        self.speech_delay.get_or_create(&Adapter { adapter }).observe(delay.as_secs_f64());
    }

    /// Records that an adapter could not speak a text.
    pub fn speech_failed(&self, adapter: &'static str) {
        self.speech_errors.get_or_create(&Adapter { adapter }).inc();
    }

    /// Returns all metrics in the format of Prometheus ([`CONTENT_TYPE`]).
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        text::encode(&mut out, &self.registry).expect("metrics are written to memory");
        out
    }
}

/// The bytes that a cache or a queue holds.
#[derive(Debug, Clone, Default)]
pub struct Usage(Gauge);

impl Usage {
    pub fn set(&self, bytes: usize) {
        self.0.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub fn add(&self, bytes: usize) {
        self.0.inc_by(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub fn sub(&self, bytes: usize) {
        self.0.dec_by(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(metrics: &Metrics, line: &str) {
        let text = metrics.text();
        assert!(text.lines().any(|it| it == line), "{line:?} is not in\n{text}");
    }

    #[test]
    fn calls_are_gauged_until_they_end() {
        let metrics = Metrics::new();
        metrics.call(Moved { from: None, to: Some("dialing") });
        metrics.call(Moved { from: Some("dialing"), to: Some("ringing") });
        check(&metrics, r#"ringdown_calls{status="ringing"} 1"#);
        metrics.call(Moved { from: Some("ringing"), to: Some("hangup") });
        check(&metrics, r#"ringdown_calls{status="ringing"} 0"#);
        check(&metrics, r#"ringdown_call_transitions_total{status="hangup"} 1"#);
        assert!(!metrics.text().contains(r#"ringdown_calls{status="hangup"}"#));
    }

    #[test]
    fn every_metric_is_reported() {
        let metrics = Metrics::new();
        metrics.activeflow(Moved { from: None, to: Some("running") });
        metrics.action("talk", "done", Duration::from_millis(1_500));
        metrics.commit("done", Duration::from_millis(2));
        metrics.committed(64);
        metrics.watched("activeflows", Duration::from_micros(300));
        metrics.rpc("ringdown.v1.CallService/GetCall", "NOT_FOUND", Duration::from_micros(90));
        metrics.task("watch_hub");
        metrics.task_down("watch_hub");
        check(&metrics, r#"ringdown_task_restarts_total{task="watch_hub"} 0"#);
        check(&metrics, r#"ringdown_tasks_down{task="watch_hub"} 1"#);
        check(&metrics, r#"ringdown_activeflows{state="running"} 1"#);
        check(&metrics, r#"ringdown_action_duration_seconds_count{type="talk",outcome="done"} 1"#);
        check(&metrics, r#"ringdown_commits_total{outcome="done"} 1"#);
        check(&metrics, "ringdown_commit_batch_size_sum 64.0");
        check(&metrics, r#"ringdown_watch_lag_seconds_count{resource="activeflows"} 1"#);
        check(&metrics, r#"ringdown_rpcs_total{rpc="ringdown.v1.CallService/GetCall",code="NOT_FOUND"} 1"#);
        assert!(metrics.text().ends_with("# EOF\n"));
    }

    #[test]
    fn a_watcher_counts_while_it_lives() {
        let metrics = Metrics::new();
        let watcher = metrics.watcher("calls");
        check(&metrics, r#"ringdown_watchers{resource="calls"} 1"#);
        drop(watcher);
        check(&metrics, r#"ringdown_watchers{resource="calls"} 0"#);
    }
}
