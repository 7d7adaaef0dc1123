//! TLS on the way to the database.

use crate::server::{self, Server};
use crate::{client, config, store};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use ringdown::store::Store;
use ringdown::store::postgres::Postgres;

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[tokio::test]
async fn the_server_proves_who_it_is_where_that_is_asked_for() {
    let Some(server) = server::bin().map(Server::start) else { return };
    let (trusted, stranger) = (authority("trusted"), authority("stranger"));
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &trusted).unwrap();
    server.write("server.crt", &pem("CERTIFICATE", certificate.der()));
    server.write("server.key", &pem("PRIVATE KEY", &key.serialize_der()));
    server.sql("postgres", "alter system set ssl = on");
    server.sql("postgres", "select pg_reload_conf()");

    let home = tempfile::tempdir().unwrap();
    let root = |name: &str, pem: String| {
        let path = home.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    let (trusted, stranger) = (
        root("trusted.pem", pem("CERTIFICATE", trusted.der())),
        root("stranger.pem", pem("CERTIFICATE", stranger.der())),
    );
    let plain = server.database();
    let url = |host: &str, mode: &str| plain.replace("127.0.0.1", host).replace("sslmode=disable", mode);
    for (url, encrypted) in [
        (plain.clone(), false),
        (url("127.0.0.1", "sslmode=prefer"), true),
        (url("127.0.0.1", "sslmode=require"), true),
        (url("localhost", &format!("sslmode=verify-full&sslrootcert={trusted}")), true),
    ] {
        let store = Postgres::open(config(&url)).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        store::put(&store, &store::new_run(store::id())).await;
        let sql = "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) \
                   where application_name = 'ringdown' and ssl = $1";
        let others: i64 = client(&plain).await.query_one(sql, &[&!encrypted]).await.unwrap().get(0);
        assert_eq!(others, 0, "{url}");
        store.close().await;
    }
    for url in [
        url("localhost", &format!("sslmode=verify-full&sslrootcert={stranger}")),
        url("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={trusted}")),
        url("localhost", "sslmode=verify-full"),
    ] {
        let refused = Postgres::open(config(&url)).await.err().unwrap_or_else(|| panic!("{url}: it was opened"));
        assert!(refused.to_string().contains("certificate"), "{url}: {refused}");
    }
}
