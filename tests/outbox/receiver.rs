//! A receiver on loopback that does what it is told: answers, fails, hangs, breaks off, sends elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    /// Answers with this status.
    Answer(u16),
    /// Answers with this status and body.
    Say(u16, String),
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

    /// What a library needs to verify it.
    pub fn signed(&self) -> serde_json::Value {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers: HashMap<&str, &String> = names.into_iter().map(|name| (name, &self.headers[name])).collect();
        serde_json::json!({"body": self.body, "headers": headers})
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What comes back for a request.
enum Act {
    Answer { status: u16, head: String, body: String },
    Hang,
    Close,
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    mode: Arc<Mutex<Mode>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    pub async fn start(mode: Mode) -> Receiver {
        Receiver::start_on("127.0.0.1", mode).await
    }

    /// On another address of this machine, which is another host to whoever sends.
    pub async fn start_on(address: &str, mode: Mode) -> Receiver {
        Receiver::start_at((address, 0), mode).await
    }

    /// Where somebody expects it.
    pub async fn start_at(place: (&str, u16), mode: Mode) -> Receiver {
        let listener = TcpListener::bind(place).await.unwrap_or_else(|error| panic!("{place:?}: {error}"));
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
        let act = self.decide();
        let answered = if let Act::Answer { status, .. } = act { status } else { 0 };
        self.got.lock().unwrap().push(Got { method, headers, body, answered });
        match act {
            Act::Close => return None,
            Act::Hang => std::future::pending().await,
            Act::Answer { status, head, body } => {
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} X\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(body.as_bytes()).await.ok()?;
                stream.shutdown().await.ok()?;
            }
        }
        Some(())
    }

    fn decide(&self) -> Act {
        let answer = |status, head, body| Act::Answer { status, head, body };
        let mut mode = self.mode.lock().unwrap();
        match &mut *mode {
            Mode::Answer(status) => answer(*status, String::new(), String::new()),
            Mode::Say(status, body) => answer(*status, String::new(), body.clone()),
            Mode::FailFirst(0) => answer(204, String::new(), String::new()),
            Mode::FailFirst(left) => {
                *left -= 1;
                answer(500, String::new(), String::new())
            }
            Mode::Hang => Act::Hang,
            Mode::Reset => Act::Close,
            Mode::Redirect(to) => answer(302, format!("location: {to}\r\n"), String::new()),
        }
    }
}
