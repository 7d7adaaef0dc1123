//! The network of far ends: one UDP socket for signalling, and who has which number.

use super::media::Media;
use super::message::{Message, user_of};
use super::phone::{Event, Phone};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedSender;

pub struct Network {
    socket: UdpSocket,
    pub address: SocketAddr,
    pub media: Arc<Media>,
    began: Instant,
    counter: AtomicU32,
    /// The scripts of the numbers.
    numbers: Mutex<HashMap<String, String>>,
    /// By Call-ID.
    dialogs: Mutex<HashMap<String, UnboundedSender<Event>>>,
    /// The phone that was called at a number.
    phones: Mutex<HashMap<String, Arc<Phone>>>,
}

impl Network {
    pub async fn start() -> Arc<Network> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let network = Arc::new(Network {
            address: socket.local_addr().unwrap(),
            socket,
            media: Media::start(),
            began: Instant::now(),
            counter: AtomicU32::new(1),
            numbers: Mutex::default(),
            dialogs: Mutex::default(),
            phones: Mutex::default(),
        });
        tokio::spawn(receive(Arc::downgrade(&network)));
        network
    }

    /// A number that nobody has had before.
    pub fn number(&self, script: &str) -> String {
        let number = format!("+1556{:07}", self.next());
        self.numbers.lock().unwrap().insert(number.clone(), script.to_owned());
        number
    }

    pub fn next(&self) -> u32 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    /// The phone that was called at this number.
    pub fn phone(&self, number: &str) -> Option<Arc<Phone>> {
        self.phones.lock().unwrap().get(number).cloned()
    }

    pub fn register(&self, call_id: &str, events: UnboundedSender<Event>) {
        self.dialogs.lock().unwrap().insert(call_id.to_owned(), events);
    }

    pub fn forget(&self, call_id: &str) {
        self.dialogs.lock().unwrap().remove(call_id);
    }

    /// Sends a message. What the test prints is shown if it fails.
    pub fn send(&self, text: &str, to: SocketAddr) {
        self.show("->", text);
        let _ = self.socket.try_send_to(text.as_bytes(), to);
    }

    fn show(&self, way: &str, text: &str) {
        let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        let (start, cseq, call) = (text.lines().next().unwrap_or_default(), line("CSeq:"), line("Call-ID:"));
        let direction =
            text.lines().find(|it| ["a=sendonly", "a=recvonly", "a=inactive"].contains(it)).unwrap_or_default();
        println!(
            "{:8.3} {} {way} {start} | {cseq} | {call} {direction}",
            self.began.elapsed().as_secs_f64(),
            self.address.port()
        );
    }

    fn take(self: &Arc<Network>, message: Message, from: SocketAddr) {
        let dialog = self.dialogs.lock().unwrap().get(message.get("Call-ID")).cloned();
        if let Some(dialog) = dialog {
            let _ = dialog.send(Event::Message(Box::new(message), from));
            return;
        }
        let method = message.cseq().map_or("", |(_, method)| method).to_owned();
        let number = user_of(message.uri()).to_owned();
        let script = self.numbers.lock().unwrap().get(&number).cloned();
        match (message.status(), method.as_str(), script) {
            (Some(_), ..) | (None, "ACK", _) => {}
            (None, "INVITE", Some(script)) => {
                let phone = Phone::called(self, &script, message, from);
                self.phones.lock().unwrap().insert(number, phone);
            }
            (None, "INVITE", None) => self.send(&message.respond("404 Not Found", "none", "", ""), from),
            (None, "OPTIONS", _) => self.send(&message.respond("200 OK", "none", "", ""), from),
            (None, ..) => self.send(&message.respond("481 Call/Transaction Does Not Exist", "none", "", ""), from),
        }
    }
}

async fn receive(network: Weak<Network>) {
    let mut buffer = vec![0; 65_536];
    loop {
        let Some(network) = network.upgrade() else { return };
        let (length, from) = match network.socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(_) => continue,
        };
        let datagram = &buffer[..length];
        network.show("<-", &String::from_utf8_lossy(datagram));
        match Message::parse(datagram) {
            Some(message) => network.take(message, from),
            None => println!("that was no SIP"),
        }
    }
}
