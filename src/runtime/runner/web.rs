//! HTTP requests of runs: `fetch`, and the `webhook_send` that waits. They are signed like webhooks. Each has an id that stays
//! the same when it is repeated after a crash.

use super::Runner;
use super::mailbox::Item;
use crate::clock::Clock;
use crate::engine::check::MAX_JSON;
use crate::engine::{Ids, Input, MAX_LISTS, answers, variables};
use crate::memory::Taken;
use crate::model::flow::Revision;
use crate::model::outgoing::HttpRequest;
use crate::model::run::{Run, WaitKind};
use crate::model::telephony::OperationId;
use crate::model::variables::MAX_VALUE;
use crate::model::view;
use crate::outbound::http::{Content, Oversize, Purpose, Request, Response};
use crate::outbound::webhook::{self, Secret};
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Identifies the request to the web server; the same each time it is sent.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ringdown-request-id");

/// How many times the bytes of its JSON a list of small actions weighs, at most.
const LIST_WEIGHT: usize = 64;

/// A response of this many bytes is read on another thread.
const LARGE: usize = 32 * 1024;

/// Large responses that are read at the same time.
static LARGE_RESPONSES: Semaphore = Semaphore::const_new(1);

impl Runner {
    /// Sends the request in a separate task: the run sleeps meanwhile, and a slow server holds no worker.
    pub(super) fn fetch(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let (answer, bytes) = match runner.fetched(run_id, operation, request).await {
                Ok((revision, bytes)) => (Ok(revision), Some(bytes)),
                Err(reason) => (Err(reason), None),
            };
            let input = Box::new(Input::Fetched { operation, answer });
            runner.post(run_id, Item::Large { input, bytes });
        });
    }

    pub(super) fn send(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let answer = runner.exchange(run_id, operation, request, Oversize::Cut, MAX_VALUE).await;
            runner.send_input(
                run_id,
                Input::Sent { operation, answer: answer.map(|it| answers::sent(it.status, &it.body)) },
            );
        });
    }

    async fn fetched(
        &self,
        run_id: Uuid,
        operation: OperationId,
        request: HttpRequest,
    ) -> Result<(Arc<Revision>, Taken), String> {
        let response = self.exchange(run_id, operation, request, Oversize::Refuse, 2 * MAX_JSON).await?;
        // Taken before the list is built, and given back when the run has taken its step.
        let bytes = self.0.inputs.take((LIST_WEIGHT * response.body.len()).min(MAX_LISTS / 2)).await;
        let revision = read_actions(response).await?;
        let missing = self.0.deps.available.problems("actions", revision.actions.iter().map(|it| Some(&it.option)));
        match missing.first() {
            Some(problem) => Err(format!("invalid_actions: {}: {}", problem.path, problem.description)),
            None => Ok((revision, bytes)),
        }
    }

    async fn exchange(
        &self,
        run_id: Uuid,
        operation: OperationId,
        request: HttpRequest,
        oversize: Oversize,
        max_response_bytes: usize,
    ) -> Result<Response, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| "bad_method".to_owned())?;
        let loaded = self.read(run_id, || self.load(run_id)).await?.ok_or(GONE)?;
        let customer_id = loaded.run.info.customer_id;
        let account = self.read(run_id, || self.0.deps.customers.account(customer_id)).await?;
        let (data_type, bodiless) = (request.data_type, method == Method::GET || method == Method::HEAD);
        let request = Request {
            account,
            purpose: Purpose::Flow,
            method,
            url: request.uri,
            headers: Vec::new(),
            body: Bytes::new(),
            timeout: Duration::from_millis(request.timeout_ms.max(1) as u64),
            max_response_bytes,
            oversize,
        };
        // Thousands may wait for their turn: they do so without their bodies.
        drop(loaded);
        let prepare = async {
            let body = if bodiless { Bytes::new() } else { self.body(run_id, operation).await? };
            let content_type = Some(data_type).filter(|it| !bodiless && !it.is_empty());
            self.signed((run_id, customer_id), format!("{run_id}-{operation}"), content_type, body).await
        };
        self.0.deps.http.send_prepared(request, prepare).await
    }

    /// Reads what a request needs, as soon as the store can be reached: an action does not fail because it could not be for a
    /// while.
    async fn read<T, F>(&self, run_id: Uuid, read: impl Fn() -> F) -> Result<T, String>
    where
        F: Future<Output = crate::error::Result<T>>,
    {
        let read = self.insist("a request of an action", run_id, read).await;
        read.map_err(|error| format!("unavailable: {error}"))
    }

    /// Returns the body of the request that a run waits for.
    async fn body(&self, run_id: Uuid, operation: OperationId) -> Result<Bytes, String> {
        let loaded = self.read(run_id, || self.load(run_id)).await?.ok_or(GONE)?;
        match loaded.run.wait.as_ref().map(|wait| &wait.kind) {
            Some(WaitKind::Fetch { operation: awaited, .. }) if *awaited == operation => {
                Ok(describe(&loaded.run).to_string().into())
            }
            Some(WaitKind::Send { operation: awaited, request }) if *awaited == operation => {
                Ok(request.data.clone().into())
            }
            _ => Err("gone: the activeflow no longer waits for the response".to_owned()),
        }
    }

    /// Signs a request like a webhook. Its id is the same each time it is sent.
    async fn signed(
        &self,
        (run_id, customer_id): (Uuid, Uuid),
        id: String,
        content_type: Option<String>,
        body: Bytes,
    ) -> Result<Content, String> {
        let now = Clock::now();
        let secrets = self.read(run_id, || self.0.deps.customers.secrets(customer_id, now)).await?;
        let secrets = Secret::all(&secrets).ok_or("unavailable: the customer has no secret to sign it with")?;
        let mut headers = webhook::headers(&secrets, &id, now.0.div_euclid(1_000_000), &body);
        headers.push((REQUEST_ID, id));
        headers.extend(content_type.map(|content_type| (header::CONTENT_TYPE, content_type)));
        Ok(Content { headers, body })
    }
}

const GONE: &str = "gone: the activeflow no longer exists";

/// Reads and checks the actions of a response; a large one on a thread of its own, because it takes milliseconds.
async fn read_actions(response: Response) -> Result<Arc<Revision>, String> {
    let large = response.body.len() >= LARGE;
    let mut ids = Ids::new(Clock::now(), Clock::seed());
    let mut read = move || answers::fetched(response.status, &response.body, &mut ids);
    if !large {
        return read();
    }
    let internal = |error: tokio::task::JoinError| format!("internal: {error}");
    let _permit = LARGE_RESPONSES.acquire().await.map_err(|error| format!("internal: {error}"))?;
    tokio::task::spawn_blocking(read).await.map_err(internal)?
}

/// Returns the body of a `fetch` request: the activeflow, its call and its variables, as REST shows them.
fn describe(run: &Run) -> Value {
    let call = run.call().map(|call| view::call_of(run, call));
    json!({"activeflow": view::listed(run), "call": call, "variables": variables::all(run)})
}
