//! What the store says, as callers are told.

use crate::error::{Error, Reason};
use crate::store;

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::IdTaken(id) => Error::field(Reason::IdTaken, "id", format!("{id} is taken")),
            store::Error::NumberTaken(number) => {
                Error::field(Reason::NumberTaken, "number", format!("{number} leads somewhere already"))
            }
            store::Error::Unavailable(_) => Error {
                source: Some(error.into()),
                ..Error::new(Reason::StoreUnavailable, "the server cannot reach its database; try again")
            },
            store::Error::Conflict => {
                Error::new(Reason::StaleAction, "someone else changed it at the same moment; read it again")
            }
            // Whoever commits with a key answers with the response given before.
            store::Error::KeyUsed(_) | store::Error::Broken(_) => Error::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_not_told_what_is_inside() {
        let unavailable = Error::from(store::Error::Unavailable("disk /dev/sda1 is full".to_owned()));
        assert_eq!(unavailable.reason, Reason::StoreUnavailable);
        assert!(!unavailable.message.contains("sda1") && unavailable.source.is_some());
        assert_eq!(Error::from(store::Error::Broken("no such table".to_owned())).reason, Reason::Internal);
        assert_eq!(Error::from(store::Error::IdTaken(uuid::Uuid::nil())).reason, Reason::IdTaken);
    }
}
