//! One attempt to send one thing, and what is noted of it.

use super::{Deliverer, MailMessage, Outcome, Post, Text, Verdict, age};
use crate::clock::Clock;
use crate::delivery::rows;
use crate::error::{Error, Reason, Result};
use crate::model::outgoing::OutboxPayload;
use crate::model::time::Time;
use crate::store::{self, Commit, Settled, State, StoredOutgoing};
use crate::supervisor::panic_message;
use crate::{failpoint, proto};
use futures::FutureExt;
use prost::Message;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// What is said of a message or a mail whose server died while it was on its way.
const UNKNOWN: &str = "unknown: the server died while it was on its way, so it may have gone out; it is not sent again";
/// How long a receiver may take over an event, as the Standard Webhooks specification advises: 15 to 30 seconds.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
/// Things that an earlier process had begun, settled in one commit.
const STARTED_AT_ONCE: u32 = 200;

/// How an attempt went, for the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult {
    Well,
    Failed,
}

/// A webhook is listed and a message tells what became of it; of a mail only the log does.
fn give_up(stored: &StoredOutgoing, error: &str) {
    let (id, activeflow_id) = (stored.outgoing.id, stored.outgoing.activeflow_id);
    match stored.outgoing.kind {
        OutboxPayload::MAIL => tracing::warn!(%id, %activeflow_id, error, "a mail is given up"),
        _ => tracing::info!(%id, %activeflow_id, error, "something is not sent any more"),
    }
}

/// What comes of an attempt. After a panic nobody knows whether the receiver has it.
async fn carried(sending: impl Future<Output = Verdict>) -> Verdict {
    match AssertUnwindSafe(sending).catch_unwind().await {
        Ok(verdict) => verdict,
        Err(panic) => {
            tracing::error!(why = panic_message(&*panic), "an attempt to send something panicked");
            Verdict::failed(Outcome::Unknown, 0, "the server failed while it was on its way, so it may have gone out")
        }
    }
}

impl Deliverer {
    /// What was begun by a process that died may have gone out. It ends here.
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
        let payload: OutboxPayload = match rmp_serde::from_slice(&stored.outgoing.body) {
            Ok(payload) => payload,
            Err(error) => {
                // A newer version wrote it, and a server of that version will have the outbox one day.
                tracing::error!(id = %stored.outgoing.id, %error, "something in the outbox cannot be read; it waits");
                let verdict =
                    Verdict::failed(Outcome::Again { after: None }, 0, "this server cannot read it; it waits");
                return self.settle(stored, verdict, Clock::now()).await;
            }
        };
        let id = stored.outgoing.id.to_string();
        let post = match &payload {
            OutboxPayload::Event(event) => Post {
                id: &event.id,
                method: &event.method,
                uri: &event.uri,
                data_type: "application/json",
                data: &event.data,
                timeout: WEBHOOK_TIMEOUT,
            },
            OutboxPayload::Webhook(request) => Post {
                id: &id,
                method: &request.method,
                uri: &request.uri,
                data_type: &request.data_type,
                data: &request.data,
                timeout: Duration::from_millis(request.timeout_ms.max(1) as u64),
            },
            OutboxPayload::Message { .. } | OutboxPayload::Mail { .. } => {
                return self.send_once(stored, &payload).await;
            }
        };
        self.allowed().await?;
        let now = Clock::now();
        let secrets = self.0.customers.secrets(stored.outgoing.customer_id, now).await?;
        failpoint::reach("before_delivery").await;
        let mut verdict = carried(self.0.transport.post(post, &secrets, now)).await;
        failpoint::reach("after_delivery").await;
        // One that may have been taken is repeated: its receiver knows it by its id.
        if verdict.outcome == Outcome::Unknown {
            verdict.outcome = Outcome::Again { after: None };
        }
        self.settle(stored, verdict, Clock::now()).await
    }

    /// Sends what must not come twice.
    async fn send_once(&self, stored: &StoredOutgoing, payload: &OutboxPayload) -> Result<AttemptResult> {
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
                carried(transport.mail(MailMessage { id, date, destinations, subject, content, attachments })).await
            }
            OutboxPayload::Event(_) | OutboxPayload::Webhook(_) => unreachable!("they may come twice"),
        };
        failpoint::reach("after_delivery").await;
        self.settle(&begun, verdict, Clock::now()).await
    }

    /// Waits until this node may act.
    async fn allowed(&self) -> Result<()> {
        match self.0.lease.holds().await {
            true => Ok(()),
            false => Err(Error::new(Reason::NodeUnavailable, "this node was given up")),
        }
    }

    /// We mark before sending: a second message is worse than a missed one. None: someone else has it.
    async fn mark(&self, stored: &StoredOutgoing) -> Result<Option<StoredOutgoing>> {
        let settled = vec![stored.settle(State::Started, Clock::now().0)];
        match self.0.store.commit(Commit { settled, ..Commit::default() }).await {
            Ok(_) => Ok(Some(StoredOutgoing { state: State::Started, ..stored.clone() })),
            Err(store::Error::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes what came of it. A store that cannot take the note is asked until it can: what is forgotten is sent again.
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
                // A conflict: its owner had it sent again meanwhile.
                Ok(_) | Err(store::Error::Conflict) => return Ok(result),
                Err(store::Error::Unavailable(error)) if !self.0.closing.is_cancelled() => {
                    tracing::warn!(error, "what was sent cannot be noted; it is tried again");
                    tokio::time::sleep(super::RETRY).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Where it stands after an attempt, and when it is tried next.
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

    /// Adds to a commit what a text message has become.
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
        let mut message = proto::Message::decode(row.body.as_slice()).map_err(Error::internal)?;
        rows::settle(&mut message, status, error, now);
        commit.messages.push(rows::message_row(&message));
        Ok(())
    }
}
