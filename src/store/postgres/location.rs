//! Where a database is, and how a connection to it is secured.

use super::unavailable;
use crate::store::Result;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Socket;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

/// After this long a connection whose other end does not answer is given up.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// A stream to the database, with TLS.
pub(super) type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// Where a database is. From a URL: `postgres://user:password@host:5432/database?sslmode=verify-full`.
#[derive(Clone)]
pub struct Location {
    postgres: tokio_postgres::Config,
    /// Whether the server must prove who it is.
    verified: bool,
    /// Who may vouch for it. None: whom the system trusts.
    root: Option<PathBuf>,
    /// Without its password.
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
    /// Whether a URL is one of these.
    pub fn is_meant_by(url: &str) -> bool {
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }

    pub(super) fn postgres(&self) -> &tokio_postgres::Config {
        &self.postgres
    }

    pub(super) fn tls(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| unavailable(error.to_string()))?;
        let config = match self.verified {
            true => builder.with_root_certificates(self.roots()?),
            false => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(provider))),
        };
        Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
    }

    fn roots(&self) -> Result<RootCertStore> {
        let mut roots = RootCertStore::empty();
        match &self.root {
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Some(path) => {
                let unreadable = |error: &dyn fmt::Display| {
                    unavailable(format!("sslrootcert {} cannot be used: {error}", path.display()))
                };
                let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
                for certificate in certificates {
                    let certificate = certificate.map_err(|error| unreadable(&error))?;
                    roots.add(certificate).map_err(|error| unreadable(&error))?;
                }
            }
        }
        match roots.is_empty() {
            true => Err(unavailable("sslmode=verify-full finds no certificate to trust: name one with sslrootcert")),
            false => Ok(roots),
        }
    }
}

impl FromStr for Location {
    type Err = String;

    /// The options of TLS are read here; the others are those of every client (`connect_timeout`, `application_name`,
    /// `host=/run/postgresql` …).
    fn from_str(text: &str) -> Result<Location, String> {
        let expected = "expected postgres://user:password@host:5432/database";
        let mut url =
            Url::parse(text).map_err(|error| format!("the database's URL cannot be read ({error}): {expected}"))?;
        let mut shown = url.clone();
        let shown = match shown.set_password(None) {
            Ok(()) => shown.to_string(),
            Err(()) => "the database".to_owned(),
        };
        let (mut mode, mut root, mut others) = ("prefer".to_owned(), None, Vec::new());
        for (name, value) in url.query_pairs() {
            match &*name {
                "sslmode" => mode = value.into_owned(),
                "sslrootcert" => root = Some(PathBuf::from(&*value)),
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        let (ssl, verified) = match mode.as_str() {
            "disable" => (SslMode::Disable, false),
            "prefer" => (SslMode::Prefer, false),
            "require" => (SslMode::Require, false),
            "verify-full" => (SslMode::Require, true),
            other => {
                let modes = "disable, prefer, require, verify-full";
                return Err(format!("sslmode={other} in the database's URL is not one of {modes}"));
            }
        };
        if root.is_some() && !verified {
            return Err("sslrootcert in the database's URL needs sslmode=verify-full beside it".to_owned());
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let mut postgres: tokio_postgres::Config =
            url.as_str().parse().map_err(|error| format!("the database's URL cannot be used ({error}): {expected}"))?;
        if postgres.get_dbname().is_none() {
            return Err(format!("the database's URL names no database: {expected}"));
        }
        postgres.ssl_mode(ssl);
        postgres.keepalives_idle(KEEPALIVE).tcp_user_timeout(KEEPALIVE);
        if postgres.get_application_name().is_none() {
            postgres.application_name("ringdown");
        }
        Ok(Location { postgres, verified, root, shown })
    }
}

/// Takes every certificate: `require` and `prefer` keep listeners out, not impostors, as they do for every client of
/// PostgreSQL.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_how() {
        let location: Location = "postgres://me:secret@db.example:5433/calls?sslmode=verify-full".parse().unwrap();
        assert_eq!((location.postgres.get_dbname(), location.postgres.get_ports()), (Some("calls"), &[5433][..]));
        assert!(location.verified && location.postgres.get_ssl_mode() == SslMode::Require);
        assert_eq!(format!("{location} {location:?}").matches("secret").count(), 0, "a password is not shown");
        let location: Location = "postgresql:///calls?host=/run/postgresql&user=me&sslmode=disable".parse().unwrap();
        assert_eq!(location.postgres.get_hosts().len(), 1);
        assert!(Location::is_meant_by("postgres://x") && !Location::is_meant_by("sqlite://x"));
        for (url, told) in [
            ("postgres://me@host", "names no database"),
            ("postgres://me@host/db?sslmode=maybe", "disable, prefer, require, verify-full"),
            ("postgres://me@host/db?sslrootcert=ca.pem", "needs sslmode=verify-full"),
            ("postgres://me@host/db?nonsense=1", "cannot be used"),
            ("postgres://me@host:port/db", "cannot be read"),
        ] {
            let sentence = url.parse::<Location>().expect_err(url);
            assert!(sentence.contains(told), "{url}: {sentence}");
        }
    }

    #[test]
    fn a_root_that_cannot_be_read_is_told() {
        let url = "postgres://me@host/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem";
        let location: Location = url.parse().unwrap();
        assert!(location.tls().err().unwrap().to_string().contains("/nowhere/ca.pem"));
        let location: Location = "postgres://me@host/db?sslmode=require".parse().unwrap();
        assert!(location.tls().is_ok());
    }
}
