//! The bodies of requests: how long they may take, and how many bytes of them the server holds at a time.

use super::shares::Shares;
use crate::config::ConnectionBounds;
use crate::error::Reason;
use crate::grpc::MAX_MESSAGE_BYTES;
use crate::http::refused_body::RefusedBody;
use crate::telemetry::Metrics;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep};
use uuid::Uuid;

/// The bytes of bodies that the server holds at a time, and those of one customer.
const TOTAL: usize = 64 << 20;
const PER_CUSTOMER: usize = TOTAL / 4;
/// The same for requests that no customer has authenticated, and those of one address.
const STRANGERS: usize = 4 << 20;
const PER_ADDRESS: usize = STRANGERS / 8;
/// The largest body of such a request: a provider signs a text message, and tools ask gRPC reflection for files.
pub const MAX_STRANGER_BYTES: usize = 64 << 10;

/// The bodies of all requests to a server.
pub struct Bodies {
    customers: Shares<Uuid>,
    strangers: Shares<IpAddr>,
    bounds: ConnectionBounds,
    metrics: Arc<Metrics>,
}

/// The body of one request, as the server counts it. It counts until the request is answered and the body is dropped.
pub struct Account {
    bodies: Arc<Bodies>,
    /// The network of the client.
    address: IpAddr,
    /// The customer, once the request is authenticated.
    customer: OnceLock<Uuid>,
    /// The bytes that are counted, for a stranger until there is a customer.
    held: AtomicUsize,
}

/// The account of a request's body: an extension of the request.
#[derive(Clone)]
pub struct BodyAccount(pub Arc<Account>);

impl Bodies {
    pub fn new(bounds: ConnectionBounds, metrics: Arc<Metrics>) -> Arc<Bodies> {
        let (customers, strangers) = (Shares::new(TOTAL, PER_CUSTOMER), Shares::new(STRANGERS, PER_ADDRESS));
        Arc::new(Bodies { customers, strangers, bounds, metrics })
    }

    pub fn account(self: &Arc<Bodies>, address: IpAddr) -> Arc<Account> {
        Arc::new(Account { bodies: self.clone(), address, customer: OnceLock::new(), held: AtomicUsize::new(0) })
    }

    fn refused(&self, reason: &'static str, error: RefusedBody) -> RefusedBody {
        self.metrics.body_refused(reason);
        error
    }
}

impl Account {
    /// Records that a customer sent the request. No byte of its body has been read yet.
    pub fn authenticated(&self, customer: Uuid) {
        if self.held.load(Ordering::Relaxed) == 0 {
            self.customer.get_or_init(|| customer);
        }
    }

    /// Counts bytes that have arrived.
    fn receive(&self, bytes: usize) -> Result<(), RefusedBody> {
        let (bodies, held) = (&self.bodies, self.held.load(Ordering::Relaxed));
        let taken = match self.customer.get() {
            // The rest is too large for any request; it is read and discarded.
            Some(_) if held >= MAX_MESSAGE_BYTES => return Ok(()),
            Some(customer) => bodies.customers.take(Some(*customer), bytes),
            None if held + bytes > MAX_STRANGER_BYTES => {
                let message = format!("expected at most {MAX_STRANGER_BYTES} bytes without an access key");
                return Err(bodies.refused("size", RefusedBody::new(Reason::BodyTooLarge, message)));
            }
            None => bodies.strangers.take(Some(self.address), bytes),
        };
        match taken {
            Ok(()) => {
                self.held.fetch_add(bytes, Ordering::Relaxed);
                Ok(())
            }
            Err(_) => {
                let message = "the server holds too many bytes of unfinished requests; retry later";
                Err(bodies.refused("memory", RefusedBody::new(Reason::TooManyRequests, message)))
            }
        }
    }

    fn late(&self) -> RefusedBody {
        let message = "the body of the request did not arrive in time";
        self.bodies.refused("time", RefusedBody::new(Reason::DeadlineExceeded, message))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let held = *self.held.get_mut();
        match self.customer.get() {
            _ if held == 0 => {}
            Some(customer) => self.bodies.customers.give_back(Some(*customer), held),
            None => self.bodies.strangers.give_back(Some(self.address), held),
        }
    }
}

/// A body with a time limit whose bytes are counted.
pub struct LimitedBody<B = Incoming> {
    body: B,
    account: Arc<Account>,
    /// Both begin when the server first waits for bytes: most bodies arrive with the header of their request.
    timer: Option<(Pin<Box<Sleep>>, Instant)>,
}

impl<B> LimitedBody<B> {
    pub fn new(body: B, account: Arc<Account>) -> LimitedBody<B> {
        LimitedBody { body, account, timer: None }
    }

    /// Returns whether the body is late. Otherwise the task is woken when it is.
    fn is_late(&mut self, cx: &mut Context<'_>, progress: bool) -> bool {
        let (bounds, now) = (&self.account.bodies.bounds, Instant::now());
        let (timer, end) = self.timer.get_or_insert_with(|| {
            let end = now + bounds.body;
            (Box::pin(tokio::time::sleep_until(end.min(now + bounds.body_pause))), end)
        });
        if progress {
            timer.as_mut().reset((*end).min(now + bounds.body_pause));
        }
        timer.as_mut().poll(cx).is_ready()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for LimitedBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                // The next bytes have their time, and a body that never pauses ends in time as well.
                if self.timer.is_some() && self.is_late(cx, bytes > 0) {
                    return Poll::Ready(Some(Err(self.account.late().into())));
                }
                let received = self.account.receive(bytes);
                Poll::Ready(Some(received.map(|()| frame).map_err(BoxError::from)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.is_late(cx, false) => Poll::Ready(Some(Err(self.account.late().into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[path = "bodies_tests.rs"]
mod tests;
