//! The end of the log in memory, as the writer has just written it. Reading it takes neither a connection nor another
//! thread.

use super::rows;
use crate::model::weight::record_weight;
use crate::store::{LogRow, Position};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of rows, and of their bytes in memory. Readers are rarely a thousand rows behind.
const ROWS: usize = 2_048;
const BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Tail(Mutex<Rows>);

struct Rows {
    /// The position before the first row: all rows after it are here.
    before: i64,
    rows: VecDeque<LogRow>,
    bytes: usize,
}

impl Tail {
    /// Creates the tail of a log that ends at `end`.
    pub fn new(end: i64) -> Tail {
        Tail(Mutex::new(Rows { before: end, rows: VecDeque::new(), bytes: 0 }))
    }

    /// Adds rows that were written and are durable.
    pub fn append(&self, rows: impl Iterator<Item = LogRow>) {
        let mut tail = self.lock();
        for row in rows {
            tail.bytes += weight(&row);
            tail.rows.push_back(row);
        }
        while tail.rows.len() > ROWS || tail.bytes > BYTES {
            tail.forget_oldest();
        }
    }

    /// Clears the tail: the log ends at `end`, but the rows before it are not known here.
    pub fn restart(&self, end: i64) {
        let mut tail = self.lock();
        tail.rows.clear();
        (tail.before, tail.bytes) = (end, 0);
    }

    /// Removes rows after the log was pruned up to a position, or nearly.
    pub fn pruned(&self, up_to: Position) {
        let mut tail = self.lock();
        while tail.rows.front().is_some_and(|row| row.position <= up_to) {
            tail.forget_oldest();
        }
    }

    /// Returns the rows after a position, like a read from the database: at most `limit`, ending with the row that
    /// brings the records to `max_bytes` (0: no limit). Returns `None` when they are not all here.
    pub fn after(&self, after: Position, limit: u32, max_bytes: usize) -> Option<Vec<LogRow>> {
        let tail = self.lock();
        if rows::sequence(after) < tail.before {
            return None;
        }
        let first = tail.rows.partition_point(|row| row.position <= after);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        for row in tail.rows.range(first..).take(limit as usize) {
            bytes += row.record.bytes.len();
            rows.push(row.clone());
            if max_bytes > 0 && bytes >= max_bytes {
                break;
            }
        }
        Some(rows)
    }

    /// Ignores poisoning: no holder of the lock can panic in the middle of a change.
    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Estimates the memory of a row, whose record is here decoded too.
fn weight(row: &LogRow) -> usize {
    let bytes = row.record.bytes.len();
    match &row.record.decoded {
        Some(record) => record_weight(record, bytes),
        None => bytes,
    }
}

impl Rows {
    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.rows.pop_front() {
            self.bytes -= weight(&oldest);
            self.before = rows::sequence(oldest.position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(tail: &Tail, positions: impl IntoIterator<Item = i64>) {
        let row = |position| LogRow { position: rows::position(position), run: 1, record: vec![0; 1_000].into() };
        tail.append(positions.into_iter().map(row));
    }

    fn after(tail: &Tail, position: i64) -> Option<Vec<i64>> {
        let rows = tail.after(rows::position(position), 3, 1_500)?;
        Some(rows.iter().map(|row| rows::sequence(row.position)).collect())
    }

    #[test]
    fn it_returns_all_rows_or_none() {
        let tail = Tail::new(7);
        assert_eq!((after(&tail, 6), after(&tail, 7)), (None, Some(vec![])));
        append(&tail, [8, 9]);
        append(&tail, [10, 11]);
        assert_eq!((after(&tail, 7), after(&tail, 9)), (Some(vec![8, 9]), Some(vec![10, 11])));
        tail.pruned(rows::position(10));
        assert_eq!((after(&tail, 9), after(&tail, 10)), (None, Some(vec![11])));
    }

    #[test]
    fn it_is_bounded() {
        let tail = Tail::new(0);
        append(&tail, 1..=5_000);
        assert_eq!(after(&tail, 5_000 - ROWS as i64 - 1), None);
        assert_eq!(after(&tail, 5_000 - ROWS as i64).unwrap().len(), 2);
    }
}
