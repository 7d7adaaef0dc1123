//! Connections that send what they like, from addresses that they choose: all of 127.0.0.0/8 is this machine.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// A connection from 127.0.0.`last`.
pub async fn connect(to: SocketAddr, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0))).unwrap();
    socket.connect(to).await.unwrap()
}

/// A connection that has sent these bytes. The server may close it meanwhile.
pub async fn sent(to: SocketAddr, last: u8, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(to, last).await;
    let _ = stream.write_all(bytes).await;
    stream
}

/// How long a server may take to close a connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that arrives until the server closes the connection.
pub async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection may be reset after its last bytes.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status and the reason of the response to a request for which the connection is closed afterwards.
pub async fn answer(to: SocketAddr, last: u8, head: &str, body: &[u8]) -> String {
    let head = format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    outcome(&rest(sent(to, last, &[head.as_bytes(), body].concat()).await).await)
}

/// `401 INVALID_CREDENTIALS`, or `200 -`.
pub fn outcome(response: &str) -> String {
    let status = response.split(' ').nth(1).unwrap_or("nothing");
    let reason = response.split_once("\"reason\":\"").map_or("-", |(_, rest)| rest.split('"').next().unwrap());
    format!("{status} {reason}")
}

/// `GET` of the customer's own calls.
pub fn calls(key: &str) -> String {
    format!("GET /v1.0/calls HTTP/1.1\r\nauthorization: Bearer {key}")
}
