//! The attacks that are bytes on a connection.

use super::account::Account;
use super::table::Attack;
use rand::Rng;
use rand::rngs::StdRng;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Connections of one attack.
const CONNECTIONS: usize = 8;
/// How long an answer to bytes that deserve none is read, and how much of it.
const PATIENCE: Duration = Duration::from_secs(2);
const MOST: u64 = 1 << 20;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
/// What follows a preface and settings, and must not.
const FRAMES: [&[u8]; 9] = [
    // Settings of seven bytes; a frame of 16 MiB; of an unknown kind on no stream.
    &[0, 0, 7, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7],
    &[0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1],
    &[0, 0, 0, 0x77, 0xff, 0xff, 0xff, 0xff, 0xff],
    // Headers on stream 0, and ones whose padding is longer than they are.
    &[0, 0, 1, 1, 4, 0, 0, 0, 0, 0x82],
    &[0, 0, 2, 1, 0xc, 0, 0, 0, 1, 0xff, 0x82],
    // An index that no table has; an endless integer; a continuation of nothing.
    &[0, 0, 1, 1, 5, 0, 0, 0, 1, 0xfe],
    &[0, 0, 8, 1, 5, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0, 0, 1, 9, 4, 0, 0, 0, 1, 0x82],
    // A window that grows beyond its largest.
    &[0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
];

/// A connection that has sent these bytes. None: the server is away, or has closed it.
async fn sent(account: &Account, bytes: &[u8]) -> Option<TcpStream> {
    let connected = timeout(PATIENCE, TcpStream::connect(("127.0.0.1", account.port()))).await;
    let mut stream = connected.ok()?.ok()?;
    timeout(PATIENCE, stream.write_all(bytes)).await.ok()?.ok()?;
    Some(stream)
}

/// What is answered until the server closes the connection or says no more.
async fn answer(stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.take(MOST).read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Holds the reason of a JSON error against the table.
fn look_at(account: &Account, attack: Attack, answered: &str) {
    if let Some((_, rest)) = answered.split_once("\"reason\":\"") {
        let reason = rest.split('"').next().unwrap_or_default();
        account.refused(attack, reason, answered);
    }
}

/// Bodies that lack their last bytes: some are waited for, some are left to the server.
pub async fn unfinished_bodies(account: &Account, mut dice: StdRng) {
    for _ in 0..CONNECTIONS {
        let length = dice.random_range(100..60_000);
        let part = "x".repeat(dice.random_range(1..length));
        let head = match dice.random_range(0..3) {
            0 => "POST /v1.0/providers/http/messages HTTP/1.1\r\nhost: x".to_owned(),
            1 => "POST /v1.0/flows HTTP/1.1\r\nhost: x".to_owned(),
            _ => format!("POST /v1.0/flows HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}", account.key),
        };
        let bytes = format!("{head}\r\ncontent-length: {length}\r\n\r\n{part}");
        if let Some(stream) = sent(account, bytes.as_bytes()).await {
            account.hold(stream);
        }
    }
    // The end that was announced does not come, and the connection is closed for writing.
    let head = format!("POST /v1.0/flows HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}", account.key);
    let bytes = format!("{head}\r\ncontent-length: 1000\r\n\r\n{{");
    if let Some(mut stream) = sent(account, bytes.as_bytes()).await {
        let _ = stream.shutdown().await;
        look_at(account, Attack::UnfinishedBodies, &answer(stream).await);
    }
}

pub async fn half_open(account: &Account, mut dice: StdRng) {
    const BEGINNINGS: [&[u8]; 5] =
        [b"", b"G", b"GET /healthz HTTP/1.1\r\nhost: x\r\n", b"PRI * HTTP/2.0\r\n\r\nSM", &[0x16, 3, 1, 2, 0, 1, 0]];
    for _ in 0..CONNECTIONS {
        if let Some(stream) = sent(account, BEGINNINGS[dice.random_range(0..BEGINNINGS.len())]).await {
            account.hold(stream);
        }
    }
}

pub async fn malformed_http2(account: &Account, mut dice: StdRng) {
    let mut random = vec![0; dice.random_range(1..4_000)];
    dice.fill(random.as_mut_slice());
    let frame = FRAMES[dice.random_range(0..FRAMES.len())];
    let several = [
        [PREFACE, SETTINGS, frame].concat(),
        [PREFACE, SETTINGS, &random].concat(),
        [PREFACE, &random].concat(),
        [&PREFACE[..dice.random_range(4..PREFACE.len())], &random].concat(),
        [PREFACE, SETTINGS, &PING.repeat(4_000)].concat(),
        [PREFACE, &SETTINGS.repeat(4_000)].concat(),
        [b"GET / HTTP/9.9\r\n\r\n".as_slice(), &random].concat(),
        [
            b"GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"
                .as_slice(),
            &random,
        ]
        .concat(),
    ];
    for bytes in several {
        if let Some(stream) = sent(account, &bytes).await {
            look_at(account, Attack::MalformedHttp2, &answer(stream).await);
        }
    }
}
