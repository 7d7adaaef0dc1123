//! Text messages: the port to a provider, and messages received from providers.

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
    /// Our id, which the provider receives as the idempotency key.
    pub id: Uuid,
    pub source: String,
    pub destination: String,
    pub text: String,
}

/// The provider's id of a message, for questions to its support; our id if the provider returned none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderId(pub String);

/// Sends text messages.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Passes a message to the provider. When this returns, the message is sent as far as the provider reports.
    async fn send(&self, sms: Sms) -> Result<ProviderId, Failure>;
}

/// Why a message was not sent, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The provider will not send this message: it responded with 4xx.
    #[error("The message provider refused the message ({status}).")]
    Refused { status: u16 },
    /// The provider did not accept it, and may accept it later: 408, 425, 429 or 503.
    #[error("The message provider is busy ({status}).")]
    Busy { status: u16 },
    /// The request never reached the provider.
    #[error("The message provider was not reached. {0}")]
    Unreachable(http::Failure),
    /// The provider may or may not have the message.
    #[error("Whether the message was sent is unknown. {0}")]
    Unknown(String),
}

impl Failure {
    /// Returns a word for the cause, which flows may branch on. Words are never renamed.
    pub const fn word(&self) -> &'static str {
        match self {
            Failure::Refused { .. } => "refused",
            Failure::Busy { .. } => "busy",
            Failure::Unreachable(_) => "unreachable",
            Failure::Unknown(_) => "unknown",
        }
    }

    /// Returns whether the message may have been sent. Then only the provider, by the idempotency key, can retry it
    /// without risk.
    pub const fn may_have_gone_out(&self) -> bool {
        matches!(self, Failure::Unknown(_))
    }
}

/// The provider for servers without one: it writes a line to the log. The line omits the text, which may be
/// confidential.
pub struct Log;

#[async_trait]
impl Provider for Log {
    async fn send(&self, sms: Sms) -> Result<ProviderId, Failure> {
        let Sms { id, source, destination, text } = sms;
        tracing::info!(message_id = %id, source, destination, length = text.chars().count(), "message logged, not sent");
        Ok(ProviderId(id.to_string()))
    }
}
