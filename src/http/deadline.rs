//! `grpc-timeout`: a caller's deadline (gRPC over HTTP/2, "Requests"). The server stops working on a response that is late;
//! what was committed stays committed.

use crate::error::{Error, Reason, Result};
use http::HeaderMap;
use std::time::{Duration, Instant};

/// Fails when the caller's deadline is over before the response begins. A stream that has begun is ended by its caller.
pub async fn kept<T>(limit: Result<Option<Duration>>, answer: impl Future<Output = T>) -> Result<T> {
    let Some(time) = limit? else { return Ok(answer.await) };
    let began = Instant::now();
    match tokio::time::timeout(time, answer).await {
        // The timer counts in milliseconds; callers may give a finer deadline.
        Ok(response) if began.elapsed() <= time => Ok(response),
        _ => Err(Error::new(Reason::DeadlineExceeded, "the caller's deadline is over")),
    }
}

/// Reads the caller's deadline, `grpc-timeout`, if there is one. A malformed one is refused: the caller must not believe
/// that the server stops at a deadline that it does not know.
pub fn given(headers: &HeaderMap) -> Result<Option<Duration>> {
    let Some(value) = headers.get("grpc-timeout") else { return Ok(None) };
    let wrong = || {
        let expected = "expected one to eight digits and a unit: H, M, S, m, u or n";
        Error::field(Reason::InvalidArgument, "grpc-timeout", expected)
    };
    value.to_str().ok().and_then(read).map(Some).ok_or_else(wrong)
}

fn read(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 =
        Some(digits).filter(|it| it.len() <= 8 && it.bytes().all(|it| it.is_ascii_digit()))?.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3_600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn deadlines_are_read_as_grpc_writes_them() {
        let headers = |value: &str| {
            HeaderMap::from_iter([(
                "grpc-timeout".parse().unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            )])
        };
        let read = |text: &str| given(&headers(text));
        assert_eq!(read("2S").unwrap(), Some(Duration::from_secs(2)));
        assert_eq!(read("150m").unwrap(), Some(Duration::from_millis(150)));
        assert_eq!(read("99999999H").unwrap(), Some(Duration::from_secs(99_999_999 * 3_600)));
        assert_eq!(given(&HeaderMap::new()).unwrap(), None);
        for wrong in ["", "S", "123456789S", "2s", "-1S", "+1S", "1.5S", "2é"] {
            assert_eq!(read(wrong).unwrap_err().reason, Reason::InvalidArgument, "{wrong}");
        }
    }
}
