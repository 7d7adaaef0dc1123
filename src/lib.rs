//! Ringdown runs call flows: a *flow* is an array of *actions*, a call or an API request starts one, and the running flow is
//! an *activeflow*, a durable record with a cursor, variables and a history that people watch live.
//!
//! # The map
//!
//! | module | what it is | what it may use |
//! |---|---|---|
//! | [`proto`] | the contract in Rust, generated from `proto/` | – |
//! | [`model`] | plain data: calls, flows, runs, events, and their views | proto |
//! | [`error`] | the one error table | – |
//! | [`engine`] | `start` and `step`: what a flow does, without I/O, clock or randomness; one file per action; `dryrun` | model, proto |
//! | [`store`] | the port to a database; `sqlite`, `postgres` | error |
//! | [`telephony`] | the port to a telephone network; `simulated` | model |
//! | [`outbound`] | other people's servers: HTTP with its guard, webhooks' signatures, mail, text messages | – |
//! | [`app`] | use cases; the runner (steps, commits, acts), timers, watches | model, error, engine, proto, the ports |
//! | [`grpc`] | a file per service; requests are checked here and nowhere behind it | app, model, error, proto, engine |
//! | [`rest`] | routes generated from the contract, which call the gRPC services in the process | grpc, error, proto |
//! | [`serve`] | a server from its configuration: the only place that names concrete adapters | all |
//!
//! [`config`] and [`telemetry`] are open to all but the engine. `tests/tidy.rs` holds the code to this table.
//!
//! # Two roads
//!
//! **A call is created.** A client → `rest` or `grpc` → `grpc::convert` → `app::calls` → `engine::start` → `store.commit` →
//! the answer. After the commit the runner performs `Dial` → `telephony`.
//!
//! **A digit arrives.** `telephony` → a signal on a bounded channel → the mailbox of its run → `engine::step` →
//! `store.commit(expected revision)` → wakes the watches and performs the effects. Their outcome comes back as another
//! signal, which closes the loop.
//!
//! # Invariants
//!
//! - *Apply, commit, act.* Nothing outside the process happens before the state that asks for it is durable.
//! - An activeflow, its call and the legs it dials are one *run*: one state, one revision, one log, one owner. `store.commit`
//!   is the only writer of runs, and it compares the revision.
//! - The engine is pure: state, event, time and seed in; state, events and effects out. It cannot fail on stored state.
//! - A call is never dialled twice. When the process dies its calls died with it: on the next start each is ended exactly
//!   once, and runs without a call go on where they were.
//! - A run belongs to one node, and a commit changes its own node's runs alone: a node that was taken for dead changes nothing
//!   any more, and asks its lease before it acts.
//! - There is exactly one terminal event for every call and every activeflow, whatever races.
//! - The log is the truth for watchers: one order for all, nothing twice, nothing missing. Notifications are hints.
//! - Every queue, body, list, wait and retry has a bound.

#![forbid(unsafe_code)]

pub mod app;
pub mod config;
pub mod engine;
pub mod error;
pub mod grpc;
pub mod model;
pub mod outbound;
pub mod proto;
pub mod rest;
mod serve;
pub mod store;
pub mod telemetry;
pub mod telephony;

pub use serve::{Failure, Ready, run};
