//! Mail, handed to the operator's SMTP server.
//!
//! One connection for each mail: what is kept open may have died since, and a mail that meets a dead connection cannot be
//! told from one that was sent. The conversation is led step by step (RFC 5321), so that a failure says how far it came,
//! and whether the mail may be under way.

mod conversation;
mod failure;
mod server;
mod write;

pub use failure::{Failure, Stage};
pub use server::{Security, Server};

use crate::model::time::Time;
use bytes::Bytes;
use conversation::Conversation;
use lettre::message::Mailbox;
use rustls::pki_types::CertificateDer;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    /// Who sends: `no-reply@a.example`, or `Ringdown <no-reply@a.example>`.
    pub from: String,
    /// Longest wait for all of a mail.
    pub timeout: Duration,
    /// Mails under way at once. Further ones wait within their time limit.
    pub max_in_flight: usize,
    /// Certificate authorities besides the machine's.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// A mail. Its receivers see each other.
#[derive(Debug, Clone)]
pub struct Message {
    /// Becomes the mail's Message-ID, so that a mailbox shows once what is sent twice.
    pub id: Uuid,
    /// When it was written: its date.
    pub date: Time,
    pub to: Vec<String>,
    pub subject: String,
    /// Plain text.
    pub content: String,
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Clone)]
pub struct Attachment {
    pub name: String,
    pub bytes: Bytes,
    /// What is no content type is sent as `application/octet-stream`.
    pub content_type: String,
}

pub struct Mail {
    conversation: Conversation,
    from: Mailbox,
    timeout: Duration,
    request_limits: Semaphore,
}

impl Mail {
    /// `Err` says what is wrong with the configuration. The server is not asked: it may start after us.
    pub fn new(config: Config) -> Result<Mail, String> {
        assert!(config.max_in_flight > 0, "mail that may never be sent");
        let from: Mailbox = config.from.parse().map_err(|_| format!("{:?} is no mail address", config.from))?;
        let conversation = Conversation::new(config.server, from.email.domain(), config.authorities)?;
        Ok(Mail { conversation, from, timeout: config.timeout, request_limits: Semaphore::new(config.max_in_flight) })
    }

    /// Hands a mail to the server and returns its Message-ID. It goes to all of its receivers or to none: a mail that some
    /// of them got is not one that can be repeated.
    pub async fn send(&self, message: Message) -> Result<String, Failure> {
        let deadline = Instant::now() + self.timeout;
        let written = write::write(&self.from, message)?;
        let place = timeout_at(deadline, self.request_limits.acquire()).await.map_err(|_| Failure::Busy)?;
        let _place = place.expect("never closed");
        // A place that came free in the last moment, because others ran out of time too, is of no use any more.
        if Instant::now() >= deadline {
            return Err(Failure::Busy);
        }
        self.conversation.hold(&written, deadline).await?;
        Ok(written.id)
    }
}
