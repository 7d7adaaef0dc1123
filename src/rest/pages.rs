//! Serves the OpenAPI document and the page that shows it. All files of the page are embedded in the binary.

use super::openapi;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use std::sync::LazyLock;

/// The page connects only to this server and loads nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi::document().to_string());

pub fn router() -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/docs") }))
        .route("/docs", get(|| async { file("text/html; charset=utf-8", include_str!("docs/page.html")) }))
        .route("/docs/page.js", get(|| async { file("text/javascript; charset=utf-8", include_str!("docs/page.js")) }))
        .route("/docs/page.css", get(|| async { file("text/css; charset=utf-8", include_str!("docs/page.css")) }))
        .route("/v1.0/openapi.json", get(|| async { file("application/json", DOCUMENT.as_str()) }))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The next version of the binary may have another file.
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
