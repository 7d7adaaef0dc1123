//! The key that seals secrets in the database.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Args)]
pub struct SecretKey {
    /// File with the secret key that seals secrets in the database. SQLite: made on the first start; default: the path
    /// of the database with .key appended. PostgreSQL: required, the same on all servers; `ringdown secret-key generate`
    /// makes one.
    #[arg(id = "secret_key_file", long = "secret-key-file", env = "RINGDOWN_SECRET_KEY_FILE", value_name = "FILE")]
    pub file: Option<PathBuf>,
}
