//! Fields that many requests have.

use crate::app::time_of;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use prost_types::Timestamp;
use uuid::Uuid;

/// The longest `name`, in characters.
pub const NAME: usize = 255;

/// The longest `detail`, in characters.
pub const DETAIL: usize = 1_000;

/// 9999-01-01: REST writes a time that is not set so, and nothing later can be told.
const LAST_SECOND: i64 = 253_370_764_800;

/// An id, as UUIDs are written: 32 hexadecimal digits and four hyphens.
pub fn id(field: &str, text: &str) -> Result<Uuid> {
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    id.ok_or_else(|| Error::field(Reason::InvalidId, field, "expected a UUID, as 6f18ae1c-ddf8-413b-9572-ad30574604ef"))
}

/// A text of at most so many characters, without NUL, which not everyone who stores or shows it can hold.
pub fn text(field: &str, text: String, max: usize) -> Result<String> {
    if text.contains('\0') {
        return Err(Error::field(Reason::InvalidArgument, field, "must not hold a NUL character"));
    }
    // Bytes are counted first, because they are counted at once.
    if text.len() > max && text.chars().count() > max {
        return Err(Error::field(Reason::InvalidArgument, field, format!("must not be longer than {max} characters")));
    }
    Ok(text)
}

/// A time that may be left out.
pub fn time(field: &str, time: Option<Timestamp>) -> Result<Option<Time>> {
    let Some(time) = time else { return Ok(None) };
    if (0..LAST_SECOND).contains(&time.seconds) && (0..1_000_000_000).contains(&time.nanos) {
        return Ok(Some(time_of(&time)));
    }
    Err(Error::field(Reason::InvalidArgument, field, "expected a time from 1970 to 9998"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_in_one_way() {
        let id_ = "6f18ae1c-ddf8-413b-9572-ad30574604ef";
        assert_eq!(id("id", id_).unwrap().to_string(), id_);
        for other in ["", "7", &id_.replace('-', ""), &format!("{{{id_}}}"), &format!("urn:uuid:{id_}"), "\0"] {
            let error = id("id", other).unwrap_err();
            assert_eq!((error.reason, error.violations[0].field.as_str()), (Reason::InvalidId, "id"));
        }
    }

    #[test]
    fn texts_are_counted_in_characters() {
        assert!(text("name", "é".repeat(255), NAME).is_ok());
        assert!(text("name", "é".repeat(256), NAME).is_err());
        assert!(text("name", "a\0".to_owned(), NAME).is_err());
    }

    #[test]
    fn times_are_of_our_age() {
        let check = |seconds, nanos, good: bool| {
            assert_eq!(time("tm_expire", Some(Timestamp { seconds, nanos })).is_ok(), good, "{seconds} {nanos}");
        };
        check(0, 0, true);
        check(-1, 0, false);
        check(LAST_SECOND, 0, false);
        check(7, -1, false);
        check(7, 1_000_000_000, false);
        assert_eq!(time("tm_expire", None).unwrap(), None);
    }
}
