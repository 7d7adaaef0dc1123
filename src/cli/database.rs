//! Access to a database for commands that run alongside the server that owns it: they read and write rows, and never
//! resume activeflows.

use super::Failure;
use clap::Args;
use ringdown::auth::Authenticator;
use ringdown::config::{DATABASE, Secret};
use ringdown::store::Store;
use ringdown::store::postgres::{self, Postgres};
use ringdown::store::sqlite::{Config, Location, Sqlite};
use std::sync::Arc;

/// The database, and the secret that belongs to it.
#[derive(Args)]
pub struct Database {
    /// URL of the server's database.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, default_value = DATABASE)]
    database: String,

    /// Secret for signing JWTs. Default: the one in the database. Required if the server runs with --jwt-secret.
    #[arg(long, env = "RINGDOWN_JWT_SECRET", hide_env_values = true, value_name = "SECRET")]
    jwt_secret: Option<Secret>,
}

impl Database {
    /// Opens the database, which must exist unless it may be created.
    pub async fn open(&self, may_make: bool) -> Result<(Arc<dyn Store>, Authenticator), Failure> {
        let store: Arc<dyn Store> = match postgres::Location::is_meant_by(&self.database) {
            true => {
                let config = postgres::Config::new(self.database.parse()?);
                Arc::new(Postgres::open(postgres::Config { serves: false, readers: 1, ..config }).await?)
            }
            false => Arc::new(self.sqlite(may_make).await?),
        };
        let authenticator = Authenticator::open(store.clone(), self.jwt_secret.as_ref().map(|it| it.bytes())).await?;
        Ok((store, authenticator))
    }

    async fn sqlite(&self, may_make: bool) -> Result<Sqlite, Failure> {
        let location: Location = self.database.parse()?;
        match &location {
            Location::Memory => {
                return Err("an in-memory database is accessible to its server only: use --database".into());
            }
            Location::File(path) if !may_make && !path.exists() => {
                let path = path.display();
                return Err(format!("there is no database {path}: start the server first, or use --database").into());
            }
            Location::File(_) => {}
        }
        let config = Config { exclusive: false, readers: 1, ..Config::new(location) };
        Ok(Sqlite::open(config).await?)
    }
}
