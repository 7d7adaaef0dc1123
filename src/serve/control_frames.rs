//! Closes HTTP/2 connections whose client floods the server with control frames.
//!
//! hyper and h2 answer each SETTINGS and each PING, however many arrive, and limit only resets and CONTINUATION frames.
//! Here the headers of the frames are counted as they are read (RFC 9113 §4.1), and nothing else of HTTP/2 is understood.

use crate::config::ConnectionBounds;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The size of a frame's header.
const HEADER: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;

/// What a control frame costs. A WINDOW_UPDATE costs one: clients send some for each response.
const COST: i64 = 4;
/// The written bytes that make up for a cost of one. Clients answer data with window updates, and measure the connection
/// with pings while they receive. The server's own answers to pings and settings are too short to make up for them.
const BYTES_PER_COST: i64 = 16;

/// Counts the frames of one connection.
#[derive(Debug)]
struct Counter {
    reading: Reading,
    /// The cost that the client may still cause, at most `burst`.
    credit: i64,
    burst: i64,
    per_second: i64,
    refilled: Instant,
    /// Bytes that were written since `credit` grew.
    written: i64,
}

/// What the next byte belongs to.
#[derive(Debug)]
enum Reading {
    /// The preface, of which so many bytes have arrived.
    Preface(usize),
    /// The header of a frame, of which so many bytes have arrived.
    Header([u8; HEADER], usize),
    /// The rest of a frame: so many bytes.
    Payload(usize),
    /// Another protocol, to the end.
    Other,
}

/// What the client has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Http2,
    Flood,
}

impl Counter {
    fn new(bounds: &ConnectionBounds, now: Instant) -> Counter {
        let burst = i64::from(bounds.control_frames) * COST;
        let per_second = i64::from(bounds.control_frames_per_second) * COST;
        Counter { reading: Reading::Preface(0), credit: burst, burst, per_second, refilled: now, written: 0 }
    }

    /// Counts the frames that begin in these bytes.
    fn read(&mut self, mut bytes: &[u8], now: impl Fn() -> Instant) -> Found {
        let mut found = Found::Nothing;
        while !bytes.is_empty() {
            match &mut self.reading {
                Reading::Other => return found,
                Reading::Preface(seen) => {
                    let length = bytes.len().min(PREFACE.len() - *seen);
                    if bytes[..length] != PREFACE[*seen..*seen + length] {
                        self.reading = Reading::Other;
                        return found;
                    }
                    bytes = &bytes[length..];
                    *seen += length;
                    if *seen == PREFACE.len() {
                        self.reading = Reading::Header([0; HEADER], 0);
                        found = Found::Http2;
                    }
                }
                Reading::Payload(left) => {
                    let length = bytes.len().min(*left);
                    bytes = &bytes[length..];
                    *left -= length;
                    if *left == 0 {
                        self.reading = Reading::Header([0; HEADER], 0);
                    }
                }
                Reading::Header(header, seen) => {
                    let length = bytes.len().min(HEADER - *seen);
                    header[*seen..*seen + length].copy_from_slice(&bytes[..length]);
                    bytes = &bytes[length..];
                    *seen += length;
                    if *seen == HEADER {
                        let header = *header;
                        let length =
                            usize::from(header[0]) << 16 | usize::from(header[1]) << 8 | usize::from(header[2]);
                        self.reading =
                            if length == 0 { Reading::Header([0; HEADER], 0) } else { Reading::Payload(length) };
                        if !self.pay(cost(header[3], header[4], length), &now) {
                            return Found::Flood;
                        }
                    }
                }
            }
        }
        found
    }

    fn wrote(&mut self, bytes: usize) {
        self.written = self.written.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Returns whether the client had credit for a frame.
    fn pay(&mut self, cost: i64, now: impl Fn() -> Instant) -> bool {
        if cost > self.credit {
            let now = now();
            let millis = now.saturating_duration_since(self.refilled).as_millis();
            let time = i64::try_from(millis).unwrap_or(i64::MAX).saturating_mul(self.per_second) / 1_000;
            let answers = self.written / BYTES_PER_COST;
            self.credit = self.credit.saturating_add(time).saturating_add(answers).min(self.burst);
            (self.refilled, self.written) = (now, 0);
        }
        self.credit -= cost;
        self.credit >= 0
    }
}

/// Returns what a frame costs.
fn cost(kind: u8, flags: u8, length: usize) -> i64 {
    match kind {
        // Requests, and their bodies, have limits of their own. Empty DATA that ends nothing has no purpose.
        HEADERS => 0,
        DATA if length > 0 || flags & END_STREAM != 0 => 0,
        WINDOW_UPDATE => 1,
        // PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, CONTINUATION and unknown ones.
        _ => COST,
    }
}

/// A decrypted stream whose HTTP/2 frames are counted.
pub struct CountedFrames<S, F> {
    stream: S,
    counter: Counter,
    report: F,
}

/// An event of a connection, for its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The preface of HTTP/2 has arrived.
    Http2,
    /// The client sends too many control frames: the connection is closed.
    Flood,
}

impl<S, F: FnMut(Event)> CountedFrames<S, F> {
    pub fn new(stream: S, bounds: &ConnectionBounds, report: F) -> CountedFrames<S, F> {
        CountedFrames { stream, counter: Counter::new(bounds, Instant::now()), report }
    }
}

impl<S: AsyncRead + Unpin, F: FnMut(Event) + Unpin> AsyncRead for CountedFrames<S, F> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        match this.counter.read(&buf.filled()[before..], Instant::now) {
            Found::Nothing => {}
            Found::Http2 => (this.report)(Event::Http2),
            Found::Flood => {
                (this.report)(Event::Flood);
                return Poll::Ready(Err(io::Error::other("too many control frames")));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, F: Unpin> AsyncWrite for CountedFrames<S, F> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.counter.wrote(count);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs))?;
        self.counter.wrote(count);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[path = "control_frames_tests.rs"]
mod tests;
