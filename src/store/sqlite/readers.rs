//! The connections that read. sqlx runs each on its own thread.
//!
//! A read takes a connection and returns it; the one used last is taken first. sqlx's own pool would start a task for
//! each connection that is returned.

use super::{Error, Gate, Result, unavailable};
use crate::store::Damage;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Connection, Executor};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{RwLockReadGuard, Semaphore, SemaphorePermit};

pub(super) type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

pub(super) struct Readers {
    idle: Mutex<Vec<SqliteConnection>>,
    free: Semaphore,
    count: u32,
    gate: Gate,
    damage: Arc<Damage>,
}

/// A connection in use. Its previous statement ends when the next one starts.
pub(super) struct Reader<'r> {
    readers: &'r Readers,
    connection: Option<SqliteConnection>,
    _free: SemaphorePermit<'r>,
    _shared: Option<RwLockReadGuard<'r, ()>>,
}

impl Readers {
    pub fn new(connections: Vec<SqliteConnection>, gate: Gate, damage: Arc<Damage>) -> Readers {
        let free = Semaphore::new(connections.len());
        let count = u32::try_from(connections.len()).unwrap_or(u32::MAX);
        Readers { idle: Mutex::new(connections), free, count, gate, damage }
    }

    /// Returns a connection. It sees every commit that was answered before.
    pub async fn take(&self) -> Result<Reader<'_>> {
        let free = self.free.acquire().await.map_err(|_| unavailable("it is closed"))?;
        let shared = match &self.gate {
            Some(gate) => Some(gate.read().await),
            None => None,
        };
        let connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Reader { readers: self, connection, _free: free, _shared: shared })
    }

    /// Returns at most one row.
    pub async fn one<T>(&self, query: Query<'_>, read: impl FnOnce(&SqliteRow) -> Result<T>) -> Result<Option<T>> {
        let row = self.take().await?.connection()?.fetch_optional(query).await?;
        row.as_ref().map(read).transpose().inspect_err(|error| self.damage.report(error))
    }

    pub async fn all<T>(&self, query: Query<'_>, read: impl Fn(&SqliteRow) -> Result<T>) -> Result<Vec<T>> {
        let rows = self.take().await?.connection()?.fetch_all(query).await?;
        rows.iter().map(read).collect()
    }

    pub fn damage(&self) -> &Damage {
        &self.damage
    }

    /// Takes no more reads, and waits for those in progress.
    pub async fn close(&self) {
        let Ok(all) = self.free.acquire_many(self.count).await else { return };
        self.free.close();
        drop(all);
        let connections = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in connections {
            if let Err(error) = connection.close().await {
                tracing::warn!("a reader's connection was not closed cleanly: {error}");
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
