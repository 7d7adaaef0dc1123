//! The checks and their results.

use super::say;
use super::watcher::{Seen, Story, Watcher};
use super::work::{self, Given};
use crate::cli::Failure;
use crate::cli::connect::{Server, Spoken};
use futures::stream::{self, StreamExt, TryStreamExt};
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::*;
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The number of histories read concurrently, and the time limit for reading all of them.
const AT_ONCE: usize = 32;
const TIMEOUT: Duration = Duration::from_secs(60);
/// The time limit for a call of a few steps at the end.
const SHORT: Duration = Duration::from_secs(10);
/// More events than any activeflow of the test has.
const EVENTS: i32 = 1_000;

#[derive(Default)]
pub struct Verdict {
    lines: Vec<String>,
    wrong: Vec<String>,
    /// The time of the last end after the kill.
    last: Duration,
}

impl Verdict {
    /// Checks everything that the watcher received. Before that it makes one more call on A and waits until the watcher
    /// has received its end, so that no event is still on its way.
    pub async fn of(
        server: &Server,
        watcher: &Watcher,
        given: &Given,
        killed: Instant,
        deadline: Duration,
    ) -> Result<Verdict, Failure> {
        let (call, activeflow) = work::short_call(server).await?;
        let message = watcher.has_told_of(Instant::now() + SHORT, &call, &activeflow).await?;
        let histories = timeout(TIMEOUT, histories(server, given)).await;
        let histories = histories.map_err(|_| "A takes too long to list the histories")??;

        let (mut verdict, seen) = (Verdict::default(), watcher.seen());
        let call_ids = given.calls.iter().map(|(call, _)| call);
        verdict.ends("calls ended once, as failed", &seen.calls, call_ids, HangupReason::Failed, killed);
        let flow_ids = given.calls.iter().map(|(_, flow)| flow);
        verdict.ends("their activeflows ended, as hangup", &seen.activeflows, flow_ids, EndReason::Hangup, killed);
        verdict.ends("sleeps due before the takeover", &seen.activeflows, &given.to_wake, EndReason::Finished, killed);
        verdict.ends(
            "sleeps due after the takeover",
            &seen.activeflows,
            &given.to_sleep_on,
            EndReason::Finished,
            killed,
        );
        verdict.order(&seen, given, &histories);
        verdict.line("a new call on A, to its end", usize::from(message), 1, "");
        if verdict.last > deadline {
            verdict.wrong.push(format!("the takeover took longer than {}", humantime::format_duration(deadline)));
        }
        Ok(verdict)
    }

    /// Checks that each of these has ended exactly once, for this reason, after the kill.
    fn ends<'a, R: PartialEq>(
        &mut self,
        what: &str,
        stories: &HashMap<String, Story<R>>,
        ids: impl IntoIterator<Item = &'a String>,
        reason: R,
        killed: Instant,
    ) {
        let (mut right, mut all) = (Vec::new(), 0);
        for id in ids {
            all += 1;
            match stories.get(id).map(|story| &story.ends[..]) {
                Some([(at, how)]) if *how == reason && *at >= killed => right.push(*at - killed),
                _ => {}
            }
        }
        let (first, last) = (right.iter().min(), right.iter().max());
        self.last = self.last.max(last.copied().unwrap_or_default());
        let seconds = |at: Option<&Duration>| at.copied().unwrap_or_default().as_secs_f64();
        let when = match right.is_empty() {
            true => String::new(),
            false => format!("{:.2} s to {:.2} s after the kill", seconds(first), seconds(last)),
        };
        self.line(what, right.len(), all, &when);
    }

    /// Checks that the events of activeflows arrived as their histories list them, and the events of calls in order.
    fn order(&mut self, seen: &Seen, given: &Given, histories: &HashMap<String, Vec<String>>) {
        let as_told = |(id, history): (&String, &Vec<String>)| {
            seen.activeflows.get(id).is_some_and(|story| story.in_order && story.events == *history)
        };
        let in_order = |(id, _): &(String, String)| seen.calls.get(id).is_some_and(|story| story.in_order);
        let right =
            histories.iter().filter(|it| as_told(*it)).count() + given.calls.iter().filter(|it| in_order(it)).count();
        let events = histories.values().map(Vec::len).sum::<usize>();
        let events = events
            + given.calls.iter().filter_map(|(id, _)| seen.calls.get(id)).map(|it| it.events.len()).sum::<usize>();
        let all = histories.len() + given.calls.len();
        self.line("events in order, each once", right, all, &format!("{events} events"));
    }

    fn line(&mut self, what: &str, right: usize, all: usize, more: &str) {
        self.lines.push(format!("{what:<34} {right:>6} of {all:<6} {more}").trim_end().to_owned());
        if right < all {
            self.wrong.push(format!("{what}: {right} of {all}"));
        }
    }

    /// Prints the results. The exit code is 0 if all checks passed.
    pub fn print(&self) -> Result<ExitCode, Failure> {
        say("")?;
        self.lines.iter().try_for_each(|line| say(line))?;
        let last = self.last.as_secs_f64();
        if self.wrong.is_empty() {
            say(&format!("\nPassed; the last event arrived {last:.2} s after the kill."))?;
            return Ok(ExitCode::SUCCESS);
        }
        say("\nFailed:")?;
        self.wrong.iter().try_for_each(|wrong| say(&format!("  {wrong}")))?;
        Ok(ExitCode::FAILURE)
    }
}

/// Returns the ids of the events of every activeflow, oldest first, as the server has them in its log.
async fn histories(server: &Server, given: &Given) -> Result<HashMap<String, Vec<String>>, Failure> {
    let spoken = server.spoken()?;
    let flows = given.calls.iter().map(|(_, flow)| flow).chain(&given.to_wake).chain(&given.to_sleep_on);
    let read = flows.map(|id| history(spoken.clone(), id.clone()));
    stream::iter(read).buffer_unordered(AT_ONCE).try_collect().await
}

async fn history(spoken: Spoken, id: String) -> Result<(String, Vec<String>), Failure> {
    let request = ListActiveflowEventsRequest { id: id.clone(), page_size: EVENTS, ..Default::default() };
    let events = ActiveflowServiceClient::new(spoken).list_activeflow_events(request).await?.into_inner().events;
    Ok((id, events.into_iter().rev().map(|event| event.id).collect()))
}
