//! The values of options.

use clap::ValueEnum;
use std::fmt;
use std::str::FromStr;

/// What committed data survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// A power loss: every commit is flushed to the disk
    #[value(alias = "full")]
    PowerLoss,
    /// A crash of the process
    #[value(alias = "normal")]
    ProcessCrash,
}

/// The telephony driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telephony {
    /// Phones without a network.
    Simulated,
    /// Phones and carriers by SIP, and the simulated phones next to them.
    Sip,
}

impl FromStr for Telephony {
    type Err = String;

    fn from_str(word: &str) -> Result<Telephony, String> {
        match word {
            "simulated" => Ok(Telephony::Simulated),
            "sip" => Ok(Telephony::Sip),
            _ => Err("unknown driver; the drivers are: simulated, sip".to_owned()),
        }
    }
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// The provider of text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageProvider {
    Log,
    Http,
}

/// A credential issued by a third party, of any form.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Token, String> {
        match text.len() {
            16.. => Ok(Token(text.to_owned())),
            short => Err(format!("expected at least 16 random bytes, got {short}")),
        }
    }
}

/// A value that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl FromStr for Secret {
    type Err = String;

    fn from_str(text: &str) -> Result<Secret, String> {
        // RFC 7518 §3.2: a key for HS256 must be at least as long as the hash.
        match text.len() {
            32.. => Ok(Secret(text.to_owned())),
            short => Err(format!("a secret for HS256 has at least 32 bytes, got {short}")),
        }
    }
}
