//! File downloads in REST: with their length, and in parts if the request has a `Range` (RFC 9110 §14).

use super::envelope::Envelope;
use super::request::{Read, read};
use super::route::{Route, failed};
use crate::error::{Error, Reason};
use crate::http::metrics::Called;
use crate::proto::recording_service_server::RecordingService;
use crate::proto::{DownloadRecordingRequest, GetRecordingRequest, Recording};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use futures::StreamExt;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE,
    RANGE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::sync::Arc;
use tonic::Status;

/// The part of a file that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestedRange {
    Whole,
    ByteRange {
        first: u64,
        last: u64,
    },
    /// The file has none of the requested bytes.
    Nothing,
}

/// Returns the handler of a download, for GET and HEAD.
pub fn download<S: RecordingService>(
    route: &'static Route<DownloadRecordingRequest>,
    service: &Arc<S>,
) -> MethodRouter {
    let service = service.clone();
    let handler = move |request: Request| async move {
        let headers = request.headers().clone();
        let read = match read(route, request).await {
            Ok(Read { request, .. }) => request,
            Err(error) => return failed(route.rpc, error.into()),
        };
        match send(&*service, read, &headers).await {
            Ok(mut response) => {
                response.extensions_mut().insert(Called { rpc: route.rpc, code: tonic::Code::Ok });
                response
            }
            Err(status) => failed(route.rpc, status),
        }
    };
    on(route.verb, handler)
}

async fn send<S: RecordingService>(
    service: &S,
    request: tonic::Request<DownloadRecordingRequest>,
    headers: &HeaderMap,
) -> Result<Response, Status> {
    let (metadata, extensions, mut download) = request.into_parts();
    let get = GetRecordingRequest { id: download.id.clone() };
    let get = tonic::Request::from_parts(metadata.clone(), extensions.clone(), get);
    let recording = service.get_recording(get).await?.into_inner().recording.unwrap_or_default();
    let size = u64::try_from(recording.size).unwrap_or_default();
    let requested = requested(headers, &etag(&recording), size);
    let (first, length) = match requested {
        RequestedRange::Nothing => return Ok(not_satisfiable(size)),
        RequestedRange::Whole => (0, size),
        RequestedRange::ByteRange { first, last } => (first, last - first + 1),
    };
    download.offset = first.cast_signed();
    if let RequestedRange::ByteRange { .. } = requested {
        download.length = length.cast_signed();
    }
    let download = tonic::Request::from_parts(metadata, extensions, download);
    let chunks = service.download_recording(download).await?.into_inner();
    let mut response = Body::from_stream(chunks.map(|chunk| chunk.map(|it| it.data))).into_response();
    describe(response.headers_mut(), &recording, length);
    if let RequestedRange::ByteRange { first, last } = requested {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        put(response.headers_mut(), CONTENT_RANGE, &format!("bytes {first}-{last}/{size}"));
    }
    Ok(response)
}

fn describe(headers: &mut HeaderMap, recording: &Recording, length: u64) {
    put(headers, CONTENT_TYPE, &format!("audio/{}", recording.format));
    put(headers, CONTENT_LENGTH, &length.to_string());
    put(headers, CONTENT_DISPOSITION, &format!("inline; filename=\"{}.{}\"", recording.id, recording.format));
    put(headers, ACCEPT_RANGES, "bytes");
    put(headers, ETAG, &etag(recording));
    // Only the caller may cache it, and must revalidate it: the recording may have been deleted.
    put(headers, CACHE_CONTROL, "private, no-cache");
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
}

/// Returns the `ETag` of a file: the id of the recording, since a file never changes.
fn etag(recording: &Recording) -> String {
    format!("\"{}\"", recording.id)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => drop(headers.insert(name, value)),
        Err(error) => tracing::error!(%name, %error, "invalid value of a response header"),
    }
}

fn not_satisfiable(size: u64) -> Response {
    let error =
        Error::new(Reason::InvalidArgument, format!("the file has {size} bytes; the requested range is outside of it"));
    let mut response = Envelope::of(error.into()).into_response();
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    put(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{size}"));
    response
}

/// Returns the part to send. An invalid range, several ranges, and a range of another version of the file are ignored
/// (RFC 9110 §14.2, §13.1.5).
pub fn requested(headers: &HeaderMap, etag: &str, size: u64) -> RequestedRange {
    let word = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let other_version = word(IF_RANGE).is_some_and(|version| version != etag);
    match word(RANGE).filter(|_| !other_version && size > 0) {
        Some(range) => one_range(range, size).unwrap_or(RequestedRange::Whole),
        None => RequestedRange::Whole,
    }
}

/// Parses `bytes=0-499`, `bytes=500-` or `bytes=-500`.
fn one_range(range: &str, size: u64) -> Option<RequestedRange> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-').filter(|_| unit.trim().eq_ignore_ascii_case("bytes"))?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number too large for u64 lies beyond the end of any file.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let (first, last) = match (first, last) {
        ("", suffix) => match number(suffix)? {
            0 => return Some(RequestedRange::Nothing),
            suffix => (size.saturating_sub(suffix), size - 1),
        },
        (first, "") => (number(first)?, size - 1),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.min(size - 1))
        }
    };
    Some(if first < size { RequestedRange::ByteRange { first, last } } else { RequestedRange::Nothing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |first, last| RequestedRange::ByteRange { first, last };
        for (range, expected) in [
            ("bytes=0-499", part(0, 499)),
            ("bytes=500-999", part(500, 999)),
            ("bytes=500-", part(500, 999)),
            ("bytes=-1", part(999, 999)),
            ("bytes=-5000", part(0, 999)),
            ("bytes=999-", part(999, 999)),
            ("bytes=0-5000", part(0, 999)),
            ("bytes=0-99999999999999999999999", part(0, 999)),
            ("Bytes = 1-1", part(1, 1)),
            ("bytes=1000-", RequestedRange::Nothing),
            ("bytes=99999999999999999999999-", RequestedRange::Nothing),
            ("bytes=-0", RequestedRange::Nothing),
            ("bytes=2-1", RequestedRange::Whole),
            ("bytes=0-1,5-6", RequestedRange::Whole),
            ("bytes=", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("bytes=+1-2", RequestedRange::Whole),
            ("bytes=a-b", RequestedRange::Whole),
            ("seconds=0-1", RequestedRange::Whole),
            ("", RequestedRange::Whole),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, range.parse().unwrap())]);
            assert_eq!(requested(&headers, "\"7\"", 1_000), expected, "{range}");
            assert_eq!(requested(&headers, "\"7\"", 0), RequestedRange::Whole, "{range} of nothing");
        }
    }

    #[test]
    fn a_part_of_another_version_is_not_wanted() {
        let check = |version: &str, expected| {
            let headers = HeaderMap::from_iter([
                (RANGE, HeaderValue::from_static("bytes=1-2")),
                (IF_RANGE, version.parse().unwrap()),
            ]);
            assert_eq!(requested(&headers, "\"7\"", 10), expected, "{version}");
        };
        check("\"7\"", RequestedRange::ByteRange { first: 1, last: 2 });
        check("\"8\"", RequestedRange::Whole);
        check("Sat, 29 Oct 1994 19:43:31 GMT", RequestedRange::Whole);
    }
}
