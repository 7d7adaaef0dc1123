//! Reads the words, texts, times and lists of a script's line.

use crate::engine::SentWebhook;
use crate::engine::check::{KEYS, MAX_ACTIONS, check_actions};
use crate::engine::{Ids, answers};
use crate::model::call::Address;
use crate::model::flow::Revision;
use crate::model::time::Time;
use crate::proto;
use std::iter::Peekable;
use std::str::CharIndices;
use std::sync::Arc;
use uuid::Uuid;

/// The scripted response of a web server.
#[derive(Debug, Clone, PartialEq)]
pub enum Http {
    /// Parsed both ways: the waiting request determines which one is used.
    Answers {
        actions: Result<Arc<Revision>, String>,
        sent: SentWebhook,
    },
    Fails(String),
}

/// Maximum number of keys that one line may press.
const MAX_KEYS: usize = 64;
/// The longest time that a line can specify: a year, in milliseconds.
pub const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub quoted: bool,
    /// The position of its start in the line.
    at: usize,
}

/// One line, read from left to right.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    /// From 1.
    pub number: usize,
    /// Without its comment.
    pub whole: &'a str,
    words: Vec<Word>,
    next: usize,
}

impl<'a> Reader<'a> {
    pub fn new(number: usize, line: &'a str) -> Result<Reader<'a>, String> {
        let (mut words, mut end) = (Vec::new(), line.len());
        let mut letters = line.char_indices().peekable();
        while let Some((at, letter)) = letters.peek().copied() {
            match letter {
                '#' => {
                    end = at;
                    break;
                }
                '"' => words.push(Word { text: quoted(&mut letters)?, quoted: true, at }),
                letter if letter.is_whitespace() => drop(letters.next()),
                _ => words.push(Word { text: bare(&mut letters)?, quoted: false, at }),
            }
        }
        Ok(Reader { number, whole: line[..end].trim(), words: shifted(words, line), next: 0 })
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn peek(&self) -> Option<&str> {
        self.words.get(self.next).map(|word| word.text.as_str())
    }

    /// Returns the next word, if it is not quoted.
    pub fn peek_word(&self) -> Option<&str> {
        self.words.get(self.next).filter(|word| !word.quoted).map(|word| word.text.as_str())
    }

    fn take(&mut self) -> Option<Word> {
        let word = self.words.get(self.next).cloned();
        self.next += 1;
        word
    }

    pub fn next_if_word(&mut self) -> Option<Word> {
        self.peek_word()?;
        self.take()
    }

    /// Reads a word without quotes.
    pub fn word(&mut self, expected: &str) -> Result<String, String> {
        let word = self.take().filter(|word| !word.quoted).ok_or(expected)?;
        Ok(word.text)
    }

    /// Reads a text: in quotes, or a single word.
    pub fn text(&mut self, expected: &str) -> Result<String, String> {
        Ok(self.take().ok_or(expected)?.text)
    }

    pub fn maybe_quoted(&mut self) -> Option<String> {
        self.words.get(self.next).filter(|word| word.quoted)?;
        self.take().map(|word| word.text)
    }

    pub fn end(&mut self) -> Result<(), String> {
        match self.words.get(self.next) {
            None => Ok(()),
            Some(word) => Err(format!("the end of the line before `{}`", word.text)),
        }
    }

    /// Reads a number after `word`, as in `leg 2`, if `word` is next. Numbers count from 1.
    pub fn numbered(&mut self, word: &str) -> Result<Option<usize>, String> {
        if self.peek_word() != Some(word) {
            return Ok(None);
        }
        self.take();
        let number = self.take().and_then(|word| word.text.parse::<usize>().ok());
        number.filter(|number| (1..=1_000).contains(number)).map(Some).ok_or(format!("`{word}` and its number, from 1"))
    }

    pub fn keys(&mut self) -> Result<String, String> {
        let keys = self.maybe_quoted().filter(|keys| keys.chars().all(|key| KEYS.contains(key)));
        let keys = keys.filter(|keys| (1..=MAX_KEYS).contains(&keys.len()));
        keys.ok_or(format!("`digits \"…\"` with 1 to {MAX_KEYS} of 0-9, A-D, * and # in quotes"))
    }

    /// Reads a time, in milliseconds.
    pub fn time(&mut self) -> Result<i64, String> {
        let expected = "a time of at most a year, such as `200ms`, `5s`, `2m`, `8h` or `1d`";
        let text = self.word(expected)?;
        let split = text.find(|letter: char| !letter.is_ascii_digit()).ok_or(expected)?;
        let unit_ms = match &text[split..] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(expected.to_owned()),
        };
        let ms = text[..split].parse::<i64>().ok().and_then(|number| number.checked_mul(unit_ms));
        ms.filter(|ms| *ms <= YEAR_MS).ok_or(expected.to_owned())
    }

    /// Reads a time such as `2026-01-05 12:00:00`, in UTC.
    pub fn clock(&mut self) -> Result<Time, String> {
        let expected = "a time in UTC, such as `2026-01-05 12:00:00`";
        let (day, hour) = (self.word(expected)?, self.text("a time of day")?);
        let time = proto::json::time::parse(&format!("{day} {hour}")).ok_or(expected)?;
        let sound = (0..253_370_764_800).contains(&time.seconds);
        sound.then_some(Time(time.seconds * 1_000_000 + i64::from(time.nanos / 1_000))).ok_or(expected.to_owned())
    }

    /// Reads an address: a number, `user@host`, or the name of an endpoint.
    pub fn address(&mut self) -> Result<Address, String> {
        let target = self.text("a number or an address")?;
        let kind = match () {
            () if target.starts_with('+') => "tel",
            () if target.contains('@') => "sip",
            () => "extension",
        };
        let address = proto::Address { r#type: kind.to_owned(), target, ..Default::default() };
        Address::from_proto(&address).map_err(|wrong| {
            let expected = wrong.into_iter().map(|(_, expected)| expected).next().unwrap_or_default();
            expected.trim_start_matches("expected ").to_owned()
        })
    }

    /// Returns the rest of the line unchanged.
    fn rest(&mut self) -> &'a str {
        let rest = self.words.get(self.next).map_or("", |word| &self.whole[word.at..]);
        self.next = self.words.len();
        rest
    }

    pub fn actions(&mut self) -> Result<Arc<Revision>, String> {
        let number = self.number;
        let text = self.rest();
        let value = serde_json::from_str(text).map_err(|error| format!("a list of actions as JSON ({error})"))?;
        let list: Vec<proto::Action> =
            proto::json::read(value).map_err(|fault| format!("a list of actions ({fault})"))?;
        let mut ids = Ids::new(Time(0), number as u128);
        let checked = check_actions(&list, "actions", || ids.next_id());
        let actions = checked.map_err(|problems| {
            let first = problems.first().map(|it| format!("{}: {}", it.path, it.description)).unwrap_or_default();
            format!("at most {MAX_ACTIONS} actions that can run ({first})")
        })?;
        Ok(Arc::new(Revision::new(ids.next_id(), Uuid::nil(), 0, Uuid::nil(), actions)))
    }

    pub fn http(&mut self) -> Result<Http, String> {
        let expected = "`http 200 {…}` with a status of 100 to 599, or `http fails \"why\"`";
        let word = self.word(expected)?;
        if word == "fails" {
            return Ok(Http::Fails(self.text(expected)?));
        }
        let status = word.parse::<u16>().ok().filter(|status| (100..600).contains(status)).ok_or(expected)?;
        let mut ids = Ids::new(Time(0), (1 << 64) + self.number as u128);
        let body = self.rest().as_bytes();
        Ok(Http::Answers { actions: answers::fetched(status, body, &mut ids), sent: answers::sent(status, body) })
    }

    pub fn action_type(&mut self) -> Result<&'static str, String> {
        let expected = "a type of action";
        action_type(&self.word(expected)?).ok_or(expected.to_owned())
    }
}

pub fn action_type(name: &str) -> Option<&'static str> {
    proto::ACTION_TYPES.iter().map(|it| it.name).find(|it| *it == name)
}

/// Converts the words' positions to those in the trimmed line.
fn shifted(mut words: Vec<Word>, line: &str) -> Vec<Word> {
    let shift = line.len() - line.trim_start().len();
    words.iter_mut().for_each(|word| word.at -= shift);
    words
}

/// Reads up to the closing quote.
fn quoted(letters: &mut Peekable<CharIndices>) -> Result<String, String> {
    let mut text = String::new();
    letters.next();
    while let Some((_, letter)) = letters.next() {
        match letter {
            '"' => return Ok(text),
            '\\' => match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, letter @ ('"' | '\\'))) => text.push(letter),
                // JSON bodies are read from the raw line and allow more escapes.
                Some((_, letter)) => text.extend(['\\', letter]),
                None => break,
            },
            letter => text.push(letter),
        }
    }
    Err("a closing quote".to_owned())
}

/// Reads up to a space. Quotes inside keep spaces, as in `{"a": "b c"}`.
fn bare(letters: &mut Peekable<CharIndices>) -> Result<String, String> {
    let mut text = String::new();
    while let Some((_, letter)) = letters.peek().copied() {
        match letter {
            letter if letter.is_whitespace() => break,
            '#' => break,
            '"' => text.push_str(&quoted(letters)?),
            letter => {
                text.push(letter);
                letters.next();
            }
        }
    }
    Ok(text)
}
