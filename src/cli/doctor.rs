//! `ringdown doctor`.

use super::Failure;
use ringdown::config::DATABASE;
use ringdown::doctor;
use ringdown::store::inspect::Inspect;
use ringdown::store::{postgres, sqlite};
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// URL of the server's database.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, default_value = DATABASE)]
    database: String,
}

/// Prints what is damaged, a row a line. Exits with 1 if anything is.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let mut database = open(&args.database).await?;
    let mut failed = None;
    let report = |sentence: String| {
        if let Err(error) = writeln!(std::io::stdout(), "{sentence}") {
            failed.get_or_insert(error);
        }
    };
    let (rows, problems) = doctor::examine(&mut *database, report).await.map_err(described)?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    match problems {
        0 => {
            writeln!(std::io::stdout(), "the database is in order ({rows} rows)")?;
            Ok(ExitCode::SUCCESS)
        }
        problems => {
            writeln!(std::io::stdout(), "{problems} problems in {rows} rows")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn open(url: &str) -> Result<Box<dyn Inspect>, Failure> {
    if postgres::Location::is_meant_by(url) {
        return Ok(Box::new(postgres::Inspector::open(url.parse()?).await?));
    }
    let location: sqlite::Location = url.parse()?;
    match &location {
        sqlite::Location::Memory => {
            Err("an in-memory database is accessible to its server only: use --database".into())
        }
        sqlite::Location::File(path) if !path.exists() => {
            Err(format!("there is no database {}: use --database", path.display()).into())
        }
        sqlite::Location::File(_) => Ok(Box::new(sqlite::Inspector::open(&location).await?)),
    }
}

/// Returns the cause too: it is for the operator.
fn described(error: ringdown::error::Error) -> Failure {
    match error.source {
        Some(source) => source,
        None => error.message.into(),
    }
}
