//! Why a mail was not sent, or may not have been.

use std::fmt;

/// How far the conversation with the server had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Connect,
    Tls,
    Login,
    Sender,
    Receiver,
    /// The server was asked whether it takes the content.
    Data,
    /// The content was on its way, so the server may have all of it.
    Content,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Connect => "when it was connected to",
            Stage::Tls => "when it was asked for TLS",
            Stage::Login => "at the login",
            Stage::Sender => "at the sender",
            Stage::Receiver => "at a receiver",
            Stage::Data => "before the content",
            Stage::Content => "at the content",
        })
    }
}

/// Why a mail was not sent, or may not have been. It is shown to the customer, so it names neither the server nor an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("The mail {0}.")]
    BadMessage(String),
    #[error("Too many mails were under way, and none ended in time.")]
    Busy,
    #[error("The mail server could not be connected to.")]
    Connect,
    #[error("The mail server and this server could not agree on TLS.")]
    Tls,
    #[error("The mail server refused the login ({code}).")]
    Login { code: u16 },
    #[error("The mail server refused the mail {stage}: {code} {text}")]
    Refused { stage: Stage, code: u16, text: String },
    #[error("The mail server did not answer in time {0}.")]
    Timeout(Stage),
    #[error("The mail server broke off, or spoke no SMTP, {0}.")]
    Broken(Stage),
    #[error("Whether the mail was sent is unknown: the mail server did not say what became of its content.")]
    Unknown,
}

impl Failure {
    /// What happened, in a word that flows may branch on. Words are never renamed.
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

    /// Whether the mail may be under way: then it is not repeated.
    pub const fn may_have_gone_out(&self) -> bool {
        matches!(self, Failure::Unknown)
    }

    /// Whether the same mail may be taken later (RFC 5321 §4.2.1: 4yz). Never so if it may be under way.
    pub const fn may_pass_later(&self) -> bool {
        match self {
            Failure::Busy | Failure::Connect | Failure::Tls | Failure::Timeout(_) | Failure::Broken(_) => true,
            Failure::Login { code } | Failure::Refused { code, .. } => *code < 500,
            Failure::BadMessage(_) | Failure::Unknown => false,
        }
    }
}
