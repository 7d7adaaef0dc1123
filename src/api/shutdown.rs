//! The order in which a server is shut down.
//!
//! Sources of work end before the parts that do the work:
//!
//! 1. New calls and activeflows are rejected; pruning ends, and a node that waits to become the leader stops waiting.
//! 2. Active calls may continue for a while. The remaining ones are then hung up, and the telephone network closes.
//! 3. Watches end after the last commit, and so do the other readers of the log.
//! 4. The mailboxes are emptied; the timers and the workers end.
//! 5. Deliveries in progress are completed, and no new ones begin.
//! 6. The node leaves the cluster, so that others take over at once.
//!
//! After that, `serve` closes the connections, stops the tasks that are still running, and closes the store.

use super::App;
use crate::supervisor::Stage;
use std::time::Duration;

impl App {
    /// Rejects new calls and activeflows, and waits until all calls have ended or `timeout` is over; then hangs up the
    /// remaining calls. The streams end after the last commit.
    pub async fn drain(&self, timeout: Duration) {
        self.draining.send_replace(true);
        let idle = tokio::time::timeout(timeout, self.runner.idle());
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

    /// Stops a server that must not or cannot write any more: hangs up its calls and leaves everything else as it is
    /// stored. The code that started the server stops its tasks.
    pub async fn abandon(&self) {
        self.draining.send_replace(true);
        self.telephony.close().await;
        self.hub.close();
    }
}
