//! A server that runs beside a test.

use ringdown::config::Config;
use ringdown::{Failure, Ready};
use std::net::TcpListener;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Server {
    pub ready: Ready,
    /// The first access key.
    pub key: String,
    pub url: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), Failure>>,
}

/// In memory, with calls at once and an end that waits for none, with the defaults otherwise.
pub fn config() -> Config {
    let drain_timeout = Some(Duration::ZERO);
    Config { database: "sqlite::memory:".to_owned(), sim_speed: 0.0, drain_timeout, ..Config::default() }
}

impl Server {
    pub async fn start() -> Server {
        Server::with(config()).await
    }

    pub async fn with(config: Config) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if config.tls() { "https" } else { "http" };
        let ((stop, stopped), (told, ready)) = (oneshot::channel(), oneshot::channel());
        let shutdown = async { drop(stopped.await) };
        let running = tokio::spawn(ringdown::run(config, listener, shutdown, |ready| drop(told.send(ready))));
        let ready: Ready = match ready.await {
            Ok(ready) => ready,
            Err(_) => panic!("{}", running.await.unwrap().unwrap_err()),
        };
        let url = format!("{scheme}://{}", ready.address);
        Server { key: ready.first_key.clone().unwrap_or_default(), url, ready, stop, running }
    }

    pub async fn stop(self) {
        drop(self.stop);
        self.running.await.unwrap().unwrap();
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// An HTTP client. The server's own, in the same build, brings no cryptography by default, so it is named here.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Why a server does not start.
pub async fn failure(config: Config) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    ringdown::run(config, listener, async {}, |_| ()).await.unwrap_err().to_string()
}
