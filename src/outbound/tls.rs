//! Which TLS certificates are trusted.

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Returns a TLS client configuration that trusts the machine's certificate authorities (including those of
/// `SSL_CERT_FILE` and `SSL_CERT_DIR`) and these.
///
/// A machine without any certificate authority still starts: an internal installation may use plain HTTP only. Its TLS
/// connections fail one by one, with the reason.
pub(super) fn client(more: &[CertificateDer<'static>]) -> ClientConfig {
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "cannot read a certificate authority of this machine");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(native.certs);
    roots.add_parsable_certificates(more.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has what the default versions of TLS need")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
