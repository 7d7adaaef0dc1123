//! A database and the servers that live and die on it, one after the other.

use super::promises::TELLS_OF_DIALS;
use super::server::{Grpc, Home, http};
use super::servers::{PATIENCE, Servers};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc, watch};
use tonic::transport::Endpoint;

pub struct Fixture {
    home: Home,
    options: Vec<String>,
    /// Where the server is that lives now, or lived last.
    at: watch::Sender<String>,
    key: Mutex<String>,
    /// Everyone shares one connection to a server.
    spoken: Mutex<Option<(String, Grpc)>>,
    /// Counts the lives.
    life: watch::Sender<usize>,
}

/// A server's life.
pub struct RunningServer(Child);

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::with(&[])
    }

    /// Servers with more options.
    pub fn with(options: &[&str]) -> Fixture {
        Fixture {
            home: Home::new(&[]),
            options: options.iter().map(|option| option.to_string()).collect(),
            at: watch::Sender::new(String::new()),
            key: Mutex::default(),
            spoken: Mutex::default(),
            life: watch::Sender::new(0),
        }
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.home.path().join("ringdown.db")
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Starts a server, armed or not. None: it died before it listened, as it may at a point of the recovery.
    pub async fn start(&self, failpoint: Option<&str>) -> Option<RunningServer> {
        let mut command = self.home.command(&["serve", "--listen", "127.0.0.1:0", "--sim-speed", "5"]);
        command.args(&self.options);
        let log = std::fs::File::options().create(true).append(true).open(self.home.path().join("log")).unwrap();
        command.stdout(Stdio::piped()).stderr(log).env("RINGDOWN_LOG", TELLS_OF_DIALS);
        if let Some(failpoint) = failpoint {
            command.env("RINGDOWN_FAILPOINT", failpoint);
        }
        let mut child = command.spawn().unwrap();
        self.life.send_modify(|life| *life += 1);
        let stdout = child.stdout.take().unwrap();
        let (told, mut lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|it| told.send(it))
        });
        let mut life = RunningServer(child);
        let mut url = None;
        // The greeting ends with the command for grpcurl.
        loop {
            let line = tokio::time::timeout(PATIENCE, lines.recv()).await.expect("the server starts or dies");
            let Some(line) = line else {
                life.over().await;
                return None;
            };
            let word = |start: &str| line.split_whitespace().find(|word| word.starts_with(start)).map(str::to_owned);
            url = url.or_else(|| word("http://"));
            if let Some(key) = line.trim().strip_prefix("export RINGDOWN_KEY=rd_") {
                *self.key.lock().await = format!("rd_{key}");
            }
            if line.contains("grpcurl") {
                break;
            }
        }
        self.at.send_replace(url.expect("the greeting says where it listens"));
        Some(life)
    }

    /// Returns in the given life, counted from 1, or a later one.
    pub async fn lives(&self, life: usize) {
        let mut lives = self.life.subscribe();
        let reached = tokio::time::timeout(PATIENCE, lives.wait_for(|now| *now >= life)).await;
        reached.expect("the life comes").unwrap();
    }

    /// What the server of the moment counts.
    pub async fn metrics(&self) -> String {
        let url = format!("{}/metrics", *self.at.borrow());
        http().get(url).send().await.unwrap().text().await.unwrap()
    }
}

impl Servers for Fixture {
    /// An answer or a death.
    const ATTEMPT: Duration = PATIENCE;

    async fn grpc(&self) -> Grpc {
        let url = self.at.borrow().clone();
        let mut spoken = self.spoken.lock().await;
        match &*spoken {
            Some((known, grpc)) if *known == url => grpc.clone(),
            _ => {
                let channel = Endpoint::from_shared(url.clone()).unwrap().connect_lazy();
                let grpc = Grpc::new(channel, &self.key.lock().await);
                *spoken = Some((url, grpc.clone()));
                grpc
            }
        }
    }

    /// Returns when there is another server, or after a moment.
    async fn pause(&self) {
        let mut at = self.at.subscribe();
        let _ = tokio::time::timeout(Duration::from_millis(50), at.changed()).await;
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl RunningServer {
    /// As the power goes.
    pub async fn kill(mut self) {
        self.0.kill().unwrap();
        self.over().await;
    }

    /// As an operator stops it.
    pub async fn stop(mut self) {
        let sent = std::process::Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(self.over().await.success());
    }

    /// Waits until the process has ended by itself.
    pub async fn over(&mut self) -> std::process::ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "the server goes on");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
