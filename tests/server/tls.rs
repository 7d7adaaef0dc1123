//! TLS: HTTP/1.1 and HTTP/2 on the same port.

use crate::server::{Server, config};
use ringdown::proto::ListAccessKeysRequest;
use ringdown::proto::access_key_service_client::AccessKeyServiceClient;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Request;
use tonic::transport::{Certificate, Channel, ClientTlsConfig};

/// Signed by itself, for `localhost`, for tests alone: its key is beside it for everyone to see. Made by `openssl req -x509
/// -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext
/// basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost`.
const CERTIFICATE: &[u8] = include_bytes!("localhost.cert.pem");

#[tokio::test]
async fn both_versions_of_http_answer_on_one_port() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server");
    let mut config = config();
    config.tls_cert = Some(directory.join("localhost.cert.pem"));
    config.tls_key = Some(directory.join("localhost.key.pem"));
    let server = Server::with(config).await;

    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(CERTIFICATE)).domain_name("localhost");
    let channel = Channel::from_shared(server.url.clone()).unwrap().tls_config(tls).unwrap().connect().await.unwrap();
    let mut request = Request::new(ListAccessKeysRequest::default());
    request.metadata_mut().insert("authorization", format!("Bearer {}", server.key).parse().unwrap());
    let answer = AccessKeyServiceClient::new(channel).list_access_keys(request).await.unwrap();
    assert_eq!(answer.into_inner().access_keys.len(), 1);

    assert!(over_http_1(&server).await.starts_with("HTTP/1.1 200 OK"));
    server.stop().await;
}

async fn over_http_1(server: &Server) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(CERTIFICATE).unwrap()).unwrap();
    let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let stream = TcpStream::connect(server.ready.address).await.unwrap();
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    // Whether the other side says goodbye is not the matter here.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}
