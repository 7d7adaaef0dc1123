//! The work of the server that is killed.

use super::watcher::Watcher;
use crate::cli::Failure;
use crate::cli::connect::{Server, Spoken};
use futures::stream::{self, StreamExt, TryStreamExt};
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::*;
use std::time::{Duration, Instant};
use tokio::time::timeout_at;

/// The maximum number of concurrent requests.
const AT_ONCE: usize = 32;
/// The time for the setup: this, plus a time per call and per sleeping activeflow.
const SETUP: Duration = Duration::from_secs(3);
const PER_CALL: Duration = Duration::from_millis(10);
const PER_SLEEPER: Duration = Duration::from_millis(5);
/// How long after the kill the first sleeps end: before another server can have noticed it.
const EARLY: Duration = Duration::from_secs(1);
/// How much later the other sleeps end: when another server has taken over.
const LATE: Duration = Duration::from_secs(6);
/// Longer than any test.
const ECHO_MS: i32 = 3_600_000;

const SOURCE: &str = "+15550000000";
/// Answers and listens.
const LISTENER: &str = "+15550000001";
const BUSY: &str = "+15550000002";

pub struct Plan {
    calls: u32,
    sleeping: u32,
    /// When the first sleeps end.
    wake: Instant,
}

/// The work that the server received, by ids.
pub struct Given {
    /// Calls, each with its activeflow.
    pub calls: Vec<(String, String)>,
    /// Activeflows whose sleep ends before the takeover.
    pub to_wake: Vec<String>,
    /// Activeflows whose sleep ends after the takeover.
    pub to_sleep_on: Vec<String>,
}

impl Plan {
    /// Creates a plan that starts now.
    pub fn new(calls: u32, sleeping: u32) -> Plan {
        let wake = Instant::now() + SETUP + PER_CALL * calls + PER_SLEEPER * sleeping;
        Plan { calls, sleeping, wake }
    }

    /// Returns when the server must be killed.
    pub fn kill(&self) -> Instant {
        self.wake - EARLY
    }
}

/// Gives a server its work. Returns when the watcher has received that all of it is in the intended state.
pub async fn give(server: &Server, plan: &Plan, watcher: &Watcher) -> Result<Given, Failure> {
    let until = plan.kill();
    let slow = "the setup took too long: use fewer --calls and --sleeping";
    let spoken = server.spoken()?;
    let given = timeout_at(until.into(), async {
        let calls = stream::iter(0..plan.calls).map(|_| call(spoken.clone(), LISTENER, echo()));
        let calls = calls.buffer_unordered(AT_ONCE).try_collect().await?;
        let asleep = |count: u32, wake: Instant| {
            stream::iter(0..count).map(move |_| sleeper(spoken.clone(), wake)).buffer_unordered(AT_ONCE).try_collect()
        };
        let half = plan.sleeping / 2;
        let to_wake = asleep.clone()(half, plan.wake).await?;
        let to_sleep_on = asleep(plan.sleeping - half, plan.wake + LATE).await?;
        Ok::<_, Failure>(Given { calls, to_wake, to_sleep_on })
    });
    let given = given.await.map_err(|_| slow)??;
    match watcher.has_seen(until, plan.calls as usize, plan.sleeping as usize).await? {
        true => Ok(given),
        false => Err(slow.into()),
    }
}

/// Makes a call that ends at once, and returns its id and the id of its activeflow.
pub async fn short_call(server: &Server) -> Result<(String, String), Failure> {
    call(server.spoken()?, BUSY, action::Option::Hangup(HangupOption::default())).await
}

fn echo() -> action::Option {
    action::Option::Echo(EchoOption { duration: Some(ECHO_MS) })
}

async fn call(spoken: Spoken, target: &str, option: action::Option) -> Result<(String, String), Failure> {
    let address = |target: &str| Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Address::default() };
    let request = CreateCallsRequest {
        source: Some(address(SOURCE)),
        destinations: vec![address(target)],
        actions: vec![Action { option: Some(option), ..Action::default() }],
        ..Default::default()
    };
    let made = CallServiceClient::new(spoken).create_calls(request).await?.into_inner().calls;
    let call = made.into_iter().next().ok_or("no call was made")?;
    Ok((call.id, call.activeflow_id))
}

/// Creates an activeflow that sleeps until `wake`.
async fn sleeper(spoken: Spoken, wake: Instant) -> Result<String, Failure> {
    let ms = wake.saturating_duration_since(Instant::now()).as_millis();
    let sleep = action::Option::Sleep(SleepOption { duration: Some(i32::try_from(ms)?) });
    let actions = vec![Action { option: Some(sleep), ..Action::default() }];
    let request = CreateActiveflowRequest { actions, ..Default::default() };
    let made = ActiveflowServiceClient::new(spoken).create_activeflow(request).await?.into_inner().activeflow;
    Ok(made.ok_or("no activeflow was made")?.id)
}
