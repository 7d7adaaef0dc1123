//! `grpc-timeout`: a caller's deadline (gRPC over HTTP/2, "Requests"). Work that is not answered by then is given up on the
//! way to the caller; what was committed stands.

use crate::error::{Error, Reason, Result};
use http::HeaderMap;
use std::time::{Duration, Instant};

/// Gives up when the time that a caller gives is over. A stream that has begun is ended by its caller.
pub async fn kept<T>(limit: Option<Duration>, answer: impl Future<Output = T>) -> Result<T> {
    let Some(time) = limit else { return Ok(answer.await) };
    let began = Instant::now();
    match tokio::time::timeout(time, answer).await {
        // The timer counts in milliseconds, callers may not.
        Ok(response) if began.elapsed() <= time => Ok(response),
        _ => Err(Error::new(Reason::DeadlineExceeded, "the time that the caller gave is over")),
    }
}

/// What `grpc-timeout` says: up to eight digits and a unit; anything else is no deadline.
pub fn given(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = Some(digits).filter(|digits| digits.len() <= 8)?.parse().ok()?;
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

    #[test]
    fn deadlines_are_read_as_grpc_writes_them() {
        let read =
            |text: &str| given(&HeaderMap::from_iter([("grpc-timeout".parse().unwrap(), text.parse().unwrap())]));
        assert_eq!(read("2S"), Some(Duration::from_secs(2)));
        assert_eq!(read("150m"), Some(Duration::from_millis(150)));
        assert_eq!(read("99999999H"), Some(Duration::from_secs(99_999_999 * 3_600)));
        for none in ["", "S", "123456789S", "2s", "-1S", "1.5S"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
