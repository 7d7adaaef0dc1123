//! A web server on loopback whose answers are bytes, in pieces, some of which are held back until the test says so.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What comes back for a request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: &'static str,
    pub headers: String,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub enum Piece {
    Bytes(Vec<u8>),
    /// The same bytes, without end.
    Endless(Vec<u8>),
    /// Nothing more, until the test opens the gate once.
    Gate,
    /// Nothing more, ever.
    Hang,
}

/// An answer of one piece.
pub fn whole(bytes: impl Into<Vec<u8>>) -> Answer {
    Answer { status: "200 OK", headers: String::new(), pieces: vec![Piece::Bytes(bytes.into())] }
}

pub fn refusal(status: &'static str, headers: &str, body: &str) -> Answer {
    Answer { status, headers: headers.to_owned(), ..whole(body) }
}

pub struct AudioServer {
    pub address: SocketAddr,
    pub gate: Arc<Semaphore>,
    heard: Arc<Mutex<Vec<String>>>,
    /// Connections that the client closed before it had the whole answer.
    left: Arc<AtomicUsize>,
}

impl AudioServer {
    /// Answers the n-th request (from 0), whose head and body are given, with `answer(n, request)`.
    pub async fn start(answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> AudioServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gate, heard, left) = (Arc::new(Semaphore::new(0)), Arc::default(), Arc::default());
        let server =
            AudioServer { address, gate: Arc::clone(&gate), heard: Arc::clone(&heard), left: Arc::clone(&left) };
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (gate, heard, left, answer) = (gate.clone(), heard.clone(), left.clone(), answer.clone());
                tokio::spawn(async move {
                    if converse(stream, &gate, &heard, &*answer).await.is_err() {
                        left.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        server
    }

    /// Answers every request with the same.
    pub async fn always(answer: Answer) -> AudioServer {
        AudioServer::start(move |_, _| answer.clone()).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, head and body as they came.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

async fn converse(
    mut stream: TcpStream,
    gate: &Semaphore,
    heard: &Mutex<Vec<String>>,
    answer: &(impl Fn(usize, &str) -> Answer + Sync),
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let request = loop {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            break text;
        }
    };
    let number = {
        let mut heard = heard.lock().unwrap();
        heard.push(request.clone());
        heard.len() - 1
    };
    let Answer { status, headers, pieces } = answer(number, &request);
    stream.write_all(format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\n\r\n").as_bytes()).await?;
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => stream.write_all(&bytes).await?,
            Piece::Endless(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Piece::Gate => tokio::select! {
                permit = gate.acquire() => permit.unwrap().forget(),
                _ = stream.read_u8() => return Err(std::io::ErrorKind::ConnectionReset.into()),
            },
            Piece::Hang => {
                let _ = stream.read_u8().await;
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
        }
    }
    stream.shutdown().await
}

/// A WAV file of a tone, 8,000 samples of 16 bits per second.
pub fn wav(hertz: f64, millis: u32) -> Vec<u8> {
    let data = pcm(8_000, hertz, millis);
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data".to_vec();
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A tone in raw samples of 16 bits.
pub fn pcm(rate: u32, hertz: f64, millis: u32) -> Vec<u8> {
    let sample = |at: u32| ((f64::from(at) * hertz / f64::from(rate) * std::f64::consts::TAU).sin() * 12_000.0) as i16;
    (0..rate / 1_000 * millis).flat_map(|at| sample(at).to_le_bytes()).collect()
}
