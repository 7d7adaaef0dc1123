//! The steps by which the tables change, and which versions they leave behind.
//!
//! A version of this program knows so many migrations, and a database has had so many: its schema. Servers are upgraded one
//! by one, and sometimes back, so a migration says which older versions can go on beside it, or after it.

use super::{Error, Result};

/// A step. Once released it never changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    pub sql: &'static str,
    /// The lowest schema whose versions can use the tables after this step: they write what the new columns take, and read
    /// what newer versions write. Its own number, when none can.
    pub oldest: usize,
}

/// A step that a database has had, and this version does not know.
#[derive(Debug, Clone)]
pub(super) struct Newer {
    pub number: usize,
    pub oldest: usize,
    /// The version of Ringdown that took it; empty where that is not known.
    pub version: String,
}

/// The version of this program.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// All that this version knows, in their order.
pub(super) fn known(own: &[Migration]) -> Vec<Migration> {
    own.iter().copied().chain(next()).collect()
}

/// Where tests play the next version, what that one brings: `RINGDOWN_NEXT_MIGRATION` is `oldest:SQL`.
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

/// Lets a version go on with a database that has had steps which it does not know, or says why not.
pub(super) fn admit(known: usize, newer: &[Newer]) -> Result<()> {
    let Some(last) = newer.iter().max_by_key(|it| it.number) else { return Ok(()) };
    let oldest = newer.iter().map(|it| it.oldest).max().unwrap_or_default();
    let (schema, by) = (last.number, &last.version);
    if oldest <= known {
        tracing::warn!(schema, known, by, "a newer version has changed this database; this one can go on with it");
        return Ok(());
    }
    let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
    Err(Error::Unavailable(format!(
        "a newer version of Ringdown{by} changed this database: its schema is {schema}, which takes a version that knows \
         {oldest} or more, and this one ({VERSION}) knows {known}; start the newer version, or restore a backup"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_goes_on_where_every_step_lets_it() {
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
