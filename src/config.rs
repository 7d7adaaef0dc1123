//! The configuration of a server: one struct. Every option of `ringdown serve` can also be set in the environment, as
//! `RINGDOWN_` followed by its name in capitals. The command line takes precedence.

mod carriers;
mod clocks;
mod connections;
mod customers;
mod disk;
mod limits;
mod memory;
mod operators;
pub mod renamed;
mod secret_key;
mod sip;
mod size;
mod speech;
mod values;

pub use carriers::{CarrierOptions, SipProvider, is_host, is_username, secret};
pub use clocks::Clocks;
pub use connections::{ConnectionBounds, ConnectionOptions};
pub use customers::{CustomerOptions, LimitSetting};
pub use disk::DiskOptions;
pub use limits::Limits;
pub use memory::{MemoryOptions, MemorySize};
pub use operators::{Numbers, OperatorOptions};
pub use secret_key::SecretKey;
pub use sip::{PortRange, SipOptions};
pub use speech::SpeechOptions;
pub use values::{Durability, LogFormat, MessageProvider, Secret, Telephony, Token};

use crate::outbound::guard::Allowed;
use crate::outbound::mail::Server;
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, FromArgMatches};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The database that a server uses by default, and that the commands which open a database look for.
pub const DATABASE: &str = "sqlite://ringdown.db";

/// The shortest statement timeout that leaves a healthy database time to answer.
const SHORTEST_STATEMENT: Duration = Duration::from_millis(100);

/// The configuration of a server.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address and port to listen on, for gRPC, gRPC-Web, REST and SSE.
    #[arg(long, env = "RINGDOWN_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// URL of the database: sqlite://PATH, sqlite::memory: (lost when the server stops), or
    /// postgres://user:password@host:5432/database with optional sslmode=disable|prefer|require|verify-full and
    /// sslrootcert=FILE parameters. Prefer RINGDOWN_DATABASE for a URL with a password.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, default_value = DATABASE, value_name = "URL")]
    pub database: String,

    /// PostgreSQL: size of the pool of connections that read. Two more connections write, and three more coordinate the
    /// nodes.
    #[arg(long, env = "RINGDOWN_DATABASE_CONNECTIONS", default_value = "8", value_name = "N")]
    pub database_connections: usize,

    /// PostgreSQL: statement timeout, at least 100ms.
    #[arg(
        long,
        alias = "database-timeout",
        env = "RINGDOWN_DATABASE_STATEMENT_TIMEOUT",
        default_value = "10s",
        value_parser = duration,
        value_name = "DURATION"
    )]
    pub database_statement_timeout: Duration,

    /// PostgreSQL: unique name of this node. A node that restarts under the same name takes over its own work at once.
    /// Without a name it waits until the lease of its predecessor expires.
    #[arg(long, env = "RINGDOWN_NODE_NAME", default_value = "", hide_default_value = true, value_name = "NAME")]
    pub node_name: String,

    #[command(flatten)]
    pub clocks: Clocks,

    /// SQLite: what committed data survives. With process-crash commits are faster, and a power loss can lose the latest.
    #[arg(long, alias = "synchronous", env = "RINGDOWN_DURABILITY", value_enum, default_value = "power-loss")]
    pub durability: Durability,

    /// Directory for recordings. Default: `recordings` next to the SQLite database file; in the working directory with
    /// PostgreSQL; a temporary directory with an in-memory database.
    #[arg(long, alias = "recordings", env = "RINGDOWN_RECORDINGS_DIR", value_name = "DIRECTORY")]
    pub recordings_dir: Option<PathBuf>,

    /// Telephony driver: simulated (phones without a network) or sip (phones and carriers by SIP, next to simulated ones).
    #[arg(long, env = "RINGDOWN_TELEPHONY", default_value = "simulated", value_name = "DRIVER")]
    pub telephony: Telephony,

    #[command(flatten)]
    pub sip: SipOptions,

    #[command(flatten)]
    pub carriers: CarrierOptions,

    /// Speed of simulated time: 10 divides every duration by ten, 0 skips all waiting.
    #[arg(
        long,
        env = "RINGDOWN_SIM_SPEED",
        default_value = "1",
        value_parser = speed,
        allow_negative_numbers = true,
        value_name = "FACTOR"
    )]
    pub sim_speed: f64,

    /// TLS certificate chain, a PEM file. Requires --tls-key.
    #[arg(long, env = "RINGDOWN_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// TLS private key, a PEM file. Requires --tls-cert.
    #[arg(long, env = "RINGDOWN_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Origin of web pages that may call this server, such as https://app.example.com, or * for any. Repeatable.
    #[arg(long = "cors-origin", env = "RINGDOWN_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<String>,

    /// Secret for signing JWTs (HS256), at least 32 bytes. Default: generated on the first start and sealed in
    /// the database. Prefer RINGDOWN_JWT_SECRET: other users of the machine can read command lines.
    #[arg(long, env = "RINGDOWN_JWT_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub jwt_secret: Option<Secret>,

    #[command(flatten)]
    pub secret_key: SecretKey,

    /// Disables gRPC server reflection.
    #[arg(long, env = "RINGDOWN_NO_REFLECTION", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub no_reflection: bool,

    /// Separate address and port for /metrics. Default: the main port, which answers /metrics to this machine only.
    #[arg(long, env = "RINGDOWN_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// How long active calls may continue after the server receives a signal to stop: 30s, 5m, 0s. Default: 30s with
    /// simulated telephony, and 15m with sip.
    #[arg(long, env = "RINGDOWN_DRAIN_TIMEOUT", value_parser = duration, value_name = "DURATION")]
    pub drain_timeout: Option<Duration>,

    /// Log format: pretty for people, json for machines. RINGDOWN_LOG sets the level (default: info).
    #[arg(long, env = "RINGDOWN_LOG_FORMAT", value_enum, default_value = "pretty")]
    pub log_format: LogFormat,

    /// Maximum number of concurrent calls.
    #[arg(long, env = "RINGDOWN_MAX_CALLS", default_value = "10000", value_name = "N")]
    pub max_calls: usize,

    #[command(flatten)]
    pub customers: CustomerOptions,

    #[command(flatten)]
    pub disk: DiskOptions,

    #[command(flatten)]
    pub operators: OperatorOptions,

    /// Maximum number of running activeflows.
    #[arg(long, env = "RINGDOWN_MAX_ACTIVEFLOWS", default_value = "1000000", value_name = "N")]
    pub max_activeflows: usize,

    /// Maximum number of open watches.
    #[arg(long, env = "RINGDOWN_MAX_WATCHERS", default_value = "10000", value_name = "N")]
    pub max_watchers: usize,

    #[command(flatten)]
    pub connections: ConnectionOptions,

    /// Internal host name, address or network (10.1.0.0/16) that flows and webhooks may reach, with an optional :PORT or :*
    /// for all ports; ports 80 and 443 by default. Otherwise requests to loopback, private, link-local and metadata
    /// addresses are refused. This server's own listeners always are. Repeatable.
    #[arg(long, env = "RINGDOWN_OUTBOUND_ALLOW", value_name = "DESTINATION", value_delimiter = ',')]
    pub outbound_allow: Vec<Allowed>,

    /// Provider of text messages: log (writes them to the log and sends nothing) or http (posts JSON to --message-url).
    #[arg(long, env = "RINGDOWN_MESSAGE_PROVIDER", value_enum, default_value = "log", value_name = "PROVIDER")]
    pub message_provider: MessageProvider,

    /// URL to which the http provider posts messages.
    #[arg(long, env = "RINGDOWN_MESSAGE_URL", value_name = "URL")]
    pub message_url: Option<String>,

    /// Bearer token for the http provider. Prefer RINGDOWN_MESSAGE_TOKEN.
    #[arg(long, env = "RINGDOWN_MESSAGE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub message_token: Option<Token>,

    /// Secret with which the provider signs inbound messages, posted to /v1.0/providers/http/messages. Default: inbound
    /// messages are refused. Prefer RINGDOWN_MESSAGE_INBOUND_SECRET.
    #[arg(long, env = "RINGDOWN_MESSAGE_INBOUND_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub message_inbound_secret: Option<Token>,

    /// Mail server: smtp://user:password@host (STARTTLS), smtps://… (TLS) or smtp://host?tls=none. Requires --mail-from.
    /// Prefer RINGDOWN_SMTP_URL.
    #[arg(long, env = "RINGDOWN_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Server>,

    /// Sender of mail: no-reply@example.com, or Ringdown <no-reply@example.com>.
    #[arg(long, env = "RINGDOWN_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// Retention of history, ended activeflows with their calls, and messages; 0 keeps them forever.
    #[arg(long, env = "RINGDOWN_RETAIN_HISTORY", default_value = "720h", value_parser = age, value_name = "DURATION")]
    pub retain_history: Duration,

    /// Retention of completed webhook deliveries; 0 keeps them forever.
    #[arg(long, env = "RINGDOWN_RETAIN_DELIVERIES", default_value = "168h", value_parser = age, value_name = "DURATION")]
    pub retain_deliveries: Duration,

    /// Retention of recordings and their files; 0 keeps them forever.
    #[arg(long, env = "RINGDOWN_RETAIN_RECORDINGS", default_value = "720h", value_parser = age, value_name = "DURATION")]
    pub retain_recordings: Duration,

    #[command(flatten)]
    pub memory: MemoryOptions,

    #[command(flatten)]
    pub speech: SpeechOptions,
}

/// The defaults, independent of the environment.
impl Default for Config {
    fn default() -> Config {
        let command = Config::augment_args(clap::Command::new("ringdown")).mut_args(|arg| arg.env(None::<&str>));
        let matches = command.get_matches_from(["ringdown"]);
        Config::from_arg_matches(&matches).expect("every option has a default or is optional")
    }
}

impl Config {
    /// Returns the reasons why a server cannot start with this configuration, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => problems.push("--tls-cert requires --tls-key.".to_owned()),
            (None, Some(_)) => problems.push("--tls-key requires --tls-cert.".to_owned()),
            _ => {}
        }
        for origin in &self.cors_origins {
            if !is_origin(origin) {
                problems.push(format!(
                    "--cors-origin {origin:?} is not an origin. An origin is a scheme, a host and an optional port, such as \
                     https://app.example.com, without a path; * means any origin."
                ));
            }
        }
        if self.metrics_listen.is_some_and(|metrics| metrics == self.listen && metrics.port() != 0) {
            problems.push("--metrics-listen must differ from --listen.".to_owned());
        }
        if self.database.starts_with("postgres") && self.durability == Durability::ProcessCrash {
            problems.push(
                "--durability process-crash applies to SQLite only; with PostgreSQL commits always survive a power loss."
                    .to_owned(),
            );
        }
        if self.database_statement_timeout < SHORTEST_STATEMENT {
            problems.push("--database-statement-timeout must be at least 100ms.".to_owned());
        }
        self.outside(&mut problems);
        problems.extend(self.speech.problems());
        problems.extend(self.sip.problems(self.telephony));
        let limits = [
            ("--database-connections", self.database_connections),
            ("--max-calls", self.max_calls),
            ("--max-activeflows", self.max_activeflows),
            ("--max-watchers", self.max_watchers),
        ];
        let zero = limits.into_iter().filter(|(_, limit)| *limit == 0).map(|(option, _)| option);
        for option in zero.chain(self.connections.zero()) {
            problems.push(format!("{option} must be at least 1."));
        }
        problems
    }

    /// Adds the problems of the options for outbound messages and mail.
    fn outside(&self, problems: &mut Vec<String>) {
        match (self.message_provider, &self.message_url) {
            (MessageProvider::Http, None) => {
                problems.push("--message-provider http requires --message-url.".to_owned());
            }
            (MessageProvider::Log, Some(_)) => {
                problems.push("--message-url requires --message-provider http.".to_owned());
            }
            _ => {}
        }
        match (&self.smtp_url, &self.mail_from) {
            (Some(_), None) => problems.push("--smtp-url requires --mail-from.".to_owned()),
            (None, Some(_)) => problems.push("--mail-from requires --smtp-url.".to_owned()),
            _ => {}
        }
    }

    /// Returns the settings that are valid but risky, one sentence each, for the log.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.listen.ip().is_loopback() && !self.tls() {
            warnings.push(format!(
                "{} is reachable from other machines. Without --tls-cert and --tls-key, keys and calls cross the \
                 network unencrypted.",
                self.listen
            ));
        }
        if self.durability == Durability::ProcessCrash {
            warnings.push("With --durability process-crash a power loss can lose the most recent commits.".to_owned());
        }
        if self.metrics_listen.is_some_and(|address| !address.ip().is_loopback()) {
            warnings.push("--metrics-listen is reachable from other machines and requires no key.".to_owned());
        }
        warnings.extend(self.sip.warnings(self.telephony));
        warnings
    }

    /// Returns how long active calls may continue after the server receives a signal to stop.
    pub fn drain_timeout(&self) -> Duration {
        let usual = match self.telephony {
            Telephony::Simulated => Duration::from_secs(30),
            // People are on these calls.
            Telephony::Sip => Duration::from_secs(15 * 60),
        };
        self.drain_timeout.unwrap_or(usual)
    }

    /// Returns whether clients connect over TLS.
    pub fn tls(&self) -> bool {
        self.tls_cert.is_some() && self.tls_key.is_some()
    }
}

/// Parses a duration such as 24h, 30s, 500ms or 1h 30m.
pub fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "expected a duration such as 24h, 5m, 30s or 500ms".to_owned())
}

/// Parses a retention: a duration, or 0, which keeps data forever.
fn age(text: &str) -> Result<Duration, String> {
    match text {
        "0" => Ok(Duration::ZERO),
        text => duration(text),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| speed.is_finite() && *speed >= 0.0);
    speed.ok_or_else(|| "expected a non-negative number such as 1, 10 or 0.5; 0 skips all waiting".to_owned())
}

/// Returns whether this is an origin as browsers send it (RFC 6454 §6.2), or `*`.
fn is_origin(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let scheme_ok = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let authority = rest.parse::<http::uri::Authority>();
    scheme_ok && authority.is_ok_and(|it| !it.host().is_empty() && !rest.contains('@') && rest == rest.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        config: Config,
    }

    fn read(line: &[&str]) -> Result<Config, String> {
        let line = std::iter::once("ringdown").chain(line.iter().copied());
        Line::try_parse_from(line).map(|it| it.config).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_for_one_machine() {
        let config = Config::default();
        assert!(config.listen.ip().is_loopback() && config.listen.port() == 8080);
        assert_eq!((config.database.as_str(), config.durability), (DATABASE, Durability::PowerLoss));
        assert_eq!((config.sim_speed, config.drain_timeout()), (1.0, Duration::from_secs(30)));
        assert!(!config.no_reflection && config.jwt_secret.is_none() && config.cors_origins.is_empty());
        assert_eq!((config.problems(), config.warnings()), (vec![], vec![]));
    }

    #[test]
    fn options_are_read() {
        let config = read(&["--sim-speed", "0", "--drain-timeout", "500ms", "--no-reflection"]).unwrap();
        assert_eq!((config.sim_speed, config.drain_timeout()), (0.0, Duration::from_millis(500)));
        assert!(config.no_reflection);
        let config = read(&["--telephony", "sip"]).unwrap();
        assert_eq!((config.telephony, config.drain_timeout()), (Telephony::Sip, Duration::from_secs(900)));
        let config = read(&["--cors-origin", "https://a.example", "--cors-origin", "http://b.example:3000"]).unwrap();
        assert_eq!(config.cors_origins, ["https://a.example", "http://b.example:3000"]);
        assert!(config.problems().is_empty());
        let config = read(&["--trusted-proxy", "10.0.0.0/8,::1", "--max-connections", "9"]).unwrap();
        assert_eq!(config.connections.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        assert_eq!(config.connections.max_connections, Some(9));
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        #[track_caller]
        fn check(line: &[&str], words: &str) {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        check(&["--telephony", "carrier-pigeon"], "the drivers are: simulated, sip");
        check(&["--sim-speed", "-1"], "--sim-speed");
        check(&["--sim-speed", "NaN"], "non-negative");
        check(&["--drain-timeout", "soon"], "expected a duration");
        check(&["--jwt-secret", "too short"], "at least 32 bytes");
        check(&["--listen", "localhost"], "--listen");
        check(&["--trusted-proxy", "localhost"], "expected an address or a network");
        check(&["--durability", "off"], "power-loss, process-crash");
    }

    #[test]
    fn problems_are_a_sentence_each() {
        #[track_caller]
        fn check(line: &[&str], words: &str) {
            let problems = read(line).unwrap().problems();
            assert!(problems.len() == 1 && problems[0].contains(words), "{problems:?}");
        }
        check(&["--tls-cert", "a.pem"], "--tls-key");
        check(&["--tls-key", "a.pem"], "--tls-cert");
        check(&["--metrics-listen", "127.0.0.1:8080"], "must differ from --listen");
        check(&["--message-provider", "http"], "--message-url");
        check(&["--message-url", "https://sms.example"], "--message-provider http");
        check(&["--smtp-url", "smtp://mail.example"], "--mail-from");
        check(&["--mail-from", "a@b.example"], "--smtp-url");
        check(&["--no-simulator"], "requires --telephony sip");
        check(&["--max-calls", "0"], "--max-calls must be at least 1");
        check(&["--max-connections", "0"], "--max-connections must be at least 1");
        check(&["--database-connections", "0"], "--database-connections must be at least 1");
        check(&["--database-timeout", "1ms"], "at least 100ms");
        check(&["--database", "postgres://x/y", "--synchronous", "normal"], "applies to SQLite only");
        for origin in ["app.example.com", "https://a.example/", "https://a.example/x", "https://u@a.example", "null"] {
            check(&["--cors-origin", origin], "is not an origin");
        }
    }

    #[test]
    fn a_reachable_address_without_tls_is_warned_of() {
        let open = read(&["--listen", "0.0.0.0:8080"]).unwrap();
        assert!(open.problems().is_empty() && open.warnings()[0].contains("unencrypted"));
        let tls = read(&["--listen", "0.0.0.0:8080", "--tls-cert", "a", "--tls-key", "b"]).unwrap();
        assert!(tls.problems().is_empty() && tls.warnings().is_empty());
    }

    #[test]
    fn a_secret_is_not_printed() {
        let secret = "a secret of more than thirty-two bytes";
        let config = read(&["--jwt-secret", secret]).unwrap();
        assert_eq!(config.jwt_secret.as_ref().unwrap().bytes(), secret.as_bytes());
        assert!(!format!("{config:?}").contains("thirty"));
    }
}
