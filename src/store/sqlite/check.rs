//! A check of the file before a server uses it.
//!
//! SQLite's own recovery makes the file whole after a crash; damage comes from disks, copies and editors. Checking a file
//! reads all of it, which takes a second for a few hundred megabytes, so the check is bounded in time: a file that is not
//! small is checked in part, longer after a stop that was not clean. `ringdown doctor` checks all of it.
//!
//! A damaged row costs only itself, so damage does not keep the server from starting unless it is in the tables without
//! which nothing works.

use super::{Error, Result, unavailable};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Executor};
use std::time::{Duration, Instant};

/// How long the check may take, after a clean stop and otherwise.
const AFTER_STOP: Duration = Duration::from_millis(500);
const AFTER_CRASH: Duration = Duration::from_secs(5);
/// How many instructions of SQLite's machine run between two looks at the clock.
const STEPS: i32 = 10_000;
/// The tables without which the server cannot work.
const NEEDED: [&str; 4] = ["meta", "migration", "setting", "customer"];

/// Checks the file. Fails if the server could not work with it.
pub(super) async fn check(db: &mut SqliteConnection) -> Result<()> {
    // The first statement reads the header and the schema.
    let tables = "select name from sqlite_master where type = 'table'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *db).await.map_err(refused)?;
    if !tables.iter().any(|name| name == "meta") {
        return Ok(());
    }
    for table in NEEDED.into_iter().filter(|table| tables.iter().any(|name| name == table)) {
        if let Some(problem) = quick_check(db, &format!("pragma quick_check({table})")).await.map_err(refused)? {
            return Err(refusal(&problem));
        }
    }
    let running = "select exists (select 1 from meta where name = 'running')";
    let crashed: bool = sqlx::query_scalar(running).fetch_one(&mut *db).await.map_err(refused)?;
    let limit = if crashed { AFTER_CRASH } else { AFTER_STOP };
    let until = Instant::now() + limit;
    db.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < until);
    let found = quick_check(db, "pragma quick_check(1)").await;
    db.lock_handle().await?.remove_progress_handler();
    let problem = match found {
        Ok(problem) => problem,
        // The time is up.
        Err(_) if Instant::now() >= until => None,
        Err(error) => Some(error.to_string()),
    };
    if let Some(problem) = problem {
        tracing::error!(
            problem,
            "the database is damaged; the server works with what can be read. Run `ringdown doctor`, and restore a backup"
        );
    }
    Ok(())
}

/// Returns the first problem.
async fn quick_check(db: &mut SqliteConnection, pragma: &str) -> sqlx::Result<Option<String>> {
    let found = db.fetch_optional(sqlx::query(AssertSqlSafe(pragma.to_owned()))).await?;
    let first: Option<String> = found.map(|row| sqlx::Row::try_get(&row, 0)).transpose()?;
    Ok(first.filter(|first| first != "ok"))
}

fn refused(error: sqlx::Error) -> Error {
    at_core(error.into())
}

/// Maps the error of a file that cannot even be opened.
pub(super) fn at_core(error: Error) -> Error {
    match error {
        Error::Damaged { why, .. } | Error::Broken(why) => refusal(&why),
        other => other,
    }
}

fn refusal(problem: &str) -> Error {
    unavailable(format!(
        "the database is so damaged that a server cannot work with it ({problem}); restore a backup, or rescue what is \
         left with `sqlite3 FILE .recover`"
    ))
}
