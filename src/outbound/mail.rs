//! Sends mail through the operator's SMTP server.
//!
//! Each mail uses a new connection: a connection that is kept open may have broken, and then a mail that was lost
//! cannot be told from one that was sent. The SMTP dialogue runs step by step (RFC 5321), so that a failure says how
//! far it got, and whether the mail may have been sent.

mod conversation;
mod failure;
mod server;
mod write;

pub use failure::{Failure, Stage};
pub use server::{Security, Server};
pub use write::write;

use crate::model::time::Time;
use bytes::Bytes;
use conversation::Conversation;
use lettre::message::Mailbox;
use rustls::pki_types::CertificateDer;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// The configuration of the mail client.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    /// The sender: `no-reply@a.example`, or `Ringdown <no-reply@a.example>`.
    pub from: String,
    /// The time limit for one mail.
    pub timeout: Duration,
    /// The maximum number of concurrent mails. Further ones wait within their time limit.
    pub max_in_flight: usize,
    /// Certificate authorities in addition to the machine's.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// A mail. Its recipients see each other.
#[derive(Debug, Clone)]
pub struct Message {
    /// Becomes the Message-ID of the mail, so that a mailbox can show a mail once that is sent twice.
    pub id: Uuid,
    /// The date of the mail.
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
    /// An invalid content type is replaced by `application/octet-stream`.
    pub content_type: String,
}

pub struct Mail {
    conversation: Conversation,
    from: Mailbox,
    timeout: Duration,
    request_limits: Semaphore,
}

impl Mail {
    /// Creates the client. `Err` says what is wrong with the configuration. It does not connect to the server, which
    /// may start later.
    pub fn new(config: Config) -> Result<Mail, String> {
        assert!(config.max_in_flight > 0, "mail must be able to be sent");
        let from: Mailbox = config.from.parse().map_err(|_| format!("{:?} is not a mail address", config.from))?;
        let conversation = Conversation::new(config.server, from.email.domain(), config.authorities)?;
        Ok(Mail { conversation, from, timeout: config.timeout, request_limits: Semaphore::new(config.max_in_flight) })
    }

    /// Passes a mail to the server and returns its Message-ID. It goes to all of its recipients or to none: a mail that
    /// only some of them received could not be retried.
    pub async fn send(&self, message: Message) -> Result<String, Failure> {
        let deadline = Instant::now() + self.timeout;
        let written = write::write(&self.from, message)?;
        let permit = timeout_at(deadline, self.request_limits.acquire()).await.map_err(|_| Failure::Busy)?;
        let _permit = permit.expect("never closed");
        // A permit may become free at the last moment because other mails timed out too; then there is no time left to
        // send.
        if Instant::now() >= deadline {
            return Err(Failure::Busy);
        }
        self.conversation.hold(&written, deadline).await?;
        Ok(written.id)
    }
}
