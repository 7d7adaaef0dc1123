//! The stream of one connection, with the deadlines of a client that is silent, slow or gone.
//!
//! A deadline ends the stream as if the client had closed it, so that TLS, HTTP/1.1 and HTTP/2 each finish in their way.

use super::connections::{Connections, Slot};
use crate::config::ConnectionBounds;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

/// What a connection is doing, as its service and its protocol see it.
///
/// A connection stays on one thread, so that relaxed atomics suffice.
pub struct Activity {
    accepted: Instant,
    http2: AtomicBool,
    /// Requests that have begun, and those whose responses have not ended.
    begun: AtomicU64,
    open: AtomicUsize,
    /// When the last response ended, in microseconds since the connection was accepted.
    idle_since: AtomicU64,
}

/// A request whose response has not ended.
pub struct OpenRequest(Arc<Activity>);

impl Activity {
    pub fn new() -> Arc<Activity> {
        Arc::new(Activity {
            accepted: Instant::now(),
            http2: AtomicBool::new(false),
            begun: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
        })
    }

    /// Records that the client has sent the preface of HTTP/2.
    pub fn is_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
    }

    /// Records that a request has begun.
    pub fn request(self: &Arc<Activity>) -> OpenRequest {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenRequest(self.clone())
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            let since = self.0.accepted.elapsed().as_micros();
            self.0.idle_since.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
}

/// The stream of one connection. It holds the connection's place among all.
pub struct Stream {
    stream: TcpStream,
    activity: Arc<Activity>,
    bounds: ConnectionBounds,
    /// The number of requests that had begun, and the time, when the first byte of the next one arrived.
    partial: Option<(u64, Instant)>,
    /// Since when the client takes nothing.
    blocked: Option<Instant>,
    /// Fires at the next deadline or earlier.
    timer: Pin<Box<Sleep>>,
    /// The deadline that is over.
    over: Option<Deadline>,
    connections: Arc<Connections>,
    _slot: Slot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deadline {
    /// The handshake, the preface or the header of a request has not arrived.
    Silent,
    Idle,
    /// The client takes nothing of what the server sends.
    Stalled,
}

impl Deadline {
    /// The value of the label `reason` in the metrics.
    fn word(self) -> &'static str {
        match self {
            Deadline::Silent => "silent",
            Deadline::Idle => "idle",
            Deadline::Stalled => "stalled",
        }
    }
}

impl Stream {
    pub fn new(stream: TcpStream, activity: Arc<Activity>, slot: Slot, connections: Arc<Connections>) -> Stream {
        let bounds = connections.bounds;
        let timer = Box::pin(tokio::time::sleep_until(activity.accepted + bounds.header));
        Stream { stream, activity, bounds, partial: None, blocked: None, timer, over: None, connections, _slot: slot }
    }

    /// Returns the next deadline. None while requests are answered and the client takes the responses.
    fn deadline(&self) -> Option<(Instant, Deadline)> {
        let Activity { accepted, http2, begun, open, idle_since } = &*self.activity;
        if let Some(since) = self.blocked {
            return Some((since + self.bounds.stalled, Deadline::Stalled));
        }
        if open.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let idle_since = *accepted + std::time::Duration::from_micros(idle_since.load(Ordering::Relaxed));
        if http2.load(Ordering::Relaxed) {
            return Some((idle_since + self.bounds.http2_idle, Deadline::Idle));
        }
        let begun = begun.load(Ordering::Relaxed);
        match self.partial {
            _ if begun == 0 => Some((*accepted + self.bounds.header, Deadline::Silent)),
            Some((number, since)) if number == begun => Some((since + self.bounds.header, Deadline::Silent)),
            _ => Some((idle_since + self.bounds.idle, Deadline::Idle)),
        }
    }

    /// Returns whether a deadline is over. Otherwise the task is woken when one may be.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        while self.over.is_none() {
            let deadline = self.deadline();
            if let Some((at, _)) = deadline
                && at < self.timer.deadline()
            {
                self.timer.as_mut().reset(at);
            }
            if self.timer.as_mut().poll(cx).is_pending() {
                return false;
            }
            let now = Instant::now();
            match deadline {
                Some((at, deadline)) if at <= now => {
                    self.over = Some(deadline);
                    self.connections.metrics.connection_closed(deadline.word());
                }
                Some((at, _)) => self.timer.as_mut().reset(at),
                // Checked again later, in case nothing else wakes this task by then.
                None => self.timer.as_mut().reset(now + self.bounds.header),
            }
        }
        true
    }

    /// Records that bytes have arrived.
    fn arrived(&mut self) {
        let (begun, open) = (&self.activity.begun, &self.activity.open);
        if open.load(Ordering::Relaxed) == 0 && !self.activity.http2.load(Ordering::Relaxed) {
            let begun = begun.load(Ordering::Relaxed);
            if self.partial.is_none_or(|(number, _)| number != begun) {
                self.partial = Some((begun, Instant::now()));
            }
        }
    }

    fn written(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if polled.is_ready() {
            self.blocked = None;
            return polled;
        }
        self.blocked.get_or_insert_with(Instant::now);
        match self.is_over(cx) {
            true => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            false => Poll::Pending,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.over.is_some() {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(outcome) => {
                if buf.filled().len() > before {
                    self.arrived();
                }
                Poll::Ready(outcome)
            }
            // Reading nothing is the end of the stream.
            Poll::Pending if self.is_over(cx) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
