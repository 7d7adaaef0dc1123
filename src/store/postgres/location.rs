//! The location of a database, and how a connection to it is secured.

use super::unavailable;
use crate::store::Result;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use url::Url;

/// The maximum time to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// Options that are passed on unchanged.
const KNOWN: &[&str] = &["host", "port", "user", "password", "dbname", "application_name", "options"];
const EXPECTED: &str = "expected postgres://user:password@host:5432/database";

/// The location of a database, parsed from a URL: `postgres://user:password@host:5432/database?sslmode=verify-full`.
///
/// `disable`, `prefer` and `require` accept every certificate: like in every PostgreSQL client, they protect against
/// eavesdropping, not against impersonation. With `verify-full` the server must prove its name to an authority that the
/// system trusts; the authority in `sslrootcert` is trusted in addition to those.
///
/// As in other clients, the environment supplies what the URL leaves out (`PGUSER`, `PGPASSWORD` or `~/.pgpass`,
/// `PGOPTIONS`, a client certificate in `PGSSLCERT` and `PGSSLKEY`). It never overrides the URL, and it sets neither
/// `sslmode` nor the trusted authorities.
#[derive(Clone)]
pub struct Location {
    options: PgConnectOptions,
    /// Certificates of authorities trusted in addition to those of the system.
    root: Option<PathBuf>,
    within: Duration,
    /// The URL without its password.
    shown: String,
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Location {
    /// Returns whether a URL is a PostgreSQL URL.
    pub fn is_meant_by(url: &str) -> bool {
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }

    /// Returns the maximum time to connect.
    pub(super) fn within(&self) -> Duration {
        self.within
    }

    /// Returns the options to connect with. Reads the file of `sslrootcert` now, not for each connection.
    pub(super) fn options(&self) -> Result<PgConnectOptions> {
        let root = match &self.root {
            // An empty list, because the environment could otherwise name a certificate.
            None => Vec::new(),
            Some(path) => root(path)
                .map_err(|error| unavailable(format!("sslrootcert {} cannot be used: {error}", path.display())))?,
        };
        Ok(self.options.clone().ssl_root_cert_from_pem(root))
    }
}

/// Returns the content of a certificate file after checking it.
fn root(path: &Path) -> Result<Vec<u8>, String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    match roots.is_empty() {
        true => Err("it holds no certificate".to_owned()),
        false => Ok(text),
    }
}

impl FromStr for Location {
    type Err = String;

    /// Rejects unknown options instead of ignoring them: whoever set one relies on it.
    fn from_str(text: &str) -> Result<Location, String> {
        let unusable = |why: &dyn fmt::Display| format!("the database's URL cannot be used ({why}): {EXPECTED}");
        let mut url =
            Url::parse(text).map_err(|error| format!("the database's URL cannot be read ({error}): {EXPECTED}"))?;
        let (mut mode, mut root, mut within) = ("prefer".to_owned(), None, CONNECT);
        let mut others = vec![("application_name".to_owned(), "ringdown".to_owned())];
        for (name, value) in url.query_pairs() {
            match &*name {
                "sslmode" => mode = value.into_owned(),
                "sslrootcert" => root = Some(PathBuf::from(&*value)),
                "connect_timeout" => {
                    let seconds: u64 = value.parse().map_err(|_| unusable(&format!("connect_timeout={value}")))?;
                    // 0 means no limit, as in every client.
                    within = if seconds == 0 { CONNECT } else { Duration::from_secs(seconds).min(CONNECT) };
                }
                name if KNOWN.contains(&name) => others.push((name.to_owned(), value.into_owned())),
                name => return Err(unusable(&format!("the option {name} is not supported"))),
            }
        }
        let verified = mode == "verify-full";
        let ssl = ssl_mode(&mode)?;
        if root.is_some() && !verified {
            return Err("sslrootcert in the database's URL needs sslmode=verify-full".to_owned());
        }
        if url.path().trim_start_matches('/').is_empty() && !others.iter().any(|(name, _)| name == "dbname") {
            return Err(format!("the database's URL names no database: {EXPECTED}"));
        }
        let shown = shown(&url);
        url.query_pairs_mut().clear().extend_pairs(others);
        let options: PgConnectOptions = url.as_str().parse().map_err(|error| unusable(&error))?;
        if options.get_host().contains(',') {
            return Err(unusable(&"it names several hosts"));
        }
        // An IPv6 address has brackets in a URL, but not as a host.
        let host = options.get_host().trim_matches(['[', ']']).to_owned();
        let options = options.host(&host).ssl_mode(ssl).disable_statement_logging();
        Ok(Location { options, root, within, shown })
    }
}

fn ssl_mode(mode: &str) -> Result<PgSslMode, String> {
    match mode {
        "disable" => Ok(PgSslMode::Disable),
        "prefer" => Ok(PgSslMode::Prefer),
        "require" => Ok(PgSslMode::Require),
        "verify-full" => Ok(PgSslMode::VerifyFull),
        other => {
            let modes = "disable, prefer, require, verify-full";
            Err(format!("sslmode={other} in the database's URL is not one of {modes}"))
        }
    }
}

/// Returns the URL without its password, whether in the authority or in the query.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    if url.query_pairs().any(|(name, _)| name == "password") {
        let others = url.query_pairs().filter(|(name, _)| name != "password");
        shown.query_pairs_mut().clear().extend_pairs(others);
    }
    let stripped = url.password().is_none() || shown.set_password(None).is_ok();
    if stripped { shown.to_string() } else { "the database".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_how() {
        let location: Location = "postgres://me:secret@db.example:5433/calls?sslmode=verify-full".parse().unwrap();
        let options = location.options().unwrap();
        assert_eq!((options.get_database(), options.get_host()), (Some("calls"), "db.example"));
        assert_eq!((options.get_port(), options.get_application_name()), (5433, Some("ringdown")));
        assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull));
        assert_eq!(format!("{location} {location:?}").matches("secret").count(), 0, "a password is not shown");
        let location: Location = "postgresql:///calls?host=/run/postgresql&user=me&sslmode=disable".parse().unwrap();
        assert_eq!(location.options.get_socket(), Some(&PathBuf::from("/run/postgresql")));
        let location: Location =
            "postgres://[::1]/calls?password=secret&application_name=x&connect_timeout=2".parse().unwrap();
        assert_eq!((location.options.get_host(), location.options.get_application_name()), ("::1", Some("x")));
        assert_eq!((location.within, format!("{location}").contains("secret")), (Duration::from_secs(2), false));
        assert!(Location::is_meant_by("postgres://x") && !Location::is_meant_by("sqlite://x"));
        for (url, expected) in [
            ("postgres://me@host", "names no database"),
            ("postgres://me@host/db?sslmode=maybe", "disable, prefer, require, verify-full"),
            ("postgres://me@host/db?sslrootcert=ca.pem", "needs sslmode=verify-full"),
            ("postgres://me@host/db?nonsense=1", "cannot be used"),
            ("postgres://me@one,two/db", "several hosts"),
            ("postgres://me@host:port/db", "cannot be read"),
        ] {
            let sentence = url.parse::<Location>().expect_err(url);
            assert!(sentence.contains(expected), "{url}: {sentence}");
        }
    }

    #[test]
    fn an_unreadable_root_is_reported() {
        let url = "postgres://me@host/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem";
        let location: Location = url.parse().unwrap();
        assert!(location.options().err().unwrap().to_string().contains("/nowhere/ca.pem"));
        let location: Location = "postgres://me@host/db?sslmode=require".parse().unwrap();
        assert!(location.options().is_ok());
    }
}
