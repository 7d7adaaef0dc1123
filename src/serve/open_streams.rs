//! Limits the streams that need no credential: watches of health, and reflection.

use super::shares::Shares;
use crate::error::{Error, Reason};
use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The most streams at a time, and those of one address.
const TOTAL: usize = 1_000;
const PER_ADDRESS: usize = 100;

/// The streams that need no credential.
#[derive(Clone)]
pub struct OpenStreams(Arc<Shares<IpAddr>>);

/// The place of one stream. It is given back when it is dropped.
pub struct Place {
    streams: OpenStreams,
    owner: IpAddr,
}

impl OpenStreams {
    pub fn new() -> OpenStreams {
        OpenStreams(Arc::new(Shares::new(TOTAL, PER_ADDRESS)))
    }

    /// Returns whether an RPC is a stream that needs no credential.
    pub fn concern(path: &str) -> bool {
        path == "/grpc.health.v1.Health/Watch" || path.starts_with("/grpc.reflection.")
    }

    /// Takes a place for a stream of this address.
    pub fn place(&self, owner: IpAddr) -> Result<Place, Error> {
        match self.0.take(Some(owner), 1) {
            Ok(()) => Ok(Place { streams: self.clone(), owner }),
            Err(_) => {
                let message = "too many streams without a credential are open; close some, or retry later";
                Err(Error::new(Reason::TooManyWatchers, message))
            }
        }
    }
}

impl Place {
    /// Keeps the place until the response has ended.
    pub fn until_end_of(self, response: Response) -> Response {
        response.map(|body| Body::new(Placed { body, _place: self }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.0.give_back(Some(self.owner), 1);
    }
}

/// A body that holds a place.
struct Placed {
    body: Body,
    _place: Place,
}

impl http_body::Body for Placed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_some_streams_and_all_have_more() {
        let streams = OpenStreams::new();
        let of = |last| -> Vec<_> {
            (0..2 * PER_ADDRESS).filter_map(|_| streams.place([192, 0, 2, last].into()).ok()).collect()
        };
        let mut all: Vec<_> = (0..20).map(of).collect();
        let counts: Vec<usize> = all.iter().map(Vec::len).collect();
        assert!(counts[..10].iter().all(|it| *it == 100) && counts[10..].iter().all(|it| *it == 0), "{counts:?}");
        all.truncate(9);
        assert_eq!(of(30).len(), 100);
    }
}
