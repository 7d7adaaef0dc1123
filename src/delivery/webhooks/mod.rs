//! Webhooks: every event of the log, sent to the destinations of its customer and its activeflow.
//!
//! A dispatcher follows the log and adds outbox items for each row, in one transaction with its own position in the log. So
//! each event enters the outbox exactly once per destination, even after a crash, and no step waits for it. Without a
//! destination nothing is written except, from time to time, the position.

pub mod events;

use super::customers::{Customers, Profile};
use crate::clock::Clock;
use crate::delivery::outbox::Deliverer;
use crate::delivery::rows;
use crate::error::{Error, Result, unless_damaged};
use crate::model::outgoing::{EventWebhook, OutboxPayload, Outgoing};
use crate::model::run::RunInfo;
use crate::store::{Commit, Position, Store};
use crate::supervisor::{Stage, Supervisor, Task};
use crate::telemetry::Throttle;
use crate::usage::DailyUsage;
use crate::watch::{Entry, Hub};
use events::WebhookEvent;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// The name of the setting that holds the position.
const CURSOR: &str = "webhook_cursor";
/// A commit of webhooks ends with the row that brings it to this many of them, or this many bytes.
const AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1024 * 1024;
/// How often the position is written while there are no destinations: after a crash this much of the log is read again.
const PLACE_KEPT: Duration = Duration::from_secs(5);
/// Pause before an access to the store that failed is retried.
const RETRY: Duration = Duration::from_millis(500);

pub struct Dispatcher {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    customers: Arc<Customers>,
    usage: Arc<DailyUsage>,
    deliverer: Deliverer,
    /// No other node changes the customers' settings.
    alone: bool,
    /// The durable position.
    kept: watch::Sender<Position>,
}

impl Dispatcher {
    /// Starts at the position of an earlier process; on a database that never had webhooks, at the beginning of the log:
    /// requests are served before the leader starts this, and what they do must not be left out. A customer's
    /// destination gets only what happened since it was set. Returns a receiver of the position up to which webhooks
    /// have been made.
    pub async fn start(
        store: Arc<dyn Store>,
        hub: Arc<Hub>,
        (customers, usage): (Arc<Customers>, Arc<DailyUsage>),
        deliverer: Deliverer,
        alone: bool,
        supervisor: &Supervisor,
    ) -> Result<watch::Receiver<Position>> {
        let (gone, _) = store.log_bounds().await?;
        let position = read_position(&store.setting(CURSOR, position_bytes(gone)).await?)?;
        if position < gone {
            tracing::warn!("the log was pruned before all of its webhooks were made");
        }
        let dispatcher =
            Dispatcher { store, hub, customers, usage, deliverer, alone, kept: watch::Sender::new(position) };
        let kept = dispatcher.kept.subscribe();
        let dispatcher = Arc::new(dispatcher);
        supervisor.spawn(Stage::Log, "event_projector", move |task| dispatcher.clone().follow(task));
        Ok(kept)
    }

    async fn follow(self: Arc<Dispatcher>, task: Task) {
        let (mut head, mut written) = (self.hub.head(), Instant::now());
        // None: read it from the store, which alone knows whether the commit of a failed task succeeded.
        let mut position = None;
        // The task before this one may have failed before it woke up the outbox.
        self.deliverer.wake();
        loop {
            head.mark_unchanged();
            let moved = self.tell_on(&mut position, &mut written, &task).await;
            if task.is_closing() {
                if let Some(position) = position {
                    let _ = self.keep(position).await;
                }
                return;
            }
            let wait = match moved {
                Ok(true) => continue,
                Ok(false) if position > Some(*self.kept.borrow()) => PLACE_KEPT,
                Ok(false) => Duration::from_secs(3_600),
                Err(error) => {
                    tracing::warn!(%error, "webhooks are delayed: the log or the outbox is unavailable");
                    position = None;
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            };
            tokio::select! {
                _ = head.changed() => {}
                () = task.closing() => {}
                _ = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Adds webhooks for what follows a position; reads the durable one if it is not known. Returns false if there is no
    /// more.
    async fn tell_on(&self, position: &mut Option<Position>, written: &mut Instant, task: &Task) -> Result<bool> {
        let from = match *position {
            Some(position) => position,
            None => {
                let kept = *self.kept.borrow();
                let kept = read_position(&self.store.setting(CURSOR, position_bytes(kept)).await?)?;
                self.kept.send_replace(kept);
                kept
            }
        };
        let mut to = from;
        let more = self.deliver_from(&mut to, written, task).await?;
        *position = Some(to);
        Ok(more)
    }

    /// Adds webhooks for a part of what follows a position, and moves the position. Returns false if there is no more.
    async fn deliver_from(&self, position: &mut Position, written: &mut Instant, task: &Task) -> Result<bool> {
        let rows = self.hub.rows_after(*position, false).await?;
        if !self.alone {
            self.customers.forget();
        }
        let mut commit = Commit::default();
        let (mut bytes, mut to) = (0, *position);
        for entry in &rows {
            match self.add(&mut commit, entry).await {
                Ok(more) => bytes += more,
                // Rows before it are committed first.
                Err(_) if to > *position => break,
                Err(error) => return Err(error),
            }
            to = entry.position;
            if commit.outgoing.len() >= AT_ONCE || bytes >= BYTES_AT_ONCE {
                break;
            }
        }
        if !commit.outgoing.is_empty() {
            commit.settings.push((CURSOR.to_owned(), position_bytes(to)));
            self.store.commit(commit).await?;
            task.failpoint().await;
            self.kept.send_replace(to);
            *written = Instant::now();
            self.deliverer.wake();
        } else if to > *self.kept.borrow() && written.elapsed() >= PLACE_KEPT {
            self.keep(to).await?;
            *written = Instant::now();
        }
        *position = to;
        Ok(!rows.is_empty())
    }

    /// Adds the webhooks of a row of the log, and returns their size in bytes.
    async fn add(&self, commit: &mut Commit, entry: &Entry) -> Result<usize> {
        // A damaged row costs its own webhooks, and a damaged customer the customer's.
        let Some(record) = unless_damaged(entry.record())? else { return Ok(0) };
        let info = &record.info;
        let profile = unless_damaged(self.customers.profile(info.customer_id).await)?.unwrap_or_default();
        if info.webhook_uri.is_empty() && profile.destination(record.at()).is_none() {
            return Ok(0);
        }
        let limits = self.customers.limits_of(&profile);
        if self.usage.left(info.customer_id, &limits).await?.requests == 0 {
            static USED_UP: Throttle = Throttle::new();
            if let Some(suppressed) = USED_UP.pass() {
                let customer_id = info.customer_id;
                tracing::warn!(%customer_id, suppressed, "webhooks are left out: the customer's daily_requests are used up");
            }
            return Ok(0);
        }
        let mut bytes = 0;
        for event in events::of(record) {
            for outgoing in to_destinations(&event, &profile, Some(info)) {
                bytes += event.body.len();
                rows::add_outgoing(commit, &outgoing, info.customer_id, info.id, event.at);
            }
        }
        Ok(bytes)
    }

    async fn keep(&self, position: Position) -> Result<()> {
        if position > *self.kept.borrow() {
            let settings = vec![(CURSOR.to_owned(), position_bytes(position))];
            self.store.commit(Commit { settings, ..Commit::default() }).await?;
            self.kept.send_replace(position);
        }
        Ok(())
    }
}

/// Returns the outbox items of an event: one for the customer's destination and one for the activeflow's, or one if they
/// are equal.
pub fn to_destinations(event: &WebhookEvent, profile: &Profile, activeflow: Option<&RunInfo>) -> Vec<Outgoing> {
    let customers = profile.destination(event.at).map(|webhook| (webhook.uri.as_str(), webhook.method.as_str()));
    let own = activeflow.filter(|info| !info.webhook_uri.is_empty());
    let own = own.map(|info| (info.webhook_uri.as_str(), info.webhook_method.as_str()));
    let own = own.filter(|own| Some(*own) != customers);
    let payload = |(uri, method): (&str, &str)| Outgoing {
        id: Clock::id(Clock::now()),
        payload: OutboxPayload::Event(EventWebhook {
            id: event.id.clone(),
            event_type: event.event_type.to_owned(),
            method: method.to_owned(),
            uri: uri.to_owned(),
            data: event.body.clone(),
        }),
    };
    customers.into_iter().chain(own).map(payload).collect()
}

/// Adds an event that is not from the log to a commit: a message that arrived, a recording that is ready.
pub async fn add_event(
    commit: &mut Commit,
    customers: &Customers,
    customer_id: Uuid,
    activeflow: Option<&RunInfo>,
    event: &WebhookEvent,
) -> Result<()> {
    let profile = unless_damaged(customers.profile(customer_id).await)?.unwrap_or_default();
    let about = activeflow.map_or(Uuid::nil(), |info| info.id);
    for outgoing in to_destinations(event, &profile, activeflow) {
        rows::add_outgoing(commit, &outgoing, customer_id, about, event.at);
    }
    Ok(())
}

fn position_bytes(position: Position) -> Vec<u8> {
    [position.epoch.to_be_bytes(), position.sequence.to_be_bytes()].concat()
}

fn read_position(bytes: &[u8]) -> Result<Position> {
    let number = |bytes: &[u8]| bytes.try_into().map(u64::from_be_bytes);
    match (bytes.len(), bytes.get(..8).map(number), bytes.get(8..).map(number)) {
        (16, Some(Ok(epoch)), Some(Ok(sequence))) => Ok(Position { epoch, sequence }),
        _ => Err(Error::internal("the position of the webhooks in the log is malformed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Time;

    #[test]
    fn a_position_is_read_back() {
        let position = Position { epoch: 7, sequence: u64::MAX };
        assert_eq!(read_position(&position_bytes(position)).unwrap(), position);
        assert!(read_position(b"").is_err() && read_position(&[0; 17]).is_err());
    }

    #[test]
    fn an_event_is_sent_once_to_each_destination() {
        let event = WebhookEvent::new("e".to_owned(), "call_created", Time(1_680_443_010_576_077), &"data");
        assert_eq!(event.body, r#"{"type":"call_created","timestamp":"2023-04-02T13:43:30.576077Z","data":"data"}"#);
        assert!(to_destinations(&event, &Profile::default(), None).is_empty());
    }
}
