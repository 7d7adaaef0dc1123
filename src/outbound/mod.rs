//! Everything that leaves the process besides calls: web requests, webhooks, mail and text messages.
//!
//! Customers choose where much of it goes, so every web request takes one road: [`http`], behind its [`guard`]. Nothing
//! here reads the clock or throws dice; times and ids are handed in by `app`, which also decides what is repeated. Each
//! failure has a word for flows to branch on, a sentence for the history, and says whether something may have gone out.

pub mod guard;
pub mod http;
pub mod mail;
pub mod message;
mod tls;
pub mod webhook;
