//! The server that is measured: one that runs, or one of our own.

use super::Failure;
use super::Server;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::flow_service_client::FlowServiceClient;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// What a server of our own lets watch: more than can be asked for.
const WATCHERS: &str = "30000";
/// How long a server may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tells with each request who asks.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

pub type Activeflows = ActiveflowServiceClient<InterceptedService<Channel, Bearer>>;
pub type Flows = FlowServiceClient<InterceptedService<Channel, Bearer>>;

pub struct Target {
    server: Server,
    /// None when somebody else started it.
    own: Option<Own>,
}

struct Own {
    child: Child,
    /// The database's, removed when the server has stopped.
    _directory: TempDir,
}

impl Target {
    pub fn at(server: Server) -> Result<Target, Failure> {
        Ok(Target { server, own: None })
    }

    /// Starts this very program as a server, in a process of its own so that its memory can be told from ours.
    pub async fn start(database: Option<&str>) -> Result<Target, Failure> {
        let directory = TempDir::with_prefix("ringdown-bench-")?;
        let file = format!("sqlite://{}", directory.path().join("bench.db").display());
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database.unwrap_or(&file)])
            .args(["--recordings".as_ref(), directory.path().as_os_str()])
            // One customer has all watchers, and those of the part before may not be gone yet.
            .args(["--max-watchers", WATCHERS, "--max-watchers-per-customer", WATCHERS])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let (url, key) = tokio::time::timeout(PATIENCE, greeting(BufReader::new(stdout)))
            .await
            .map_err(|_| "the server did not start in time")??;
        let key = key.ok_or("the database is not new: its key is not shown again; choose an empty one")?;
        Ok(Target { server: Server::new(url, key), own: Some(Own { child, _directory: directory }) })
    }

    pub fn url(&self) -> &str {
        &self.server.server
    }

    pub fn authorization(&self) -> Result<MetadataValue<Ascii>, Failure> {
        self.server.authorization()
    }

    /// A client on a connection of its own.
    pub fn activeflows(&self) -> Result<Activeflows, Failure> {
        let bearer = Bearer(self.server.authorization()?);
        Ok(ActiveflowServiceClient::with_interceptor(self.server.channel()?, bearer))
    }

    pub fn flows(&self) -> Result<Flows, Failure> {
        let bearer = Bearer(self.server.authorization()?);
        Ok(FlowServiceClient::with_interceptor(self.server.channel()?, bearer))
    }

    /// Connections for so many workers: enough that none of them is the limit, few enough that nobody notices.
    pub fn connections(&self, workers: usize) -> Result<Vec<Activeflows>, Failure> {
        (0..workers.clamp(1, 8)).map(|_| self.activeflows()).collect()
    }

    /// Resident bytes of a server of our own, where the system tells.
    pub fn resident(&self) -> Option<f64> {
        let pid = self.own.as_ref()?.child.id()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0)
    }

    /// Ends a server of our own.
    pub async fn stop(self) -> Result<(), Failure> {
        let Some(mut own) = self.own else { return Ok(()) };
        own.child.kill().await?;
        Ok(())
    }
}

/// Reads the greeting until it has told the address and, of a new database, the key.
async fn greeting(
    mut lines: BufReader<impl tokio::io::AsyncRead + Unpin>,
) -> Result<(String, Option<String>), Failure> {
    let (mut url, mut key, mut line) = (None, None, String::new());
    while lines.read_line(&mut line).await? > 0 {
        let word = |start: &str| line.split_whitespace().find(|it| it.starts_with(start)).map(str::to_owned);
        url = url.or_else(|| word("http"));
        key = key.or_else(|| line.trim().strip_prefix("export RINGDOWN_KEY=rd_").map(|rest| format!("rd_{rest}")));
        if line.contains("grpcurl") {
            return Ok((url.ok_or("the server does not say where it listens")?, key));
        }
        line.clear();
    }
    Err("the server did not start; start it by hand to see why".into())
}
