//! TLS: whom the client believes.

use crate::http::{Names, config, get};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use ringdown::outbound::http::{Config, Http};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A certificate for a name, and what a server needs to show it.
pub fn identity(name: &str) -> (CertificateDer<'static>, Arc<ServerConfig>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    (cert.der().clone(), Arc::new(config))
}

async fn server(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = TlsAcceptor::from(Arc::clone(&config)).accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        }
    });
    address
}

#[tokio::test]
async fn a_server_is_believed_by_its_name() {
    let (certificate, served) = identity("a.example");
    let port = server(served).await.port();
    let names = Names::new(&["127.0.0.1"]);
    let http = Config { authorities: vec![certificate], ..config("127.0.0.1:*", &names) };
    let http = Http::new(http);
    assert_eq!(http.send(get(format!("https://a.example:{port}/"))).await.unwrap().body, "ok");

    let failure = http.send(get(format!("https://b.example:{port}/"))).await.unwrap_err();
    assert_eq!(failure.word(), "tls", "{failure}");
    let stranger = Http::new(config("127.0.0.1:*", &names));
    let failure = stranger.send(get(format!("https://a.example:{port}/"))).await.unwrap_err();
    assert_eq!(failure.word(), "tls", "{failure}");
    assert!(!failure.may_have_gone_out());
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told() {
    let http = Http::new(config("127.0.0.1:*", &Names::new(&["127.0.0.1"])));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 4_096]).await;
    });
    let failure = http.send(get(format!("https://a.example:{port}/"))).await.unwrap_err();
    assert_eq!(failure.word(), "tls", "{failure}");
}
