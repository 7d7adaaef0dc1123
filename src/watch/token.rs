//! Resume tokens: a position in one log, opaque to clients.

use crate::error::{Error, Reason, Result};
use crate::store::Position;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How far a watcher has received events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Everything up to an event: the first `events` of the row at this position.
    After { position: Position, events: u32 },
    /// A snapshot is incomplete: it is delivered again from its beginning, followed by the events after `since`, the end of
    /// the log before the first time.
    Snapshot { since: Position },
    /// The same from a server of an earlier version, without its position: the watch begins with a new snapshot.
    SnapshotAnew,
}

/// The length of a checksum that detects other text; not a secret.
const CHECK: usize = 4;

impl Token {
    /// Returns the token after all events of a row.
    pub fn row(position: Position) -> Token {
        Token::After { position, events: u32::MAX }
    }

    /// Prints the token for the log of this name.
    pub fn print(self, log: Uuid) -> String {
        let mut bytes = Vec::with_capacity(40);
        bytes.extend(log.as_bytes());
        if let Token::After { position, .. } | Token::Snapshot { since: position } = self {
            bytes.extend(position.epoch.to_be_bytes());
            bytes.extend(position.sequence.to_be_bytes());
        }
        if let Token::After { events, .. } = self {
            bytes.extend(events.to_be_bytes());
        }
        let check = Sha256::digest(&bytes);
        bytes.extend(&check[..CHECK]);
        hex(&bytes)
    }

    /// Reads a token of the log of this name.
    pub fn parse(text: &str, log: Uuid) -> Result<Token> {
        let wrong = || invalid("expected the resume_token of a response of this server");
        let bytes = unhex(text).ok_or_else(wrong)?;
        let (body, check) = bytes.split_at_checked(bytes.len().saturating_sub(CHECK)).ok_or_else(wrong)?;
        if Sha256::digest(body)[..CHECK] != *check {
            return Err(wrong());
        }
        let (name, place) = body.split_at_checked(16).ok_or_else(wrong)?;
        if name != log.as_bytes() {
            return Err(invalid("this token is of another log; start again without it, with include_snapshot"));
        }
        let word = |at: usize| u64::from_be_bytes(place[at..at + 8].try_into().expect("eight bytes"));
        let position = || Position { epoch: word(0), sequence: word(8) };
        match place.len() {
            0 => Ok(Token::SnapshotAnew),
            16 => Ok(Token::Snapshot { since: position() }),
            20 => {
                let events = u32::from_be_bytes(place[16..].try_into().expect("four bytes"));
                Ok(Token::After { position: position(), events })
            }
            _ => Err(wrong()),
        }
    }
}

pub fn invalid(expected: &str) -> Error {
    Error::field(Reason::InvalidResumeToken, "resume_token", expected)
}

/// Written without an allocation per byte: every event has its own token.
fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 0xf)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0 && digits.len() <= 128)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: Uuid = Uuid::from_u128(77);

    #[test]
    fn printed_tokens_are_read_back() {
        let position = Position { epoch: 3, sequence: u64::MAX };
        let snapshots = [Token::Snapshot { since: position }, Token::Snapshot { since: Position::default() }];
        for token in snapshots.into_iter().chain([Token::row(position), Token::After { position, events: 2 }]) {
            assert_eq!(Token::parse(&token.print(LOG), LOG).unwrap(), token);
        }
    }

    #[test]
    fn tokens_of_earlier_versions_are_understood() {
        let log = "0000000000000000000000000000004d";
        let snapshot = Token::parse(&format!("{log}474943db"), LOG).unwrap();
        assert_eq!(snapshot, Token::SnapshotAnew);
        let after = Token::parse(&format!("{log}00000000000000030000000000000009000000025ddb2eed"), LOG).unwrap();
        assert_eq!(after, Token::After { position: Position { epoch: 3, sequence: 9 }, events: 2 });
    }

    #[test]
    fn garbled_and_foreign_tokens_are_refused() {
        let position = Position { epoch: 0, sequence: 9 };
        let good = Token::row(position).print(LOG);
        let mut garbled = good.clone();
        garbled.replace_range(40..41, if &good[40..41] == "0" { "1" } else { "0" });
        for bad in ["", "x", "é", "00", &good[1..], &good[..good.len() - 2], &garbled, &format!("{good}00")] {
            assert_eq!(Token::parse(bad, LOG).unwrap_err().reason, Reason::InvalidResumeToken, "{bad}");
        }
        for foreign in [good, Token::Snapshot { since: position }.print(LOG)] {
            assert!(Token::parse(&foreign, Uuid::nil()).unwrap_err().message.contains("another log"));
        }
    }
}
