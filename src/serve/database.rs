//! Opens the configured database.

use super::Failure;
use crate::config::{Config, Durability};
use crate::memory::{Memory, Part};
use crate::store::postgres::{self, Postgres};
use crate::store::sqlite::{self, Sqlite};
use crate::store::{Groups, Meter, Nodes, Store};
use crate::supervisor::Supervisor;
use crate::telemetry::Metrics;
use std::sync::Arc;

/// A store, and the interface that coordinates several servers on it.
pub struct Database {
    pub store: Arc<dyn Store>,
    /// `None` if the store belongs to this server alone.
    pub nodes: Option<Arc<dyn Nodes>>,
}

/// Checks that the configured URL is one of a database.
pub fn check(config: &Config) -> Result<(), Failure> {
    let checked = match postgres::Location::is_meant_by(&config.database) {
        true => config.database.parse::<postgres::Location>().map(drop),
        false => config.database.parse::<sqlite::Location>().map(drop),
    };
    checked.map_err(|problem| Failure::Config(vec![problem]))
}

pub async fn open(
    config: &Config,
    supervisor: Supervisor,
    metrics: Arc<Metrics>,
    meter: Meter,
    memory: &Memory,
) -> Result<Database, Failure> {
    let commits = memory.share(Part::Commits);
    let groups = Some(Groups(Arc::new(move |commits| metrics.committed(commits))));
    let meter = Some(meter);
    let unreadable = |problem: String| Failure::Config(vec![problem]);
    if postgres::Location::is_meant_by(&config.database) {
        let usual = postgres::Config::new(config.database.parse().map_err(unreadable)?);
        let (readers, statement_timeout) = (config.database_connections, config.database_statement_timeout);
        let config = postgres::Config { readers, statement_timeout, groups, meter, commits, supervisor, ..usual };
        let store = Arc::new(Postgres::open(config).await?);
        return Ok(Database { store: store.clone(), nodes: Some(store) });
    }
    let usual = sqlite::Config::new(config.database.parse().map_err(unreadable)?);
    let synchronous = match config.durability {
        Durability::PowerLoss => sqlite::Synchronous::Full,
        Durability::ProcessCrash => sqlite::Synchronous::Normal,
    };
    let config = sqlite::Config { synchronous, groups, meter, commits, supervisor, ..usual };
    Ok(Database { store: Arc::new(Sqlite::open(config).await?), nodes: None })
}
