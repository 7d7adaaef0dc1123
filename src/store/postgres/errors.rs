//! Maps errors of the database to errors of the store.

use super::unavailable;
use crate::store::Error;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// The code of the error that a disk is full.
const DISK_FULL: &str = "53100";

/// A row with a value that no version writes.
#[derive(Debug, thiserror::Error)]
#[error("the row {key} of the table {table} is damaged: {why}")]
pub(super) struct DamagedRow {
    pub table: &'static str,
    pub key: String,
    pub why: String,
}

/// Returns the error that the database reported, if any.
pub(super) fn said(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// Returns whether the connection is lost, so that the outcome of the last statement is unknown.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match said(error) {
        Some(error) => {
            let fatal = matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic);
            fatal || ["08", "57P"].iter().any(|class| error.code().starts_with(class))
        }
        None => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_)),
    }
}

/// Maps errors that may pass on a retry to `Unavailable`, serialization failures and deadlocks to `Conflict`, and
/// everything else, a fault of this program or of the database, to `Broken`.
pub(super) fn to_error(error: &sqlx::Error) -> Error {
    if let sqlx::Error::Decode(why) = error
        && let Some(DamagedRow { table, key, why }) = why.downcast_ref()
    {
        return Error::Damaged { table, key: key.clone(), why: why.clone() };
    }
    let Some(db) = said(error) else {
        return match is_lost(error) {
            true => unavailable(error.to_string()),
            false => Error::Broken(error.to_string()),
        };
    };
    // Connection exception, invalid authorization, invalid catalog name, invalid transaction state, insufficient
    // resources, object not in prerequisite state, operator intervention, system error.
    let passing = ["08", "28", "3D", "25", "53", "55", "57", "58"];
    match db.code() {
        code if code.starts_with("40") => Error::Conflict,
        DISK_FULL => Error::Full(db.message().to_owned()),
        code if passing.iter().any(|class| code.starts_with(class)) => unavailable(db.message()),
        code => Error::Broken(format!("{} ({code})", db.message())),
    }
}
