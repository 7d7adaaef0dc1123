//! The snapshot of a watch: the current state of everything that matches, in short reads, before the events that follow.

use super::present::{Glimpse, Present, show_row};
use super::subscription::{Subject, Subscription, encode};
use super::token::Token;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::time::Time;
use crate::proto::{self, WatchType};
use crate::store::{Call, CallFilter, Damage, Position, Store, StoredRun};
use bytes::Bytes;
use std::collections::HashMap;
use uuid::Uuid;

/// The most rows of one short read, and the most bytes of frames that it makes, apart from the last one.
const PAGE: u32 = 200;
const PAGE_BYTES: usize = 1024 * 1024;

/// What a snapshot has delivered, so that the log does not repeat it.
#[derive(Default)]
pub struct Shown {
    revisions: HashMap<Uuid, u64>,
    times: HashMap<Uuid, Time>,
}

impl Shown {
    pub fn has_revision(&self, run_id: Uuid, revision: u64) -> bool {
        self.revisions.get(&run_id).is_some_and(|shown| revision <= *shown)
    }

    /// No two steps happen at the same time, so a call's last change says which of its events the snapshot includes.
    pub fn has_time(&self, call_id: Uuid, at: Time) -> bool {
        self.times.get(&call_id).is_some_and(|shown| at <= *shown)
    }
}

/// A frame of a snapshot, without its token yet.
enum Frame {
    Activeflow(proto::ActiveflowFrame),
    Call(proto::CallFrame),
}

impl Frame {
    fn encode(self, resume_token: String) -> Bytes {
        match self {
            Frame::Activeflow(frame) => encode(proto::ActiveflowFrame { resume_token, ..frame }),
            Frame::Call(frame) => encode(proto::CallFrame { resume_token, ..frame }),
        }
    }
}

pub struct Snapshot {
    /// What the log need not repeat. None for a snapshot that is delivered again: changes since the first time were never
    /// delivered as events, whatever the second time shows.
    shown: Option<Shown>,
    /// The end of the log before the snapshot was delivered for the first time.
    since: Position,
    /// The newest frame waits until it is known whether another one follows: the last of all has its own token.
    last: Option<Frame>,
    /// Ids still to be delivered, if the watcher names ids.
    ids: Option<Vec<Uuid>>,
    /// The row after which the next page begins.
    after: i64,
}

impl Snapshot {
    /// Begins a snapshot. `head` is the end of the log, read before. With `until_ended` every id must exist.
    pub async fn begin(subscription: &Subscription, present: &dyn Present, head: Position) -> Result<Snapshot> {
        if subscription.unended.is_some() {
            for id in &subscription.filter.ids {
                match subscription.subject {
                    Subject::Activeflows => drop(present.glimpse_of(subscription.customer_id, *id).await?),
                    Subject::Calls => drop(present.call_of(subscription.customer_id, *id).await?),
                }
            }
        }
        Ok(Snapshot { shown: Some(Shown::default()), ..Snapshot::again(subscription, head) })
    }

    /// Begins a snapshot again that a watcher has received only in part.
    pub fn again(subscription: &Subscription, since: Position) -> Snapshot {
        let ids: Vec<Uuid> = subscription.filter.ids.iter().copied().collect();
        Snapshot { shown: None, since, last: None, ids: (!ids.is_empty()).then_some(ids), after: 0 }
    }

    /// Ends the snapshot. A watcher that has the last frame has the whole snapshot, and resumes with what happened since it
    /// began.
    pub fn finish(mut self, subscription: &mut Subscription) -> Shown {
        if let Some(last) = self.last.take() {
            subscription.pending.push_back(last.encode(Token::row(self.since).print(subscription.log)));
        }
        self.shown.unwrap_or_default()
    }

    fn show(&mut self, subscription: &mut Subscription, frame: Frame) {
        if let Some(before) = self.last.replace(frame) {
            subscription
                .pending
                .push_back(before.encode(Token::Snapshot { since: self.since }.print(subscription.log)));
        }
    }

    /// Delivers one page. Returns false if none is left.
    pub async fn page(
        &mut self,
        subscription: &mut Subscription,
        present: &dyn Present,
        store: &dyn Store,
    ) -> Result<bool> {
        match subscription.subject {
            Subject::Activeflows => self.activeflows(subscription, present, store).await,
            Subject::Calls => self.calls(subscription, present, store).await,
        }
    }

    async fn activeflows(
        &mut self,
        subscription: &mut Subscription,
        present: &dyn Present,
        store: &dyn Store,
    ) -> Result<bool> {
        if let Some(ids) = &mut self.ids {
            let Some(id) = ids.pop() else { return Ok(false) };
            match present.glimpse_of(subscription.customer_id, id).await {
                Ok(run) => self.show_run(subscription, &run),
                // Without `until_ended` an id may belong to an activeflow that does not exist yet.
                Err(error) if error.reason == Reason::ActiveflowNotFound => {}
                Err(error) => return Err(error),
            }
            return Ok(true);
        }
        let page: Vec<StoredRun> =
            store.runs_by_key(subscription.customer_id, subscription.run_filter(), self.after, PAGE).await?;
        if page.is_empty() {
            return Ok(false);
        }
        for row in page {
            // One at a time: what each shows is small, what it consists of may be large.
            let key = row.key;
            if let Some(run) = unless_damaged(present.read(row).await)? {
                self.show_run(subscription, &run);
            }
            self.after = key;
            if subscription.pending.bytes() >= PAGE_BYTES {
                return Ok(true);
            }
        }
        Ok(true)
    }

    fn show_run(&mut self, subscription: &mut Subscription, run: &Glimpse) {
        let activeflow = run.activeflow();
        let (id, filter) = (run.info().id, &subscription.filter);
        // The store has not filtered rows that were found by their ids.
        let matches = filter.flow_id.is_none_or(|flow_id| flow_id == run.info().flow_id)
            && filter.reference_id.is_none_or(|reference_id| reference_id == run.info().reference_id)
            && (filter.reference_type == 0 || filter.reference_type == activeflow.reference_type);
        if matches {
            let r#type = WatchType::Snapshot.into();
            let frame = proto::ActiveflowFrame { r#type, activeflow: Some(activeflow), ..Default::default() };
            self.show(subscription, Frame::Activeflow(frame));
        }
        // The end of an activeflow that the filter excludes is never delivered.
        if !matches {
            subscription.has_ended(id);
        }
        if let Some(shown) = &mut self.shown {
            shown.revisions.insert(id, run.revision());
            if !run.is_running() {
                subscription.has_ended(id);
            }
        }
    }

    async fn calls(
        &mut self,
        subscription: &mut Subscription,
        present: &dyn Present,
        store: &dyn Store,
    ) -> Result<bool> {
        if let Some(ids) = &mut self.ids {
            let Some(id) = ids.pop() else { return Ok(false) };
            match present.call_of(subscription.customer_id, id).await {
                Ok(row) => self.show_call(subscription, present, (row, store.damage())).await?,
                Err(Error { reason: Reason::CallNotFound, .. }) => {}
                Err(error) => return Err(error),
            }
            return Ok(true);
        }
        let filter = CallFilter {
            status: 0,
            direction: subscription.filter.direction,
            flow_id: subscription.filter.flow_id,
            activeflow_id: subscription.filter.activeflow_id,
        };
        let page = store.calls_by_key(subscription.customer_id, filter, self.after, PAGE).await?;
        if page.is_empty() {
            return Ok(false);
        }
        for (key, row) in page {
            unless_damaged(self.show_call(subscription, present, (row, store.damage())).await)?;
            self.after = key;
            if subscription.pending.bytes() >= PAGE_BYTES {
                break;
            }
        }
        Ok(true)
    }

    async fn show_call(
        &mut self,
        subscription: &mut Subscription,
        present: &dyn Present,
        (row, damage): (Call, &Damage),
    ) -> Result<()> {
        let filter = &subscription.filter;
        let matches = filter.flow_id.is_none_or(|id| id == row.flow_id)
            && filter.activeflow_id.is_none_or(|id| id == row.activeflow_id)
            && (filter.direction == 0 || filter.direction == row.direction);
        if !matches {
            subscription.has_ended(row.id);
            return Ok(());
        }
        let run = unless_damaged(present.glimpse(row.activeflow_id).await)?.flatten();
        let (call, shown) = show_row(&row, run.as_ref(), damage)?;
        let r#type = WatchType::Snapshot.into();
        self.show(subscription, Frame::Call(proto::CallFrame { r#type, call: Some(shown), ..Default::default() }));
        if let Some(shown) = &mut self.shown {
            shown.times.insert(call.id, call.tm_update.unwrap_or(call.tm_create));
            if !call.is_alive() {
                subscription.has_ended(call.id);
            }
        }
        Ok(())
    }
}
