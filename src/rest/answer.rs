//! Bodies of answers.

use crate::error::Error;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde::Serialize;

/// A body, or why there is none.
pub type Body = Result<Json, Error>;

/// The encoded body of an answer.
pub struct Json(Vec<u8>);

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

pub fn json(value: &impl Serialize) -> Body {
    serde_json::to_vec(value).map(Json).map_err(Error::internal)
}

/// A list; where the request gave one in place of a list, the one.
pub fn list_or_single<T: Serialize>(list: &[T], single: bool) -> Body {
    match list {
        [one] if single => json(one),
        list => json(&list),
    }
}
