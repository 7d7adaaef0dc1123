//! The configuration of a server: one struct. Every option of `ringdown serve` also comes from the environment, as
//! `RINGDOWN_` and its name in capitals; the command line wins.

mod limits;

pub use limits::Limits;

use crate::outbound::guard::Allowed;
use crate::outbound::mail::Server;
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, FromArgMatches, ValueEnum};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Where the database is when nobody says so. Commands that work beside a server look there too.
pub const DATABASE: &str = "sqlite://ringdown.db";

/// With less time than this no statement could be relied on.
const SHORTEST_STATEMENT: Duration = Duration::from_millis(100);

/// How a server runs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address and port to listen on: gRPC, gRPC-Web, REST, SSE and the pages.
    #[arg(long, env = "RINGDOWN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Where the database is: sqlite://<path of a file>, sqlite::memory: for one that is gone with the server, or
    /// postgres://user:password@host:5432/database (better given as RINGDOWN_DATABASE), with ?sslmode=disable, prefer,
    /// require or verify-full and &sslrootcert=<path of a PEM file>.
    #[arg(long, env = "RINGDOWN_DATABASE", hide_env_values = true, default_value = DATABASE)]
    pub database: String,

    /// PostgreSQL: connections that read. Beside them two write, and three look after what servers share.
    #[arg(long, env = "RINGDOWN_DATABASE_CONNECTIONS", default_value = "8", value_name = "N")]
    pub database_connections: usize,

    /// PostgreSQL: how long a statement may take.
    #[arg(long, env = "RINGDOWN_DATABASE_TIMEOUT", default_value = "10s", value_parser = duration, value_name = "DURATION")]
    pub database_timeout: Duration,

    /// PostgreSQL: a name of this server's own among those that share the database. A server that starts takes over at once
    /// from an earlier one of its name, which must be gone; without a name it waits until that one's lease is over.
    #[arg(long, env = "RINGDOWN_NODE_NAME", default_value = "", hide_default_value = true, value_name = "NAME")]
    pub node_name: String,

    /// What an answered request survives: a loss of power (full), or the death of the process alone (normal, faster).
    #[arg(long, env = "RINGDOWN_SYNCHRONOUS", value_enum, default_value = "full")]
    pub synchronous: Synchronous,

    /// Directory of recordings. Not given: `recordings` beside the database's file; with PostgreSQL, where the server is
    /// started; with a database in memory, a directory that is gone with the server.
    #[arg(long, env = "RINGDOWN_RECORDINGS", value_name = "DIRECTORY")]
    pub recordings: Option<PathBuf>,

    /// What carries the calls: simulated (phones without a network).
    #[arg(long, env = "RINGDOWN_TELEPHONY", default_value = "simulated")]
    pub telephony: Telephony,

    /// How fast simulated time runs: 10 divides every duration by ten, 0 is at once.
    #[arg(long, env = "RINGDOWN_SIM_SPEED", default_value = "1", value_parser = speed, allow_negative_numbers = true)]
    pub sim_speed: f64,

    /// Certificate chain for TLS, a PEM file. Needs --tls-key.
    #[arg(long, env = "RINGDOWN_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// Private key for TLS, a PEM file. Needs --tls-cert.
    #[arg(long, env = "RINGDOWN_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Origin whose web pages may call this server, as https://app.example.com; * for any. May be repeated.
    #[arg(long = "cors-origin", env = "RINGDOWN_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<String>,

    /// Secret that JWTs are signed with (HS256), at least 32 bytes. Not given: made on the first start and kept in the
    /// database. Better given as RINGDOWN_JWT_SECRET: other users of the machine can read command lines.
    #[arg(long, env = "RINGDOWN_JWT_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub jwt_secret: Option<Secret>,

    /// Closes gRPC reflection.
    #[arg(long, env = "RINGDOWN_NO_REFLECTION", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub no_reflection: bool,

    /// Address and port of a listener of its own for /metrics. Not given: /metrics answers on the main port, and only
    /// callers on this machine.
    #[arg(long, env = "RINGDOWN_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// How long calls may go on after the server was told to stop: 30s, 5m, 0s.
    #[arg(long, env = "RINGDOWN_DRAIN_TIMEOUT", default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub drain_timeout: Duration,

    /// How the log is written: pretty for people, json for machines. What it holds is set by RINGDOWN_LOG (info).
    #[arg(long, env = "RINGDOWN_LOG_FORMAT", value_enum, default_value = "pretty")]
    pub log_format: LogFormat,

    /// The most calls that are up at once.
    #[arg(long, env = "RINGDOWN_MAX_CALLS", default_value = "10000", value_name = "N")]
    pub max_calls: usize,

    /// The most calls of one customer that are up at once.
    #[arg(long, env = "RINGDOWN_MAX_CALLS_PER_CUSTOMER", default_value = "10000", value_name = "N")]
    pub max_calls_per_customer: usize,

    /// The most activeflows that run at once.
    #[arg(long, env = "RINGDOWN_MAX_ACTIVEFLOWS", default_value = "1000000", value_name = "N")]
    pub max_activeflows: usize,

    /// The most watches that are open at once.
    #[arg(long, env = "RINGDOWN_MAX_WATCHERS", default_value = "10000", value_name = "N")]
    pub max_watchers: usize,

    /// The most watches of one customer that are open at once.
    #[arg(long, env = "RINGDOWN_MAX_WATCHERS_PER_CUSTOMER", default_value = "1000", value_name = "N")]
    pub max_watchers_per_customer: usize,

    /// Address, network (10.1.0.0/16) or host name inside that flows and webhooks may reach. Without it nothing is sent to
    /// loopback, private, link-local and metadata addresses. May be repeated.
    #[arg(long, env = "RINGDOWN_OUTBOUND_ALLOW", value_name = "WHERE", value_delimiter = ',')]
    pub outbound_allow: Vec<Allowed>,

    /// What carries text messages: log (a line in the log, and nothing is sent) or http (JSON to --message-url).
    #[arg(long, env = "RINGDOWN_MESSAGE_PROVIDER", value_enum, default_value = "log")]
    pub message_provider: MessageProvider,

    /// Where the http provider takes messages.
    #[arg(long, env = "RINGDOWN_MESSAGE_URL", value_name = "URL")]
    pub message_url: Option<String>,

    /// Bearer token for the http provider. Better given as RINGDOWN_MESSAGE_TOKEN.
    #[arg(long, env = "RINGDOWN_MESSAGE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub message_token: Option<Token>,

    /// Secret that a provider signs the messages with that arrive at /v1.0/providers/http/messages. Not given: none are
    /// taken there. Better given as RINGDOWN_MESSAGE_INBOUND_SECRET.
    #[arg(long, env = "RINGDOWN_MESSAGE_INBOUND_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub message_inbound_secret: Option<Token>,

    /// Mail server: smtp://user:password@host (STARTTLS), smtps://… (TLS), smtp://host?tls=none. Needs --mail-from. Better
    /// given as RINGDOWN_SMTP_URL.
    #[arg(long, env = "RINGDOWN_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Server>,

    /// Who sends mail: no-reply@example.com, or Ringdown <no-reply@example.com>.
    #[arg(long, env = "RINGDOWN_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// How long history, ended activeflows with their calls, and messages are kept: 720h; 0 is for ever.
    #[arg(long, env = "RINGDOWN_RETAIN_HISTORY", default_value = "720h", value_parser = age, value_name = "DURATION")]
    pub retain_history: Duration,

    /// How long webhook deliveries are kept once they are done with; 0 is for ever.
    #[arg(long, env = "RINGDOWN_RETAIN_DELIVERIES", default_value = "168h", value_parser = age, value_name = "DURATION")]
    pub retain_deliveries: Duration,

    /// How long recordings and their files are kept; 0 is for ever.
    #[arg(long, env = "RINGDOWN_RETAIN_RECORDINGS", default_value = "720h", value_parser = age, value_name = "DURATION")]
    pub retain_recordings: Duration,
}

/// What an answered request survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Synchronous {
    /// A loss of power.
    Full,
    /// The death of the process.
    Normal,
}

/// What carries the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telephony {
    Simulated,
}

impl FromStr for Telephony {
    type Err = String;

    fn from_str(word: &str) -> Result<Telephony, String> {
        match word {
            "simulated" => Ok(Telephony::Simulated),
            "sip" => Err("calls over SIP are not built into this version; the only telephony is: simulated".to_owned()),
            _ => Err("there is no such telephony; the only one is: simulated".to_owned()),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// What carries text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageProvider {
    Log,
    Http,
}

/// A credential of someone else's, of whatever form.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Token, String> {
        match text.len() {
            16.. => Ok(Token(text.to_owned())),
            short => Err(format!("expected at least 16 bytes that nobody can guess, and this has {short}")),
        }
    }
}

/// A value that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl FromStr for Secret {
    type Err = String;

    fn from_str(text: &str) -> Result<Secret, String> {
        // RFC 7518 §3.2: a key for HS256 has at least the size of its hash.
        match text.len() {
            32.. => Ok(Secret(text.to_owned())),
            short => Err(format!("a secret for HS256 has at least 32 bytes, and this one has {short}")),
        }
    }
}

/// The defaults, whatever stands in the environment.
impl Default for Config {
    fn default() -> Config {
        let command = Config::augment_args(clap::Command::new("ringdown")).mut_args(|arg| arg.env(None::<&str>));
        let matches = command.get_matches_from(["ringdown"]);
        Config::from_arg_matches(&matches).expect("every option has a default or is optional")
    }
}

impl Config {
    /// What speaks against starting with this configuration: a sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => problems.push("--tls-cert needs --tls-key beside it.".to_owned()),
            (None, Some(_)) => problems.push("--tls-key needs --tls-cert beside it.".to_owned()),
            _ => {}
        }
        for origin in &self.cors_origins {
            if !is_origin(origin) {
                problems.push(format!(
                    "--cors-origin {origin:?} is not an origin: it is a scheme, a host and perhaps a port, as \
                     https://app.example.com, with nothing behind; or * for any."
                ));
            }
        }
        if self.metrics_listen.is_some_and(|metrics| metrics == self.listen && metrics.port() != 0) {
            problems.push("--metrics-listen needs another address or port than --listen.".to_owned());
        }
        if self.database.starts_with("postgres") && self.synchronous == Synchronous::Normal {
            problems.push(
                "--synchronous normal is for SQLite; PostgreSQL is always told to keep what was answered.".to_owned(),
            );
        }
        if self.database_timeout < SHORTEST_STATEMENT {
            problems.push("--database-timeout is at least 100ms.".to_owned());
        }
        self.outside(&mut problems);
        let limits = [
            ("--database-connections", self.database_connections),
            ("--max-calls", self.max_calls),
            ("--max-calls-per-customer", self.max_calls_per_customer),
            ("--max-activeflows", self.max_activeflows),
            ("--max-watchers", self.max_watchers),
            ("--max-watchers-per-customer", self.max_watchers_per_customer),
        ];
        for (option, _) in limits.into_iter().filter(|(_, limit)| *limit == 0) {
            problems.push(format!("{option} 0 would let nobody in; it is at least 1."));
        }
        problems
    }

    /// What is wrong with how things are sent out.
    fn outside(&self, problems: &mut Vec<String>) {
        match (self.message_provider, &self.message_url) {
            (MessageProvider::Http, None) => {
                problems.push("--message-provider http needs --message-url beside it.".to_owned());
            }
            (MessageProvider::Log, Some(_)) => {
                problems.push("--message-url needs --message-provider http beside it.".to_owned());
            }
            _ => {}
        }
        match (&self.smtp_url, &self.mail_from) {
            (Some(_), None) => problems.push("--smtp-url needs --mail-from beside it.".to_owned()),
            (None, Some(_)) => problems.push("--mail-from needs --smtp-url beside it.".to_owned()),
            _ => {}
        }
    }

    /// What is allowed and may yet surprise: a sentence each, for the log.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.listen.ip().is_loopback() && !self.tls() {
            warnings.push(format!(
                "{} can be reached from other machines, and without --tls-cert and --tls-key keys and calls cross the \
                 network in the clear.",
                self.listen
            ));
        }
        if self.synchronous == Synchronous::Normal {
            warnings.push("With --synchronous normal a loss of power may take the last answered requests.".to_owned());
        }
        if self.metrics_listen.is_some_and(|address| !address.ip().is_loopback()) {
            warnings.push("--metrics-listen can be reached from other machines, and asks for no key.".to_owned());
        }
        warnings
    }

    /// Whether callers speak TLS.
    pub fn tls(&self) -> bool {
        self.tls_cert.is_some() && self.tls_key.is_some()
    }
}

/// A duration as people write it: 24h, 30s, 500ms, 1h 30m.
pub fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "expected a duration, as 24h, 5m, 30s or 500ms".to_owned())
}

/// How long something is kept: a duration, or 0 for ever.
fn age(text: &str) -> Result<Duration, String> {
    match text {
        "0" => Ok(Duration::ZERO),
        text => duration(text),
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| speed.is_finite() && *speed >= 0.0);
    speed.ok_or_else(|| "expected a number that is not negative, as 1, 10 or 0.5; 0 is at once".to_owned())
}

/// Whether this is an origin as browsers write it (RFC 6454 §6.2), or `*`.
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
        assert_eq!((config.database.as_str(), config.synchronous), (DATABASE, Synchronous::Full));
        assert_eq!((config.sim_speed, config.drain_timeout), (1.0, Duration::from_secs(30)));
        assert!(!config.no_reflection && config.jwt_secret.is_none() && config.cors_origins.is_empty());
        assert_eq!((config.problems(), config.warnings()), (vec![], vec![]));
    }

    #[test]
    fn options_are_read() {
        let config = read(&["--sim-speed", "0", "--drain-timeout", "500ms", "--no-reflection"]).unwrap();
        assert_eq!((config.sim_speed, config.drain_timeout), (0.0, Duration::from_millis(500)));
        assert!(config.no_reflection);
        let config = read(&["--cors-origin", "https://a.example", "--cors-origin", "http://b.example:3000"]).unwrap();
        assert_eq!(config.cors_origins, ["https://a.example", "http://b.example:3000"]);
        assert!(config.problems().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        #[track_caller]
        fn check(line: &[&str], words: &str) {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        check(&["--telephony", "sip"], "not built into this version");
        check(&["--telephony", "carrier-pigeon"], "there is no such telephony");
        check(&["--sim-speed", "-1"], "--sim-speed");
        check(&["--sim-speed", "NaN"], "not negative");
        check(&["--drain-timeout", "soon"], "expected a duration");
        check(&["--jwt-secret", "too short"], "at least 32 bytes");
        check(&["--listen", "localhost"], "--listen");
        check(&["--synchronous", "off"], "full, normal");
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
        check(&["--metrics-listen", "127.0.0.1:8080"], "another address");
        check(&["--message-provider", "http"], "--message-url");
        check(&["--message-url", "https://sms.example"], "--message-provider http");
        check(&["--smtp-url", "smtp://mail.example"], "--mail-from");
        check(&["--mail-from", "a@b.example"], "--smtp-url");
        check(&["--max-calls", "0"], "--max-calls 0");
        check(&["--database-connections", "0"], "--database-connections 0");
        check(&["--database-timeout", "1ms"], "at least 100ms");
        check(&["--database", "postgres://x/y", "--synchronous", "normal"], "is for SQLite");
        for origin in ["app.example.com", "https://a.example/", "https://a.example/x", "https://u@a.example", "null"] {
            check(&["--cors-origin", origin], "is not an origin");
        }
    }

    #[test]
    fn an_open_door_without_tls_is_warned_of() {
        let open = read(&["--listen", "0.0.0.0:8080"]).unwrap();
        assert!(open.problems().is_empty() && open.warnings()[0].contains("in the clear"));
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
