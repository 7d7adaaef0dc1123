//! The benches of simulated telephony.

use super::bench::{Bench, RemoteParty, tel};
use async_trait::async_trait;
use ringdown::model::call::Address;
use ringdown::telephony::disk::Disk;
use ringdown::telephony::simulated::{Config, Simulated, Speed};
use ringdown::telephony::{Simulator, Telephony};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Nothing takes time; the test's own clock is a real one, and only a failure waits for it.
pub fn at_once() -> Bench {
    bench(Speed::AT_ONCE, Duration::from_secs(30))
}

/// Everything takes its time, on a stopped clock: it jumps to the end of our patience only when nothing is left to happen.
pub fn in_time() -> Bench {
    bench(Speed::REAL, Duration::from_secs(7 * 24 * 3600))
}

fn bench(speed: Speed, patience: Duration) -> Bench {
    let (signals, told) = mpsc::channel(64);
    let recordings = tempfile::tempdir().expect("a directory");
    let config = Config {
        speed,
        max_calls: 10_000,
        recordings: Some(Disk { directory: recordings.path().to_owned(), min_free: 0 }),
    };
    let simulated = Simulated::new(config, signals);
    Bench::new(simulated.clone(), Arc::new(Scripted(simulated, recordings)), told, patience)
}

/// Every script is its own number: the table of callees takes any name.
struct Scripted(Arc<Simulated>, TempDir);

#[async_trait]
impl RemoteParty for Scripted {
    async fn callee(&self, script: &str) -> Address {
        self.0.set_callee(Uuid::nil(), script, script).expect("cases write good scripts");
        tel(script)
    }

    async fn calls_in(&self, script: &str) -> Uuid {
        let (source, call_id) = (self.callee(script).await, Uuid::now_v7());
        self.0.incoming(Uuid::nil(), call_id, &source.target).await.expect("the driver takes the call");
        assert!(self.0.held().contains(&call_id));
        call_id
    }

    async fn presses(&self, call_id: Uuid, keys: &str) {
        self.0.digits(call_id, keys).await.expect("the call is up");
    }

    async fn hangs_up(&self, call_id: Uuid) -> bool {
        self.0.hangup(call_id).await.is_ok()
    }

    fn recordings(&self) -> &Path {
        self.1.path()
    }
}
