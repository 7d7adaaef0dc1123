//! A server on loopback that says what it is told to, byte for byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What comes back for a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, and the connection stays open.
    Say(String),
    /// These bytes, then nothing ever.
    Hang(String),
    /// These bytes, then the end.
    Close(String),
    /// A reset, before the request is read.
    Reset,
}

pub struct Server {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Answers every request with the same.
    pub async fn always(reply: Reply) -> Server {
        Server::start("127.0.0.1:0", move |_| reply.clone()).await
    }

    /// Answers the n-th request (from 0) with `reply(n)`.
    pub async fn start(listen: &str, reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, connections) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let server = Server { address, heard: Arc::clone(&heard), connections: Arc::clone(&connections) };
        let reply = Arc::new(reply);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(converse(stream, Arc::clone(&heard), Arc::clone(&reply)));
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, head and body as they came.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn converse(
    mut stream: TcpStream,
    heard: Arc<Mutex<Vec<String>>>,
    reply: Arc<impl Fn(usize) -> Reply>,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        // A reset comes of a socket that is dropped while there is something to read in it.
        let number = heard.lock().unwrap().len();
        if let Reply::Reset = reply(number) {
            stream.peek(&mut [0]).await?;
            heard.lock().unwrap().push(String::new());
            return Ok(());
        }
        let Some(request) = request(&mut stream, &mut buffer).await? else { return Ok(()) };
        let number = {
            let mut heard = heard.lock().unwrap();
            heard.push(request);
            heard.len() - 1
        };
        match reply(number) {
            Reply::Say(text) => stream.write_all(text.as_bytes()).await?,
            Reply::Close(text) => return stream.write_all(text.as_bytes()).await,
            Reply::Hang(text) => {
                stream.write_all(text.as_bytes()).await?;
                return std::future::pending().await;
            }
            Reply::Reset => return Ok(()),
        }
    }
}

/// The next request, by the length it names; none at the end of the connection.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<String>> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let named = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = named.map_or(0, |length| length.parse().unwrap());
            if rest.len() >= length {
                let whole = head.len() + 4 + length;
                buffer.drain(..whole);
                return Ok(Some(text[..whole].to_owned()));
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// An answer of a status with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> Reply {
    Reply::Say(format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}
