//! `ringdown watch`.

use super::Failure;
use super::connect::Server;
use super::timeline::{Moment, Timeline};
use ringdown::proto::WatchActiveflowsRequest;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use std::time::Duration;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use uuid::Uuid;

/// The pause before the first retry, and the longest pause; each is twice the previous one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The number of failed attempts before a message is shown. A restart takes less.
const SILENT_TRIES: u32 = 6;

#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true)))]
pub struct Args {
    /// Activeflow to watch. The command ends when the activeflow does.
    #[arg(group = "whom")]
    id: Option<Uuid>,

    /// Watches all activeflows from now on, until the command is interrupted.
    #[arg(long, group = "whom")]
    all: bool,

    #[command(flatten)]
    server: Server,
}

impl Args {
    /// Watches all activeflows of a server.
    pub fn all(server: Server) -> Args {
        Args { id: None, all: true, server }
    }
}

/// The state of a watch.
struct Watch {
    client: ActiveflowServiceClient<Channel>,
    request: WatchActiveflowsRequest,
    server: Server,
    timeline: Timeline,
    /// Whether a connection has succeeded. Errors before that are reported at once.
    connected: bool,
    /// The number of failed attempts in a row.
    tries: u32,
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let ids: Vec<String> = args.id.iter().map(Uuid::to_string).collect();
    let (include_snapshot, until_ended) = (args.id.is_some(), args.id.is_some());
    let request = WatchActiveflowsRequest { ids, include_snapshot, until_ended, ..WatchActiveflowsRequest::default() };
    let mut watch = Watch {
        client: ActiveflowServiceClient::new(args.server.channel()?),
        request,
        server: args.server,
        timeline: Timeline::new(args.all),
        connected: false,
        tries: 0,
    };
    loop {
        match watch.follow().await? {
            // The stream of one activeflow ends with it; the stream of all activeflows should not end.
            Ok(()) if until_ended => return Ok(()),
            Ok(()) => watch.again(&Status::unavailable("the server closed the stream")).await?,
            Err(status) => watch.again(&status).await?,
        }
    }
}

impl Watch {
    /// Shows events until the stream ends. The outer error is local, the inner one comes from the server or the
    /// network.
    async fn follow(&mut self) -> Result<Result<(), Status>, Failure> {
        let mut request = Request::new(self.request.clone());
        request.metadata_mut().insert("authorization", self.server.authorization()?);
        let mut stream = match self.client.watch_activeflows(request).await {
            Ok(response) => response.into_inner(),
            Err(status) => return Ok(Err(status)),
        };
        self.connected = true;
        loop {
            let frame = match stream.message().await {
                Ok(Some(frame)) => frame.into_message()?,
                Ok(None) => return Ok(Ok(())),
                Err(status) => return Ok(Err(status)),
            };
            if self.tries > SILENT_TRIES {
                eprintln!("ringdown: reconnected");
            }
            self.tries = 0;
            if let Some(moment) = Moment::of_activeflow(&frame) {
                self.timeline.show(&moment)?;
            }
            self.request.resume_token = frame.resume_token;
        }
    }

    /// Waits before the next attempt, or returns an error if a retry cannot help.
    async fn again(&mut self, status: &Status) -> Result<(), Failure> {
        match status.code() {
            Code::OutOfRange if !self.request.resume_token.is_empty() => {
                eprintln!("ringdown: the events in between are no longer available; continuing from now");
                self.request.resume_token.clear();
            }
            _ if self.connected && is_passing(status.code()) => {}
            _ => return Err(self.explain(status).into()),
        }
        self.tries += 1;
        if self.tries == SILENT_TRIES {
            eprintln!("ringdown: cannot reach {} ({}); retrying", self.server.server, status.message());
        }
        tokio::time::sleep(pause(self.tries)).await;
        Ok(())
    }

    fn explain(&self, status: &Status) -> String {
        match status.code() {
            Code::Unavailable | Code::Unknown if !self.connected => {
                let source = std::error::Error::source(status).map(|it| format!(": {it}")).unwrap_or_default();
                format!("cannot reach {} ({}{source})", self.server.server, status.message())
            }
            _ => status.message().to_owned(),
        }
    }
}

/// Returns whether the same request may succeed later. A broken connection is reported under several codes.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::Unknown
            | Code::Internal
            | Code::Cancelled
            | Code::Aborted
            | Code::DeadlineExceeded
            | Code::ResourceExhausted
    )
}

fn pause(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let pauses: Vec<u128> = (1..=8).map(|tries| pause(tries).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
