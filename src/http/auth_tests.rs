use super::*;
use axum::body::Body;

fn request(uri: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn shown(credential: Option<Credential>) -> String {
    match credential {
        Some(Credential::Bearer(it)) => format!("bearer {it}"),
        Some(Credential::Jwt(it)) => format!("jwt {it}"),
        Some(Credential::AccessKey(it)) => format!("key {it}"),
        None => "nothing".to_owned(),
    }
}

#[test]
fn credentials_are_found_in_their_order() {
    #[track_caller]
    fn check(uri: &str, headers: &[(&str, &str)], expect: &str) {
        assert_eq!(shown(take_credential(&mut request(uri, headers))), expect);
    }
    let (bearer, cookie) = (("authorization", "Bearer a"), ("cookie", "x=y; token=c"));
    check("/v1.0/calls?token=b&accesskey=d", &[bearer, cookie], "bearer a");
    check("/v1.0/calls?accesskey=d&token=b", &[cookie], "jwt b");
    check("/v1.0/calls?accesskey=d", &[cookie], "jwt c");
    check("/v1.0/calls?accesskey=d", &[], "key d");
    check("/v1.0/calls", &[], "nothing");
    check("/v1.0/calls?token=&accesskey=", &[("authorization", "Basic a"), ("cookie", "token=")], "nothing");
    check("/v1.0/calls", &[("authorization", "bEARER  a ")], "bearer a");
    check("/v1.0/calls?%74oken=b%20c", &[], "jwt b c");
    check("/v1.0/calls", &[("cookie", "a=b"), ("cookie", "token=\"c\"")], "jwt c");
}

#[test]
fn credentials_are_removed_from_the_request() {
    #[track_caller]
    fn check(uri: &str, expect: &str) {
        let mut request = request(uri, &[("authorization", "Bearer a"), ("cookie", "token=c"), ("x-other", "kept")]);
        let noted = OriginalUri(request.uri().clone());
        request.extensions_mut().insert(noted);
        take_credential(&mut request);
        assert_eq!(request.uri().to_string(), expect);
        assert_eq!(request.extensions().get::<OriginalUri>().unwrap().0, *request.uri());
        assert_eq!(request.headers().keys().collect::<Vec<_>>(), ["x-other"]);
    }
    check("/v1.0/calls?token=b", "/v1.0/calls");
    check("/v1.0/calls?a=1&token=b&c=%20&accesskey=d&token=e", "/v1.0/calls?a=1&c=%20");
    check("/v1.0/calls?page_token=x", "/v1.0/calls?page_token=x");
    check("http://host:80/v1.0/calls?%74oken=b&%zz", "http://host:80/v1.0/calls?%zz");
}

#[test]
fn a_cookie_counts_only_for_the_same_origin() {
    #[track_caller]
    fn check(headers: &[(&str, &str)], expect: bool) {
        let headers: Vec<_> =
            headers.iter().copied().chain([("host", "ring.example:8080"), ("cookie", "token=c")]).collect();
        assert_eq!(take_credential(&mut request("/v1.0/calls", &headers)).is_some(), expect, "{headers:?}");
    }
    check(&[], true);
    check(&[("sec-fetch-site", "same-origin")], true);
    check(&[("sec-fetch-site", "none")], true);
    check(&[("sec-fetch-site", "same-site")], false);
    check(&[("sec-fetch-site", "cross-site")], false);
    check(&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], false);
    check(&[("origin", "http://ring.example:8080")], true);
    check(&[("origin", "https://RING.example:8080")], true);
    check(&[("origin", "http://ring.example")], false);
    check(&[("origin", "http://ring.example:8080.evil.example")], false);
    check(&[("origin", "null")], false);
    let here = |host: &'static str, origin: &'static str| {
        same_origin(request("/", &[]).uri(), request("/", &[("host", host), ("origin", origin)]).headers())
    };
    assert!(here("a.example:443", "https://a.example") && here("a.example", "https://a.example"));
    assert!(!here("a.example:443", "http://a.example"));
    // HTTP/2 has no Host header: the authority is in the address.
    let h2 = request("https://a.example/v1.0/calls", &[("origin", "https://a.example")]);
    assert!(same_origin(h2.uri(), h2.headers()));
}

#[test]
fn open_paths_need_no_credential() {
    for path in ["/", "/docs", "/docs/page.js", "/healthz", "/grpc.health.v1.Health/Check", "/v1.0/openapi.json"] {
        assert!(is_open(path), "{path}");
    }
    for path in ["/v1.0/calls", "/docsx", "/ringdown.v1.CallService/GetCall", "/healthz/x", "/metricsx", ""] {
        assert!(!is_open(path), "{path}");
    }
}

#[test]
fn an_rpc_without_the_layer_is_refused() {
    assert_eq!(caller(&tonic::Request::new(())).unwrap_err().reason, Reason::AuthenticationRequired);
}

#[test]
fn of_the_providers_only_the_inbox_of_messages_is_open() {
    assert!(is_open("/v1.0/providers/http/messages") && is_open("/docs/page.js"));
    for closed in [
        "/v1.0/providers",
        "/v1.0/providers/",
        "/v1.0/providers/6f18ae1c-ddf8-413b-9572-ad30574604ef",
        "/v1.0/providers/http/messages/",
        "/v1.0/providers/a/b/messages",
        "/v1.0/providers/messages",
        "/v1.0/calls/http/messages",
    ] {
        assert!(!is_open(closed), "{closed}");
    }
}
