//! The only HTTP client. `fetch`, `webhook_send`, webhooks, attachments and message providers all use it.
//!
//! Every request follows these rules:
//!
//! - It goes to a public address, or to one that the operator allows ([`guard`](super::guard)). The client connects to
//!   exactly the address that was checked. It reuses a connection only for the same scheme, host and port, and the
//!   address was checked for that host: a name that resolves differently since then changes nothing.
//! - One time limit covers everything, from waiting for a permit to the last byte of the response.
//! - The size of the response body is limited while it is read. The body is never decompressed, because the client
//!   offers no encoding.
//! - Redirects are not followed. A redirect is a [`Failure`] with its target: the target is not what the customer
//!   named, a redirected POST becomes a different request, and the customer can easily correct the URL.
//! - No proxy, cookie or credential is taken from the environment.

mod failure;
mod request_limits;
mod resolver;

pub use failure::Failure;
pub use resolver::{Lookup, System};

use super::guard::{Allowed, Guard};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use request_limits::RequestLimits;
use resolver::Resolver;
use rustls::pki_types::CertificateDer;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// The time limit for one attempt to connect, so that an unreachable address leaves time for the host's next one.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an idle connection is kept. Shorter than in most servers, so that few requests use a connection that the
/// server is about to close.
const IDLE: Duration = Duration::from_secs(15);

/// The longest URL of a request, and the longest header value that is passed on.
const LONGEST_URL: usize = 8_192;
const LONGEST_VALUE: usize = 1_024;

/// The configuration of the client.
pub struct Config {
    /// The internal destinations that are allowed.
    pub allow: Vec<Allowed>,
    /// The maximum number of concurrent requests, in total and per host. Further ones wait within their time limit.
    pub max_in_flight: usize,
    pub max_in_flight_per_host: usize,
    /// Certificate authorities in addition to the machine's.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Resolves host names.
    pub lookup: Arc<dyn Lookup>,
}

impl Default for Config {
    fn default() -> Config {
        let lookup = Arc::new(System::default());
        Config { allow: Vec::new(), max_in_flight: 1_024, max_in_flight_per_host: 64, authorities: Vec::new(), lookup }
    }
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Bytes,
    pub timeout: Duration,
    pub max_response_bytes: usize,
    pub oversize: Oversize,
}

/// How to treat a response whose body is too large, breaks off or is not complete in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// Fails: half a list of actions is of no use.
    Refuse,
    /// Accepts the status and keeps the part of the body that arrived: what a receiver says about a webhook it has
    /// accepted does not matter.
    Cut,
}

/// A response with any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub content_type: Option<String>,
    /// The Retry-After header, unparsed.
    pub retry_after: Option<String>,
    pub body: Bytes,
    /// Whether the body is incomplete ([`Oversize::Cut`]).
    pub cut: bool,
}

pub struct Http {
    guard: Arc<Guard>,
    request_limits: RequestLimits,
    client: reqwest::Client,
}

impl Http {
    pub fn new(config: Config) -> Http {
        let guard = Arc::new(Guard::new(config.allow));
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(super::tls::client(&config.authorities))
            .dns_resolver(Resolver { guard: Arc::clone(&guard), lookup: config.lookup })
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("Ringdown/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(8)
            .build()
            .expect("nothing in this configuration comes from outside");
        Http { guard, request_limits: RequestLimits::new(config.max_in_flight, config.max_in_flight_per_host), client }
    }

    /// Sends a request and waits for the complete response. Dropping the future cancels the request.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let deadline = Instant::now() + request.timeout;
        let (url, host) = self.target(&request.url)?;
        let headers = headers(&request.headers)?;
        let permit = timeout_at(deadline, self.request_limits.take(&host)).await.map_err(|_| Failure::Busy)?;
        // A permit may become free at the last moment because other requests timed out too; then there is no time left
        // to send.
        if Instant::now() >= deadline {
            return Err(Failure::Busy);
        }
        let answer = self.exchange(request, url, &host, headers, deadline).await;
        drop(permit);
        answer
    }

    /// Returns why requests to a URL would be refused, as far as that is known without resolving its name. Returns
    /// `None` for an invalid URL: its validation reports that.
    pub fn refuses(&self, url: &str) -> Option<Failure> {
        match self.target(url) {
            Ok((_, host)) => self.guard.check_name(&host).err().map(|range| Failure::RefusedAddress { host, range }),
            Err(refused @ Failure::RefusedAddress { .. }) => Some(refused),
            Err(_) => None,
        }
    }

    /// Parses a URL and checks its address, if it contains one. Such an address never reaches the resolver, so it is
    /// checked here, after parsing it like the operating system would: `0x7f.1` and `2130706433` are 127.0.0.1.
    fn target(&self, url: &str) -> Result<(Url, String), Failure> {
        if url.len() > LONGEST_URL {
            return Err(Failure::BadUrl("is too long"));
        }
        let url = Url::parse(url).map_err(|_| Failure::BadUrl("cannot be read"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::BadUrl("is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::BadUrl("holds a user name or a password"));
        }
        let (host, literal) = match url.host() {
            None => return Err(Failure::BadUrl("has no host")),
            Some(Host::Domain(name)) => (name.to_owned(), None),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
        };
        match literal.map(|address| self.guard.check(&host, address)) {
            Some(Err(range)) => Err(Failure::RefusedAddress { host, range }),
            _ => Ok((url, host)),
        }
    }

    async fn exchange(
        &self,
        request: Request,
        url: Url,
        host: &str,
        headers: HeaderMap,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let late = |_| Failure::Timeout { after: request.timeout };
        let mut call = self.client.request(request.method.clone(), url).headers(headers);
        if !request.body.is_empty() || matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
            call = call.body(request.body);
        }
        let answer = timeout_at(deadline, call.send()).await.map_err(late)?.map_err(|error| failed(&error, host))?;
        let status = answer.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let location = text(answer.headers(), header::LOCATION).unwrap_or_default();
            return Err(Failure::Redirect { status, location });
        }
        let content_type = text(answer.headers(), header::CONTENT_TYPE);
        let retry_after = text(answer.headers(), header::RETRY_AFTER);
        let mut body = BytesMut::new();
        let limit = request.max_response_bytes;
        let whole = timeout_at(deadline, read(answer, host, limit, &mut body)).await.map_err(late).flatten();
        let cut = match (whole, request.oversize) {
            (Ok(()), _) => false,
            (Err(_), Oversize::Cut) => true,
            (Err(failure), Oversize::Refuse) => return Err(failure),
        };
        Ok(Response { status, content_type, retry_after, body: body.freeze(), cut })
    }
}

/// Reads a body into `body`, up to its limit. A connection whose response was not read completely is closed, not
/// reused.
async fn read(mut answer: reqwest::Response, host: &str, limit: usize, body: &mut BytesMut) -> Result<(), Failure> {
    while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error, host))? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Err(Failure::TooLarge { limit });
        }
    }
    Ok(())
}

fn failed(error: &reqwest::Error, host: &str) -> Failure {
    let failure = Failure::of(error, host);
    tracing::debug!(host, failure = failure.word(), error = error as &dyn std::error::Error, "a web request failed");
    failure
}

/// The headers that only the client sets: they frame the request or say where it goes. With a second, conflicting value
/// two servers on the path may read different requests (RFC 9112 §11.2).
const OURS: [HeaderName; 7] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
];

fn headers(given: &[(HeaderName, String)]) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let bad = || Failure::BadHeader(name.to_string());
        assert!(!OURS.contains(name), "only the client sets {name}");
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(headers)
}

/// Returns a header of the response if it is text, cut to the length that the history keeps.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.chars().take(LONGEST_VALUE).collect())
}
