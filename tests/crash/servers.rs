//! How clients ask servers that come and go: again, under the same key, until one answers.

use super::server::Grpc;
use std::time::{Duration, Instant};
use tonic::Code;
use tonic_types::StatusExt;

/// How long anything may take that is to happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Servers on one database, of which one or the other may be away.
pub trait Servers: Send + Sync + 'static {
    /// How long one of them may take to answer.
    const ATTEMPT: Duration;
    /// How long it may take until one of them answers.
    const LONGEST: Duration = PATIENCE;

    /// The clients of one of them, which may be dead.
    fn grpc(&self) -> impl Future<Output = Grpc> + Send;

    /// Returns when it makes sense to ask again.
    fn pause(&self) -> impl Future<Output = ()> + Send;

    /// What they have written to standard error.
    fn said(&self) -> String;

    /// Takes notice of a refusal after which the request is sent again.
    fn refused(&self, _: &tonic::Status) {}

    /// Asks until a server answers, whichever it is.
    fn ask<R, T, F>(
        &self,
        request: &R,
        rpc: impl Fn(Grpc, R) -> F + Send + Sync,
    ) -> impl Future<Output = Result<T, tonic::Status>> + Send
    where
        R: Clone + Send + Sync,
        T: Send,
        F: Future<Output = Result<tonic::Response<T>, tonic::Status>> + Send,
    {
        async move {
            let until = Instant::now() + Self::LONGEST;
            loop {
                let answer = tokio::time::timeout(Self::ATTEMPT, rpc(self.grpc().await, request.clone())).await;
                let why = match answer {
                    Ok(Err(status)) if may_pass(&status) => {
                        self.refused(&status);
                        status.to_string()
                    }
                    Ok(answer) => return answer.map(tonic::Response::into_inner),
                    Err(_) => format!("no answer within {:?}", Self::ATTEMPT),
                };
                assert!(Instant::now() < until, "nobody answers: {why}");
                self.pause().await;
            }
        }
    }
}

/// Whether the same request may have another answer later. Without a reason it is how a connection that broke looks from here.
pub fn may_pass(status: &tonic::Status) -> bool {
    match status.get_error_details().error_info() {
        Some(_) => matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded),
        None => matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal),
    }
}
