//! The web pages of other origins that may call the API.

use http::{HeaderName, HeaderValue, Method, Request, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may cache a preflight response.
const MAX_AGE: Duration = Duration::from_secs(2 * 60 * 60);

/// The headers that a page may send.
const REQUEST_HEADERS: [HeaderName; 11] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-user-agent"),
    HeaderName::from_static("connect-protocol-version"),
];

/// The headers that a page may read.
const RESPONSE_HEADERS: [HeaderName; 6] = [
    header::ETAG,
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-ringdown-warnings"),
];

/// Whether a request can come from a web page. A browser sends `Origin` or speaks REST; native gRPC is neither, and its
/// responses go without the headers for browsers.
pub fn concerns<B>(request: &Request<B>) -> bool {
    let native = |kind: &HeaderValue| {
        let kind = kind.as_bytes().strip_prefix(b"application/grpc");
        kind.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
    };
    request.headers().contains_key(header::ORIGIN) || !request.headers().get(header::CONTENT_TYPE).is_some_and(native)
}

/// Lets pages of these origins call; none: of no other origin. `*` means any.
///
/// Cookies are not shared (`Access-Control-Allow-Credentials` is not sent), since they are ignored for other origins
/// anyway.
pub fn layer(origins: &[String]) -> CorsLayer {
    let origins = match origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())),
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(REQUEST_HEADERS)
        .expose_headers(RESPONSE_HEADERS)
        .max_age(MAX_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_grpc_is_no_web_page() {
        let concerns = |headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
            concerns(&request.body(()).unwrap())
        };
        assert!(!concerns(&[("content-type", "application/grpc")]));
        assert!(!concerns(&[("content-type", "application/grpc+proto")]));
        assert!(concerns(&[("content-type", "application/grpc"), ("origin", "https://a.example")]));
        assert!(concerns(&[("content-type", "application/grpc-web+proto")]));
        assert!(concerns(&[("content-type", "application/json")]) && concerns(&[]));
    }
}
