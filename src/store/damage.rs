//! Rows that cannot be read: each is reported once, and costs nobody but itself.

use super::{Error, Result};
use crate::model::codec;
use crate::telemetry::Metrics;
use lru::LruCache;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// How many damaged rows are remembered, so that each is reported once however often it is read.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");

/// A damaged row: its table and its key there.
type Row = (&'static str, String);

/// Reports damaged rows to the log and the metrics.
pub struct Damage {
    metrics: Arc<Metrics>,
    reported: Mutex<LruCache<Row, ()>>,
}

impl Damage {
    pub fn new(metrics: Arc<Metrics>) -> Damage {
        Damage { metrics, reported: Mutex::new(LruCache::new(REMEMBERED)) }
    }

    /// Decodes a value of a row. Data that is whole and yet not understood was written by a newer version; anything else
    /// is damaged, and is reported.
    pub fn read<T: DeserializeOwned>(&self, table: &'static str, key: impl Display, bytes: &[u8]) -> Result<T> {
        codec::from_bytes(bytes).map_err(|why| match codec::is_whole(bytes) {
            true => Error::Newer { table, key: key.to_string(), why: why.to_string() },
            false => self.found(table, key, why),
        })
    }

    /// Reports a damaged row, and returns the error about it.
    pub fn found(&self, table: &'static str, key: impl Display, why: impl Display) -> Error {
        let error = Error::Damaged { table, key: key.to_string(), why: why.to_string() };
        self.report(&error);
        error
    }

    /// Reports the row that an error is about, unless it was reported before.
    pub fn report(&self, error: &Error) {
        let Error::Damaged { table, key, why } = error else { return };
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.put((table, key.clone()), ()).is_none() {
            drop(reported);
            self.metrics.damaged_row(table);
            tracing::error!(table, key, why, "a row of the database is damaged and is left out; run `ringdown doctor`");
        }
    }

    /// Returns how many damaged rows were found, as a sentence.
    pub fn note(&self) -> Option<String> {
        match self.reported.lock().unwrap_or_else(PoisonError::into_inner).len() {
            0 => None,
            1 => Some("a damaged row was found in the database; run `ringdown doctor`".to_owned()),
            rows => Some(format!("{rows} damaged rows were found in the database; run `ringdown doctor`")),
        }
    }

    /// Returns the rows that could be read, and reports the damaged ones.
    pub(super) fn sound<T>(&self, rows: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
        let mut sound = Vec::new();
        for row in rows {
            sound.extend(self.unless_damaged(row)?);
        }
        Ok(sound)
    }

    /// Returns None for a damaged row, and reports it.
    pub fn unless_damaged<T>(&self, row: Result<T>) -> Result<Option<T>> {
        match row {
            Ok(row) => Ok(Some(row)),
            Err(error @ Error::Damaged { .. }) => {
                self.report(&error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_row_is_reported_once_and_a_newer_one_is_not_damaged() {
        let metrics = Arc::new(Metrics::new());
        let damage = Damage::new(metrics.clone());
        for _ in 0..3 {
            let error = damage.read::<Vec<u64>>("run", 7, b"\xdf\xff").unwrap_err();
            assert!(matches!(&error, Error::Damaged { table: "run", key, .. } if key == "7"), "{error}");
        }
        let newer = codec::to_bytes(&vec!["a word where a number was"]);
        let error = damage.read::<Vec<u64>>("run", 8, &newer).unwrap_err();
        assert!(matches!(error, Error::Newer { .. }), "{error}");
        assert!(matches!(damage.read::<Vec<u64>>("run", 9, &newer[..5]), Err(Error::Damaged { .. })));
        assert!(metrics.text().contains("ringdown_damaged_rows_total{table=\"run\"} 2\n"), "{}", metrics.text());
        let rows = [Ok(1), Err(damage.found("call", "x", "why")), Ok(2)];
        assert_eq!(damage.sound(rows).unwrap(), [1, 2]);
        assert!(damage.sound([Ok(1), Err(Error::Conflict)]).is_err());
    }
}
