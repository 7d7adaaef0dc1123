//! Signals that stop the process: SIGINT and SIGTERM.

use super::Failure;
use tokio::signal::unix::{SignalKind, signal};

/// Returns a future that completes with the first signal. A second signal ends the process at once.
pub fn on_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            let signal = tokio::select! {
                _ = interrupt.recv() => 2,
                _ = terminate.recv() => 15,
            };
            std::process::exit(128 + signal);
        });
    })
}
