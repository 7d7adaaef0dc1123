//! Deletes what is older than its retention: history, ended activeflows with their calls, messages, deliveries, recordings
//! with their files, stored responses of idempotency keys. It deletes in small batches with pauses, so that commits hardly
//! slow down.
//!
//! The store does not know how old a row of the log is, and reading rows to find out would cost what pruning saves. So each
//! round notes where the log ends; once a note is old enough, everything before its position is too.

mod trust;

use crate::clock::{Clock, Uptime};
use crate::error::Result;
use crate::model::codec;
use crate::model::time::Time;
use crate::runtime::recordings::Files;
use crate::runtime::runner::Runner;
use crate::store::{ANSWERS_KEPT, Commit, Position, Store};
use crate::supervisor::{Stage, Supervisor, Task, lock};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use trust::Trust;

/// How many rows are deleted in one transaction, and the pause after it.
const ROWS: u32 = 500;
const RUNS: u32 = 100;
const FILES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(25);
/// The name of the setting that holds the marks.
const MARKS: &str = "log_marks";
/// The name of the setting that holds the time of the last round, in microseconds, as eight bytes; empty before the first.
const LAST_ROUND: &str = "last_pruning";
/// The most marks that are kept. Fewer marks delay pruning; they do not reduce it.
const MOST_MARKS: usize = 2_000;
/// How long it is kept what customers used on a day.
const USAGE_KEPT: Duration = Duration::from_secs(400 * 24 * 3_600);
const DAY_US: i64 = 24 * 3_600 * 1_000_000;
/// The first round begins when a server that starts is no longer busy with it.
const FIRST: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3_600);

/// How long things are kept. Zero means for ever.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retention {
    /// The log, ended activeflows with their calls, and messages.
    pub history: Duration,
    /// Webhooks, messages and mail that were delivered or given up.
    pub deliveries: Duration,
    /// Recordings that have ended, with their files.
    pub recordings: Duration,
}

pub struct Pruner {
    pub store: Arc<dyn Store>,
    pub runner: Runner,
    pub recordings: Arc<Files>,
    pub retention: Retention,
    /// The position up to which webhooks have been made from the log: events after it are kept.
    pub delivered: watch::Receiver<Position>,
    /// Whether the clock may decide what is deleted.
    pub trust: Mutex<Trust>,
}

/// Where the log ended at a time.
type Mark = (Time, Position);

impl Pruner {
    /// Prunes in rounds until the server drains.
    pub fn start(self, supervisor: &Supervisor) {
        let pruner = Arc::new(self);
        supervisor.spawn(Stage::Background, "pruner", move |task| pruner.clone().prune(task));
    }

    async fn prune(self: Arc<Pruner>, task: Task) {
        let every = self.every();
        let mut rounds = tokio::time::interval_at(tokio::time::Instant::now() + every.min(FIRST), every);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = rounds.tick() => {}
                () = task.closing() => return,
            }
            task.failpoint().await;
            tokio::select! {
                outcome = self.round() => if let Err(error) = outcome {
                    tracing::warn!(%error, "pruning failed; retrying");
                },
                () = task.closing() => return,
            }
        }
    }

    /// Returns the time between rounds: an hour, or less if something is kept for less than four hours.
    fn every(&self) -> Duration {
        let kept = [self.retention.history, self.retention.deliveries, self.retention.recordings];
        let shortest = kept.into_iter().filter(|kept| !kept.is_zero()).min().unwrap_or(HOUR);
        (shortest / 4).clamp(Duration::from_millis(250), HOUR)
    }

    async fn round(&self) -> Result<()> {
        let now = Clock::now();
        if !self.believes(now).await? {
            tracing::warn!("the clock disagrees with the time of the last pruning; nothing is deleted for an hour");
            return Ok(());
        }
        // A table that cannot be pruned, as one that is damaged, does not keep the others from it.
        let mut outcome = self.forget_answers(now).await;
        if let Some(before) = before(now, self.retention.deliveries) {
            outcome = outcome.and(self.forget_deliveries(before).await);
        }
        if let Some(before) = before(now, self.retention.recordings) {
            outcome = outcome.and(self.forget_recordings(before).await);
        }
        if let Some(before) = before(now, self.retention.history) {
            outcome = outcome.and(self.forget_messages(before).await);
            outcome = outcome.and(self.forget_history(now, before).await);
        }
        outcome.and(self.forget_usage(now).await)
    }

    async fn forget_answers(&self, now: Time) -> Result<()> {
        while self.store.forget_answers(now.0 - ANSWERS_KEPT, ROWS).await? == ROWS {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn forget_deliveries(&self, before: Time) -> Result<()> {
        while self.store.forget_outgoing(before.0, ROWS).await? == ROWS {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn forget_messages(&self, before: Time) -> Result<()> {
        while self.store.forget_messages(before.0, ROWS).await? == ROWS {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn forget_usage(&self, now: Time) -> Result<()> {
        let first_day = i32::try_from(before(now, USAGE_KEPT).map_or(0, |it| it.0 / DAY_US)).unwrap_or_default();
        while self.store.forget_usage(first_day, ROWS).await? == ROWS {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Returns whether the clock may decide what is deleted, and notes the time of this round if so.
    async fn believes(&self, now: Time) -> Result<bool> {
        let noted = self.store.setting(LAST_ROUND, Vec::new()).await?;
        let noted = noted.try_into().ok().map(|bytes| Time(i64::from_be_bytes(bytes)));
        if !lock(&self.trust).believes(now, Uptime::now(), noted) {
            return Ok(false);
        }
        let settings = vec![(LAST_ROUND.to_owned(), now.0.to_be_bytes().to_vec())];
        self.store.commit(Commit { settings, ..Commit::default() }).await?;
        Ok(true)
    }

    /// Deletes files before their rows: a file without a row would stay for ever. A file that cannot be removed keeps its
    /// row and is retried in the next round.
    async fn forget_recordings(&self, before: Time) -> Result<()> {
        loop {
            let old = self.store.old_recordings(before.0, FILES).await?;
            let mut gone = Vec::with_capacity(old.len());
            for id in &old {
                if self.recordings.remove(*id).await {
                    gone.push(*id);
                }
            }
            self.store.forget_recordings(&gone).await?;
            if gone.is_empty() || old.len() < FILES as usize {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn forget_history(&self, now: Time, before: Time) -> Result<()> {
        let marks = self.store.setting(MARKS, write_marks(&[])).await?;
        // Without the marks pruning begins anew: it is delayed, and nothing is lost.
        let marks = read_marks(&marks).map_err(|why| self.store.damage().found("setting", MARKS, why));
        let mut marks = marks.unwrap_or_default();
        mend(&mut marks, now);
        let old = marks.iter().rev().find(|(at, _)| *at <= before).copied();
        if let Some((at, position)) = old {
            let up_to = position.min(*self.delivered.borrow());
            self.forget_runs(up_to, at).await?;
            while self.store.forget_log(up_to, ROWS).await? == ROWS {
                tokio::time::sleep(PAUSE).await;
            }
            marks.retain(|(other, _)| *other >= at);
        }
        let (_, head) = self.store.log_bounds().await?;
        add_mark(&mut marks, (now, head));
        let settings = vec![(MARKS.to_owned(), write_marks(&marks))];
        self.store.commit(Commit { settings, ..Commit::default() }).await?;
        Ok(())
    }

    /// Deletes runs before their log: a run without its history would look as if nothing had happened to it.
    async fn forget_runs(&self, up_to: Position, created: Time) -> Result<()> {
        let mut after = 0;
        loop {
            let (last, gone) = self.store.forget_runs(after, up_to, created.0, RUNS).await?;
            self.runner.forget_all(&gone);
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Returns the time before which everything is old enough to delete. None: it is kept for ever.
fn before(now: Time, kept: Duration) -> Option<Time> {
    let ms = i64::try_from(kept.as_millis()).unwrap_or(i64::MAX);
    (!kept.is_zero()).then(|| now.plus_ms(-ms))
}

/// Corrects marks that a wrong clock made. What is written was written before now, and after what was written before it.
fn mend(marks: &mut [Mark], now: Time) {
    let mut latest = Time(i64::MIN);
    for (at, _) in marks {
        *at = (*at).min(now).max(latest);
        latest = *at;
    }
}

/// Adds a mark. If there are too many, drops every other one but keeps the newest and the oldest.
fn add_mark(marks: &mut Vec<Mark>, mark: Mark) {
    marks.push(mark);
    if marks.len() > MOST_MARKS {
        let last = marks.len() - 1;
        let mut at = 0;
        marks.retain(|_| {
            at += 1;
            at - 1 == last || (at - 1) % 2 == 0
        });
    }
}

fn write_marks(marks: &[Mark]) -> Vec<u8> {
    let plain: Vec<_> = marks.iter().map(|(at, position)| (at.0, position.epoch, position.sequence)).collect();
    codec::to_bytes(&plain)
}

fn read_marks(bytes: &[u8]) -> Result<Vec<Mark>, rmp_serde::decode::Error> {
    let plain: Vec<(i64, u64, u64)> = codec::from_bytes(bytes)?;
    Ok(plain.into_iter().map(|(at, epoch, sequence)| (Time(at), Position { epoch, sequence })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back_and_bounded() {
        let mark = |number: i64| (Time(number), Position { epoch: 0, sequence: number as u64 });
        let mut marks = Vec::new();
        for number in 0..10_000 {
            add_mark(&mut marks, mark(number));
            assert!(marks.len() <= MOST_MARKS);
        }
        assert_eq!((marks[0], *marks.last().unwrap()), (mark(0), mark(9_999)));
        assert!(marks.is_sorted());
        assert_eq!(read_marks(&write_marks(&marks)).unwrap(), marks);
    }

    #[test]
    fn marks_of_a_wrong_clock_are_corrected() {
        let mark = |at: i64, sequence| (Time(at), Position { epoch: 0, sequence });
        let mut marks = vec![mark(50, 1), mark(10, 2), mark(900, 3), mark(70, 4)];
        mend(&mut marks, Time(100));
        assert_eq!(marks, [mark(50, 1), mark(50, 2), mark(100, 3), mark(100, 4)]);
    }

    #[test]
    fn zero_is_for_ever() {
        assert_eq!(before(Time(9), Duration::ZERO), None);
        assert_eq!(before(Time(5_000_000), Duration::from_secs(2)), Some(Time(3_000_000)));
    }
}
