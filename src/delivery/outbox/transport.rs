//! The port to whoever carries things outside.

use crate::model::call::Address;
use crate::model::outgoing::Attachment;
use crate::model::time::Time;
use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// What the receiver answered, an HTTP status; 0: nothing.
    pub status: u16,
    /// A sentence on what went wrong; "" for nothing.
    pub error: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Delivered,
    /// It was not taken, and may be another time; the receiver may have said how long it wants to be left alone.
    Again { after: Option<Duration> },
    /// It was not taken, and never will be.
    Refused,
    /// It may have been taken.
    Unknown,
}

/// A web request.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The header `webhook-id`.
    pub id: &'a str,
    /// POST, GET, PUT or DELETE.
    pub method: &'a str,
    pub uri: &'a str,
    /// Media type of the data; "" without any.
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
    pub id: Uuid,
    pub date: Time,
    pub destinations: &'a [String],
    pub subject: &'a str,
    pub content: &'a str,
    /// Fetched when it is sent.
    pub attachments: &'a [Attachment],
}

#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a web request, signed with these secrets at this time. An [`Outcome::Unknown`] is repeated too: the receiver
    /// knows it by its id.
    async fn post(&self, post: Post<'_>, secrets: &[String], at: Time) -> Verdict;
    async fn text(&self, text: Text<'_>) -> Verdict;
    async fn mail(&self, message: MailMessage<'_>) -> Verdict;
    /// The pause after so many failed attempts, the first of them so long ago; None: it is given up. `after` is what the
    /// receiver asked for, `seed` is random.
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
