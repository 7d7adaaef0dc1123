//! Telemetry for operators: the log and the metrics.
//!
//! Neither ever contains a credential, a query string or a phone number. A label has few values: an RPC, a status, a type.

mod gauged;
mod metrics;
pub mod phones;
mod throttle;

pub use gauged::Gauged;
pub use metrics::{CONTENT_TYPE, Metrics, Moved, Usage};
pub use throttle::Throttle;

use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The log filter without RINGDOWN_LOG: info of this crate, and warnings of its libraries.
const DEFAULT_FILTER: &str = "warn,ringdown=info";

/// Starts the log, on standard error: standard output is only for the result of a command. A filter such as
/// `ringdown=debug,info` comes from RINGDOWN_LOG. A second call changes nothing.
pub fn start_log(format: LogFormat) {
    log_with(format, &std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| DEFAULT_FILTER.to_owned()));
}

/// Does the same for a command that people run in a terminal: only errors, unless RINGDOWN_LOG says otherwise.
pub fn start_quiet_log() {
    log_with(LogFormat::Pretty, &std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| "error".to_owned()));
}

fn log_with(format: LogFormat, filter: &str) {
    let (filter, problem) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(DEFAULT_FILTER), Some(error)),
    };
    // It warns of every damaged frame of a file, of which there may be a million.
    let filter = match "symphonia_bundle_mp3=off".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // This fails if a log was started before, which then stays in use.
    let _ = match format {
        LogFormat::Pretty => {
            log.with_ansi(std::io::stderr().is_terminal()).with_target(false).finish().with(quiet()).try_init()
        }
        LogFormat::Json => {
            let log = log.json().flatten_event(true).with_current_span(true).with_span_list(false);
            log.finish().with(quiet()).try_init()
        }
    };
    if let Some(problem) = problem {
        tracing::warn!(%problem, "RINGDOWN_LOG is not a valid filter and is ignored");
    }
}

/// Hides what the SIP crate logs below warnings, whatever RINGDOWN_LOG says: whole messages, with the numbers of callers and
/// the responses of digest authentication.
fn quiet() -> FilterFn {
    FilterFn::new(is_shown)
}

fn is_shown(event: &Metadata<'_>) -> bool {
    let of_sip = event.target().split("::").next() == Some("rsipstack");
    !of_sip || *event.level() <= Level::WARN
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    /// A log in memory.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn sip_messages_are_in_no_log() {
        let log = Log::default();
        let writer = log.clone();
        let all = tracing_subscriber::fmt().with_env_filter("trace,rsipstack::transport=trace");
        let subscriber = all.with_writer(move || writer.clone()).finish().with(quiet());
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "rsipstack::transport", "INVITE sip:+15551230000");
            tracing::info!(target: "rsipstack", "REGISTER");
            tracing::warn!(target: "rsipstack::transport", "no route to host");
            tracing::trace!(target: "rsipstack_of_another_name", "shown");
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("INVITE") && !text.contains("REGISTER"), "{text}");
        assert!(text.contains("no route to host") && text.contains("shown"), "{text}");
    }
}
