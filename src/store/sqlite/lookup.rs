//! Reads rows of a table by id and batches concurrent reads: ids requested while one statement is in flight are read
//! together by the next one, because each statement is a round trip to sqlx's thread.

use super::readers::{Query, Readers};
use super::{Error, Result, copy, unavailable};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use uuid::Uuid;

/// The numbers of ids in a statement. The next larger size is used and padded with nulls.
const SIZES: [usize; 4] = [1, 4, 16, 64];
/// The maximum number of statements in flight for a table.
const STATEMENTS: usize = 2;

/// A table whose rows are read by id.
pub(super) struct Lookup<T> {
    texts: [SqlStr; SIZES.len()],
    read: fn(&SqliteRow) -> Result<T>,
    id: fn(&T) -> Uuid,
    asked: Mutex<Asked<T>>,
}

type Waiting<T> = (Uuid, oneshot::Sender<Result<Option<T>>>);

struct Asked<T> {
    waiting: Vec<Waiting<T>>,
    under_way: usize,
}

impl<T: Clone + Send + 'static> Lookup<T> {
    /// Creates a lookup. `from` names the table; the condition on the id follows it. All parts of the statement are
    /// constants.
    pub fn new(
        columns: &'static str,
        from: &'static str,
        read: fn(&SqliteRow) -> Result<T>,
        id: fn(&T) -> Uuid,
    ) -> Arc<Lookup<T>> {
        let text = |size| {
            let ids = vec!["?"; size].join(", ");
            AssertSqlSafe(format!("select {columns} from {from} where id in ({ids})")).into_sql_str()
        };
        let asked = Mutex::new(Asked { waiting: Vec::new(), under_way: 0 });
        Arc::new(Lookup { texts: SIZES.map(text), read, id, asked })
    }

    pub async fn get(self: &Arc<Self>, readers: &Arc<Readers>, id: Uuid) -> Result<Option<T>> {
        let (reply, answer) = oneshot::channel();
        let begin = {
            let mut asked = self.lock();
            asked.waiting.push((id, reply));
            let begin = asked.under_way < STATEMENTS;
            asked.under_way += usize::from(begin);
            begin
        };
        if begin {
            tokio::spawn(UnderWay { lookup: self.clone(), over: false }.read_all(readers.clone()));
        }
        answer.await.unwrap_or_else(|_| Err(unavailable("the reader failed before it replied")))
    }

    async fn rows(&self, readers: &Readers, ids: &[Uuid]) -> Result<HashMap<Uuid, T>> {
        let size = SIZES.partition_point(|size| *size < ids.len());
        let query: Query<'_> = ids.iter().fold(sqlx::query(self.texts[size].clone()), |query, id| query.bind(*id));
        let found: Vec<T> = match ids {
            // `fetch_optional` stops at the first row, so sqlx's thread responds only once, not again at the end.
            [_] => readers.one(query, self.read).await?.into_iter().collect(),
            _ => readers.all(query, self.read).await?,
        };
        Ok(found.into_iter().map(|row| ((self.id)(&row), row)).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Asked<T>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the statements in flight.
struct UnderWay<T> {
    lookup: Arc<Lookup<T>>,
    over: bool,
}

impl<T: Clone + Send + 'static> UnderWay<T> {
    async fn read_all(mut self, readers: Arc<Readers>) {
        while let Some(group) = self.next() {
            let ids: Vec<Uuid> = group.iter().map(|(id, _)| *id).collect();
            let found = self.lookup.rows(&readers, &ids).await;
            if ids.len() > 1 && matches!(found, Err(Error::Damaged { .. })) {
                // Only whoever reads the damaged row receives an error.
                for (id, reply) in group {
                    let found = self.lookup.rows(&readers, &[id]).await;
                    let _ = reply.send(found.map(|mut rows| rows.remove(&id)));
                }
                continue;
            }
            for (id, reply) in group {
                // The caller may have stopped waiting.
                let _ = reply.send(found.as_ref().map(|rows| rows.get(&id).cloned()).map_err(copy));
            }
        }
    }

    /// Takes waiting reads. Ends this statement's turn when there are none.
    fn next(&mut self) -> Option<Vec<Waiting<T>>> {
        let mut asked = self.lookup.lock();
        // Callers whose deadline has passed or that disconnected no longer wait.
        asked.waiting.retain(|(_, reply)| !reply.is_closed());
        if asked.waiting.is_empty() {
            asked.under_way -= 1;
            self.over = true;
            return None;
        }
        let most = asked.waiting.len().min(SIZES[SIZES.len() - 1]);
        Some(asked.waiting.drain(..most).collect())
    }
}

impl<T> Drop for UnderWay<T> {
    /// Ends the turn if the runtime shut down first.
    fn drop(&mut self) {
        if !self.over {
            self.lookup.asked.lock().unwrap_or_else(PoisonError::into_inner).under_way -= 1;
        }
    }
}
