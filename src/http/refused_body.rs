//! The error of a request body that the server stops reading, with a reason of the error table.

use crate::error::{Error, Reason};
use std::fmt;
use tonic::Status;

/// Why the rest of a body is not read.
///
/// gRPC finds the status among the sources of the error; REST asks [`RefusedBody::cause`].
#[derive(Debug)]
pub struct RefusedBody {
    reason: Reason,
    message: String,
    status: Status,
}

impl RefusedBody {
    pub fn new(reason: Reason, message: impl Into<String>) -> RefusedBody {
        let message = message.into();
        let status = Error::new(reason, message.clone()).into();
        RefusedBody { reason, message, status }
    }

    /// Returns why the server stopped reading a body. None: reading failed for another reason.
    pub fn cause(error: &(dyn std::error::Error + 'static)) -> Option<Error> {
        let chain = std::iter::successors(Some(error), |error| error.source());
        let refused = chain.filter_map(|error| error.downcast_ref::<RefusedBody>()).next()?;
        Some(Error::new(refused.reason, refused.message.clone()))
    }
}

impl fmt::Display for RefusedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RefusedBody {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_protocols_find_the_reason() {
        let error = axum::Error::new(RefusedBody::new(Reason::TooManyRequests, "later"));
        let found = RefusedBody::cause(&error).unwrap();
        assert_eq!((found.reason, found.message.as_str()), (Reason::TooManyRequests, "later"));
        let status = Status::from_error(error.into());
        assert_eq!((status.code(), status.message()), (tonic::Code::ResourceExhausted, "later"));
        assert!(RefusedBody::cause(&axum::Error::new(std::io::Error::other("reset"))).is_none());
    }
}
