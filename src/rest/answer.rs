//! Bodies of answers.

use super::conditional::etag;
use crate::error::Error;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, ETAG};
use serde::Serialize;

/// A body, or why there is none.
pub type Body = Result<Json, Error>;

/// The encoded body of an answer.
pub struct Json {
    bytes: Vec<u8>,
    /// Set for a resource that has one.
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

/// A resource with the `ETag` of its revision. An answer that was kept under an idempotency key may be of a time before these.
pub fn tagged(resource: &impl Serialize, revision: i64) -> Body {
    Ok(Json { etag: (revision > 0).then(|| etag(revision)), ..json(resource)? })
}

/// A list; where the request gave one in place of a list, the one.
pub fn list_or_single<T: Serialize>(list: &[T], single: bool) -> Body {
    match list {
        [one] if single => json(one),
        list => json(&list),
    }
}
