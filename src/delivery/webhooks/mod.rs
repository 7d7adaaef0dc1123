//! Webhooks: every event of the log, told to those who want to hear it.
//!
//! A dispatcher follows the log and turns each row into what is to be sent, in one transaction with its own place in the
//! log. So each event goes into the outbox exactly once for each destination, whatever dies, and a step does not wait for
//! it. Where nobody has a destination nothing is written but, now and then, the place.

pub mod events;

use super::customers::{Customers, Profile};
use crate::clock::Clock;
use crate::delivery::outbox::Deliverer;
use crate::delivery::rows;
use crate::error::{Error, Result};
use crate::model::outgoing::{EventWebhook, OutboxPayload, Outgoing};
use crate::model::run::RunInfo;
use crate::store::{Commit, Position, Store};
use crate::supervisor::{Stage, Supervisor, Task};
use crate::watch::{Entry, Hub};
use events::WebhookEvent;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// The name of the place in the settings.
const CURSOR: &str = "webhook_cursor";
/// A commit of webhooks ends with the row that brings it to so many of them, or so many bytes.
const AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1024 * 1024;
/// While nothing is to be told the place is written this often: after a crash so much of the log is looked at again.
const PLACE_KEPT: Duration = Duration::from_secs(5);
/// Pause before the store is asked again.
const RETRY: Duration = Duration::from_millis(500);

pub struct Dispatcher {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    customers: Arc<Customers>,
    deliverer: Deliverer,
    /// Nobody else changes what customers said.
    alone: bool,
    /// The place that is durable.
    kept: watch::Sender<Position>,
}

impl Dispatcher {
    /// Begins where an earlier process was; on a database that never had webhooks, at the end of the log. What is returned
    /// says up to where the log has been told.
    pub async fn start(
        store: Arc<dyn Store>,
        hub: Arc<Hub>,
        customers: Arc<Customers>,
        deliverer: Deliverer,
        alone: bool,
        supervisor: &Supervisor,
    ) -> Result<watch::Receiver<Position>> {
        let (gone, head) = store.log_bounds().await?;
        let position = read_position(&store.setting(CURSOR, position_bytes(head)).await?)?;
        if position < gone {
            tracing::warn!("the log was pruned past what webhooks have told");
        }
        let dispatcher = Dispatcher { store, hub, customers, deliverer, alone, kept: watch::Sender::new(position) };
        let kept = dispatcher.kept.subscribe();
        let dispatcher = Arc::new(dispatcher);
        supervisor.spawn(Stage::Log, "event_projector", move |task| dispatcher.clone().follow(task));
        Ok(kept)
    }

    async fn follow(self: Arc<Dispatcher>, task: Task) {
        let (mut head, mut written) = (self.hub.head(), Instant::now());
        // None: the store is asked. It alone knows what became of a commit whose task has failed.
        let mut position = None;
        // That task may have failed before it said that there is something to be sent.
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
                    tracing::warn!(%error, "webhooks wait: the log or the outbox cannot be reached");
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

    /// Tells what comes after a place, from the one that is durable where it is not known. False: there is no more.
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

    /// Tells what comes after a place, some of it at a time, and moves the place. False: there is no more.
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
                // What comes before it does not wait with it.
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

    /// Adds what a row of the log has to tell, and says how many bytes of it.
    async fn add(&self, commit: &mut Commit, entry: &Entry) -> Result<usize> {
        let record = entry.record()?;
        let info = &record.info;
        let profile = self.customers.profile(info.customer_id).await?;
        if info.webhook_uri.is_empty() && profile.destination(record.at()).is_none() {
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

/// What is to be sent of an event: to the customer's destination and to the activeflow's own, once where they are the same.
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

/// Adds an event that is no run's to a commit: a message that arrived, a recording that is ready.
pub async fn add_event(
    commit: &mut Commit,
    customers: &Customers,
    customer_id: Uuid,
    activeflow: Option<&RunInfo>,
    event: &WebhookEvent,
) -> Result<()> {
    let profile = customers.profile(customer_id).await?;
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
        _ => Err(Error::internal("the place of the webhooks in the log cannot be read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Time;

    #[test]
    fn a_place_is_read_back() {
        let position = Position { epoch: 7, sequence: u64::MAX };
        assert_eq!(read_position(&position_bytes(position)).unwrap(), position);
        assert!(read_position(b"").is_err() && read_position(&[0; 17]).is_err());
    }

    #[test]
    fn an_event_is_told_once_to_each_destination() {
        let event = WebhookEvent::new("e".to_owned(), "call_created", Time(1_680_443_010_576_077), &"data");
        assert_eq!(event.body, r#"{"type":"call_created","timestamp":"2023-04-02T13:43:30.576077Z","data":"data"}"#);
        assert!(to_destinations(&event, &Profile::default(), None).is_empty());
    }
}
