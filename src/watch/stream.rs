//! One watcher: pulls what matches from the hub, at its own pace.

use super::entry::{ActiveflowFrame, CallFrame, Entry};
use super::frames::BATCH_BYTES;
use super::hub::{Hub, WatcherPermit};
use super::present::{Glimpse, Present};
use super::snapshot::{Shown, Snapshot};
use super::subscription::{Subject, Subscription, Watch, encode};
use super::token::{self, Token};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::event::Record;
use crate::model::view;
use crate::proto::{self, WatchType};
use crate::store::{Position, RunKey};
use bytes::Bytes;
use futures::stream::{self, Stream};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// After this time without a frame a watcher receives a progress frame.
const IDLE: Duration = Duration::from_secs(10);

/// A watcher's state between two frames.
struct Pull {
    present: Arc<dyn Present>,
    hub: Arc<Hub>,
    subscription: Subscription,
    snapshot: Option<Snapshot>,
    /// What a snapshot has delivered, and the position up to which the log may repeat some of it.
    shown: Option<(Shown, Position)>,
    /// Everything up to here has been delivered.
    after: Position,
    /// If the next row has this position, this many of its events have been delivered.
    delivered: Option<(Position, u32)>,
    over: bool,
    /// A damaged row of the log was passed over.
    skipped: bool,
    /// When the last frame was delivered: the idle interval counts from here, whatever happens to other watchers.
    told_at: Instant,
    head: watch::Receiver<Position>,
    closing: watch::Receiver<bool>,
    _permit: WatcherPermit,
}

impl Hub {
    /// Checks that a resume token is valid; "" means none.
    pub fn check_resume_token(&self, token: &str) -> Result<()> {
        match token {
            "" => Ok(()),
            token => Token::parse(token, self.log).map(drop),
        }
    }

    /// Returns encoded frames (`ActiveflowFrame` or `CallFrame`) in the order of the log. The customer may have `limit`
    /// watches.
    pub async fn watch(
        self: &Arc<Hub>,
        present: Arc<dyn Present>,
        (customer_id, limit): (Uuid, u64),
        watch: Watch,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
        let place = self.admit(customer_id, limit, watch.subject.word())?;
        let (gone, head) = self.store.log_bounds().await?;
        let mut pull = Pull {
            present,
            hub: self.clone(),
            subscription: Subscription {
                customer_id,
                subject: watch.subject,
                unended: watch.until_ended.then(|| watch.filter.ids.clone()),
                filter: watch.filter,
                pending: self.frames.pending(),
                log: self.log,
            },
            snapshot: None,
            shown: None,
            after: head,
            delivered: None,
            over: false,
            skipped: false,
            told_at: Instant::now(),
            head: self.head_here(),
            closing: self.closing(),
            _permit: place,
        };
        let resumed = match watch.resume_token.as_str() {
            "" => None,
            text => Some(Token::parse(text, self.log)?),
        };
        match resumed {
            Some(Token::After { position, events }) => pull.resume(position, events, gone, head).await?,
            Some(Token::Snapshot { since }) => {
                pull.resume(since, u32::MAX, gone, head).await?;
                pull.snapshot = Some(Snapshot::again(&pull.subscription, since));
            }
            Some(Token::SnapshotAnew) => pull.begin_snapshot(head).await?,
            None if watch.include_snapshot || watch.until_ended => pull.begin_snapshot(head).await?,
            // A watcher that loses its connection before the first event resumes with this token, and misses nothing.
            None => pull.progress(),
        }
        Ok(stream::unfold(pull, |mut pull| async move {
            let item = pull.next().await?;
            Some((item, pull))
        }))
    }
}

impl Pull {
    async fn begin_snapshot(&mut self, head: Position) -> Result<()> {
        self.snapshot = Some(Snapshot::begin(&self.subscription, &*self.present, head).await?);
        Ok(())
    }

    /// Resumes after a token.
    async fn resume(&mut self, position: Position, events: u32, gone: Position, head: Position) -> Result<()> {
        if position > head {
            return Err(token::invalid("this token is ahead of this server's log"));
        }
        // In the middle of a row that is pruned, the rest of its events is lost.
        if position < gone || position == gone && events < u32::MAX {
            let message = "the log does not reach back to this token; start again with include_snapshot";
            let oldest = Token::row(gone).print(self.hub.log);
            let description = format!("the oldest token that can be resumed is {oldest}");
            return Err(Error {
                message: message.to_owned(),
                ..Error::field(Reason::ResumeTokenExpired, "resume_token", description)
            });
        }
        if events < u32::MAX {
            self.after = before(position);
            self.delivered = Some((position, events));
        } else {
            self.after = position;
        }
        self.forget_ended(position, events).await
    }

    /// Returns the next frame; None when the watch is over.
    async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            if let Some(frame) = self.subscription.pending.pop_front() {
                self.told_at = Instant::now();
                return Some(Ok(frame));
            }
            if self.over {
                return None;
            }
            if let Err(error) = self.fill().await {
                self.over = true;
                return Some(Err(error));
            }
        }
    }

    /// Adds the next frames to `pending`, or waits until there may be some.
    async fn fill(&mut self) -> Result<()> {
        if let Some(mut snapshot) = self.snapshot.take() {
            self.hub.frames.wait_for_room().await?;
            let turn = self.hub.turn(self.subscription.customer_id).await?;
            let more = snapshot.page(&mut self.subscription, &*self.present, &*self.hub.store).await?;
            drop(turn);
            tokio::task::yield_now().await;
            match more {
                true => self.snapshot = Some(snapshot),
                false => {
                    // A snapshot may include what the log cannot show yet, because an older group is in flight.
                    let newest = self.hub.store.newest().await?;
                    self.shown = Some((snapshot.finish(&mut self.subscription), newest));
                }
            }
            return Ok(());
        }
        self.end_replay();
        if self.is_over() {
            self.over = true;
            return Ok(());
        }
        if !self.subscription.pending.is_empty() {
            return Ok(());
        }
        self.head.mark_unchanged();
        let closing = *self.closing.borrow_and_update();
        let Some(rows) = self.next_rows(closing).await? else { return Ok(()) };
        match rows.is_empty() {
            true if closing => {
                let message = "the server is shutting down; resume with the last token";
                Err(Error::new(Reason::ShuttingDown, message))
            }
            true => {
                self.wait().await;
                Ok(())
            }
            false => {
                for row in &rows {
                    match self.take(row) {
                        Ok(()) if self.is_over() => break,
                        Ok(()) => {}
                        // Frames from rows before it are delivered first.
                        Err(_) if !self.subscription.pending.is_empty() => break,
                        Err(error) => return Err(error),
                    }
                }
                if std::mem::take(&mut self.skipped) {
                    self.find_ended().await?;
                }
                if self.is_idle() {
                    self.progress();
                }
                Ok(())
            }
        }
    }

    /// Returns the next rows, from memory if they are there. A watcher that is further behind reads the log itself, page by
    /// page and in turns with the other customers. Returns None if the rows must be looked up again.
    async fn next_rows(&mut self, closing: bool) -> Result<Option<Vec<Arc<Entry>>>> {
        let recent = self.hub.recent_after(self.after, self.hub.frames.room()).filter(|_| !closing);
        let rows = match recent {
            Some(rows) => rows,
            None => {
                // A replay of a long log makes room for other work on this core before each page. The room for its frames is
                // looked up after the wait for the turn, in which others may have filled it.
                tokio::task::yield_now().await;
                let _turn = self.hub.turn(self.subscription.customer_id).await?;
                self.hub.read_after(self.after, self.hub.frames.room()).await?
            }
        };
        if rows.first().is_none_or(|row| self.hub.frames.admits(row.size)) {
            return Ok(Some(rows));
        }
        // The frames of others wait for readers that are slow, and this row is large. It is read again: held by everybody who
        // waits, such rows would take more memory than the frames.
        drop(rows);
        self.hub.frames.wait_for_room().await.map(|()| None)
    }

    /// Returns whether every end that the watch waits for, and the replay after a snapshot, have been delivered.
    fn is_over(&self) -> bool {
        self.subscription.unended.as_ref().is_some_and(HashSet::is_empty) && self.shown.is_none()
    }

    /// When the log has passed everything that the snapshot may include, stops leaving out events and reports with a
    /// progress frame that the snapshot is complete.
    fn end_replay(&mut self) {
        if self.shown.as_ref().is_some_and(|(_, newest)| self.after >= *newest) {
            self.shown = None;
            self.progress();
        }
    }

    fn progress(&mut self) {
        let resume_token = Token::row(self.after).print(self.hub.log);
        let r#type = WatchType::Progress.into();
        self.subscription.pending.push_back(match self.subscription.subject {
            Subject::Activeflows => encode(proto::ActiveflowFrame { resume_token, r#type, ..Default::default() }),
            Subject::Calls => encode(proto::CallFrame { resume_token, r#type, ..Default::default() }),
        });
    }

    async fn wait(&mut self) {
        // The first progress frame comes after a snapshot and its replay.
        let replayed = self.shown.is_none();
        tokio::select! {
            _ = self.head.changed() => {}
            _ = self.closing.changed() => {}
            _ = tokio::time::sleep_until(self.told_at + IDLE), if replayed => self.progress(),
        }
    }

    /// Returns whether nothing was delivered for the idle interval and nothing is pending.
    fn is_idle(&self) -> bool {
        self.subscription.pending.is_empty() && self.shown.is_none() && self.told_at.elapsed() >= IDLE
    }

    /// Takes the matching events of a row. A row that cannot be decoded is an error, unless it certainly does not match.
    fn take(&mut self, row: &Entry) -> Result<()> {
        let matches = row.info().is_none_or(|info| self.subscription.matches_run(info));
        let record = if matches { unless_damaged(row.record())? } else { None };
        self.skipped |= matches && record.is_none();
        let delivered =
            self.delivered.take().filter(|(position, _)| *position == row.position).map_or(0, |(_, events)| events);
        self.after = row.position;
        let Some(record) = record else { return Ok(()) };
        match self.subscription.subject {
            Subject::Activeflows => self.take_activeflow(record, row.activeflow_frames()?, delivered),
            Subject::Calls => self.take_calls(row.call_frames()?, delivered),
        }
        let lag_us = Clock::now().0.saturating_sub(record.at().0).max(0) as u64;
        self.hub.metrics.watched(self.subscription.subject.word(), Duration::from_micros(lag_us));
        Ok(())
    }

    fn take_activeflow(&mut self, record: &Record, frames: &[ActiveflowFrame], delivered: u32) {
        let id = record.info.id;
        if self.shown.as_ref().is_some_and(|(shown, _)| shown.has_revision(id, record.revision)) {
            return;
        }
        for frame in frames.iter().filter(|frame| frame.events > delivered) {
            self.subscription.pending.push_back(frame.bytes.clone());
            if frame.ended {
                self.subscription.has_ended(id);
            }
            if self.is_over() {
                return;
            }
        }
    }

    fn take_calls(&mut self, frames: &[CallFrame], delivered: u32) {
        for frame in frames.iter().filter(|frame| frame.events > delivered) {
            let subscription =
                self.subscription.filter.ids.is_empty() || self.subscription.filter.ids.contains(&frame.call_id);
            let directed = self.subscription.wants_direction(frame.direction);
            let shown = self.shown.as_ref().is_some_and(|(shown, _)| shown.has_time(frame.call_id, frame.at));
            if subscription && directed && !shown {
                self.subscription.pending.push_back(frame.bytes.clone());
            }
            // The end of a call in the other direction is not delivered, so the watch does not wait for it either.
            if subscription && frame.ended {
                self.subscription.has_ended(frame.call_id);
            }
        }
    }

    /// Removes the ids that have ended by now: a damaged row of the log, which was passed over, may have been their end.
    async fn find_ended(&mut self) -> Result<()> {
        for id in self.subscription.unended.clone().into_iter().flatten() {
            let Some(run) = unless_damaged(self.run_of(id).await)? else { continue };
            let ended = match self.subscription.subject {
                Subject::Activeflows => !run.is_running(),
                Subject::Calls => run.call(id).is_none_or(|call| !call.is_alive()),
            };
            if ended {
                self.subscription.has_ended(id);
            }
        }
        Ok(())
    }

    /// Removes the ids whose end a resumed `until_ended` watch need not wait for: their end was delivered before the token,
    /// or the filter excludes them.
    async fn forget_ended(&mut self, position: Position, events: u32) -> Result<()> {
        for id in self.subscription.unended.clone().into_iter().flatten() {
            let run = self.run_of(id).await?;
            let delivered = |end: (Position, u32)| end <= (position, events);
            let leg = run.call(id).map(|call| view::direction(call.direction) as i32);
            let directed = leg.is_none_or(|direction| self.subscription.wants_direction(direction));
            if !directed
                || !self.subscription.wants(run.info())
                || self.end_of(id, run.key()).await?.is_some_and(delivered)
            {
                self.subscription.has_ended(id);
            }
        }
        Ok(())
    }

    /// Returns the run of an activeflow or a call of this customer, even if deleted: its end may have been delivered before
    /// that.
    async fn run_of(&self, id: Uuid) -> Result<Glimpse> {
        let (run_id, reason, what) = match self.subscription.subject {
            Subject::Activeflows => (Some(id), Reason::ActiveflowNotFound, "activeflow"),
            Subject::Calls => (self.hub.store.call_owner(id).await?, Reason::CallNotFound, "call"),
        };
        let run = match run_id {
            Some(run_id) => self.present.glimpse(run_id).await?,
            None => None,
        };
        let own = |run: &Glimpse| run.info().customer_id == self.subscription.customer_id;
        run.filter(own).ok_or_else(|| Error::new(reason, format!("{what} {id} does not exist")))
    }

    /// Returns where the log has the end of an activeflow or a call of this run.
    async fn end_of(&self, id: Uuid, run: RunKey) -> Result<Option<(Position, u32)>> {
        let (mut older, mut end) = (None, None);
        loop {
            let turn = self.hub.turn(self.subscription.customer_id).await?;
            let rows = self.hub.store.history(run, older, 64, BATCH_BYTES).await?;
            drop(turn);
            let Some(last) = rows.last().map(|row| row.position) else { return Ok(end) };
            for row in &rows {
                let entry = Entry::read(row, self.hub.log, self.hub.store.damage());
                // Going back in time, the end is the oldest frame of the ended state.
                let ends = unless_damaged(self.ends(&entry, id))?.unwrap_or_default();
                for (events, ended) in ends.into_iter().rev() {
                    match ended {
                        true => end = Some((entry.position, events)),
                        false => return Ok(end),
                    }
                }
            }
            older = Some(last);
        }
    }

    /// Returns the frames of an activeflow or a call in a row, and whether it has ended in each.
    fn ends(&self, entry: &Entry, id: Uuid) -> Result<Vec<(u32, bool)>> {
        Ok(match self.subscription.subject {
            Subject::Activeflows => entry.activeflow_frames()?.iter().map(|it| (it.events, it.ended)).collect(),
            Subject::Calls => {
                let own = entry.call_frames()?.iter().filter(|frame| frame.call_id == id);
                own.map(|it| (it.events, it.ended)).collect()
            }
        })
    }
}

/// Returns the last position before this one.
fn before(position: Position) -> Position {
    match position {
        Position { epoch, sequence: 0 } if epoch > 0 => Position { epoch: epoch - 1, sequence: u64::MAX },
        Position { epoch, sequence } => Position { epoch, sequence: sequence.saturating_sub(1) },
    }
}
