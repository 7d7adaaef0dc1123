//! Access to a database for commands that run alongside the server that owns it: they read and write rows, and never
//! resume activeflows.

use super::Failure;
use clap::Args;
use ringdown::auth::Authenticator;
use ringdown::config::{DATABASE, Secret, SecretKey};
use ringdown::seal::{self, Sealer, Source};
use ringdown::store::Store;
use ringdown::store::postgres::{self, Postgres};
use ringdown::store::sqlite::{Config, Location, Sqlite};
use std::sync::Arc;

/// The database, and the secrets that belong to it.
#[derive(Args)]
pub struct Database {
    /// URL of the server's database.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, default_value = DATABASE)]
    database: String,

    /// Secret for signing JWTs. Default: the one in the database. Required if the server runs with --jwt-secret.
    #[arg(long, env = "RINGDOWN_JWT_SECRET", hide_env_values = true, value_name = "SECRET")]
    jwt_secret: Option<Secret>,

    #[command(flatten)]
    secret_key: SecretKey,
}

impl Database {
    /// Opens the database, which must exist unless it may be created.
    pub async fn open(&self, may_make: bool) -> Result<(Arc<dyn Store>, Authenticator), Failure> {
        let (store, _, authenticator) = self.open_sealed(may_make).await?;
        Ok((store, authenticator))
    }

    /// Does the same, and returns what seals the secrets in the database.
    pub async fn open_sealed(&self, may_make: bool) -> Result<(Arc<dyn Store>, Arc<Sealer>, Authenticator), Failure> {
        let source = self.source()?;
        let store: Arc<dyn Store> = match postgres::Location::is_meant_by(&self.database) {
            true => Arc::new(self.postgres().await?),
            false => Arc::new(self.sqlite(may_make, false).await?),
        };
        let sealer = seal::open(&*store, source).await?;
        let secret = self.jwt_secret.as_ref().map(|it| it.bytes());
        let authenticator = Authenticator::open(store.clone(), &sealer, secret).await?;
        Ok((store, Arc::new(sealer), authenticator))
    }

    /// Opens an existing database to change all of its secrets, and returns whether a server uses it. A SQLite database
    /// must not be used by a server.
    pub async fn open_alone(&self) -> Result<(Arc<dyn Store>, bool), Failure> {
        match postgres::Location::is_meant_by(&self.database) {
            true => {
                let store = self.postgres().await?;
                let served = store.is_served().await?;
                Ok((Arc::new(store), served))
            }
            false => Ok((Arc::new(self.sqlite(false, true).await?), false)),
        }
    }

    /// Returns where the secret key is.
    pub fn source(&self) -> Result<Source, Failure> {
        Ok(Source::of(&self.database, self.secret_key.file.as_deref())?)
    }

    async fn postgres(&self) -> Result<Postgres, Failure> {
        let config = postgres::Config::new(self.database.parse()?);
        Ok(Postgres::open(postgres::Config { serves: false, readers: 1, ..config }).await?)
    }

    async fn sqlite(&self, may_make: bool, exclusive: bool) -> Result<Sqlite, Failure> {
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
        let config = Config { exclusive, readers: 1, ..Config::new(location) };
        Ok(Sqlite::open(config).await?)
    }
}
