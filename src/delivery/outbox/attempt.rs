//! One attempt to deliver an outbox item, and its result.

use super::{Deliverer, MailMessage, Outcome, Post, Text, Verdict, age};
use crate::clock::Clock;
use crate::delivery::rows;
use crate::error::{Error, Reason, Result};
use crate::model::call::Address;
use crate::model::outgoing::OutboxPayload;
use crate::model::time::Time;
use crate::outbound::http::Account;
use crate::store::{self, Commit, Settled, State, StoredOutgoing};
use crate::supervisor::panic_message;
use crate::{failpoint, proto};
use futures::FutureExt;
use prost::Message;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use uuid::Uuid;

/// The error of a message or a mail whose server died during the attempt.
const UNKNOWN: &str = "unknown: the server died during delivery, so it may have been sent; it is not sent again";
/// The error of a message whose source is not the customer's.
const SOURCE: &str = "SOURCE_NOT_ALLOWED: the source is not one of the customer's numbers";
/// How long a receiver may take to accept an event; the Standard Webhooks specification advises 15 to 30 seconds.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
/// Items that an earlier process had started, settled in one commit.
const STARTED_AT_ONCE: u32 = 200;

/// The result of an attempt, for its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult {
    Well,
    Failed,
}

/// Logs that an item is given up. Webhooks and messages show it in the API as well; a mail shows it only in the log.
fn give_up(stored: &StoredOutgoing, error: &str) {
    let (id, activeflow_id) = (stored.outgoing.id, stored.outgoing.activeflow_id);
    match stored.outgoing.kind {
        OutboxPayload::MAIL => tracing::warn!(%id, %activeflow_id, error, "a mail is given up"),
        _ => tracing::info!(%id, %activeflow_id, error, "a delivery was given up"),
    }
}

/// Runs an attempt. After a panic it is unknown whether the receiver has the item.
async fn carried(sending: impl Future<Output = Verdict>) -> Verdict {
    match AssertUnwindSafe(sending).catch_unwind().await {
        Ok(verdict) => verdict,
        Err(panic) => {
            tracing::error!(why = panic_message(&*panic), "a delivery attempt panicked");
            Verdict::failed(Outcome::Unknown, 0, "the server failed during delivery, so it may have been sent")
        }
    }
}

impl Deliverer {
    /// Gives up items that a process had started before it died: they may have been sent.
    pub async fn settle_started(&self) -> Result<()> {
        loop {
            let started = self.0.store.started_outgoing(STARTED_AT_ONCE).await?;
            if started.is_empty() {
                return Ok(());
            }
            let now = Clock::now();
            let mut commit = Commit::default();
            for stored in &started {
                give_up(stored, UNKNOWN);
                let error = UNKNOWN.to_owned();
                commit.settled.push(Settled { error, attempts: 1, ..stored.settle(State::Dead, now.0) });
                self.add_message(&mut commit, stored, proto::MessageStatus::Failed, UNKNOWN, now).await?;
            }
            self.0.store.commit(commit).await?;
        }
    }

    pub(super) async fn attempt(&self, stored: &StoredOutgoing) -> Result<AttemptResult> {
        let payload = self.0.store.damage().read("outgoing", stored.outgoing.id, &stored.outgoing.body);
        let payload: OutboxPayload = match payload {
            Ok(payload) => payload,
            Err(store::Error::Damaged { .. }) => {
                let verdict = Verdict::failed(Outcome::Refused, 0, "its stored content is damaged");
                return self.settle(stored, verdict, Clock::now()).await;
            }
            Err(error) => {
                // A newer version wrote it; a server of that version may become the leader.
                tracing::error!(id = %stored.outgoing.id, %error, "an outbox item cannot be decoded; retrying");
                let verdict =
                    Verdict::failed(Outcome::Again { after: None }, 0, "this server cannot decode it; retrying");
                return self.settle(stored, verdict, Clock::now()).await;
            }
        };
        let id = stored.outgoing.id.to_string();
        let account = &self.0.customers.account(stored.outgoing.customer_id).await?;
        let post = match &payload {
            OutboxPayload::Event(event) => Post {
                account,
                id: &event.id,
                method: &event.method,
                uri: &event.uri,
                data_type: "application/json",
                data: &event.data,
                timeout: WEBHOOK_TIMEOUT,
            },
            OutboxPayload::Webhook(request) => Post {
                account,
                id: &id,
                method: &request.method,
                uri: &request.uri,
                data_type: &request.data_type,
                data: &request.data,
                timeout: Duration::from_millis(request.timeout_ms.max(1) as u64),
            },
            OutboxPayload::Message { .. } | OutboxPayload::Mail { .. } => {
                return self.send_once(stored, &payload, account).await;
            }
        };
        self.allowed().await?;
        let now = Clock::now();
        let secrets = self.0.customers.secrets(stored.outgoing.customer_id, now).await?;
        failpoint::reach("before_delivery").await;
        let mut verdict = carried(self.0.transport.post(post, &secrets, now)).await;
        failpoint::reach("after_delivery").await;
        // One that may have arrived is repeated: its receiver recognizes it by its id.
        if verdict.outcome == Outcome::Unknown {
            verdict.outcome = Outcome::Again { after: None };
        }
        self.settle(stored, verdict, Clock::now()).await
    }

    /// Sends an item that must not be delivered twice.
    async fn send_once(
        &self,
        stored: &StoredOutgoing,
        payload: &OutboxPayload,
        account: &Account,
    ) -> Result<AttemptResult> {
        if let OutboxPayload::Message { source, .. } = payload
            && !self.may_send_from(stored.outgoing.customer_id, source).await?
        {
            return self.settle(stored, Verdict::failed(Outcome::Refused, 0, SOURCE), Clock::now()).await;
        }
        failpoint::reach("before_mark").await;
        let Some(begun) = self.mark(stored).await? else { return Ok(AttemptResult::Well) };
        failpoint::reach("before_delivery").await;
        self.allowed().await?;
        let (id, transport) = (stored.outgoing.id, &self.0.transport);
        let verdict = match payload {
            OutboxPayload::Message { source, destination, text } => {
                carried(transport.text(Text { id, source, destination, text })).await
            }
            OutboxPayload::Mail { destinations, subject, content, attachments } => {
                let date = Time(stored.outgoing.tm_create);
                carried(transport.mail(MailMessage { account, id, date, destinations, subject, content, attachments }))
                    .await
            }
            OutboxPayload::Event(_) | OutboxPayload::Webhook(_) => unreachable!("they may come twice"),
        };
        failpoint::reach("after_delivery").await;
        self.settle(&begun, verdict, Clock::now()).await
    }

    /// Returns whether a customer may send messages from this address. What leaves by a provider must come from one of the
    /// customer's own numbers, however it was requested.
    pub async fn may_send_from(&self, customer_id: Uuid, source: &Address) -> Result<bool> {
        if !self.0.transport.texts_leave() {
            return Ok(true);
        }
        let number = self.0.store.number_called(&source.target).await?;
        Ok(number.is_some_and(|number| number.customer_id == customer_id))
    }

    /// Waits until this node may act.
    async fn allowed(&self) -> Result<()> {
        match self.0.lease.holds().await {
            true => Ok(()),
            false => Err(Error::new(Reason::NodeUnavailable, "this node lost its lease")),
        }
    }

    /// Marks an item as started before it is sent: a second message is worse than a missed one. Returns None if another
    /// attempt has it.
    async fn mark(&self, stored: &StoredOutgoing) -> Result<Option<StoredOutgoing>> {
        let settled = vec![stored.settle(State::Started, Clock::now().0)];
        match self.0.store.commit(Commit { settled, ..Commit::default() }).await {
            Ok(_) => Ok(Some(StoredOutgoing { state: State::Started, ..stored.clone() })),
            Err(store::Error::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the result of an attempt. Retries until the store accepts it: an item without its result would be sent again.
    async fn settle(&self, stored: &StoredOutgoing, verdict: Verdict, now: Time) -> Result<AttemptResult> {
        let attempts = stored.attempts.saturating_add(1);
        let (state, due) = self.next(stored, &verdict, attempts, now);
        let settled = Settled {
            attempts,
            due,
            status: verdict.status.into(),
            error: verdict.error.clone(),
            ..stored.settle(state, now.0)
        };
        let mut commit = Commit { settled: vec![settled], ..Commit::default() };
        match state {
            State::Delivered => {
                self.add_message(&mut commit, stored, proto::MessageStatus::Sent, "", now).await?;
            }
            State::Dead => {
                give_up(stored, &verdict.error);
                self.add_message(&mut commit, stored, proto::MessageStatus::Failed, &verdict.error, now).await?;
            }
            State::Waiting | State::Started => {}
        }
        let result = if verdict.outcome == Outcome::Delivered { AttemptResult::Well } else { AttemptResult::Failed };
        loop {
            match self.0.store.commit(commit.clone()).await {
                // A conflict: its owner requested a retry meanwhile.
                Ok(_) | Err(store::Error::Conflict) => return Ok(result),
                Err(store::Error::Unavailable(error) | store::Error::Full(error)) if !self.0.closing.is_cancelled() => {
                    tracing::warn!(error, "the result of a delivery cannot be stored; retrying");
                    tokio::time::sleep(super::RETRY).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns the state of an item after an attempt, and the time of the next one.
    fn next(&self, stored: &StoredOutgoing, verdict: &Verdict, attempts: u32, now: Time) -> (State, store::Micros) {
        let asked = match verdict.outcome {
            Outcome::Delivered => return (State::Delivered, now.0),
            Outcome::Refused | Outcome::Unknown => return (State::Dead, now.0),
            Outcome::Again { after } => after,
        };
        match self.0.transport.pause(attempts, age(stored.since, now), asked, Clock::seed()) {
            Some(pause) => (State::Waiting, now.0.saturating_add(pause.as_micros() as i64)),
            None => (State::Dead, now.0),
        }
    }

    /// Adds the new status of a text message to a commit.
    async fn add_message(
        &self,
        commit: &mut Commit,
        stored: &StoredOutgoing,
        status: proto::MessageStatus,
        error: &str,
        now: Time,
    ) -> Result<()> {
        if stored.outgoing.kind != OutboxPayload::MESSAGE {
            return Ok(());
        }
        let Some(row) = self.0.store.message(stored.outgoing.id).await? else { return Ok(()) };
        let mut message = match proto::Message::decode(row.body.as_slice()) {
            Ok(message) => message,
            Err(why) => {
                self.0.store.damage().found("message", row.id, why);
                return Ok(());
            }
        };
        rows::settle(&mut message, status, error, now);
        commit.messages.push(rows::message_row(&message));
        Ok(())
    }
}
