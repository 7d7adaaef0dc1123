//! Secret keys, and the text of the file that holds them.

use crate::clock::Clock;
use sha2::{Digest, Sha256};
use std::fmt;

/// What a key in the file begins with. The number is the version of the format.
const PREFIX: &str = "rdsk1_";
/// The most keys in a file. A rotation needs two.
const MOST: usize = 16;
/// The first lines of a file.
const COMMENT: &str = "# Secret key of a Ringdown database. Keep a copy apart from the backups of the database: without this file the\n\
                       # secrets in the database are lost, and with it they can be read.\n";

/// A secret key: 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// The name of a key, which every sealed value carries: the first 8 bytes of a hash of the key. It reveals nothing about
/// the key, since keys are random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 8]);

/// The keys of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// Seals and opens.
    pub current: Key,
    /// Opens. The next rotation makes it the current one, so that all servers know it before any of them seals with it.
    pub next: Option<Key>,
    /// Open, until a rotation has finished.
    pub previous: Vec<Key>,
}

impl Key {
    pub fn random() -> Key {
        Key(Clock::secret())
    }

    pub fn id(&self) -> KeyId {
        let hash = Sha256::new().chain_update(b"ringdown secret key id").chain_update(self.0).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        KeyId(id)
    }

    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    fn parse(text: &str) -> Option<Key> {
        let digits = text.strip_prefix(PREFIX)?.as_bytes();
        let mut key = [0; 32];
        if digits.len() != 2 * key.len() {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            *byte = digit(0)? << 4 | digit(1)?;
        }
        Some(Key(key))
    }

    fn text(&self) -> String {
        format!("{PREFIX}{}", hex(&self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Keys {
    /// Returns one new key.
    pub fn random() -> Keys {
        Keys { current: Key::random(), next: None, previous: Vec::new() }
    }

    pub fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.next).chain(&self.previous)
    }

    pub fn find(&self, id: KeyId) -> Option<&Key> {
        self.all().find(|key| key.id() == id)
    }

    /// Adds the key that the next rotation uses, unless there is one.
    pub fn prepare(&mut self) {
        self.next.get_or_insert_with(Key::random);
    }

    /// Makes the prepared key, or a new one, the current one.
    pub fn rotate(&mut self) {
        let next = self.next.take().unwrap_or_else(Key::random);
        self.previous.insert(0, std::mem::replace(&mut self.current, next));
    }

    /// Reads the text of a file. Fails with a sentence that does not contain the text.
    pub fn parse(text: &str) -> Result<Keys, String> {
        let (mut current, mut next, mut previous) = (None, None, Vec::new());
        let lines = text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        for (line, number) in lines {
            let expected = || {
                format!(
                    "line {number}: expected `current`, `next` or `previous`, and {PREFIX} with 64 hexadecimal digits"
                )
            };
            let (role, key) = line.split_once(char::is_whitespace).ok_or_else(expected)?;
            let key = Key::parse(key.trim()).ok_or_else(expected)?;
            let twice = match role {
                "current" => current.replace(key).is_some(),
                "next" => next.replace(key).is_some(),
                "previous" => {
                    previous.push(key);
                    previous.len() > MOST
                }
                _ => return Err(expected()),
            };
            if twice {
                return Err(format!("line {number}: there are too many keys of this kind"));
            }
        }
        let current = current.ok_or("there is no line with the current key")?;
        Ok(Keys { current, next, previous })
    }

    /// Returns the text of a file.
    pub fn text(&self) -> String {
        let lines = std::iter::once(("current", &self.current));
        let lines = lines.chain(self.next.iter().map(|key| ("next", key)));
        let lines = lines.chain(self.previous.iter().map(|key| ("previous", key)));
        let lines = lines.map(|(role, key)| format!("{role} {}\n", key.text()));
        std::iter::once(COMMENT.to_owned()).chain(lines).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let mut keys = Keys::random();
        assert_eq!(Keys::parse(&keys.text()), Ok(keys.clone()));
        let first = keys.current.clone();
        keys.prepare();
        let second = keys.next.clone().unwrap();
        keys.prepare();
        assert_eq!(keys.next.as_ref(), Some(&second), "it stays the prepared one");
        keys.rotate();
        assert_eq!((&keys.current, &keys.next, keys.previous.as_slice()), (&second, &None, [first.clone()].as_slice()));
        keys.rotate();
        assert_eq!(keys.previous, [second, first.clone()]);
        assert_eq!(Keys::parse(&keys.text()), Ok(keys.clone()));
        assert_eq!(keys.find(first.id()), Some(&first));
        assert_eq!(keys.find(Key::random().id()), None);
    }

    #[test]
    fn a_file_that_is_none_is_refused_without_repeating_it() {
        let key = Key::random().text();
        for (text, expected) in [
            (String::new(), "no line with the current key"),
            (format!("previous {key}"), "no line with the current key"),
            (key.clone(), "line 1: expected `current`"),
            (format!("\n# x\ncurrent {}", &key[..key.len() - 1]), "line 3: expected"),
            (format!("current {}zz", &key[..key.len() - 2]), "line 1: expected"),
            (format!("current {}", key.replace("rdsk1_", "rdsk2_")), "line 1: expected"),
            (format!("currant {key}"), "line 1: expected"),
            (format!("current {key}\ncurrent {key}"), "line 2: there are too many"),
            (format!("current {key}\n{}", format!("previous {key}\n").repeat(17)), "line 18: there are too many"),
        ] {
            let sentence = Keys::parse(&text).expect_err(expected);
            assert!(sentence.contains(expected) && !sentence.contains(&key[8..20]), "{sentence}");
        }
    }

    #[test]
    fn keys_are_not_printed() {
        let keys = Keys::random();
        let (text, shown) = (keys.text(), format!("{keys:?} {:?}", keys.current));
        let digits = text.split(PREFIX).nth(1).unwrap();
        assert!(!shown.contains(&digits[..16]) && shown.contains(&keys.current.id().to_string()), "{shown}");
    }
}
