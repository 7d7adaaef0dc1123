//! The TLS certificate and its key. They are loaded again when the files change and on SIGHUP.

use super::Failure;
use crate::config::Config;
use crate::supervisor::{Stage, Supervisor, Task, lock};
use axum_server::tls_rustls::RustlsConfig;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::time::MissedTickBehavior;

/// A certificate and its key, as connections use them. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    config: RustlsConfig,
    files: Arc<Files>,
}

struct Files {
    cert: PathBuf,
    key: PathBuf,
    /// The version of the files that was loaded last, or could not be.
    version: Mutex<Version>,
}

/// Distinguishes the versions of both files: when each was changed, and its size. None: it cannot be read.
type Version = [Option<(SystemTime, u64)>; 2];

impl Tls {
    /// Loads the configured files.
    pub async fn load(config: &Config) -> Result<Option<Tls>, Failure> {
        let (Some(cert), Some(key)) = (&config.tls_cert, &config.tls_key) else { return Ok(None) };
        // Fails if a provider was installed before, which is fine too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let files = Files { cert: cert.clone(), key: key.clone(), version: Mutex::default() };
        // Before they are read: a change in between is noticed later.
        *lock(&files.version) = files.on_disk();
        match RustlsConfig::from_pem_file(cert, key).await {
            Ok(config) => Ok(Some(Tls { config, files: Arc::new(files) })),
            Err(source) => Err(Failure::Tls { cert: cert.clone(), key: key.clone(), source }),
        }
    }

    /// Returns the configuration of new connections.
    pub fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Keeps the certificate up to date for as long as the server lives.
    pub fn watch(&self, supervisor: &Supervisor, interval: Duration) {
        let tls = self.clone();
        supervisor
            .spawn(Stage::Background, "tls_certificate", move |task| tls.clone().reload_on_change(task, interval));
    }

    async fn reload_on_change(self, task: Task, interval: Duration) {
        let mut hangup = hangup();
        let mut check = tokio::time::interval(interval);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = task.closing() => return,
                () = hangup.received() => self.reload().await,
                _ = check.tick() => {
                    if *lock(&self.files.version) != self.files.on_disk() {
                        self.reload().await;
                    }
                }
            }
        }
    }

    /// Loads the files again. If they cannot be used, the certificate stays as it is.
    async fn reload(&self) {
        let Files { cert, key, version } = &*self.files;
        *lock(version) = self.files.on_disk();
        match self.config.reload_from_pem_file(cert, key).await {
            Ok(()) => tracing::info!(cert = %cert.display(), "loaded the TLS certificate again"),
            Err(error) => {
                let (cert, key) = (cert.display(), key.display());
                tracing::error!(%cert, %key, %error, "cannot load the TLS certificate; the earlier one stays in use");
            }
        }
    }
}

impl Files {
    fn on_disk(&self) -> Version {
        let version = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        [version(&self.cert), version(&self.key)]
    }
}

/// SIGHUP, with which administrators have a server read its files again.
struct Hangup(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
fn hangup() -> Hangup {
    let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
    Hangup(signal.inspect_err(|error| tracing::warn!(%error, "cannot listen for SIGHUP")).ok())
}

#[cfg(not(unix))]
fn hangup() -> Hangup {
    Hangup()
}

impl Hangup {
    async fn received(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0 {
            signal.recv().await;
            return;
        }
        std::future::pending().await
    }
}
