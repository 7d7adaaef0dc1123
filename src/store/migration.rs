//! Schema migrations, and the versions that can still use the tables after each of them.
//!
//! A database records the number of migrations applied to it: its schema. A version of this program knows a fixed
//! number of migrations. Servers are upgraded one by one, and sometimes downgraded, so each migration states the oldest
//! schema whose versions can run alongside it or after it.

use super::{Error, Result};

/// A migration. It never changes once it is released.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    pub sql: &'static str,
    /// The lowest schema whose versions can use the tables after this migration: the rows that they write fit the new
    /// columns, and they can read what newer versions write. The migration's own number when no older version can.
    pub oldest: usize,
}

/// A migration that was applied to the database and that this version does not know.
#[derive(Debug, Clone)]
pub(super) struct Newer {
    pub number: usize,
    pub oldest: usize,
    /// The version of Ringdown that applied it; empty when unknown.
    pub version: String,
}

pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns all migrations that this version knows, in order.
pub(super) fn known(own: &[Migration]) -> Vec<Migration> {
    own.iter().copied().chain(next()).collect()
}

/// Returns the migration that `RINGDOWN_NEXT_MIGRATION` (`oldest:SQL`) adds, with which tests play the next version.
#[cfg(feature = "failpoints")]
fn next() -> Option<Migration> {
    use std::sync::LazyLock;
    static NEXT: LazyLock<Option<(usize, String)>> = LazyLock::new(|| {
        let text = std::env::var("RINGDOWN_NEXT_MIGRATION").ok()?;
        let (oldest, sql) = text.split_once(':')?;
        Some((oldest.parse().ok()?, sql.to_owned()))
    });
    NEXT.as_ref().map(|(oldest, sql)| Migration { sql, oldest: *oldest })
}

#[cfg(not(feature = "failpoints"))]
fn next() -> Option<Migration> {
    None
}

/// Accepts a database with migrations that this version does not know, if all of them permit it. Fails otherwise.
pub(super) fn admit(known: usize, newer: &[Newer]) -> Result<()> {
    let Some(last) = newer.iter().max_by_key(|it| it.number) else { return Ok(()) };
    let oldest = newer.iter().map(|it| it.oldest).max().unwrap_or_default();
    let (schema, by) = (last.number, &last.version);
    if oldest <= known {
        tracing::warn!(schema, known, by, "a newer version has changed this database; this version can still use it");
        return Ok(());
    }
    let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
    Err(Error::Unavailable(format!(
        "a newer version of Ringdown{by} changed this database: its schema is {schema}, which requires a version \
         that knows {oldest} or more, and this version ({VERSION}) knows {known}; start the newer version, or restore \
         a backup"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_admitted_if_every_migration_permits_it() {
        let newer = |number, oldest| Newer { number, oldest, version: "9.8.7".to_owned() };
        assert!(admit(4, &[]).is_ok());
        assert!(admit(4, &[newer(5, 3), newer(6, 4)]).is_ok());
        let message = admit(4, &[newer(5, 5), newer(6, 4)]).unwrap_err().to_string();
        assert!(
            message.contains("(9.8.7)") && message.contains("schema is 6") && message.contains("knows 5 or more"),
            "{message}"
        );
        assert!(message.contains(&format!("({VERSION}) knows 4")), "{message}");
    }
}
