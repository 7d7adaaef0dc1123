use super::*;
use crate::config::ConnectionOptions;
use crate::serve::descriptors::Descriptors;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A stream, what it is used for, and its client. The clock stands still unless everything waits.
async fn connected() -> (Stream, Arc<Activity>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let descriptors = Descriptors { before: 1_024, now: 1_024, calls: 0 };
    let connections = Connections::new(&ConnectionOptions::default(), descriptors, Arc::default());
    let (stream, _, slot) = connections.accept(&listener).await;
    let activity = Activity::new();
    (Stream::new(stream, activity.clone(), slot, connections), activity, client)
}

/// Returns after how many seconds the stream ends, and why.
async fn ends(stream: &mut Stream) -> (u64, &'static str) {
    let begin = Instant::now();
    assert_eq!(stream.read(&mut [0; 64]).await.unwrap(), 0, "nothing more arrives");
    (begin.elapsed().as_secs(), stream.over.unwrap().word())
}

async fn receive(stream: &mut Stream, client: &mut TcpStream, bytes: &[u8]) {
    client.write_all(bytes).await.unwrap();
    stream.read_exact(&mut vec![0; bytes.len()]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_disconnected() {
    let (mut stream, _activity, _client) = connected().await;
    assert_eq!(ends(&mut stream).await, (10, "silent"));
    assert!(stream.connections.metrics.text().contains(r#"connections_closed_total{reason="silent"} 1"#));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_little_is_disconnected_as_soon() {
    let (mut stream, _activity, mut client) = connected().await;
    receive(&mut stream, &mut client, b"GET / HTT").await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    receive(&mut stream, &mut client, b"P").await;
    assert_eq!(ends(&mut stream).await, (2, "silent"));
}

#[tokio::test(start_paused = true)]
async fn a_request_takes_as_long_as_it_takes_and_then_the_connection_is_idle() {
    let (mut stream, activity, mut client) = connected().await;
    receive(&mut stream, &mut client, b"GET / HTTP/1.1\r\n\r\n").await;
    let request = activity.request();
    let early = tokio::time::timeout(Duration::from_secs(1_000), stream.read(&mut [0; 64])).await;
    assert!(early.is_err(), "a watch may last for hours");
    drop(request);
    assert_eq!(ends(&mut stream).await, (75, "idle"));
}

#[tokio::test(start_paused = true)]
async fn the_next_request_must_be_complete_in_time_too() {
    let (mut stream, activity, mut client) = connected().await;
    receive(&mut stream, &mut client, b"GET / HTTP/1.1\r\n\r\n").await;
    drop(activity.request());
    tokio::time::sleep(Duration::from_secs(50)).await;
    receive(&mut stream, &mut client, b"GET").await;
    assert_eq!(ends(&mut stream).await, (10, "silent"));
}

#[tokio::test(start_paused = true)]
async fn http2_is_kept_for_longer() {
    let (mut stream, activity, mut client) = connected().await;
    receive(&mut stream, &mut client, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    activity.is_http2();
    receive(&mut stream, &mut client, b"an answer to a ping").await;
    assert_eq!(ends(&mut stream).await, (1_800, "idle"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_disconnected() {
    let (mut stream, activity, client) = connected().await;
    let _request = activity.request();
    let begin = Instant::now();
    // More than the buffers of the operating system hold.
    let error = stream.write_all(&vec![0; 64 << 20]).await.unwrap_err();
    assert_eq!((error.kind(), stream.over), (io::ErrorKind::TimedOut, Some(Deadline::Stalled)));
    assert_eq!(begin.elapsed().as_secs(), 60);
    drop(client);
}
