//! A server in a child process, running this same program.

use super::Failure;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// The time limit for a server to start.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running server. It is killed when this is dropped.
pub struct ChildServer {
    child: Child,
    pub url: String,
    /// The access key that a new database starts with.
    pub first_key: Option<String>,
}

impl ChildServer {
    /// Starts a server on a free port of this machine and waits until it listens. `prepare` adds arguments and
    /// settings; the server's log goes to our standard error unless `prepare` redirects it.
    pub async fn start(database: &str, prepare: impl FnOnce(&mut Command)) -> Result<ChildServer, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        prepare(&mut command);
        // A password in the URL must not appear in the process list.
        command.env("RINGDOWN_DATABASE", database);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let (url, first_key) = tokio::time::timeout(TIMEOUT, greeting(BufReader::new(stdout)))
            .await
            .map_err(|_| "the server did not start in time")??;
        Ok(ChildServer { child, url, first_key })
    }

    /// Returns the process id, or `None` after the server was killed.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills the server like `kill -9`, and waits until it has exited.
    pub async fn kill(&mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}

/// Reads the greeting until it has named the address and, for a new database, the key.
async fn greeting(mut lines: BufReader<impl AsyncRead + Unpin>) -> Result<(String, Option<String>), Failure> {
    let (mut url, mut key, mut line) = (None, None, String::new());
    while lines.read_line(&mut line).await? > 0 {
        let word = |start: &str| line.split_whitespace().find(|it| it.starts_with(start)).map(str::to_owned);
        url = url.or_else(|| word("http"));
        key = key.or_else(|| line.trim().strip_prefix("export RINGDOWN_KEY=rd_").map(|rest| format!("rd_{rest}")));
        if line.contains("grpcurl") {
            return Ok((url.ok_or("the server did not print its address")?, key));
        }
        line.clear();
    }
    Err("the server did not start; run `ringdown serve` to see why".into())
}
