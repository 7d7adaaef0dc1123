//! The watcher: records everything that one server reports about the calls and activeflows of the test, and when.

use crate::cli::Failure;
use crate::cli::connect::Server;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::*;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch::{Ref, Sender};
use tokio::task::JoinSet;
use tokio::time::{timeout, timeout_at};
use tonic::{Status, Streaming};

/// The time limit for starting a watch.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The events received of one call or activeflow.
pub struct Story<R> {
    /// The ids of the events, in the order of arrival.
    pub events: Vec<String>,
    /// When its end arrived, and the reason. More than one is an error.
    pub ends: Vec<(Instant, R)>,
    /// True if nothing arrived after the end, and no event arrived after a later one.
    pub in_order: bool,
    /// When the last event happened, in seconds and nanoseconds.
    last: (i64, i32),
}

impl<R> Default for Story<R> {
    fn default() -> Story<R> {
        Story { events: Vec::new(), ends: Vec::new(), in_order: true, last: Default::default() }
    }
}

impl<R> Story<R> {
    fn add(&mut self, event: &str, at: Option<prost_types::Timestamp>, end: Option<R>) {
        let at = at.map_or((0, 0), |at| (at.seconds, at.nanos));
        self.in_order &= self.ends.is_empty() && self.last <= at && !self.events.iter().any(|before| before == event);
        self.last = at;
        self.events.push(event.to_owned());
        self.ends.extend(end.map(|end| (Instant::now(), end)));
    }
}

#[derive(Default)]
pub struct Seen {
    pub calls: HashMap<String, Story<HangupReason>>,
    pub activeflows: HashMap<String, Story<EndReason>>,
    /// The number of calls answered, activeflows asleep, calls ended and activeflows ended.
    up: usize,
    asleep: usize,
    over: usize,
    ended: usize,
    /// Why the watch was lost.
    lost: Option<String>,
}

pub struct Watcher {
    seen: Arc<Sender<Seen>>,
    /// The reading tasks; they end when this is dropped.
    _readers: JoinSet<()>,
}

impl Watcher {
    /// Watches all calls and activeflows of the customer from now on.
    pub async fn start(server: &Server) -> Result<Watcher, Failure> {
        let spoken = server.spoken()?;
        let begin = async {
            // A snapshot ends with a token of the current position, so later events are not missed.
            let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
            let mut activeflows =
                ActiveflowServiceClient::new(spoken.clone()).watch_activeflows(request).await?.into_inner();
            let request = WatchCallsRequest { include_snapshot: true, ..Default::default() };
            let mut calls = CallServiceClient::new(spoken).watch_calls(request).await?.into_inner();
            while next(&mut activeflows).await?.r#type() != WatchType::Progress {}
            while next(&mut calls).await?.r#type() != WatchType::Progress {}
            Ok::<_, Status>((activeflows, calls))
        };
        let (activeflows, calls) = timeout(TIMEOUT, begin).await.map_err(|_| "A cannot be watched in time")??;
        let (seen, mut readers) = (Arc::new(Sender::new(Seen::default())), JoinSet::new());
        readers.spawn(read(activeflows, seen.clone(), Seen::add_activeflow));
        readers.spawn(read(calls, seen.clone(), Seen::add_call));
        Ok(Watcher { seen, _readers: readers })
    }

    /// Waits until this many calls are answered and this many activeflows sleep. Returns false if they do not by
    /// `until`.
    pub async fn has_seen(&self, until: Instant, up: usize, asleep: usize) -> Result<bool, Failure> {
        self.wait(until, |seen| seen.up >= up && seen.asleep >= asleep).await
    }

    /// Waits until this many calls and activeflows have ended. Returns false if they have not by `until`.
    pub async fn has_told(&self, until: Instant, over: usize, ended: usize) -> Result<bool, Failure> {
        self.wait(until, |seen| seen.over >= over && seen.ended >= ended).await
    }

    /// Waits until this call and its activeflow have ended. Returns false if they have not by `until`.
    pub async fn has_told_of(&self, until: Instant, call: &str, activeflow: &str) -> Result<bool, Failure> {
        let over = |seen: &Seen| seen.calls.get(call).is_some_and(|story| !story.ends.is_empty());
        let ended = |seen: &Seen| seen.activeflows.get(activeflow).is_some_and(|story| !story.ends.is_empty());
        self.wait(until, |seen| over(seen) && ended(seen)).await
    }

    async fn wait(&self, until: Instant, ready: impl Fn(&Seen) -> bool) -> Result<bool, Failure> {
        let mut seen = self.seen.subscribe();
        match timeout_at(until.into(), seen.wait_for(|seen| seen.lost.is_some() || ready(seen))).await {
            Ok(Ok(seen)) => match &seen.lost {
                Some(why) => Err(format!("the watch of A was lost: {why}").into()),
                None => Ok(true),
            },
            // The error case cannot happen: the sender lives in self.
            Ok(Err(_)) | Err(_) => Ok(false),
        }
    }

    pub fn seen(&self) -> Ref<'_, Seen> {
        self.seen.borrow()
    }
}

async fn next<F: prost::Message + Default + Clone>(stream: &mut Streaming<Shared<F>>) -> Result<F, Status> {
    let frame = stream.message().await?.ok_or_else(|| Status::unavailable("it ended"))?;
    frame.into_message().map_err(|error| Status::internal(error.to_string()))
}

async fn read<F: prost::Message + Default + Clone>(
    mut stream: Streaming<Shared<F>>,
    seen: Arc<Sender<Seen>>,
    add: fn(&mut Seen, F),
) {
    loop {
        match next(&mut stream).await {
            Ok(frame) => seen.send_modify(|seen| add(seen, frame)),
            Err(status) => return seen.send_modify(|seen| seen.lost = Some(status.message().to_owned())),
        }
    }
}

impl Seen {
    fn add_activeflow(&mut self, frame: ActiveflowFrame) {
        let Some(event) = frame.event else { return };
        let end = (event.r#type() == ActiveflowEventType::Ended).then(|| event.end_reason());
        let sleeps = matches!(event.action.as_ref().and_then(|it| it.option.as_ref()), Some(action::Option::Sleep(_)));
        self.asleep += usize::from(event.r#type() == ActiveflowEventType::ActionStarted && sleeps);
        self.ended += usize::from(end.is_some());
        self.activeflows.entry(event.activeflow_id).or_default().add(&event.id, event.tm_create, end);
    }

    fn add_call(&mut self, frame: CallFrame) {
        let (Some(event), Some(call)) = (frame.event, frame.call) else { return };
        let end = (event.r#type() == CallEventType::Hangup).then(|| call.hangup_reason());
        self.up += usize::from(event.r#type() == CallEventType::Progressing);
        self.over += usize::from(end.is_some());
        self.calls.entry(event.call_id).or_default().add(&event.id, event.tm_create, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_or_late_is_noticed() {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let check = |events: &[(&str, i64, Option<u8>)], in_order: bool| {
            let mut story = Story::default();
            events.iter().for_each(|(id, seconds, end)| story.add(id, at(*seconds), *end));
            assert_eq!(story.in_order, in_order, "{events:?}");
        };
        check(&[("a", 1, None), ("b", 1, None), ("c", 2, Some(0))], true);
        check(&[("a", 1, None), ("a", 1, None)], false);
        check(&[("a", 2, None), ("b", 1, None)], false);
        check(&[("a", 1, Some(0)), ("b", 2, Some(0))], false);
    }
}
