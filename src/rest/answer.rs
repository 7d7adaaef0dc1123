//! Bodies of responses.

use super::conditional::etag;
use crate::error::Error;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, ETAG};
use serde::Serialize;

/// The body of a response, or an error.
pub type Body = Result<Encoded, Error>;

/// The encoded body of a response.
pub struct Encoded {
    bytes: Vec<u8>,
    content_type: &'static str,
    /// Set for a resource with a revision.
    pub etag: Option<HeaderValue>,
}

impl IntoResponse for Encoded {
    fn into_response(self) -> Response {
        let mut response = ([(CONTENT_TYPE, self.content_type)], self.bytes).into_response();
        if let Some(etag) = self.etag {
            response.headers_mut().insert(ETAG, etag);
        }
        response
    }
}

pub fn json(value: &impl Serialize) -> Body {
    let bytes = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(Encoded { bytes, content_type: "application/json", etag: None })
}

/// Returns a file as it is.
pub fn file(bytes: Vec<u8>, content_type: &'static str) -> Body {
    Ok(Encoded { bytes, content_type, etag: None })
}

/// Encodes a resource with the `ETag` of its revision. A response stored under an idempotency key by an older version
/// has no revision and gets no `ETag`.
pub fn tagged(resource: &impl Serialize, revision: i64) -> Body {
    Ok(Encoded { etag: (revision > 0).then(|| etag(revision)), ..json(resource)? })
}

/// Encodes a list, or its only element if the request gave a single element in place of a list.
pub fn list_or_single<T: Serialize>(list: &[T], single: bool) -> Body {
    match list {
        [one] if single => json(one),
        list => json(&list),
    }
}
