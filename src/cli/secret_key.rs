//! `ringdown secret-key`.

use super::Failure;
use super::database::Database;
use ringdown::api::secrets;
use ringdown::auth::jwt_secret;
use ringdown::seal::{self, Keys, Sealer, Source};
use ringdown::store::Store;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Writes a new secret key to a file, which must not exist. All servers on one PostgreSQL database need the same file.
    Generate {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Replaces the secret key, and seals all secrets in the database with the new one. SQLite: the server must be
    /// stopped. If it is interrupted, run it again.
    Rotate(Box<Rotate>),
}

#[derive(clap::Args)]
struct Rotate {
    #[command(flatten)]
    database: Database,

    /// PostgreSQL: only adds the next key to the file. Copy the file to all servers, then rotate: servers must know a key
    /// before others seal with it.
    #[arg(long, conflicts_with_all = ["finish", "jwt"])]
    prepare: bool,

    /// PostgreSQL: seals what servers have sealed with the previous key since, and removes that key from the file. Copy
    /// the rotated file to all servers before.
    #[arg(long, conflicts_with = "jwt")]
    finish: bool,

    /// Also replaces the secret in the database that signs JWTs, which ends all JWTs. Servers use it from their next
    /// start on.
    #[arg(long)]
    jwt: bool,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    match args.command {
        Command::Generate { file } => generate(&file),
        Command::Rotate(rotate) => rotate.run().await,
    }
}

fn generate(file: &Path) -> Result<(), Failure> {
    let keys = Keys::random();
    seal::create(file, &keys)?;
    say(&format!("{}: secret key {}", file.display(), keys.current.id()))
}

fn say(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

impl Rotate {
    async fn run(self) -> Result<(), Failure> {
        let Source::File { path, .. } = self.database.source()? else {
            return Err("an in-memory database has no secret key file".into());
        };
        let mut keys = seal::read(&path)?;
        if self.prepare {
            keys.prepare();
            seal::replace(&path, &keys)?;
            let next = keys.next.map(|key| key.id().to_string()).unwrap_or_default();
            return say(&format!("{}: the next key is {next}; copy the file to all servers", path.display()));
        }
        // The database must be this key's before the key is replaced.
        let (store, served) = self.database.open_alone().await?;
        let outcome = self.on(&*store, served, &path, keys).await;
        store.close().await;
        outcome
    }

    async fn on(&self, store: &dyn Store, served: bool, path: &Path, mut keys: Keys) -> Result<(), Failure> {
        let source = Source::File { path: path.to_owned(), make: false };
        seal::open(store, source.clone()).await?;
        // A previous key is that of a rotation which has not finished: it is continued.
        if keys.previous.is_empty() {
            if self.finish {
                return Err(format!("{}: there is no previous key; rotate first", path.display()).into());
            }
            keys.rotate();
            seal::replace(path, &keys)?;
        }
        let sealer = Sealer::of_file(path.to_owned())?;
        let done = secrets::rotate(store, &sealer).await?;
        if self.jwt {
            jwt_secret::replace(store, &sealer).await?;
        }
        let count = done.settings + done.customers + done.providers + done.answers;
        say(&format!("{}: sealed {count} secrets with the key {}", path.display(), keys.current.id()))?;
        if served && !self.finish {
            return say(
                "Servers use the database. The previous key is still in the file: copy the file to all servers, then run \
                        `ringdown secret-key rotate --finish`.",
            );
        }
        // The database requires the current key alone before the others are gone.
        seal::confirm(store, &sealer, &[]).await?;
        keys.previous.clear();
        seal::replace(path, &keys)?;
        if !served {
            // Servers would wait for it, and the old values are of no use without the key.
            store.scrub().await?;
        }
        say(&format!("{}: removed the previous key", path.display()))
    }
}
