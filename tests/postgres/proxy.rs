//! A way to the server that can be cut where it hurts.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where the next group of commits is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of it.
    Before,
    /// The server hears of it, and its answer is heard by nobody.
    Under,
    /// The server has answered, and nobody hears it.
    After,
    /// The server hears of it when [`Proxy::deliver`] says so.
    Late,
}

pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

struct State {
    server: AtomicU16,
    /// The way is closed.
    away: AtomicBool,
    plan: Mutex<Option<Cut>>,
    /// Raised to cut every connection.
    cuts: watch::Sender<u32>,
    /// What the server has not heard yet, and its connection.
    late: Mutex<Option<(TcpStream, Vec<u8>)>>,
}

impl Proxy {
    pub async fn start(server: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (away, plan, cuts) = (AtomicBool::new(false), Mutex::new(None), watch::Sender::new(0));
        let state = Arc::new(State { server: server.into(), away, plan, cuts, late: Mutex::default() });
        let theirs = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !theirs.away.load(Ordering::SeqCst) {
                    tokio::spawn(theirs.clone().carry(client));
                }
            }
        });
        Proxy { port, state }
    }

    /// The URL by way of this.
    pub fn url(&self, url: &str) -> String {
        let server = self.state.server.load(Ordering::SeqCst);
        url.replace(&format!(":{server}/"), &format!(":{}/", self.port))
    }

    /// From now on connections lead to another server.
    pub fn lead_to(&self, server: u16) {
        self.state.server.store(server, Ordering::SeqCst);
    }

    /// Cuts every connection, and lets new ones through.
    pub fn cut(&self) {
        self.state.cuts.send_modify(|count| *count += 1);
    }

    pub fn plan(&self, cut: Cut) {
        *self.state.plan.lock().unwrap() = Some(cut);
    }

    /// Whether what was planned has happened.
    pub fn is_done(&self) -> bool {
        self.state.plan.lock().unwrap().is_none()
    }

    /// Has the server hear what is late; its answer.
    pub async fn deliver(&self) -> String {
        let (mut server, asked) = self.state.late.lock().unwrap().take().expect("something is late");
        server.write_all(&asked).await.unwrap();
        let mut answered = vec![0; 1 << 16];
        let count = server.read(&mut answered).await.unwrap();
        String::from_utf8_lossy(&answered[..count]).into_owned()
    }

    pub fn close(&self) {
        self.state.away.store(true, Ordering::SeqCst);
        self.cut();
    }

    pub fn open(&self) {
        self.state.away.store(false, Ordering::SeqCst);
    }
}

impl State {
    async fn carry(self: Arc<State>, mut client: TcpStream) {
        let mut cuts = self.cuts.subscribe();
        let Ok(mut server) = TcpStream::connect(("127.0.0.1", self.server.load(Ordering::SeqCst))).await else {
            return;
        };
        let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut groups = Vec::new();
        loop {
            let done = tokio::select! {
                _ = cuts.changed() => return,
                read = client.read(&mut asked) => match read {
                    Ok(count) if count > 0 => match self.cut(&asked[..count], &mut groups) {
                        None => server.write_all(&asked[..count]).await,
                        Some(Cut::Before) => return,
                        Some(Cut::Late) => {
                            *self.late.lock().unwrap() = Some((server, asked[..count].to_vec()));
                            return;
                        }
                        Some(cut) => {
                            let _ = server.write_all(&asked[..count]).await;
                            if cut == Cut::After {
                                let _ = server.read(&mut answered).await;
                            }
                            return;
                        }
                    },
                    _ => return,
                },
                read = server.read(&mut answered) => match read {
                    Ok(count) if count > 0 => client.write_all(&answered[..count]).await,
                    _ => return,
                },
            };
            if done.is_err() {
                return;
            }
        }
    }

    /// Learns the names of the statements that write groups when they are prepared (name and text, each with a zero behind
    /// it), and looks for the message that executes one: its kind, four bytes of length, no name of its own, that name.
    fn cut(&self, asked: &[u8], groups: &mut Vec<Vec<u8>>) -> Option<Cut> {
        const TEXT: &[u8] = b"\0with mark as (";
        let position = |bytes: &[u8], of: &[u8]| bytes.windows(of.len()).rposition(|it| it == of);
        if let Some(end) = position(asked, TEXT)
            && let Some(begin) = position(&asked[..end], b"sqlx_s_")
        {
            groups.push(asked[begin..end].to_vec());
        }
        let executes = |name: &Vec<u8>| {
            let name = [b"\0", name.as_slice(), b"\0"].concat();
            position(asked, &name).is_some_and(|at| at >= 5 && asked[at - 5] == b'B')
        };
        if groups.iter().any(executes) { self.plan.lock().unwrap().take() } else { None }
    }
}
