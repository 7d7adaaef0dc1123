//! Why a store operation failed.

use super::Answer;
use uuid::Uuid;

/// Why a store operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A run, a customer, an access key or a number is not at the revision that the commit expected, or the number of a
    /// flow's new revision is already used. Load it again and decide anew.
    #[error("a row to be changed was changed concurrently")]
    Conflict,
    /// The id of a new object is in use, or the object to be changed belongs to another customer.
    #[error("the id {0} is already in use")]
    IdTaken(Uuid),
    /// The idempotency key was used before. Holds the answer given then.
    #[error("the idempotency key was already used")]
    KeyUsed(Box<Answer>),
    /// The telephone number is already in use.
    #[error("the number {0} is already in use")]
    NumberTaken(String),
    /// The database cannot be reached, or is closing. Nothing was written.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The disk of the database is full. Nothing was written.
    #[error("the disk of the database is full: {0}")]
    Full(String),
    /// A stored row cannot be read. Other rows are not affected.
    #[error("the row {key} of the table {table} is damaged: {why}")]
    Damaged { table: &'static str, key: String, why: String },
    /// A stored row can only be read by a newer version, which wrote it while servers are upgraded one by one.
    #[error("the row {key} of the table {table} was written by a newer version: {why}")]
    Newer { table: &'static str, key: String, why: String },
    /// A stored value is not one that this version writes, or a statement failed.
    #[error("the store failed: {0}")]
    Broken(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

pub(super) fn unavailable(sentence: impl Into<String>) -> Error {
    Error::Unavailable(sentence.into())
}
