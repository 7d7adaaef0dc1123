//! The status of webhook deliveries, and redelivery.

use super::App;
use super::page::Page;
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::outgoing::{EventWebhook, HttpRequest, OutboxPayload};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, WebhookDelivery, WebhookDeliveryStatus};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit, OutgoingFilter, Settled, State, StoredOutgoing};
use uuid::Uuid;

/// The kinds of outbox entries that are webhooks: events, and requests that flows send.
const KINDS: [i32; 2] = [OutboxPayload::EVENT, OutboxPayload::WEBHOOK];
/// The number of attempts to commit a redelivery when delivery attempts end concurrently.
const CONFLICTS: u32 = 10;

impl App {
    pub async fn list_webhook_deliveries(
        &self,
        customer_id: Uuid,
        page: Page,
        status: WebhookDeliveryStatus,
        activeflow_id: Option<Uuid>,
    ) -> Result<proto::ListWebhookDeliveriesResponse> {
        let state = match status {
            WebhookDeliveryStatus::Unspecified => None,
            WebhookDeliveryStatus::Waiting => Some(State::Waiting),
            WebhookDeliveryStatus::Delivered => Some(State::Delivered),
            WebhookDeliveryStatus::Dead => Some(State::Dead),
        };
        let filter = OutgoingFilter { kinds: &KINDS, state, activeflow_id };
        let found = self.store.outgoings(page.rows(customer_id), filter).await?;
        let at = |row: &StoredOutgoing| (Time(row.outgoing.tm_create), row.outgoing.id);
        let (found, next_page_token) = page.cut(found, |row| row.outgoing.body.len(), at);
        let show = |row| unless_damaged(show(row, false, self.store.damage())).transpose();
        let deliveries = found.iter().filter_map(show).collect::<Result<_>>()?;
        Ok(proto::ListWebhookDeliveriesResponse { deliveries, next_page_token })
    }

    pub async fn get_webhook_delivery(&self, customer_id: Uuid, id: Uuid) -> Result<WebhookDelivery> {
        show(&self.find_delivery(customer_id, id).await?, true, self.store.damage())
    }

    /// Restarts a finished delivery from its first attempt; makes a waiting one due immediately.
    pub async fn redeliver_webhook(
        &self,
        customer_id: Uuid,
        id: Uuid,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::RedeliverWebhookResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        for _ in 0..CONFLICTS {
            let stored = self.find_delivery(customer_id, id).await?;
            let settled = Settled { due: now.0, ..stored.settle(State::Waiting, now.0) };
            let settled = match stored.state {
                State::Waiting => settled,
                _ => Settled { attempts: 0, since: now.0, ..settled },
            };
            let mut waiting = stored;
            (waiting.state, waiting.attempts, waiting.since) = (State::Waiting, settled.attempts, settled.since);
            (waiting.outgoing.due, waiting.tm_update) = (now.0, Some(now.0));
            let response =
                proto::RedeliverWebhookResponse { delivery: Some(show(&waiting, true, self.store.damage())?) };
            let commit = Commit { settled: vec![settled], ..Commit::default() };
            match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await {
                Ok(Done::Now(_)) => {
                    self.deliverer.wake();
                    return Ok(response);
                }
                Ok(Done::Before(response)) => return Ok(response),
                Err(Error { reason: Reason::StaleAction, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(Reason::StaleAction, "the webhook is being sent right now; try again"))
    }

    async fn find_delivery(&self, customer_id: Uuid, id: Uuid) -> Result<StoredOutgoing> {
        let found = self.store.outgoing(id).await?;
        let own = |row: &store::Outgoing| row.customer_id == customer_id && KINDS.contains(&row.kind);
        let missing = || Error::new(Reason::WebhookDeliveryNotFound, format!("webhook delivery {id} does not exist"));
        found.filter(|row| own(&row.outgoing)).ok_or_else(missing)
    }
}

fn show(stored: &StoredOutgoing, whole: bool, damage: &store::Damage) -> Result<WebhookDelivery> {
    let outgoing = &stored.outgoing;
    let event = match damage.read("outgoing", outgoing.id, &outgoing.body)? {
        OutboxPayload::Event(event) => event,
        OutboxPayload::Webhook(HttpRequest { method, uri, data, .. }) => {
            EventWebhook { id: outgoing.id.to_string(), event_type: String::new(), method, uri, data }
        }
        _ => return Err(Error::internal("an outbox entry marked as a webhook holds something else")),
    };
    let (status, next) = match stored.state {
        State::Waiting | State::Started => (WebhookDeliveryStatus::Waiting, view::time(Time(outgoing.due))),
        State::Delivered => (WebhookDeliveryStatus::Delivered, None),
        State::Dead => (WebhookDeliveryStatus::Dead, None),
    };
    Ok(WebhookDelivery {
        id: view::id(outgoing.id),
        customer_id: view::id(outgoing.customer_id),
        activeflow_id: view::id(outgoing.activeflow_id),
        event_id: event.id,
        event_type: event.event_type,
        uri: event.uri,
        method: event.method,
        status: status.into(),
        attempts: stored.attempts as i32,
        last_status: stored.status,
        last_error: stored.error.clone(),
        body: if whole { event.data } else { String::new() },
        tm_next: next,
        tm_create: view::time(Time(outgoing.tm_create)),
        tm_update: stored.tm_update.and_then(|at| view::time(Time(at))),
    })
}
