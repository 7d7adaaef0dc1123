//! TLS certificates that are renewed while the server runs.

use crate::binary::{Home, until};
use crate::server::{Server, config};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// Writes a new certificate for `localhost` and its key, and returns the certificate.
fn renew(directory: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(directory.join("cert.pem"), pem("CERTIFICATE", made.cert.der())).unwrap();
    fs::write(directory.join("key.pem"), pem("PRIVATE KEY", &made.signing_key.serialize_der())).unwrap();
    made.cert.der().clone()
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap());
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.collect::<Vec<_>>().join("\n"))
}

/// Whether the server has this certificate.
async fn has(address: SocketAddr, certificate: &CertificateDer<'static>) -> bool {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.is_ok()
}

/// Before: the files were read at the start only.
#[tokio::test]
async fn a_renewed_certificate_is_used_and_a_broken_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = config();
    config.tls_cert = Some(directory.path().join("cert.pem"));
    config.tls_key = Some(directory.path().join("key.pem"));
    config.connections.bounds.tls_check = Duration::from_millis(20);
    let first = renew(directory.path());
    let server = Server::with(config).await;
    let address = server.ready.address;
    assert!(has(address, &first).await);
    let second = renew(directory.path());
    until("that the second is used", async || has(address, &second).await.then_some(())).await;
    assert!(!has(address, &first).await);
    fs::write(directory.path().join("cert.pem"), "not a certificate").unwrap();
    fs::remove_file(directory.path().join("key.pem")).unwrap();
    // The third is used only if the server still looks, after it has seen the broken files.
    for _ in 0..10 {
        assert!(has(address, &second).await);
    }
    let third = renew(directory.path());
    until("that the third is used", async || has(address, &third).await.then_some(())).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_loads_the_certificate_again() {
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    let first = renew(directory.path());
    let home = Home::new(&["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()]);
    let server = home.start();
    let address = server.url.strip_prefix("https://").unwrap().parse().unwrap();
    assert!(has(address, &first).await);
    let second = renew(directory.path());
    server.signal("HUP");
    until("that the second is used", async || has(address, &second).await.then_some(())).await;
    fs::write(&cert, "not a certificate").unwrap();
    server.signal("HUP");
    until("that the log says so", async || home.log().contains("cannot load the TLS certificate").then_some(())).await;
    assert!(has(address, &second).await);
    assert_eq!(server.stop().code(), Some(0));
}
