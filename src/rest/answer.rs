//! Bodies of responses.

use super::conditional::etag;
use crate::error::Error;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, ETAG};
use serde::Serialize;

/// The body of a response, or an error.
pub type Body = Result<Json, Error>;

/// The encoded body of a response.
pub struct Json {
    bytes: Vec<u8>,
    /// Set for a resource with a revision.
    pub etag: Option<HeaderValue>,
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        let mut response = ([(CONTENT_TYPE, "application/json")], self.bytes).into_response();
        if let Some(etag) = self.etag {
            response.headers_mut().insert(ETAG, etag);
        }
        response
    }
}

pub fn json(value: &impl Serialize) -> Body {
    let bytes = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(Json { bytes, etag: None })
}

/// Encodes a resource with the `ETag` of its revision. A response stored under an idempotency key by an older version
/// has no revision and gets no `ETag`.
pub fn tagged(resource: &impl Serialize, revision: i64) -> Body {
    Ok(Json { etag: (revision > 0).then(|| etag(revision)), ..json(resource)? })
}

/// Encodes a list, or its only element if the request gave a single element in place of a list.
pub fn list_or_single<T: Serialize>(list: &[T], single: bool) -> Body {
    match list {
        [one] if single => json(one),
        list => json(&list),
    }
}
