//! HTTP requests of runs: `fetch`, and the `webhook_send` that waits. Each request has an id that stays the same when it is
//! repeated after a crash.

use super::Runner;
use crate::clock::Clock;
use crate::engine::check::MAX_JSON;
use crate::engine::{Ids, Input, answers, variables};
use crate::model::flow::Revision;
use crate::model::outgoing::HttpRequest;
use crate::model::run::Run;
use crate::model::telephony::OperationId;
use crate::model::variables::MAX_VALUE;
use crate::model::view;
use crate::outbound::http::{Failure, Oversize, Request, Response};
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Identifies the request to the web server; the same each time it is sent.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ringdown-request-id");

impl Runner {
    /// Sends the request in a separate task: the run sleeps meanwhile, and a slow server holds no worker.
    pub(super) fn fetch(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let answer = runner.fetched(run_id, operation, request).await;
            runner.send_input(run_id, Input::Fetched { operation, answer });
        });
    }

    pub(super) fn send(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let answer = runner.exchange(run_id, operation, &request, Oversize::Cut, MAX_VALUE).await;
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
        mut request: HttpRequest,
    ) -> Result<Arc<Revision>, String> {
        if request.method != "GET" {
            let loaded = self.load(run_id).await.ok().flatten().ok_or("gone: the activeflow no longer exists")?;
            request.data = describe(&loaded.run).to_string();
        }
        let response = self.exchange(run_id, operation, &request, Oversize::Refuse, 2 * MAX_JSON).await?;
        let mut ids = Ids::new(Clock::now(), Clock::seed());
        let revision = answers::fetched(response.status, &response.body, &mut ids)?;
        let missing = self.0.deps.available.problems("actions", revision.actions.iter().map(|it| Some(&it.option)));
        match missing.first() {
            Some(problem) => Err(format!("invalid_actions: {}: {}", problem.path, problem.description)),
            None => Ok(revision),
        }
    }

    async fn exchange(
        &self,
        run_id: Uuid,
        operation: OperationId,
        request: &HttpRequest,
        oversize: Oversize,
        max_response_bytes: usize,
    ) -> Result<Response, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| "bad_method".to_owned())?;
        let mut headers = vec![(REQUEST_ID, format!("{run_id}-{operation}"))];
        let bodiless = method == Method::GET || method == Method::HEAD;
        if !bodiless && !request.data_type.is_empty() {
            headers.push((header::CONTENT_TYPE, request.data_type.clone()));
        }
        let request = Request {
            method,
            url: request.uri.clone(),
            headers,
            body: if bodiless { Bytes::new() } else { request.data.clone().into() },
            timeout: Duration::from_millis(request.timeout_ms.max(1) as u64),
            max_response_bytes,
            oversize,
        };
        let describe = |failure: Failure| format!("{}: {failure}", failure.word());
        self.0.deps.http.send(request).await.map_err(describe)
    }
}

/// Returns the body of a `fetch` request: the activeflow, its call and its variables, as REST shows them.
fn describe(run: &Run) -> Value {
    let call = run.call().map(|call| view::call_of(run, call));
    json!({"activeflow": view::listed(run), "call": call, "variables": variables::all(run)})
}
