//! Whom we believe when they say who they are.

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// TLS as a client: the machine's certificate authorities (also those of `SSL_CERT_FILE` and `SSL_CERT_DIR`) and these.
///
/// A machine without any is no reason not to start: whoever hosts inside may speak plain HTTP only. Its TLS connections
/// fail one by one, and say why.
pub(super) fn client(more: &[CertificateDer<'static>]) -> ClientConfig {
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a certificate authority of this machine could not be read");
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
