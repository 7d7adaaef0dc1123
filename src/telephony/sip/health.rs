//! Whether providers are there: an OPTIONS to each every 30 seconds (RFC 3261 11).

use super::invite::Sent;
use super::message::Request;
use super::shared::Shared;
use super::wire::Mail;
use crate::telephony::directory::Hop;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The time between two checks of a provider.
const EVERY: Duration = Duration::from_secs(30);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks all providers until the driver closes.
pub async fn check(shared: Arc<Shared>, mut closing: watch::Receiver<bool>) {
    loop {
        let providers = shared.directory.providers();
        // Spread over the time, so that they are not asked all at once.
        let pause = EVERY / u32::try_from(providers.len().max(1)).unwrap_or(u32::MAX);
        for provider in providers {
            let asked = shared.clone();
            tokio::spawn(async move {
                let (answered, code) = ask(&asked, &provider).await;
                asked.directory.checked(provider.provider_id, answered, code);
            });
            if paused(&mut closing, pause).await {
                return;
            }
        }
        if shared.directory.providers().is_empty() && paused(&mut closing, PATIENCE).await {
            return;
        }
    }
}

/// Waits. Returns whether the driver closes.
async fn paused(closing: &mut watch::Receiver<bool>, time: Duration) -> bool {
    tokio::time::timeout(time, closing.wait_for(|closing| *closing)).await.is_ok()
}

/// Returns whether a provider answers: anything but 408 and 503 shows that it is there.
async fn ask(shared: &Shared, provider: &Hop) -> (bool, u16) {
    let uri = format!("sip:{}:{}", provider.host, provider.port);
    let request = Request::ping(&uri, &shared.ours, &mut shared.tokens());
    let (mail, mut mails) = mpsc::channel(4);
    let asking = async {
        let address = shared.wire.resolve(&uri).await.ok()?;
        shared.wire.send(Sent(1), &request, address, mail).ok()?;
        loop {
            match mails.recv().await? {
                Mail::Response { response, .. } if !response.is_provisional() => return Some(response.code),
                _ => {}
            }
        }
    };
    let code = tokio::time::timeout(PATIENCE, asking).await.ok().flatten().unwrap_or(0);
    (!matches!(code, 0 | 408 | 503), code)
}
