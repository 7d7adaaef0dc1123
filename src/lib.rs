//! Ringdown runs call flows: a *flow* is an array of *actions*, a call or an API request starts one, and the running flow is
//! an *activeflow*, a durable record with a cursor, variables and a history that people watch live.
//!
//! # The map
//!
//! | module | what it is | what it may use |
//! |---|---|---|
//! | [`proto`] | the contract in Rust, generated from `proto/` | – |
//! | [`model`] | plain data: calls, flows, runs, events, their views, and their bytes (`codec`) | proto |
//! | [`error`] | the one error table | – |
//! | [`clock`] | the one place for time, ids and randomness | model |
//! | [`engine`] | `start` and `step`: what a flow does, without I/O, clock or randomness; one file per action | model, proto |
//! | [`simulation`] | the dry run: the engine in a virtual world, with a virtual clock | engine, model, proto |
//! | [`supervisor`] | runs the tasks that live as long as the server, starts them again when they fail, shuts them down in order | – |
//! | [`store`] | the port to a database; `sqlite`, `postgres` | model |
//! | [`telephony`] | the port to a telephone network; `simulated` | model |
//! | [`outbound`] | other people's servers: HTTP with its guard, webhooks' signatures, mail, text messages | model |
//! | [`watch`] | from the log to watchers: hub, subscription, snapshot, resume token | model, store |
//! | [`delivery`] | from the log to the outside: webhooks, messages and mail, through the outbox | model, store, outbound, watch |
//! | [`runtime`] | what keeps runs going: runner, mailboxes, timers, recovery, idempotency, caches | engine, the ports, delivery, watch |
//! | [`cluster`] | several servers on one database: membership, lease, forwarded commands, what the leader does | runtime, delivery, store |
//! | [`auth`] | who a caller is: access keys, JWT | model, store |
//! | [`api`] | use cases: a file for each resource | all of the above |
//! | [`http`] | what gRPC and REST share: authentication, CORS, request id, deadline, metrics | auth, error, proto |
//! | [`grpc`] | a file per service; requests are checked here and nowhere behind it | api, http, model, error, proto, engine |
//! | [`rest`] | routes generated from the contract, which call the gRPC services in the process | grpc, http, error, proto |
//! | [`serve`] | a server from its configuration: the only place that names concrete adapters | all |
//!
//! [`config`] and [`telemetry`] are open to all but the engine, [`supervisor`] to all who have such tasks. `tests/tidy/` holds the code to this table.
//!
//! # Two roads
//!
//! **A call is created.** A client → `rest` or `grpc` → `grpc::convert` → `api::calls` → `engine::start` → `store.commit` →
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

pub mod api;
pub mod auth;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod delivery;
pub mod engine;
pub mod error;
mod failpoint;
pub mod grpc;
pub mod http;
pub mod model;
pub mod outbound;
pub mod proto;
pub mod rest;
pub mod runtime;
mod serve;
pub mod simulation;
pub mod store;
pub mod supervisor;
pub mod telemetry;
pub mod telephony;
pub mod watch;

pub use serve::{Failure, Ready, run};
