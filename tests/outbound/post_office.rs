//! A small SMTP server on loopback that refuses, hangs or breaks off where it is told to.

use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What it does differently from a good server.
#[derive(Clone, Default)]
pub struct Manners {
    /// At the first command that begins so ("greeting" before any, "." at the end of the content), this happens.
    pub at: &'static str,
    pub does: Whim,
    /// Shown after STARTTLS, or from the start.
    pub tls: Option<Arc<ServerConfig>>,
    pub tls_from_the_start: bool,
    /// Extensions that it does not have.
    pub without: &'static [&'static str],
}

#[derive(Clone, Default)]
pub enum Whim {
    #[default]
    Nothing,
    Say(&'static str),
    Hang,
    Close,
}

/// What it was told, one entry a connection: every line, and the content as one.
pub type Heard = Arc<Mutex<Vec<Vec<String>>>>;

pub struct PostOffice {
    pub address: SocketAddr,
    heard: Heard,
}

impl PostOffice {
    pub async fn open(manners: Manners) -> PostOffice {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Heard::default());
        let office = PostOffice { address, heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let visit = {
                    let mut heard = heard.lock().unwrap();
                    heard.push(Vec::new());
                    heard.len() - 1
                };
                let clerk = Clerk { manners: manners.clone(), heard: Arc::clone(&heard), visit };
                tokio::spawn(async move {
                    match &clerk.manners.tls {
                        Some(tls) if clerk.manners.tls_from_the_start => {
                            let stream = TlsAcceptor::from(Arc::clone(tls)).accept(stream).await?;
                            clerk.serve(BufReader::new(stream), true, true).await.map(drop)
                        }
                        tls => match (clerk.serve(BufReader::new(stream), true, false).await?, tls) {
                            (Some(stream), Some(tls)) => {
                                let stream = TlsAcceptor::from(Arc::clone(tls)).accept(stream.into_inner()).await?;
                                clerk.serve(BufReader::new(stream), false, true).await.map(drop)
                            }
                            _ => Ok(()),
                        },
                    }
                });
            }
        });
        office
    }

    /// What each connection said.
    pub fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap().clone()
    }
}

struct Clerk {
    manners: Manners,
    heard: Heard,
    visit: usize,
}

impl Clerk {
    /// Serves until the end, or until TLS is to begin: then the stream comes back.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: BufReader<S>,
        greet: bool,
        secure: bool,
    ) -> io::Result<Option<BufReader<S>>> {
        if greet && !self.answer(&mut stream, "greeting", "220 office.example ESMTP").await? {
            return Ok(None);
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            let line = line.trim_end().to_owned();
            self.note(line.clone());
            let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let says = match word.as_str() {
                "EHLO" => self.extensions(secure),
                "STARTTLS" => "220 go on".to_owned(),
                "AUTH" => "235 welcome".to_owned(),
                "DATA" => "354 go on".to_owned(),
                "QUIT" => "221 goodbye".to_owned(),
                "MAIL" | "RCPT" => "250 fine".to_owned(),
                _ => "500 what?".to_owned(),
            };
            if !self.answer(&mut stream, &line, &says).await? || word == "QUIT" {
                return Ok(None);
            }
            if word == "STARTTLS" {
                return Ok(Some(stream));
            }
            if word == "DATA" && says.starts_with("354") && !self.content(&mut stream).await? {
                return Ok(None);
            }
        }
    }

    fn extensions(&self, secure: bool) -> String {
        let mut has = vec!["8BITMIME", "SMTPUTF8"];
        has.push(if secure { "AUTH PLAIN LOGIN" } else { "STARTTLS" });
        has.retain(|extension| !self.manners.without.contains(extension));
        let lines: String = has.iter().map(|extension| format!("250-{extension}\r\n")).collect();
        format!("250-office.example\r\n{lines}250 HELP")
    }

    async fn content<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufReader<S>) -> io::Result<bool> {
        let mut content = String::new();
        while !content.ends_with("\r\n.\r\n") {
            if stream.read_line(&mut content).await? == 0 {
                return Ok(false);
            }
        }
        self.note(content);
        self.answer(stream, ".", "250 taken").await
    }

    /// Answers, unless this is where it has a whim. False: the connection is over.
    async fn answer<S: AsyncWrite + Unpin>(&self, stream: &mut S, line: &str, says: &str) -> io::Result<bool> {
        let here = !self.manners.at.is_empty() && line.starts_with(self.manners.at);
        let says = match &self.manners.does {
            Whim::Say(other) if here => other,
            Whim::Hang if here => std::future::pending().await,
            Whim::Close if here => return Ok(false),
            _ => says,
        };
        stream.write_all(format!("{says}\r\n").as_bytes()).await?;
        Ok(true)
    }

    fn note(&self, line: String) {
        self.heard.lock().unwrap()[self.visit].push(line);
    }
}
