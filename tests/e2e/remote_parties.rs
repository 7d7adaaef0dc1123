//! The web server and the mail server that flows of the examples talk to, on loopback.

use crate::live::Reply;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;

/// Something that arrived.
#[derive(Debug)]
pub struct Heard {
    /// The address as the example has it.
    pub to: String,
    pub text: String,
    /// Its flow waits for the answer.
    pub asked: bool,
    pub mail: bool,
}

#[derive(Clone)]
struct Web {
    told: Sender<Reply>,
    /// The host of the example that it stands for.
    host: String,
    /// Paths whose answers flows wait for, and the answers, in order.
    asks: Vec<String>,
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
}

/// Opens a web server in place of `host`. Who asks on one of these paths gets the next answer, everyone else a 200.
pub async fn web(told: Sender<Reply>, host: &str, asks: Vec<String>, answers: VecDeque<(u16, String)>) -> SocketAddr {
    let web = Web { told, host: host.to_owned(), asks, answers: Arc::new(Mutex::new(answers)) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(asked).with_state(web);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn asked(
    axum::extract::State(web): axum::extract::State<Web>,
    uri: axum::http::Uri,
    text: String,
) -> (axum::http::StatusCode, String) {
    let asked = web.asks.iter().any(|path| path == uri.path());
    let answer = if asked { web.answers.lock().unwrap().pop_front() } else { None };
    let heard = Heard { to: format!("{}{}", web.host, uri.path()), text, asked, mail: false };
    // The play may be over: then nobody looks for it.
    let _ = web.told.send(Reply::Heard(heard)).await;
    let (status, body) = answer.unwrap_or((200, String::new()));
    (axum::http::StatusCode::from_u16(status).unwrap(), body)
}

/// A mail server, and who is told of a mail to which address.
pub struct PostOffice {
    pub address: SocketAddr,
    subscribers: Subscribers,
}

type Subscribers = Arc<Mutex<Vec<(String, Sender<Reply>)>>>;

impl PostOffice {
    pub async fn open() -> PostOffice {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, subscribers) = (listener.local_addr().unwrap(), Subscribers::default());
        let clerk = Arc::clone(&subscribers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&clerk)));
            }
        });
        PostOffice { address, subscribers }
    }

    pub fn subscribe(&self, address: &str, told: Sender<Reply>) {
        self.subscribers.lock().unwrap().push((address.to_owned(), told));
    }
}

/// One connection (RFC 5321), which takes every mail.
async fn serve(stream: TcpStream, subscribers: Subscribers) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut text, mut content) = (String::new(), String::new(), false);
    stream.write_all(b"220 here\r\n").await?;
    while {
        line.clear();
        stream.read_line(&mut line).await?
    } > 0
    {
        let answer = match line.trim_end() {
            "." => {
                content = false;
                deliver(&text, &subscribers).await;
                text.clear();
                "250 taken"
            }
            _ if content => {
                text += &line;
                continue;
            }
            "DATA" => {
                content = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 well",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

async fn deliver(text: &str, subscribers: &Subscribers) {
    let to: Vec<_> = {
        let subscribers = subscribers.lock().unwrap();
        subscribers.iter().filter(|(address, _)| text.contains(address)).cloned().collect()
    };
    for (address, told) in to {
        let heard = Heard { to: address, text: text.to_owned(), asked: false, mail: true };
        // The play may be over: then nobody looks for it.
        let _ = told.send(Reply::Heard(heard)).await;
    }
}
