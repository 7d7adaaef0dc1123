//! A provider that accepts JSON over HTTP: the operator's own gateway, or a small adapter for any other provider.
//!
//! `POST <url>` with `Authorization: Bearer <token>`, `Idempotency-Key: <id>` and
//! `{"id": …, "source": …, "destination": …, "text": …}`. Any 2xx means "sent"; the `id` of a JSON response becomes the
//! provider's id of the message. The operator chooses the URL, but the guard applies to it as to those of customers: an
//! internal gateway must be allowed.

use super::super::http::{Account, Http, Oversize, Purpose, Request, Response};
use super::{Failure, Provider, ProviderId, Sms};
use async_trait::async_trait;
use http::{HeaderName, Method, header};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The maximum number of bytes read of a response, and of characters kept of the id in it.
const LONGEST_ANSWER: usize = 16 * 1_024;
const LONGEST_ID: usize = 200;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

#[derive(Clone)]
pub struct Config {
    pub url: String,
    /// Sent with every request as a bearer token, and never logged.
    pub token: Option<String>,
    pub timeout: Duration,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("url", &self.url).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

pub struct Generic {
    http: Arc<Http>,
    config: Config,
}

impl Generic {
    pub fn new(http: Arc<Http>, config: Config) -> Generic {
        Generic { http, config }
    }
}

#[async_trait]
impl Provider for Generic {
    async fn send(&self, sms: Sms) -> Result<ProviderId, Failure> {
        let Sms { id, source, destination, text } = &sms;
        let body = serde_json::json!({ "id": id, "source": source, "destination": destination, "text": text });
        let mut headers =
            vec![(header::CONTENT_TYPE, "application/json".to_owned()), (IDEMPOTENCY_KEY, id.to_string())];
        headers.extend(self.config.token.iter().map(|token| (header::AUTHORIZATION, format!("Bearer {token}"))));
        let request = Request {
            account: Account::operator(),
            purpose: Purpose::Delivery,
            method: Method::POST,
            url: self.config.url.clone(),
            headers,
            body: body.to_string().into(),
            timeout: self.config.timeout,
            max_response_bytes: LONGEST_ANSWER,
            oversize: Oversize::Cut,
        };
        match self.http.send(request).await {
            Ok(answer) => taken(&answer, &sms),
            Err(failure) if failure.may_have_gone_out() => Err(Failure::Unknown(failure.to_string())),
            Err(failure) => Err(Failure::Unreachable(failure)),
        }
    }
}

fn taken(answer: &Response, sms: &Sms) -> Result<ProviderId, Failure> {
    match answer.status {
        200..=299 => Ok(named(&answer.body).unwrap_or_else(|| ProviderId(sms.id.to_string()))),
        status @ (408 | 425 | 429 | 503) => Err(Failure::Busy { status }),
        status @ 400..=499 => Err(Failure::Refused { status }),
        // A gateway that fails (500, 502, 504) may have forwarded the message before.
        status => Err(Failure::Unknown(format!("The provider answered with status {status}."))),
    }
}

/// Returns the `id` of a response, a string or a number.
fn named(body: &[u8]) -> Option<ProviderId> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    let id = match answer.get("id")? {
        serde_json::Value::String(id) if !id.is_empty() => id.chars().take(LONGEST_ID).collect(),
        serde_json::Value::Number(id) => id.to_string(),
        _ => return None,
    };
    Some(ProviderId(id))
}
