use crate::app::doors::Caller;
use crate::error::{Error, Reason, Result};
pub fn caller<T>(request: &tonic::Request<T>) -> Result<Caller> {
    request.extensions().get::<Caller>().copied().ok_or_else(|| Error::new(Reason::AuthenticationRequired, "x"))
}
