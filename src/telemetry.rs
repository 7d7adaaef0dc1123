//! Telemetry for operators: the log and the metrics.
//!
//! Neither ever contains a credential, a query string or a phone number. A label has few values: an RPC, a status, a type.

mod metrics;
mod throttle;

pub use metrics::{CONTENT_TYPE, Gauged, Metrics, Moved, Usage};
pub use throttle::Throttle;

use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

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
        LogFormat::Pretty => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    if let Some(problem) = problem {
        tracing::warn!(%problem, "RINGDOWN_LOG is not a valid filter and is ignored");
    }
}
