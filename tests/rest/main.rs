//! REST against services that note what they are asked and answer what they are told: the shape of requests, answers and
//! errors, and nothing of what the services do.

mod actions;
mod document;
mod fake;
mod faults;
mod requests;
mod resources;
mod watches;
