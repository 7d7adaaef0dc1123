//! The connections that read, each with a thread of its own in sqlx.
//!
//! Whoever reads takes one and gives it back, the one used last first. sqlx's pool starts a task for each that is given back.

use super::{Error, Gate, Result, unavailable};
use futures::TryStreamExt;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Connection, Executor};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{RwLockReadGuard, Semaphore, SemaphorePermit};

/// A statement with its values.
pub(super) type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

pub(super) struct Readers {
    idle: Mutex<Vec<SqliteConnection>>,
    free: Semaphore,
    count: u32,
    gate: Gate,
}

/// A connection that is being used. What it was asked is over when the next one asks it.
pub(super) struct Reader<'r> {
    readers: &'r Readers,
    connection: Option<SqliteConnection>,
    _free: SemaphorePermit<'r>,
    _shared: Option<RwLockReadGuard<'r, ()>>,
}

impl Readers {
    pub fn new(connections: Vec<SqliteConnection>, gate: Gate) -> Readers {
        let free = Semaphore::new(connections.len());
        let count = u32::try_from(connections.len()).unwrap_or(u32::MAX);
        Readers { idle: Mutex::new(connections), free, count, gate }
    }

    /// A connection. It sees every commit that was answered before.
    pub async fn take(&self) -> Result<Reader<'_>> {
        let free = self.free.acquire().await.map_err(|_| unavailable("it is closed"))?;
        let shared = match &self.gate {
            Some(gate) => Some(gate.read().await),
            None => None,
        };
        let connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Reader { readers: self, connection, _free: free, _shared: shared })
    }

    /// At most one row.
    pub async fn one<T>(&self, query: Query<'_>, read: impl FnOnce(&SqliteRow) -> Result<T>) -> Result<Option<T>> {
        let row = self.take().await?.connection()?.fetch_optional(query).await?;
        row.as_ref().map(read).transpose()
    }

    pub async fn all<T>(&self, query: Query<'_>, read: impl Fn(&SqliteRow) -> Result<T>) -> Result<Vec<T>> {
        self.until(query, read, 0, |_| 0).await
    }

    /// The rows up to the one with which they reach `max_bytes`; 0 is no bound.
    pub async fn until<T>(
        &self,
        query: Query<'_>,
        read: impl Fn(&SqliteRow) -> Result<T>,
        max_bytes: usize,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        let mut reader = self.take().await?;
        let mut rows = reader.connection()?.fetch(query);
        let (mut taken, mut total) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let row = read(&row)?;
            total += bytes(&row);
            taken.push(row);
            if max_bytes > 0 && total >= max_bytes {
                break;
            }
        }
        Ok(taken)
    }

    /// Takes no more reads, and waits for those that were begun.
    pub async fn close(&self) {
        let Ok(all) = self.free.acquire_many(self.count).await else { return };
        self.free.close();
        drop(all);
        let connections = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in connections {
            if let Err(error) = connection.close().await {
                tracing::warn!("a reader's connection was not closed in order: {error}");
            }
        }
    }
}

impl Reader<'_> {
    pub fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or_else(|| Error::Broken("a reader has no connection".to_owned()))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}
