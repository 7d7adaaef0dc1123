//! The frames that wait for their watchers, bounded in bytes over all of them.
//!
//! A watcher pulls: it takes frames only when it has delivered those before. So what waits belongs to readers that are
//! slow or have stopped reading. While their frames fill the budget, others continue with one small row at a time, and a
//! watcher whose next row is large waits, and is ended with a resume token if that takes too long.

use crate::error::{Error, Reason, Result};
use crate::memory::Share;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// The most bytes of rows that a watcher takes at a time, or that are read at a time.
pub(super) const BATCH_BYTES: usize = 1024 * 1024;
/// The weight of a row that is always delivered.
const SMALL: usize = 16 * 1024;
/// How long a watcher waits for room.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct Frames(Arc<Inner>);

struct Inner {
    share: Share,
    bytes: AtomicUsize,
    freed: Notify,
}

/// The frames that wait for one watcher.
pub(super) struct Pending {
    frames: Frames,
    queue: VecDeque<Bytes>,
    bytes: usize,
}

impl Frames {
    pub fn new(share: Share) -> Frames {
        Frames(Arc::new(Inner { share, bytes: AtomicUsize::new(0), freed: Notify::new() }))
    }

    pub fn pending(&self) -> Pending {
        Pending { frames: self.clone(), queue: VecDeque::new(), bytes: 0 }
    }

    /// Returns the weight of the rows that a watcher may take at a time.
    pub fn room(&self) -> usize {
        if self.is_full() { SMALL } else { BATCH_BYTES }
    }

    /// Returns whether a watcher may take a row of this weight now.
    pub fn admits(&self, weight: usize) -> bool {
        weight <= SMALL || !self.is_full()
    }

    fn is_full(&self) -> bool {
        self.0.bytes.load(Ordering::Relaxed) >= self.0.share.limit
    }

    /// Waits until there is room for more than small rows. Fails after a while.
    pub async fn wait_for_room(&self) -> Result<()> {
        let room = async {
            loop {
                let freed = self.0.freed.notified();
                tokio::pin!(freed);
                freed.as_mut().enable();
                if !self.is_full() {
                    return;
                }
                freed.await;
            }
        };
        let late = |_| {
            let message = "too much waits for watches that read slowly; resume with the last token";
            Error::new(Reason::TooManyWatchers, message)
        };
        tokio::time::timeout(PATIENCE, room).await.map_err(late)
    }

    fn add(&self, bytes: usize) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.share.add(bytes);
    }

    fn sub(&self, bytes: usize) {
        let before = self.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.0.share.sub(bytes);
        if before >= self.0.share.limit && before - bytes < self.0.share.limit {
            self.0.freed.notify_waiters();
        }
    }
}

impl Pending {
    pub fn push_back(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.add(frame.len());
        self.queue.push_back(frame);
    }

    pub fn pop_front(&mut self) -> Option<Bytes> {
        let frame = self.queue.pop_front()?;
        self.bytes -= frame.len();
        self.frames.sub(frame.len());
        Some(frame)
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.frames.sub(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slow_watchers_leave_room_for_small_rows() {
        let frames = Frames::new(Share::unseen(1_000));
        let mut slow = frames.pending();
        assert_eq!(frames.room(), BATCH_BYTES);
        slow.push_back(Bytes::from(vec![0; 600]));
        slow.push_back(Bytes::from(vec![0; 600]));
        assert_eq!((frames.room(), slow.bytes()), (SMALL, 1_200));
        assert!(frames.admits(SMALL) && !frames.admits(SMALL + 1));
        let error = frames.wait_for_room().await.unwrap_err();
        assert_eq!(error.reason, Reason::TooManyWatchers);
        let waiting = tokio::spawn({
            let frames = frames.clone();
            async move { frames.wait_for_room().await }
        });
        tokio::task::yield_now().await;
        slow.pop_front();
        waiting.await.unwrap().unwrap();
        slow.push_back(Bytes::from(vec![0; 1_000]));
        drop(slow);
        assert_eq!(frames.room(), BATCH_BYTES);
    }
}
