//! The id of every request: it is in the response, in its errors and in the log.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

pub const HEADER: &str = "x-request-id";

/// The id of a request: an extension of the HTTP request, and so of the tonic request too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Returns the id of the current request, while its handler runs or its stream is polled. None in a spawned task.
pub fn current() -> Option<String> {
    CURRENT.try_with(|id| id.0.clone()).ok()
}

/// Runs a future, in a spawned task, under the id of the current request.
pub fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let id = CURRENT.try_with(RequestId::clone).ok();
    async move {
        match id {
            Some(id) => CURRENT.scope(id, future).await,
            None => future.await,
        }
    }
}

/// Handles a request under its id.
///
/// Keeps an id that the caller chose if it is well-formed; any other text could forge lines of the log. `open` is dropped
/// when the response has ended.
pub async fn within<F: Future<Output = Response>>(
    mut request: Request,
    open: impl Send + Unpin + 'static,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let id = chosen(request.headers()).unwrap_or_else(|| RequestId(uuid::Uuid::new_v4().simple().to_string()));
    request.extensions_mut().insert(id.clone());
    let mut response = CURRENT.scope(id.clone(), answer(request)).await;
    let value = HeaderValue::from_str(&id.0).expect("an id is made of visible characters");
    response.headers_mut().insert(HEADER, value);
    // A stream creates its statuses while its body is polled, which is after this function has returned.
    response.map(|body| Body::new(Scoped { id, body, _open: open }))
}

fn chosen(headers: &HeaderMap) -> Option<RequestId> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (plain && (1..=64).contains(&id.len())).then(|| RequestId(id.to_owned()))
}

/// A body that is polled under the id of its request.
struct Scoped<T> {
    id: RequestId,
    body: Body,
    _open: T,
}

impl<T: Unpin> http_body::Body for Scoped<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let id = self.id.clone();
        CURRENT.sync_scope(id, || Pin::new(&mut self.body).poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_ids_are_kept() {
        let check = |value: &str, taken: bool| {
            let headers = HeaderMap::from_iter([(HEADER.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(chosen(&headers).is_some(), taken, "{value:?}");
        };
        check("req-1_A", true);
        check(&"a".repeat(64), true);
        check(&"a".repeat(65), false);
        check("", false);
        check("a b", false);
        check("a\u{e4}", false);
        assert_eq!(chosen(&HeaderMap::new()), None);
    }
}
