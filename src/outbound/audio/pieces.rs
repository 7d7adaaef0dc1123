//! How sound gets from its maker to its listeners: piece by piece, and files decoded on a thread that may block.

use super::{Fault, read};
use std::sync::{Arc, OnceLock};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The most pieces that wait.
const WAITING: usize = 16;

/// Where the pieces of a sound go.
#[derive(Clone)]
pub struct Pieces {
    sender: mpsc::Sender<Vec<i16>>,
    first: Arc<OnceLock<Instant>>,
}

impl Pieces {
    /// Returns both ends.
    pub fn channel() -> (Pieces, mpsc::Receiver<Vec<i16>>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Pieces { sender, first: Arc::default() }, receiver)
    }

    /// Passes on a piece; waits while too many are not taken. Fails if nobody wants more.
    pub async fn put(&self, samples: Vec<i16>) -> Result<(), Fault> {
        self.first.get_or_init(Instant::now);
        self.sender.send(samples).await.map_err(|_| Fault::Unwanted)
    }

    fn put_blocking(&self, samples: &[i16]) -> Result<(), Fault> {
        self.first.get_or_init(Instant::now);
        self.sender.blocking_send(samples.to_vec()).map_err(|_| Fault::Unwanted)
    }

    /// Returns when the first piece was there, if there was one.
    pub fn first(&self) -> Option<Instant> {
        self.first.get().copied()
    }
}

/// Decodes a file. `held` is dropped when the thread has finished, which may be after this future was dropped: it bounds how
/// many threads decode.
pub async fn decode(
    bytes: impl AsRef<[u8]> + Send + 'static,
    pieces: Pieces,
    held: impl Send + 'static,
) -> Result<(), Fault> {
    let work = move || {
        let _held = held;
        read(bytes.as_ref(), &mut |samples| pieces.put_blocking(samples))
    };
    // The reader does not panic as far as its tests know. The library that decodes MP3 is not ours.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Fault::Damaged("its decoder gave up")))
}
