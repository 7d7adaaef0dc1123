//! Text messages: the port to a provider, and what providers send us.

mod generic;
mod inbound;

pub use generic::{Config, Generic};
pub use inbound::{Forged, MAX_AGE_SECONDS, SIGNATURE, TIMESTAMP, sign, verify};

use super::http;
use async_trait::async_trait;
use uuid::Uuid;

/// A text message to one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// Ours, and the provider's key against sending it twice.
    pub id: Uuid,
    pub source: String,
    pub destination: String,
    pub text: String,
}

/// What the provider calls a message, for questions to its support. Ours where it has no name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderId(pub String);

/// Carries text messages.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Hands a message over. It is sent when this returns, as far as the provider lets us know.
    async fn send(&self, sms: Sms) -> Result<ProviderId, Failure>;
}

/// Why a message was not handed over, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The provider will not send this message: its answer was 4xx.
    #[error("The message provider refused the message ({status}).")]
    Refused { status: u16 },
    /// The provider took nothing, and may take it later: 408, 425, 429 or 503.
    #[error("The message provider takes nothing right now ({status}).")]
    Busy { status: u16 },
    /// The request never reached the provider.
    #[error("The message provider was not reached. {0}")]
    Unreachable(http::Failure),
    /// The provider may or may not have it.
    #[error("Whether the message was sent is unknown. {0}")]
    Unknown(String),
}

impl Failure {
    /// What happened, in a word that flows may branch on. Words are never renamed.
    pub const fn word(&self) -> &'static str {
        match self {
            Failure::Refused { .. } => "refused",
            Failure::Busy { .. } => "busy",
            Failure::Unreachable(_) => "unreachable",
            Failure::Unknown(_) => "unknown",
        }
    }

    /// Whether the message may have been sent: then nobody but the provider, by its key, can send it again without risk.
    pub const fn may_have_gone_out(&self) -> bool {
        matches!(self, Failure::Unknown(_))
    }
}

/// The provider of those who have none: a line in the log. The text stays out of it, for it may hold what only its reader
/// is to know.
pub struct Log;

#[async_trait]
impl Provider for Log {
    async fn send(&self, sms: Sms) -> Result<ProviderId, Failure> {
        let Sms { id, source, destination, text } = sms;
        tracing::info!(message_id = %id, source, destination, length = text.chars().count(), "a message would be sent");
        Ok(ProviderId(id.to_string()))
    }
}
