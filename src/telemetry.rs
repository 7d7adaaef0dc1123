//! What operators see: the log, and the metrics.
//!
//! Neither ever holds a credential, a query string or a phone number. A label has few values: an RPC, a status, a type.

mod metrics;

pub use metrics::{CONTENT_TYPE, Gauged, Metrics, Moved};

use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What the log holds when RINGDOWN_LOG does not say: what happens here, and what goes wrong in the libraries below.
const DEFAULT_FILTER: &str = "warn,ringdown=info";

/// Starts the log, on standard error: what a command prints on standard output is its result alone. A filter such as
/// `ringdown=debug,info` comes from RINGDOWN_LOG. A second call changes nothing.
pub fn start_log(format: LogFormat) {
    log_with(format, &std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| DEFAULT_FILTER.to_owned()));
}

/// The same for a command that people look at: only what goes wrong, unless RINGDOWN_LOG asks for more.
pub fn start_quiet_log() {
    log_with(LogFormat::Pretty, &std::env::var("RINGDOWN_LOG").unwrap_or_else(|_| "error".to_owned()));
}

fn log_with(format: LogFormat, filter: &str) {
    let (filter, problem) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(DEFAULT_FILTER), Some(error)),
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // It fails where a log was started before: then that one is it.
    let _ = match format {
        LogFormat::Pretty => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    if let Some(problem) = problem {
        tracing::warn!(%problem, "RINGDOWN_LOG cannot be read and is left out");
    }
}
