//! Converts the store's errors into what callers see.

use super::{Error, Reason, Result};
use crate::store::Error as StoreError;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::IdTaken(id) => Error::field(Reason::IdTaken, "id", format!("{id} is already in use")),
            StoreError::NumberTaken(number) => {
                Error::field(Reason::NumberTaken, "number", format!("{number} is already in use"))
            }
            StoreError::Unavailable(_) => Error {
                source: Some(error.into()),
                ..Error::new(Reason::StoreUnavailable, "the server cannot reach its database; try again")
            },
            StoreError::Full(_) => Error {
                source: Some(error.into()),
                ..Error::new(Reason::StoreUnavailable, "the server cannot write: the disk of its database is full")
            },
            StoreError::Damaged { table, ref key, .. } => {
                let what = match table {
                    "run" => "activeflow",
                    "outgoing" => "delivery",
                    "access_key" => "access key",
                    "log" => "part of the history",
                    other => other,
                };
                let message = format!("the stored {what} {key} is damaged and cannot be read");
                Error { source: Some(error.into()), ..Error::new(Reason::Internal, message) }
            }
            StoreError::Newer { .. } => Error::newer(error),
            StoreError::Conflict => {
                Error::new(Reason::StaleAction, "another request changed it at the same time; read it again and retry")
            }
            // A commit whose key is already used is answered with the stored response before it gets here.
            StoreError::KeyUsed(_) | StoreError::Broken(_) => Error::internal(error),
        }
    }
}

impl Error {
    /// Returns whether the error is about a damaged row, which a list leaves out and a loop passes over.
    pub fn is_damage(&self) -> bool {
        let source = self.source.as_ref().and_then(|source| source.downcast_ref::<StoreError>());
        matches!(source, Some(StoreError::Damaged { .. }))
    }
}

/// Returns None for a damaged row. It was reported where it was found.
pub fn unless_damaged<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_damage() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_not_told_what_is_inside() {
        let unavailable = Error::from(StoreError::Unavailable("disk /dev/sda1 is full".to_owned()));
        assert_eq!(unavailable.reason, Reason::StoreUnavailable);
        assert!(!unavailable.message.contains("sda1") && unavailable.source.is_some());
        assert_eq!(Error::from(StoreError::Broken("no such table".to_owned())).reason, Reason::Internal);
        let damaged = Error::from(StoreError::Damaged { table: "run", key: "7".to_owned(), why: "secret".to_owned() });
        assert!(damaged.reason == Reason::Internal && damaged.is_damage() && !damaged.message.contains("secret"));
        assert!(damaged.message.contains("activeflow 7") && unless_damaged::<()>(Err(damaged)).unwrap().is_none());
        assert_eq!(Error::from(StoreError::IdTaken(uuid::Uuid::nil())).reason, Reason::IdTaken);
    }
}
