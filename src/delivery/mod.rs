//! Deliveries: events as webhooks, messages and mail, through the outbox.

pub mod customers;
pub mod outbox;
pub mod rows;
pub mod webhooks;
