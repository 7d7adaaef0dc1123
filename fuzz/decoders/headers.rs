//! Headers: credentials, addresses of clients, ranges, tokens of watches.

use super::service::{self, SECRET};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use ringdown::http::client_address::{ClientAddress, TrustedProxies, network};
use ringdown::rest::{RequestedRange, requested};
use ringdown::watch::Token;
use sha2::Sha256;
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

/// A log that tokens are of: that of the tests of `src/watch/token.rs`.
const LOG: Uuid = Uuid::from_u128(77);

/// An address that hardly any other input has: attempts are counted by it.
fn from(data: &[u8]) -> u32 {
    data.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Lines as `name: value`; what HTTP does not allow is left out.
fn lines(data: &[u8]) -> HeaderMap {
    let pair = |line: &[u8]| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?;
        Some((HeaderName::from_bytes(&line[..at]).ok()?, value))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in data.split(|byte| *byte == b'\n').filter_map(pair) {
        headers.append(name, value);
    }
    headers
}

/// The target of a request, and its headers.
pub const CREDENTIALS: &[&[u8]] = &[
    b"/v1.0/calls?token=a.b.c&page_size=1\n",
    b"/v1.0/calls?%74oken=a&accesskey=rd_x\nauthorization: Basic abc\n",
    b"/v1.0/calls\nauthorization: Bearer rd_x\n",
    b"/v1.0/calls\nauthorization: bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.AAAA\n",
    b"http://a.example/v1.0/calls\ncookie: a=b; token=\"a.b.c\"\nhost: a.example\norigin: https://a.example:443\n",
    b"/v1.0/calls\ncookie: token=a.b.c\nsec-fetch-site: same-origin\n",
];

pub fn credentials(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let Some(uri) = std::str::from_utf8(&data[..end]).ok().and_then(|uri| uri.parse().ok()) else { return };
    let mut request = Request::new(Body::empty());
    (*request.uri_mut(), *request.headers_mut()) = (uri, lines(&data[end..]));
    assert!(!service::admit(&mut request, from(data)), "nobody has such a credential");
    let left = [header::AUTHORIZATION, header::COOKIE].into_iter().find(|name| request.headers().contains_key(name));
    assert_eq!(left, None, "no credential is left for others to read");
}

/// Stands for the customer that there is.
const SOMEBODY: &str = "00000000-0000-0000-0000-000000000001";

/// The claims of a token; before a NUL, its header.
pub const CLAIMS: &[&[u8]] = &[
    br#"{"customer_id": "00000000-0000-0000-0000-000000000001", "exp": 9999999999.5, "iat": 1, "role": "read"}"#,
    br#"{"customer_id": "00000000-0000-0000-0000-000000000001", "key_id": "0", "exp": 1e300}"#,
    b"{\"alg\": \"none\"}\0{\"exp\": -1, \"nbf\": 7}",
    b"{\"alg\": \"HS256\", \"typ\": \"JWT\", \"crit\": [\"b64\"], \"b64\": false}\0{}",
];

/// Claims that are signed, as whoever has the secret makes them.
pub fn jwt_claims(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == 0);
    let (header, claims) = at.map_or((&b"{\"alg\":\"HS256\"}"[..], data), |at| (&data[..at], &data[at + 1..]));
    let claims = String::from_utf8_lossy(claims).replace(SOMEBODY, service::customer_id());
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("HMAC takes keys of any length");
    mac.update(signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    let mut request = Request::get("/v1.0/calls").body(Body::empty()).expect("a request");
    let bearer = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    if service::admit(&mut request, from(data)) {
        // Escapes in JSON may spell it otherwise, and a UUID has several forms.
        let plain = claims.to_lowercase().replace('-', "");
        assert!(plain.contains('\\') || plain.contains(&service::customer_id().replace('-', "")), "{claims}");
    }
}

pub const FORWARDED: &[&[u8]] = &[
    b"x-forwarded-for: 198.51.100.1, 10.0.0.7:80\n",
    b"forwarded: for=\"[2001:db8::1]:4711\";proto=https, For=10.1.1.1\nx-forwarded-for: 2001:db8::1\n",
    b"forwarded: for=unknown, for=_hidden\nx-real-ip: 1.1.1.1\n",
    b"x-forwarded-for: ::ffff:10.0.0.1\nx-forwarded-for: 127.0.0.1\n",
];

pub fn client_addresses(data: &[u8]) {
    let headers = lines(data);
    let peer = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let nobody = ClientAddress::of(peer, &headers, &TrustedProxies::new(&[]));
    assert_eq!(nobody.ip(), peer, "without a proxy that is trusted, the headers do not count");
    let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().expect("a network")]);
    let client = ClientAddress::of(peer, &headers, &proxies);
    assert_eq!(network(client.network()), client.network());
    assert_eq!(client.ip(), client.ip().to_canonical());
    assert!(headers.is_empty() || !client.is_local(&headers) || !headers.contains_key("x-forwarded-for"));
}

pub const RANGES: &[&[u8]] =
    &[b"bytes=0-499", b"bytes=500-", b"bytes=-500", b"Bytes = 1-99999999999999999999", b"bytes=0-0,-1"];

pub fn ranges(data: &[u8]) {
    let Ok(range) = HeaderValue::from_bytes(data) else { return };
    let headers = HeaderMap::from_iter([(header::RANGE, range)]);
    for size in [0, 1, 1_000, u64::MAX] {
        if let RequestedRange::ByteRange { first, last } = requested(&headers, "\"7\"", size) {
            assert!(first <= last && last < size, "{first}-{last} of {size}");
        }
    }
    let if_range = HeaderMap::from_iter(
        [(header::RANGE, HeaderValue::from_static("bytes=1-2"))]
            .into_iter()
            .chain(HeaderValue::from_bytes(data).map(|version| (header::IF_RANGE, version))),
    );
    let whole = requested(&if_range, "\"7\"", 10) == RequestedRange::Whole;
    assert!(whole || data == b"\"7\"", "a part of another version");
}

/// Those of the tests of `src/watch/token.rs`.
pub const TOKENS: &[&[u8]] = &[
    b"0000000000000000000000000000004d474943db",
    b"0000000000000000000000000000004d00000000000000030000000000000009000000025ddb2eed",
];

pub fn resume_tokens(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(token) = Token::parse(&text, LOG) {
        assert_eq!(token.print(LOG), text.to_lowercase());
    }
}
