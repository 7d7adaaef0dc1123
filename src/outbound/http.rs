//! The only HTTP client. `fetch`, `webhook_send`, webhooks, attachments and message providers all use it.
//!
//! Every request follows these rules:
//!
//! - It goes to a public address, or to one that the operator allows ([`guard`](super::guard)), and never to this server.
//!   The client connects to exactly the address that was checked. It reuses a connection only for the same scheme, host
//!   and port, and the same list of allowed destinations: a name that resolves differently since then changes nothing.
//! - The customers share the places fairly ([`shares`]).
//! - One time limit covers everything, from waiting for a permit to the last byte of the response.
//! - The size of the response body is limited while it is read. The body is never decompressed, because the client
//!   offers no encoding.
//! - Redirects are not followed. A redirect is a [`Failure`] with its target: the target is not what the customer
//!   named, a redirected POST becomes a different request, and the customer can easily correct the URL.
//! - No proxy, cookie or credential is taken from the environment.

mod clients;
mod failure;
mod hosts;
mod resolver;
pub mod shares;
mod streamed;

pub use failure::Failure;
pub use resolver::{Lookup, System};
pub use shares::Purpose;
pub use streamed::{Pace, Streamed};

use super::guard::Allowed;
use bytes::{Bytes, BytesMut};
use clients::Clients;
use hosts::Hosts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use rustls::pki_types::CertificateDer;
use shares::{Limits, Permit, Shares};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};
use uuid::Uuid;

/// The most requests that are under way at the same time, of all customers.
pub const MAX_UNDER_WAY: usize = 1_024;
/// The most requests that wait for a place, of one customer and of all. They hold little more than their URL.
pub const MAX_WAITING_PER_CUSTOMER: usize = 4_096;
pub const MAX_WAITING: usize = 16_384;

/// The longest URL of a request, and the longest header value that is passed on.
const LONGEST_URL: usize = 8_192;
const LONGEST_VALUE: usize = 1_024;

/// The configuration of the client.
pub struct Config {
    /// The internal destinations that are allowed.
    pub allow: Vec<Allowed>,
    /// The addresses that this server listens on. Nothing is sent to them.
    pub own: Vec<SocketAddr>,
    /// The maximum number of concurrent requests. Further ones wait within their time limit.
    pub max_under_way: usize,
    /// The maximum number of requests that wait, per customer and in total. Further ones fail with [`Failure::Busy`].
    pub max_waiting_per_customer: usize,
    pub max_waiting: usize,
    /// Certificate authorities in addition to the machine's.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Resolves host names.
    pub lookup: Arc<dyn Lookup>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            allow: Vec::new(),
            own: Vec::new(),
            max_under_way: MAX_UNDER_WAY,
            max_waiting_per_customer: MAX_WAITING_PER_CUSTOMER,
            max_waiting: MAX_WAITING,
            authorities: Vec::new(),
            lookup: Arc::new(System::default()),
        }
    }
}

/// The customer that a request is sent for.
#[derive(Debug, Clone)]
pub struct Account {
    pub customer_id: Uuid,
    /// How many of its requests may be under way at the same time. Three quarters of them may go to one host.
    pub max_under_way: usize,
    /// Internal destinations that it may reach in addition to those that all may.
    pub allow: Arc<[Allowed]>,
}

impl Account {
    /// The operator, who chose the URL of the message provider.
    pub fn operator() -> Account {
        Account { customer_id: Uuid::nil(), max_under_way: 64, allow: Arc::default() }
    }

    fn max_per_host(&self) -> usize {
        (self.max_under_way - self.max_under_way / 4).max(1)
    }
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub account: Account,
    pub purpose: Purpose,
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

/// What is written of a request when it has a place: its headers and its body.
pub struct Content {
    pub headers: Vec<(HeaderName, String)>,
    pub body: Bytes,
}

pub struct Http {
    clients: Clients,
    shares: Arc<Shares>,
    hosts: Hosts,
}

impl Http {
    pub fn new(config: Config) -> Http {
        let limits = Limits {
            under_way: config.max_under_way,
            waiting_per_customer: config.max_waiting_per_customer,
            waiting: config.max_waiting,
        };
        Http { shares: Shares::new(limits), hosts: Hosts::default(), clients: Clients::new(config) }
    }

    /// Sends a request and waits for the complete response. Dropping the future cancels the request.
    pub async fn send(&self, mut request: Request) -> Result<Response, Failure> {
        let (headers, body) = (std::mem::take(&mut request.headers), std::mem::take(&mut request.body));
        self.send_prepared(request, async { Ok(Content { headers, body }) }).await
    }

    /// Like [`Http::send`], but makes the headers and the body when the request has a place: requests that wait hold no
    /// memory for them, and a signature is as young as can be. Fails with what `prepare` fails with.
    pub async fn send_prepared<E: From<Failure>>(
        &self,
        request: Request,
        prepare: impl Future<Output = Result<Content, E>>,
    ) -> Result<Response, E> {
        let deadline = Instant::now() + request.timeout;
        let (url, host) = self.target(&request.url, &request.account.allow)?;
        headers(&request.headers)?;
        let place = self.place(&request, &host, deadline).await?;
        let content = match timeout_at(deadline, prepare).await {
            Ok(content) => content?,
            Err(_) => return Err(Failure::Timeout { after: request.timeout }.into()),
        };
        // A place may become free at the last moment because other requests timed out too; then there is no time left
        // to send.
        if Instant::now() >= deadline {
            return Err(Failure::Busy.into());
        }
        let answer = self.exchange(request, url, &host, content, deadline).await;
        drop(place);
        Ok(answer?)
    }

    /// Waits for a place, at most until the deadline. It is given back when it is dropped.
    async fn place(&self, request: &Request, host: &str, deadline: Instant) -> Result<Place, Failure> {
        let Account { customer_id, max_under_way, .. } = request.account;
        let place = async {
            let waiting = self.shares.enter(customer_id, max_under_way, request.purpose)?;
            // The host's place comes first: a request that waits for a slow host holds nothing that others wait for.
            let of_host = self.hosts.place(customer_id, host, request.account.max_per_host()).await;
            Some((of_host, waiting.place().await))
        };
        timeout_at(deadline, place).await.ok().flatten().ok_or(Failure::Busy)
    }

    /// Returns why requests to a URL would be refused, as far as that is known without resolving its name. `more` are
    /// the destinations that are allowed to the customer alone. Returns `None` for an invalid URL: its validation reports
    /// that.
    pub fn refuses(&self, url: &str, more: &[Allowed]) -> Option<Failure> {
        match self.target(url, more) {
            Ok((url, host)) => {
                let port = url.port_or_known_default().unwrap_or_default();
                let refused = self.clients.check(more, |guard| guard.check_name(&host, port)).err();
                refused.map(|range| Failure::RefusedAddress { host, port, range })
            }
            Err(refused @ Failure::RefusedAddress { .. }) => Some(refused),
            Err(_) => None,
        }
    }

    /// Parses a URL and checks its address, if it contains one. Such an address never reaches the resolver, so it is
    /// checked here, after parsing it like the operating system would: `0x7f.1` and `2130706433` are 127.0.0.1.
    fn target(&self, url: &str, more: &[Allowed]) -> Result<(Url, String), Failure> {
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
        let port = url.port_or_known_default().unwrap_or_default();
        match literal.map(|address| self.clients.check(more, |guard| guard.check(&host, address, port))) {
            Some(Err(range)) => Err(Failure::RefusedAddress { host, port, range }),
            _ => Ok((url, host)),
        }
    }

    async fn exchange(
        &self,
        request: Request,
        url: Url,
        host: &str,
        content: Content,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let port = url.port_or_known_default().unwrap_or_default();
        let answer = self.begin(&request, url, host, content, deadline).await?;
        let status = answer.status().as_u16();
        let content_type = text(answer.headers(), header::CONTENT_TYPE);
        let retry_after = text(answer.headers(), header::RETRY_AFTER);
        let mut body = BytesMut::new();
        let limit = request.max_response_bytes;
        let late = |_| Failure::Timeout { after: request.timeout };
        let failed = |error| failed(&error, host, port);
        let whole = timeout_at(deadline, read(answer, limit, &mut body, failed)).await.map_err(late).flatten();
        let cut = match (whole, request.oversize) {
            (Ok(()), _) => false,
            (Err(_), Oversize::Cut) => true,
            (Err(failure), Oversize::Refuse) => return Err(failure),
        };
        Ok(Response { status, content_type, retry_after, body: body.freeze(), cut })
    }

    /// Sends a request that has a place, and returns what comes before the body of the response.
    async fn begin(
        &self,
        request: &Request,
        url: Url,
        host: &str,
        content: Content,
        deadline: Instant,
    ) -> Result<reqwest::Response, Failure> {
        let port = url.port_or_known_default().unwrap_or_default();
        let client = self.clients.of(&request.account.allow, port);
        let mut call = client.request(request.method.clone(), url).headers(headers(&content.headers)?);
        if !content.body.is_empty() || matches!(request.method, Method::POST | Method::PUT | Method::PATCH) {
            call = call.body(content.body);
        }
        let answer = timeout_at(deadline, resolver::CUSTOMER.scope(request.account.customer_id, call.send()));
        let late = |_| Failure::Timeout { after: request.timeout };
        let answer = answer.await.map_err(late)?.map_err(|error| failed(&error, host, port))?;
        let status = answer.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let location = text(answer.headers(), header::LOCATION).unwrap_or_default();
            return Err(Failure::Redirect { status, location });
        }
        Ok(answer)
    }
}

/// A place for a request: of its host, and of its customer.
type Place = (OwnedSemaphorePermit, Permit);

/// Reads a body into `body`, up to its limit. A connection whose response was not read completely is closed, not
/// reused.
async fn read(
    mut answer: reqwest::Response,
    limit: usize,
    body: &mut BytesMut,
    failed: impl Fn(reqwest::Error) -> Failure,
) -> Result<(), Failure> {
    while let Some(chunk) = answer.chunk().await.map_err(&failed)? {
        let room = limit - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Err(Failure::TooLarge { limit });
        }
    }
    Ok(())
}

fn failed(error: &reqwest::Error, host: &str, port: u16) -> Failure {
    let failure = Failure::of(error, host, port);
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
