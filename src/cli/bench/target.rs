//! The server that is measured: a running one, or one that we start.

use super::Failure;
use super::Server;
use crate::cli::child_server::ChildServer;
use crate::cli::connect::Spoken;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::flow_service_client::FlowServiceClient;
use ringdown::seal::{self, Keys};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::Command;
use tonic::metadata::{Ascii, MetadataValue};

/// The watcher limit of a server that we start: more than the options can request.
const WATCHERS: &str = "30000";

pub type Activeflows = ActiveflowServiceClient<Spoken>;
pub type Flows = FlowServiceClient<Spoken>;

pub struct Target {
    server: Server,
    /// `None` if the server was already running. The directory contains the database and is removed when the server has
    /// stopped.
    child_server: Option<(ChildServer, TempDir)>,
}

impl Target {
    pub fn at(server: Server) -> Result<Target, Failure> {
        Ok(Target { server, child_server: None })
    }

    /// Starts a server in a separate process, so that its memory can be measured separately. Its limits are not met.
    pub async fn start(database: Option<&str>) -> Result<Target, Failure> {
        // One customer has all watchers, and those of the previous measurement may still be closing.
        let watches = format!("watches={WATCHERS}");
        let limits = ["--max-watchers", WATCHERS, "--customer-limit", &watches];
        Target::start_child(database, &[&limits[..], &["--customer-limit", "requests_per_second=1000000000"]].concat())
            .await
    }

    /// Starts a server with the limits that it has by default.
    pub async fn start_with_limits() -> Result<Target, Failure> {
        Target::start_child(None, &[]).await
    }

    async fn start_child(database: Option<&str>, arguments: &[&str]) -> Result<Target, Failure> {
        let directory = TempDir::with_prefix("ringdown-bench-")?;
        let file = database_in(&directory);
        let key = (database.is_some() && std::env::var_os("RINGDOWN_SECRET_KEY_FILE").is_none())
            .then(|| directory.path().join("bench.key"));
        if let Some(key) = &key {
            seal::create(key, &Keys::random())?;
        }
        let child_server = ChildServer::start(database.unwrap_or(&file), |command| {
            command.args(["--recordings".as_ref(), directory.path().as_os_str()]);
            command.args(arguments).stderr(Stdio::null());
            // A new PostgreSQL database needs a key of its own, and a SQLite file has its key beside it.
            if let Some(key) = &key {
                command.env("RINGDOWN_SECRET_KEY_FILE", key);
            }
        });
        let child_server = child_server.await?;
        let key = child_server.first_key.clone();
        let key = key.ok_or("the database is not new, so its first key is not shown; choose an empty one")?;
        Ok(Target { server: Server::new(child_server.url.clone(), key), child_server: Some((child_server, directory)) })
    }

    /// Creates another customer on a server that was started with its own file, and returns its key.
    pub async fn another_customer(&self) -> Result<String, Failure> {
        let (_, directory) =
            self.child_server.as_ref().ok_or("only a server that was started here has two customers")?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["customer", "create", "another"]).env("RINGDOWN_DATABASE", database_in(directory));
        let output = command.output().await?;
        let text = String::from_utf8_lossy(&output.stdout);
        let key = text.split_whitespace().find(|word| word.starts_with("rd_")).map(str::to_owned);
        Ok(key.ok_or_else(|| format!("no customer was created: {}", String::from_utf8_lossy(&output.stderr)))?)
    }

    pub fn url(&self) -> &str {
        &self.server.server
    }

    pub fn authorization(&self) -> Result<MetadataValue<Ascii>, Failure> {
        self.server.authorization()
    }

    /// Returns a client with its own connection.
    pub fn activeflows(&self) -> Result<Activeflows, Failure> {
        Ok(ActiveflowServiceClient::new(self.server.spoken()?))
    }

    pub fn flows(&self) -> Result<Flows, Failure> {
        Ok(FlowServiceClient::new(self.server.spoken()?))
    }

    /// Opens connections for this many workers: enough that they are not the bottleneck, few enough not to matter.
    pub fn connections(&self, workers: usize) -> Result<Vec<Activeflows>, Failure> {
        (0..workers.clamp(1, 8)).map(|_| self.activeflows()).collect()
    }

    /// Returns the resident memory, in bytes, of a server that we started, where the system reports it.
    pub fn resident(&self) -> Option<f64> {
        let pid = self.child_server.as_ref()?.0.pid()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
    }

    /// Stops a server that we started.
    pub async fn stop(self) -> Result<(), Failure> {
        let Some((mut child_server, _directory)) = self.child_server else { return Ok(()) };
        child_server.kill().await
    }
}

fn database_in(directory: &TempDir) -> String {
    format!("sqlite://{}", directory.path().join("bench.db").display())
}
