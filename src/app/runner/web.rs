//! What runs ask of web servers: `fetch` and the `webhook_send` that waits. Each request carries an id that stays the same
//! when it is repeated after a crash.

use super::Runner;
use crate::app::clock::Clock;
use crate::app::{activeflows, calls};
use crate::engine::check::{MAX_JSON, check_actions};
use crate::engine::{Ids, Input, SentWebhook, variables};
use crate::model::flow::Revision;
use crate::model::outgoing::HttpRequest;
use crate::model::run::Run;
use crate::model::telephony::OperationId;
use crate::model::variables::MAX_VALUE;
use crate::outbound::http::{Failure, Oversize, Request, Response};
use crate::proto;
use bytes::Bytes;
use http::{HeaderName, Method, header};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Tells a web server which request this is; the same each time that it is sent.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ringdown-request-id");

impl Runner {
    /// Asks in a task of its own: the run sleeps meanwhile, and a slow server keeps no worker.
    pub(super) fn fetch(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let answer = runner.fetched(run_id, operation, request).await;
            runner.tell(run_id, Input::Fetched { operation, answer });
        });
    }

    pub(super) fn send(&self, run_id: Uuid, operation: OperationId, request: HttpRequest) {
        let runner = self.clone();
        tokio::spawn(async move {
            let answer = runner.exchange(run_id, operation, &request, Oversize::Cut, MAX_VALUE).await;
            runner.tell(run_id, Input::Sent { operation, answer: answer.map(sent) });
        });
    }

    async fn fetched(
        &self,
        run_id: Uuid,
        operation: OperationId,
        mut request: HttpRequest,
    ) -> Result<Arc<Revision>, String> {
        if request.method != "GET" {
            let loaded = self.load(run_id).await.ok().flatten().ok_or("gone: the activeflow is not there any more")?;
            request.data = told(&loaded.run).to_string();
        }
        let response = self.exchange(run_id, operation, &request, Oversize::Refuse, 2 * MAX_JSON).await?;
        if !(200..300).contains(&response.status) {
            return Err(format!("status: the server answered {}", response.status));
        }
        let actions = read_actions(&response.body).map_err(|problem| format!("invalid_actions: {problem}"))?;
        let mut ids = Ids::new(Clock::now(), Clock::seed());
        let checked = check_actions(&actions, "actions", || ids.next_id());
        let actions = checked.map_err(|problems| match problems.first() {
            Some(first) => format!("invalid_actions: {}: {}", first.path, first.description),
            None => "invalid_actions".to_owned(),
        })?;
        Ok(Arc::new(Revision::new(ids.next_id(), Uuid::nil(), 0, Uuid::nil(), actions)))
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
        let told = |failure: Failure| format!("{}: {failure}", failure.word());
        self.0.parts.http.send(request).await.map_err(told)
    }
}

/// What a server that is asked for actions is told: the activeflow, its call and its variables, as REST shows them.
fn told(run: &Run) -> Value {
    let call = run.call().map(|call| calls::shown(run, call));
    json!({"activeflow": activeflows::listed(run), "call": call, "variables": variables::all(run)})
}

/// A list of actions, bare or as `{"actions": […]}`.
fn read_actions(body: &[u8]) -> Result<Vec<proto::Action>, String> {
    let json: Value = serde_json::from_slice(body).map_err(|_| "the answer is not JSON".to_owned())?;
    let list = match json {
        Value::Array(_) => json!({"actions": json}),
        Value::Object(_) => json,
        _ => return Err("expected a list of actions".to_owned()),
    };
    let read: proto::PushActionsRequest = proto::json::read(list).map_err(|fault| fault.to_string())?;
    Ok(read.actions)
}

/// The answer as variables can hold it. Only a JSON object of strings under `variables` sets variables.
fn sent(response: Response) -> SentWebhook {
    let body = String::from_utf8_lossy(&response.body).replace('\0', "");
    let json: Option<Value> = serde_json::from_str(&body).ok();
    let set = json.as_ref().and_then(|json| json.get("variables")).and_then(Value::as_object);
    let variables: BTreeMap<String, String> = set
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let mut end = body.len().min(MAX_VALUE);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    SentWebhook { status: response.status, body: body[..end].to_owned(), variables }
}
