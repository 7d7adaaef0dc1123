//! Ringdown runs call flows. A *flow* is an array of *actions*. A call or an API request starts a flow, and the running
//! flow is an *activeflow*: a durable record with a cursor, variables and a history that clients can watch live.
//!
//! # Modules
//!
//! | module | contents | may use |
//! |---|---|---|
//! | [`proto`] | the API contract in Rust, generated from `proto/` | – |
//! | [`model`] | plain data: calls, flows, runs, events, their API views and their stored encoding (`codec`) | proto |
//! | [`error`] | the error table | – |
//! | [`clock`] | the only source of time (wall time, and the uptime that timers count by), ids and randomness | model |
//! | [`engine`] | `start` and `step`: the execution of a flow, without I/O, clock or randomness; one file per action | model, proto |
//! | [`simulation`] | dry runs: the engine with simulated phones and a virtual clock | engine, model, proto |
//! | [`memory`] | bounds in bytes: the table that divides `--memory`, weighed caches, budgets, turns | – |
//! | [`supervisor`] | runs the server's long-lived tasks, restarts them when they fail, shuts them down in order | – |
//! | [`store`] | the database port and its adapters `sqlite` and `postgres` | model |
//! | [`seal`] | seals secrets in the database with a key from a file | store |
//! | [`telephony`] | the telephone network port and its adapter `simulated` | model |
//! | [`outbound`] | requests to external servers: HTTP with its address guard, webhook signatures, mail, text messages, sounds for calls | model, telephony::sounds |
//! | [`watch`] | delivers the log to watchers: hub, subscription, snapshot, resume token | model, store |
//! | [`usage`] | what customers use each day, counted against their daily budgets | model, store |
//! | [`delivery`] | delivers webhooks, messages and mail to external servers, through the outbox | model, store, seal, outbound, watch |
//! | [`carriers`] | providers and routes of calls: which call goes where, and its limits | model, store, seal, usage, `runtime::rates`, `telephony::directory` |
//! | [`runtime`] | executes runs: runner, mailboxes, timers, recovery, idempotency, caches | engine, the ports, delivery, watch |
//! | [`cluster`] | several servers on one database: membership, lease, forwarded commands, the leader's tasks | runtime, delivery, store |
//! | [`auth`] | authentication of callers: access keys, JWT | model, store, seal |
//! | [`api`] | use cases: one file per resource | all of the above |
//! | [`doctor`] | finds damaged rows of a database, for `ringdown doctor` | model, store, delivery |
//! | [`http`] | the parts that gRPC and REST share: client address, authentication, CORS, request id, deadline, metrics | auth, error, proto |
//! | [`grpc`] | one file per service; requests are validated here and nowhere deeper | api, http, model, error, proto, engine |
//! | [`rest`] | routes generated from the contract, which call the gRPC services in-process | grpc, http, error, proto |
//! | [`serve`] | builds a server from its configuration; the only place that names concrete adapters | all |
//!
//! Every module except the engine may use [`config`], [`telemetry`] and [`memory`]; every module with long-lived tasks may
//! use [`supervisor`]. `tests/tidy/` checks that the code follows this table.
//!
//! # Three typical paths
//!
//! **A client creates a call.** Client → `rest` or `grpc` → `grpc::convert` → `api::calls` → `engine::start` →
//! `store.commit` → response. After the commit the runner executes `Dial` → `telephony`.
//!
//! **A call comes in.** `telephony` → offer on a bounded channel → `api::incoming` → `engine::start` → `store.commit` →
//! `telephony` takes the call under its id.
//!
//! **A digit arrives.** `telephony` → signal on a bounded channel → mailbox of its run → `engine::step` →
//! `store.commit(expected revision)` → wakes the watchers and executes the effects. Their outcome arrives as another
//! signal, which closes the loop.
//!
//! # Invariants
//!
//! - *Apply, commit, act.* The server performs no external action before the state that requests it is durable.
//! - An activeflow, its call and the legs it dials are one *run*: one state, one revision, one log, one owner.
//!   `store.commit` is the only writer of runs, and it compares the revision.
//! - The engine is pure: it maps state, input, time and seed to state, events and effects. It cannot fail on stored
//!   state.
//! - A call is never dialled twice. A process that dies loses its calls: the next start ends each of them exactly once,
//!   and runs without a call continue where they stopped.
//! - A run belongs to one node, and a commit changes only runs of its own node: a node that was declared dead can no
//!   longer change anything. A node also checks its lease before it acts.
//! - Every call and every activeflow has exactly one terminal event, even under races.
//! - The log is the source of truth for watchers: they all receive its events in order, without gaps or duplicates.
//!   Notifications are only hints.
//! - Every queue, body, list, wait and retry is bounded.

#![forbid(unsafe_code)]

pub mod api;
pub mod auth;
pub mod carriers;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod delivery;
pub mod doctor;
pub mod engine;
pub mod error;
mod failpoint;
pub mod grpc;
pub mod http;
pub mod memory;
pub mod model;
pub mod outbound;
pub mod proto;
pub mod rest;
pub mod runtime;
pub mod seal;
mod serve;
pub mod simulation;
pub mod store;
pub mod supervisor;
pub mod telemetry;
pub mod telephony;
pub mod usage;
pub mod watch;

pub use serve::{Failure, Ready, run};
