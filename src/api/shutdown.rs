//! The order in which a server is shut down.
//!
//! What brings work ends before what does it:
//!
//! 1. No new calls and activeflows; pruning ends, and a node that waits to lead waits no more.
//! 2. The calls that are up may go on for a while. What is left then is hung up, and the telephone network closes.
//! 3. The watches end after what is committed, and so do those who follow the log.
//! 4. The mailboxes are emptied; the timers and the workers end.
//! 5. What is being sent is waited for, and nothing more is begun.
//! 6. The node leaves, so that others go on at once.
//!
//! After that `serve` ends the connections, stops whatever runs still, and closes the store.

use super::App;
use crate::supervisor::Stage;
use std::time::Duration;

impl App {
    /// No new calls and activeflows from now on; returns when all calls are hung up or the time is over, and hangs up
    /// what is left then. The streams end after what is committed.
    pub async fn drain(&self, patience: Duration) {
        self.draining.send_replace(true);
        let idle = tokio::time::timeout(patience, self.runner.idle());
        let _ = tokio::join!(self.supervisor.stop(Stage::Background), idle);
        self.runner.end_calls().await;
        self.telephony.close().await;
        self.hub.close();
        self.supervisor.stop(Stage::Log).await;
        self.runner.close().await;
        self.deliverer.close().await;
        if let Some(membership) = &self.membership {
            membership.leave().await;
        }
    }

    /// Of a server that must not write any more, or cannot: hangs up what it still holds, and leaves the rest as it is stored.
    /// Its tasks are stopped by whoever started the server.
    pub async fn abandon(&self) {
        self.draining.send_replace(true);
        self.telephony.close().await;
        self.hub.close();
    }
}
