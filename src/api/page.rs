//! Pages of lists, newest first by `(tm_create, id)`.
//!
//! A page token is the `tm_create` of the last row of a page, in REST's time format. If the next row has the same time,
//! `~` and the id of the last row follow, so that no row is skipped or repeated. A client can thus build a token from
//! any time, and a token never expires.

use crate::error::{Error, Reason, Result, all};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::json::time as text;
use crate::store;
use uuid::Uuid;

/// The size of a page if the request does not set one.
pub const DEFAULT_SIZE: u32 = 100;

/// The largest size of a page. Larger requests are capped to it.
pub const MAX_SIZE: u32 = 1_000;

/// The size at which a page ends even if it holds fewer rows; a page always holds at least one.
pub const MAX_BYTES: usize = 1 << 20;

/// The start of a page: after the row with this time and id or, without an id, after all rows with this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub time: Time,
    pub id: Option<Uuid>,
}

impl Token {
    pub fn print(self) -> String {
        let time = text::format(&view::time(self.time).expect("every time can be formatted"));
        match self.id {
            Some(id) => format!("{time}~{id}"),
            None => time,
        }
    }

    pub fn parse(token: &str) -> Option<Token> {
        let (time, id) = match token.split_once('~') {
            Some((time, id)) => (time, Some(id)),
            None => (token, None),
        };
        let year = time.split('-').next().filter(|year| year.len() == 4 && !year.starts_with('+'));
        let time = year.and_then(|_| text::parse(time))?;
        let time = Time(time.seconds.checked_mul(1_000_000)?.checked_add(i64::from(time.nanos / 1_000))?);
        // Only the canonical form is accepted: a truncated token must not be read as another place.
        let id = match id {
            Some(id) => Some(Uuid::try_parse(id).ok().filter(|it| id.len() == 36 && !it.is_nil())?),
            None => None,
        };
        Some(Token { time, id })
    }
}

/// The page that a caller requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The largest number of rows.
    pub size: u32,
    pub after: Option<Token>,
}

impl Page {
    /// Parses `page_size` and `page_token` of a request.
    pub fn of(page_size: i32, page_token: &str) -> Result<Page> {
        let after = match page_token {
            "" => Ok(None),
            token => Token::parse(token).map(Some).ok_or_else(garbled),
        };
        let (size, after) = all((Page::size(page_size), after))?;
        Ok(Page { size, after })
    }

    /// Parses `page_size` alone, for lists with another kind of token.
    pub fn size(page_size: i32) -> Result<u32> {
        match u32::try_from(page_size) {
            Ok(0) => Ok(DEFAULT_SIZE),
            Ok(size) => Ok(size.min(MAX_SIZE)),
            Err(_) => Err(Error::field(Reason::InvalidArgument, "page_size", "must not be negative")),
        }
    }

    /// Returns the query for the store: one row more than the page holds, to see whether there is another page.
    pub fn rows(&self, customer_id: Uuid) -> store::Page {
        store::Page {
            customer_id,
            before: self.after.map(|token| (token.time.0, token.id.unwrap_or_default())),
            limit: self.size + 1,
            max_bytes: MAX_BYTES,
        }
    }

    /// Cuts the rows that the store returned to the page, and returns the token of the next page, "" if there is none.
    ///
    /// `bytes` is the size of a row in the store or in the response, whichever is larger; `at` is its place.
    pub fn cut<T>(
        &self,
        mut rows: Vec<T>,
        bytes: impl Fn(&T) -> usize,
        at: impl Fn(&T) -> (Time, Uuid),
    ) -> (Vec<T>, String) {
        let (mut kept, mut total) = (0, 0_usize);
        for row in rows.iter().take(self.size as usize) {
            total += bytes(row);
            if kept > 0 && total > MAX_BYTES {
                break;
            }
            kept += 1;
        }
        let next = rows.get(kept).map(&at);
        // The store ends a page with the row that fills it; in that case it is unknown whether another row follows.
        let unseen = next.is_none() && total >= MAX_BYTES;
        rows.truncate(kept);
        let token = match (rows.last().map(&at), next) {
            (Some((time, id)), Some((next, _))) => Token { time, id: (next == time).then_some(id) }.print(),
            (Some((time, id)), None) if unseen => Token { time, id: Some(id) }.print(),
            _ => String::new(),
        };
        (rows, token)
    }
}

fn garbled() -> Error {
    Error::field(
        Reason::InvalidPageToken,
        "page_token",
        "expected the next_page_token of a page, or a time such as 2023-04-06 14:53:12.569073",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EPOCH_OF_9999: i64 = 253_370_764_800_000_000;

    proptest! {
        #[test]
        fn what_is_printed_is_read(micros in 0..EPOCH_OF_9999, id in prop::option::of(1..u128::MAX)) {
            let token = Token { time: Time(micros), id: id.map(Uuid::from_u128) };
            prop_assert_eq!(Token::parse(&token.print()), Some(token));
        }

        #[test]
        fn whatever_comes_is_read_or_refused(garbage in "[-0-9 :.~a-f]{0,70}|.{0,40}") {
            if let Some(token) = Token::parse(&garbage) {
                prop_assert_eq!(Token::parse(&token.print()), Some(token));
            }
        }

        /// Rows with few distinct times: every page continues where the previous one ended.
        #[test]
        fn pages_hold_every_row_once(mut times in prop::collection::vec(0..5_i64, 0..40), size in 1..7_i32, big in 0..3_usize) {
            times.sort_by(|one, other| other.cmp(one));
            let all: Vec<(Time, Uuid)> = times.iter().enumerate()
                .map(|(sort_key, time)| (Time(*time), Uuid::from_u128(1_000 - sort_key as u128))).collect();
            let bytes = |_: &(Time, Uuid)| big * MAX_BYTES / 2;
            let (mut seen, mut token) = (Vec::new(), String::new());
            for _ in 0..=all.len() + 1 {
                let page = Page::of(size, &token).unwrap();
                let (rows, next) = page.cut(fetch(&all, page.rows(Uuid::nil()), bytes), bytes, |row| *row);
                prop_assert!(rows.len() <= size as usize);
                seen.extend(rows);
                token = next;
                if token.is_empty() { break }
            }
            prop_assert!(token.is_empty());
            prop_assert_eq!(seen, all);
        }
    }

    /// Mimics a store.
    fn fetch(all: &[(Time, Uuid)], page: store::Page, bytes: impl Fn(&(Time, Uuid)) -> usize) -> Vec<(Time, Uuid)> {
        let mut total = 0;
        let mut rows = Vec::new();
        for row in all {
            let older = page.before.is_none_or(|(time, id)| match id.is_nil() {
                true => row.0.0 < time,
                false => (row.0.0, row.1) < (time, id),
            });
            if older && rows.len() < page.limit as usize && (total == 0 || total < page.max_bytes) {
                total += bytes(row);
                rows.push(*row);
            }
        }
        rows
    }

    #[test]
    fn tokens_of_the_documents_are_read() {
        let token = Token::parse("2023-04-02 13:43:30.576077").unwrap();
        assert_eq!(token, Token { time: Time(1_680_443_010_576_077), id: None });
        for garbled in ["", "7", "2023-04-02", "2023-04-02 13:43:30~", "2023-04-02 13:43:30~7", "~", "\0"] {
            assert_eq!(Token::parse(garbled), None, "{garbled:?}");
        }
    }

    #[test]
    fn sizes() {
        for (asked, given) in [(0, 100), (1, 1), (1_000, 1_000), (1_001, 1_000), (i32::MAX, 1_000)] {
            assert_eq!(Page::of(asked, "").unwrap().size, given);
        }
        let error = Page::of(-1, "").unwrap_err();
        assert_eq!((error.reason, error.violations[0].field.as_str()), (Reason::InvalidArgument, "page_size"));
        assert_eq!(Page::of(1, "soon").unwrap_err().reason, Reason::InvalidPageToken);
    }
}
