//! Everything that leaves the process except calls: web requests, webhooks, mail and text messages. Also what calls hear: files
//! that are fetched, and texts that are spoken by a program or a server.
//!
//! Customers choose many of the destinations, so every web request goes through [`http`] and its [`guard`]. Nothing
//! here reads the clock or generates random numbers; times and ids come from the callers, which also decide what is
//! retried. Each failure has a word for flows to branch on, a sentence for the history, and says whether something may
//! have been sent.

pub mod audio;
pub mod guard;
pub mod http;
pub mod mail;
pub mod message;
pub mod prompts;
pub mod speech;
mod tls;
pub mod webhook;
