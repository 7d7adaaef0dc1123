//! Converts the store's errors into what callers see.

use super::{Error, Reason};
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
            StoreError::Conflict => {
                Error::new(Reason::StaleAction, "another request changed it at the same time; read it again and retry")
            }
            // A commit whose key is already used is answered with the stored response before it gets here.
            StoreError::KeyUsed(_) | StoreError::Broken(_) => Error::internal(error),
        }
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
        assert_eq!(Error::from(StoreError::IdTaken(uuid::Uuid::nil())).reason, Reason::IdTaken);
    }
}
