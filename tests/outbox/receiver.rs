//! A receiver on loopback that does what it is told: answers, fails, hangs, breaks off, sends elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    /// Answers with this status.
    Answer(u16),
    /// Fails so many times with 500, then answers 204.
    FailFirst(u32),
    /// Reads the request and says nothing.
    Hang,
    /// Reads the request and closes.
    Reset,
    Redirect(String),
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Got {
    pub method: String,
    /// By their names in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
    /// 0: none.
    pub answered: u16,
}

impl Got {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn taken(&self) -> bool {
        (200..300).contains(&self.answered)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    mode: Arc<Mutex<Mode>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    pub async fn start(mode: Mode) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Receiver { url, mode: Arc::new(Mutex::new(mode)), got: Arc::default() };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream).await });
            }
        });
        receiver
    }

    pub fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let mut lines = text.lines();
        let mut first = lines.next()?.split(' ');
        let method = first.next()?.to_owned();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        while bytes.len() < head + length {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let body = String::from_utf8(bytes[head..head + length].to_vec()).unwrap();
        let (answered, location) = self.decide();
        self.got.lock().unwrap().push(Got { method, headers, body, answered });
        match (answered, location) {
            (0, Some(_)) => return None,
            (0, None) => std::future::pending().await,
            (status, location) => {
                let location = location.map_or_else(String::new, |to| format!("location: {to}\r\n"));
                let answer = format!("HTTP/1.1 {status} X\r\n{location}content-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.ok()?;
                stream.shutdown().await.ok()?;
            }
        }
        Some(())
    }

    /// The status, and where else to go; without a status: whether to close.
    fn decide(&self) -> (u16, Option<String>) {
        let mut mode = self.mode.lock().unwrap();
        match &mut *mode {
            Mode::Answer(status) => (*status, None),
            Mode::FailFirst(0) => (204, None),
            Mode::FailFirst(left) => {
                *left -= 1;
                (500, None)
            }
            Mode::Hang => (0, None),
            Mode::Reset => (0, Some(String::new())),
            Mode::Redirect(to) => (302, Some(to.clone())),
        }
    }
}
