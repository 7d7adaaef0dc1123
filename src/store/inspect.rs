//! Reading every row of a database without changing anything, to find the damaged ones.

use super::Result;
use async_trait::async_trait;
use uuid::Uuid;

/// The tables whose rows hold encoded values.
pub const TABLES: [&str; 14] = [
    "customer",
    "access_key",
    "number",
    "provider",
    "route",
    "flow",
    "revision",
    "run",
    "variables",
    "call",
    "log",
    "recording",
    "message",
    "outgoing",
];

/// A place in a table: the row number, or the epoch and the sequence of a row of the log.
pub type Place = (i64, i64);

/// A row as it was found.
#[derive(Debug, Clone)]
pub struct StoredRow {
    pub place: Place,
    /// `None` where rows have no id, or it cannot be read.
    pub id: Option<Uuid>,
    /// The encoded value, or why the row cannot be read.
    pub content: Result<Vec<u8>, String>,
}

/// A database that is read next to the server that uses it.
#[async_trait]
pub trait Inspect: Send {
    /// Returns what is wrong with the database itself, apart from its rows: at most 100 sentences.
    async fn problems(&mut self) -> Result<Vec<String>>;
    /// Returns the rows of one of [`TABLES`] after a place, in order, at most a few hundred; none at the end.
    async fn rows(&mut self, table: &'static str, after: Place) -> Result<Vec<StoredRow>>;
}
