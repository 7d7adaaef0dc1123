//! Why a mail was not sent, or may not have been.

use std::fmt;

/// The stage that the SMTP dialogue had reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Connect,
    Tls,
    Login,
    Sender,
    Receiver,
    /// The server was asked whether it accepts the content.
    Data,
    /// The content was being sent, so the server may have all of it.
    Content,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Connect => "while connecting",
            Stage::Tls => "while starting TLS",
            Stage::Login => "at the login",
            Stage::Sender => "at the sender",
            Stage::Receiver => "at a recipient",
            Stage::Data => "before the content",
            Stage::Content => "at the content",
        })
    }
}

/// Why a mail was not sent, or may not have been. Customers see this text, so it names neither the server nor an
/// account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("The mail {0}.")]
    BadMessage(String),
    #[error("Too many mails were under way, and none ended in time.")]
    Busy,
    #[error("The mail server could not be connected to.")]
    Connect,
    #[error("The TLS handshake with the mail server failed.")]
    Tls,
    #[error("The mail server refused the login ({code}).")]
    Login { code: u16 },
    #[error("The mail server refused the mail {stage}: {code} {text}")]
    Refused { stage: Stage, code: u16, text: String },
    #[error("The mail server did not answer in time {0}.")]
    Timeout(Stage),
    #[error("The mail server closed the connection, or did not speak SMTP, {0}.")]
    Broken(Stage),
    #[error("Whether the mail was sent is unknown: the mail server did not confirm its content.")]
    Unknown,
}

impl Failure {
    /// Returns a word for the cause, which flows may branch on. Words are never renamed.
    pub const fn word(&self) -> &'static str {
        match self {
            Failure::BadMessage(_) => "bad_message",
            Failure::Busy => "busy",
            Failure::Connect => "connect",
            Failure::Tls => "tls",
            Failure::Login { .. } => "login",
            Failure::Refused { .. } => "refused",
            Failure::Timeout(_) => "timeout",
            Failure::Broken(_) => "broken",
            Failure::Unknown => "unknown",
        }
    }

    /// Returns whether the mail may have been sent. It is not retried then.
    pub const fn may_have_gone_out(&self) -> bool {
        matches!(self, Failure::Unknown)
    }

    /// Returns whether the server may accept the same mail later (RFC 5321 §4.2.1: 4yz). Never true if the mail may
    /// have been sent.
    pub const fn may_pass_later(&self) -> bool {
        match self {
            Failure::Busy | Failure::Connect | Failure::Tls | Failure::Timeout(_) | Failure::Broken(_) => true,
            Failure::Login { code } | Failure::Refused { code, .. } => *code < 500,
            Failure::BadMessage(_) | Failure::Unknown => false,
        }
    }
}
