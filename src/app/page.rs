//! Pages of lists: newest first, by a token that is the creation time of the last row.

use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::proto::json::time as text;
use crate::store;
use uuid::Uuid;

/// Rows of a page when the caller does not say.
const USUAL: i32 = 100;
/// Rows of a page at most.
const MOST: i32 = 1_000;
/// A page ends with the row that brings it to so many bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Which page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows at most.
    pub size: usize,
    before: Option<(Time, Uuid)>,
}

impl Page {
    /// Reads what the caller asks for. A size of 0 is the usual one; too large a one is the largest.
    pub fn new(size: i32, token: &str) -> Result<Page> {
        let size = match size {
            ..0 => return Err(Error::field(Reason::InvalidArgument, "page_size", "expected 0 or more")),
            0 => USUAL,
            size => size.min(MOST),
        };
        let before = if token.is_empty() { None } else { Some(parse(token)?) };
        Ok(Page { size: size as usize, before })
    }

    /// What to read: one row more than the page holds tells whether another page follows.
    pub fn rows(&self, customer_id: Uuid) -> store::Page {
        let before = self.before.map(|(time, id)| (time.0, id));
        store::Page { customer_id, before, limit: self.size as u32 + 1, max_bytes: MAX_BYTES }
    }
}

impl Page {
    /// Cuts rows to the page and makes the token of the next one; "" when there is none. `bytes` is what a row counts.
    pub fn cut<T>(&self, rows: &mut Vec<T>, place: impl Fn(&T) -> (i64, Uuid), bytes: impl Fn(&T) -> usize) -> String {
        let full = rows.len() > self.size || rows.iter().map(bytes).sum::<usize>() >= MAX_BYTES;
        if !full {
            return String::new();
        }
        // The row too many says what follows; a single row is too large to be one too many.
        let following = if rows.len() > 1 { rows.pop() } else { None };
        let Some(last) = rows.last().map(&place) else { return String::new() };
        let same_time = following.is_none_or(|row| place(&row).0 == last.0);
        print(Time(last.0), same_time.then_some(last.1))
    }
}

/// The documents' token; where the next row carries the same time, with the id of the last row behind it, so that nothing
/// is skipped or repeated.
fn print(time: Time, id: Option<Uuid>) -> String {
    let shown = text::format(&crate::model::view::time(time).unwrap_or_default());
    match id {
        Some(id) => format!("{shown}/{id}"),
        None => shown,
    }
}

fn parse(token: &str) -> Result<(Time, Uuid)> {
    let wrong = || Error::field(Reason::InvalidPageToken, "page_token", "expected the next_page_token of a list");
    let (shown, id) = match token.split_once('/') {
        Some((shown, id)) => (shown, Uuid::parse_str(id).map_err(|_| wrong())?),
        None => (token, Uuid::nil()),
    };
    let time = text::parse(shown).ok_or_else(wrong)?;
    let micros =
        time.seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(i64::from(time.nanos) / 1_000));
    Ok((Time(micros.ok_or_else(wrong)?), id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 9999-01-01, which REST writes for a time that is not set.
    const UNSET: i64 = 253_370_764_800_000_000;

    proptest! {
        #[test]
        fn what_is_printed_is_read(micros in 0..UNSET, id in prop::option::of(1..u128::MAX)) {
            let id = id.map(Uuid::from_u128);
            let token = print(Time(micros), id);
            prop_assert_eq!(parse(&token).unwrap(), (Time(micros), id.unwrap_or_default()));
        }

        #[test]
        fn whatever_comes_is_read_or_refused(garbage in "[-0-9 :./a-f]{0,70}|.{0,40}") {
            if let Err(error) = parse(&garbage) {
                prop_assert_eq!(error.reason, Reason::InvalidPageToken);
            }
        }

        /// Rows of few different times: every page goes on where the one before ended.
        #[test]
        fn pages_hold_every_row_once(
            mut times in prop::collection::vec(0..5_i64, 0..40),
            size in 1..7_i32,
            halves in 0..3_usize,
        ) {
            times.sort_by(|one, other| other.cmp(one));
            let ids = (1..=40_u128).rev().map(Uuid::from_u128);
            let all: Vec<(i64, Uuid)> = times.into_iter().zip(ids).collect();
            let bytes = |_: &(i64, Uuid)| halves * MAX_BYTES / 2;
            let (mut seen, mut token) = (Vec::new(), String::new());
            for _ in 0..=all.len() + 1 {
                let page = Page::new(size, &token).unwrap();
                let mut rows = fetch(&all, page.rows(Uuid::nil()), bytes);
                token = page.cut(&mut rows, |row| *row, bytes);
                prop_assert!(rows.len() <= size as usize);
                seen.extend(rows);
                if token.is_empty() {
                    break;
                }
            }
            prop_assert!(token.is_empty());
            prop_assert_eq!(seen, all);
        }
    }

    /// What a store does.
    fn fetch(all: &[(i64, Uuid)], page: store::Page, bytes: impl Fn(&(i64, Uuid)) -> usize) -> Vec<(i64, Uuid)> {
        let (mut total, mut rows) = (0, Vec::new());
        for row in all {
            let older = page.before.is_none_or(|(time, id)| row.0 < time || (!id.is_nil() && *row < (time, id)));
            if older && rows.len() < page.limit as usize && total < page.max_bytes {
                total += bytes(row);
                rows.push(*row);
            }
        }
        rows
    }

    fn cut(page: Page, times: &[i64]) -> (usize, String) {
        let mut rows: Vec<(i64, Uuid)> = times.iter().zip(1..).map(|(time, id)| (*time, Uuid::from_u128(id))).collect();
        let token = page.cut(&mut rows, |row| *row, |_| 10);
        (rows.len(), token)
    }

    #[test]
    fn the_token_is_the_time_of_the_last_row() {
        let page = Page::new(2, "").unwrap();
        assert_eq!(cut(page, &[9, 8]), (2, String::new()));
        assert_eq!(cut(page, &[9, 8, 7]), (2, "1970-01-01 00:00:00.000008".to_owned()));
    }

    #[test]
    fn equal_times_get_a_suffix_that_reads_back() {
        let page = Page::new(2, "").unwrap();
        let (_, token) = cut(page, &[9, 8, 8]);
        assert_eq!(token, "1970-01-01 00:00:00.000008/00000000-0000-0000-0000-000000000002");
        assert_eq!(Page::new(2, &token).unwrap().rows(Uuid::nil()).before, Some((8, Uuid::from_u128(2))));
    }

    #[test]
    fn sizes_and_tokens_that_are_none_are_refused() {
        assert_eq!(Page::new(-1, "").unwrap_err().violations[0].field, "page_size");
        assert_eq!((Page::new(0, "").unwrap().size, Page::new(5_000, "").unwrap().size), (100, 1_000));
        for token in ["x", "2023-04-02", "2023-04-02 13:43:30.576077/x", "/"] {
            assert_eq!(Page::new(1, token).unwrap_err().reason, Reason::InvalidPageToken, "{token}");
        }
        assert!(Page::new(1, "2023-04-02 13:43:30.576077").is_ok());
    }
}
