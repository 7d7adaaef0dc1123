//! The port to the transport that delivers items to the outside.

use crate::model::call::Address;
use crate::model::outgoing::Attachment;
use crate::model::time::Time;
use crate::outbound::http::Account;
use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// The HTTP status of the response; 0: there was none.
    pub status: u16,
    /// A sentence that says what failed; "" if nothing did.
    pub error: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver accepted it.
    Delivered,
    /// The receiver did not accept it, and may later. It may have named a time to wait.
    Again { after: Option<Duration> },
    /// The receiver refused it for good.
    Refused,
    /// The receiver may have it.
    Unknown,
}

/// A web request.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The customer that sends it.
    pub account: &'a Account,
    /// The header `webhook-id`.
    pub id: &'a str,
    /// POST, GET, PUT or DELETE.
    pub method: &'a str,
    pub uri: &'a str,
    /// The media type of the data; "" if there is none.
    pub data_type: &'a str,
    pub data: &'a str,
    pub timeout: Duration,
}

/// A text message.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    pub id: Uuid,
    pub source: &'a Address,
    pub destination: &'a Address,
    pub text: &'a str,
}

/// A mail.
#[derive(Debug, Clone, Copy)]
pub struct MailMessage<'a> {
    /// The customer that sends it, which fetches the attachments.
    pub account: &'a Account,
    pub id: Uuid,
    pub date: Time,
    pub destinations: &'a [String],
    pub subject: &'a str,
    pub content: &'a str,
    /// Fetched at the time of sending.
    pub attachments: &'a [Attachment],
}

#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a web request, signed with these secrets at this time. An [`Outcome::Unknown`] is retried too: the receiver
    /// recognizes it by its id.
    async fn post(&self, post: Post<'_>, secrets: &[String], at: Time) -> Verdict;
    async fn text(&self, text: Text<'_>) -> Verdict;
    /// Returns whether text messages leave by a provider: their source must then be one of the customer's own numbers.
    fn texts_leave(&self) -> bool {
        false
    }
    async fn mail(&self, message: MailMessage<'_>) -> Verdict;
    /// Returns the pause after this many failed attempts, the first of them `age` ago; None: the item is given up. `after`
    /// is the pause that the receiver requested, `seed` is random.
    fn pause(&self, attempts: u32, age: Duration, after: Option<Duration>, seed: u128) -> Option<Duration>;
}

impl Verdict {
    pub fn delivered(status: u16) -> Verdict {
        Verdict { outcome: Outcome::Delivered, status, error: String::new() }
    }

    pub fn failed(outcome: Outcome, status: u16, error: impl Into<String>) -> Verdict {
        Verdict { outcome, status, error: error.into() }
    }
}
