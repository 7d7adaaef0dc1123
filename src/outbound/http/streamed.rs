//! Responses whose bodies are read piece by piece, as they arrive.

use super::{Content, Failure, Http, Place, Request, failed, text};
use bytes::Bytes;
use http::header;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The time limits of a body.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For each piece.
    pub idle: Duration,
    /// From the request to the end of the body.
    pub total: Duration,
}

/// A response with any status, whose body is still to be read. It has its place until it is dropped.
pub struct Streamed {
    pub status: u16,
    pub content_type: Option<String>,
    /// The Retry-After header, unparsed.
    pub retry_after: Option<String>,
    answer: reqwest::Response,
    host: String,
    port: u16,
    /// The most bytes of the body, and how many of them may still come.
    limit: usize,
    left: usize,
    idle: Duration,
    end: Instant,
    _place: Place,
}

impl Http {
    /// Sends a request and waits for the beginning of the response. The time limit of the request covers that, `pace` the
    /// rest. The request's limit of bytes applies to the body; [`Oversize`](super::Oversize) does not, since the caller has
    /// what came before a failure.
    pub async fn open(&self, mut request: Request, pace: Pace) -> Result<Streamed, Failure> {
        let begun = Instant::now();
        let (deadline, end) = (begun + request.timeout, begun + pace.total);
        let (url, host) = self.target(&request.url, &request.account.allow)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let content =
            Content { headers: std::mem::take(&mut request.headers), body: std::mem::take(&mut request.body) };
        let place = self.place(&request, &host, deadline).await?;
        let answer = self.begin(&request, url, &host, content, deadline).await?;
        let limit = request.max_response_bytes;
        Ok(Streamed {
            status: answer.status().as_u16(),
            content_type: text(answer.headers(), header::CONTENT_TYPE),
            retry_after: text(answer.headers(), header::RETRY_AFTER),
            answer,
            host,
            port,
            limit,
            left: limit,
            idle: pace.idle,
            end,
            _place: place,
        })
    }
}

impl Streamed {
    /// Waits for the next piece of the body. `None` is its end. After a failure nothing more comes.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let deadline = (Instant::now() + self.idle).min(self.end);
        let piece =
            timeout_at(deadline, self.answer.chunk()).await.map_err(|_| Failure::Timeout { after: self.idle })?;
        let Some(piece) = piece.map_err(|error| failed(&error, &self.host, self.port))? else { return Ok(None) };
        self.left = self.left.checked_sub(piece.len()).ok_or(Failure::TooLarge { limit: self.limit })?;
        Ok(Some(piece))
    }
}
