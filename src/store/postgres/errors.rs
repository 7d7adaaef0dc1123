//! What an error of the database means to whoever asked.

use super::unavailable;
use crate::store::Error;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// What the database itself said.
pub(super) fn said(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The connection is gone, and with it the answer to what was asked last.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match said(error) {
        Some(error) => {
            let fatal = matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic);
            fatal || ["08", "57P"].iter().any(|class| error.code().starts_with(class))
        }
        None => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_)),
    }
}

/// What may be different on the next try is `Unavailable`; what two did crosswise is a conflict; the rest is a fault of this
/// program or of the database.
pub(super) fn to_error(error: &sqlx::Error) -> Error {
    let Some(db) = said(error) else {
        return match is_lost(error) {
            true => unavailable(error.to_string()),
            false => Error::Broken(error.to_string()),
        };
    };
    // Connection, authorization, no such database, not now, too little of something, cancelled, the machine.
    let passing = ["08", "28", "3D", "25", "53", "55", "57", "58"];
    match db.code() {
        code if code.starts_with("40") => Error::Conflict,
        code if passing.iter().any(|class| code.starts_with(class)) => unavailable(db.message()),
        code => Error::Broken(format!("{} ({code})", db.message())),
    }
}
