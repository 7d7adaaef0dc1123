//! A database, the servers on it, and the ways that lead to them, which stay while servers come and go.

use super::disk::Disk;
use super::footprint;
use super::promises::TELLS_OF_DIALS;
use super::proxy::Proxy;
use super::server::postgres::Server as Database;
use super::server::{Grpc, Home, Server};
use super::servers::Servers;
use super::tally::Tally;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tonic::Status;
use tonic::transport::Endpoint;
use tonic_types::StatusExt;

/// Connections of clients to each server.
const CONNECTIONS: usize = 3;
/// How long a server is started again and again.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Fixture {
    pub home: Home,
    /// None: SQLite.
    pub database: Option<&'static Database>,
    /// Where its file is.
    pub file: PathBuf,
    pub disk: Option<Disk>,
    pub nodes: Vec<Node>,
    pub tally: Tally,
    /// Clients by way of all fronts, from the first start on.
    grpc: OnceLock<Vec<Grpc>>,
    /// That of these clients.
    key: OnceLock<String>,
    turn: AtomicUsize,
}

/// The place of a server.
pub struct Node {
    pub name: String,
    /// The way of its clients.
    pub front: Proxy,
    /// Its way to the database, and the database's URL by that way.
    pub back: Option<(Proxy, String)>,
    /// What makes the servers here different from others.
    env: Vec<(&'static str, String)>,
}

impl Node {
    async fn new(number: usize, database: Option<(&Database, &str)>) -> Node {
        let (name, mut env) = (format!("server {number}"), vec![("RINGDOWN_LOG", TELLS_OF_DIALS.to_owned())]);
        let back = match database {
            Some((server, url)) => {
                let proxy = Proxy::start(server.port).await;
                let url = proxy.url(url);
                env.push(("RINGDOWN_DATABASE", url.clone()));
                Some((proxy, url))
            }
            None => None,
        };
        // Who has a name takes over at once from the one before it; the others wait for its lease.
        if number == 0 {
            env.push(("RINGDOWN_NODE_NAME", name.clone()));
        }
        // It leads nowhere yet.
        Node { name, front: Proxy::start(1).await, back, env }
    }
}

impl Fixture {
    pub async fn new(database: Option<&'static Database>, nodes: usize) -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let disk = if database.is_none() { Disk::new() } else { None };
        let file = disk.as_ref().map_or(dir.path(), Disk::path).join("ringdown.db");
        let url = database.map_or_else(|| format!("sqlite://{}", file.display()), Database::database);
        let beside = database.map(|server| (server, url.as_str()));
        let nodes = futures::future::join_all((0..nodes).map(|number| Node::new(number, beside))).await;
        // A full disk is told as an error, and does not end the process.
        let args = ["--sim-speed", "5", "--drain-timeout", "500ms", "--memory", footprint::MEMORY];
        // The receiver of the attacker is on this machine.
        let args = [args.as_slice(), &["--outbound-allow", "127.0.0.1:*"]].concat();
        let home = Home::on(dir, url, &args).before("trap '' XFSZ");
        let (grpc, key, turn) = (OnceLock::new(), OnceLock::new(), AtomicUsize::new(0));
        Fixture { home, database, file, disk, nodes, tally: Tally::new(), grpc, key, turn }
    }

    /// Starts the server of a place, as often as it takes: what it needs may be away.
    pub fn start(&self, node: &Node) -> Server {
        let env: Vec<(&str, &str)> = node.env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let until = Instant::now() + PATIENCE;
        loop {
            match self.home.try_start(&env) {
                Ok(server) => {
                    let port = server.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a URL");
                    node.front.lead_to(port);
                    self.tally.tell(format!("{} listens, pid {}", node.name, server.pid()));
                    self.key.get_or_init(|| server.key.clone());
                    self.grpc.get_or_init(|| self.connect(&server.key));
                    return server;
                }
                Err(said) => {
                    self.tally.note("starts in vain", &node.name);
                    assert!(Instant::now() < until, "{} does not start: {said}", node.name);
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }

    /// Connections that come and go with what they lead to.
    fn connect(&self, key: &str) -> Vec<Grpc> {
        let fronts = self.nodes.iter().map(|node| node.front.port);
        let connect = |port| {
            let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
            Grpc::new(endpoint.connect_lazy(), key)
        };
        fronts.cycle().take(CONNECTIONS * self.nodes.len()).map(connect).collect()
    }

    /// The people's access key.
    pub fn key(&self) -> String {
        self.key.get().expect("it was started").clone()
    }

    /// The clients of one server.
    pub fn grpc_of(&self, number: usize) -> Grpc {
        self.grpc.get().expect("it was started")[number].clone()
    }
}

impl Servers for Fixture {
    /// A server may be stopped for longer, and then another one is asked.
    const ATTEMPT: Duration = Duration::from_secs(10);
    /// While faults go on nobody can be sure of an answer: what a dead server had is another's only when one of them could
    /// renew its lease without a gap for as long as a lease holds.
    const LONGEST: Duration = Duration::from_secs(150);

    async fn grpc(&self) -> Grpc {
        let all = self.grpc.get().expect("it was started");
        all[self.turn.fetch_add(1, Ordering::Relaxed) % all.len()].clone()
    }

    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    fn said(&self) -> String {
        self.home.log()
    }

    fn refused(&self, status: &Status) {
        if let Some(info) = status.get_error_details().error_info() {
            self.tally.count(&format!("requests sent again after {}", info.reason), 1);
        }
    }
}
