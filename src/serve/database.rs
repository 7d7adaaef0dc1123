//! The database of the configuration.

use super::Failure;
use crate::config::{Config, Synchronous};
use crate::store::postgres::{self, Postgres};
use crate::store::sqlite::{self, Sqlite};
use crate::store::{Groups, Store};
use crate::telemetry::Metrics;
use std::sync::Arc;

pub async fn open(config: &Config, metrics: Arc<Metrics>) -> Result<Arc<dyn Store>, Failure> {
    let groups = Some(Groups(Arc::new(move |commits| metrics.committed(commits))));
    let unreadable = |problem: String| Failure::Config(vec![problem]);
    if postgres::Location::is_meant_by(&config.database) {
        let usual = postgres::Config::new(config.database.parse().map_err(unreadable)?);
        let (readers, statement_timeout) = (config.database_connections, config.database_timeout);
        let config = postgres::Config { readers, statement_timeout, groups, ..usual };
        return Ok(Arc::new(Postgres::open(config).await?));
    }
    let usual = sqlite::Config::new(config.database.parse().map_err(unreadable)?);
    let synchronous = match config.synchronous {
        Synchronous::Full => sqlite::Synchronous::Full,
        Synchronous::Normal => sqlite::Synchronous::Normal,
    };
    let config = sqlite::Config { synchronous, groups, ..usual };
    let opened = tokio::task::spawn_blocking(move || Sqlite::open(config)).await;
    Ok(Arc::new(opened.map_err(std::io::Error::other)??))
}
