//! The threads with real sockets: two legs on two workers, a bridge that moves one of them, and a recording on disk.

use super::bench::stream;
use super::parrot;
use crate::model::recording::file_name;
use crate::telephony::disk::Disk;
use crate::telephony::media::codec::{FRAME, Law};
use crate::telephony::media::leg::{Event, LegCommand, LegId, LegSettings};
use crate::telephony::media::player::Sound;
use crate::telephony::media::ports::Ports;
use crate::telephony::media::rtp::{self, Header};
use crate::telephony::media::sockets::PortPool;
use crate::telephony::media::tap::{Ends, tap};
use crate::telephony::media::threads::{Media, MediaError};
use crate::telephony::recording::live::LiveRecordings;
use crate::telephony::sounds::Prompt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use uuid::Uuid;

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// How long a machine that is busy with other things may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A phone with its own thread: it repeats what it says, and keeps what it hears.
struct Phone {
    leg: LegId,
    events: mpsc::Receiver<Event>,
    heard: Arc<Mutex<Vec<i16>>>,
    hung_up: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Phone {
    fn dial(media: &Media, pool: &PortPool, law: Law, says: Vec<i16>) -> Phone {
        let socket = UdpSocket::bind((HOST, 0)).unwrap();
        let sockets = pool.bind().unwrap();
        let to = SocketAddr::new(HOST, sockets.port());
        let (sender, events) = mpsc::channel(64);
        let leg = media.next_leg();
        media.open(LegSettings { id: leg, seed: leg.0, events: sender, no_media: PATIENCE }, sockets).unwrap();
        let agreed = stream(law, socket.local_addr().unwrap());
        media.command(leg, LegCommand::Stream(Box::new(agreed))).unwrap();
        let (heard, hung_up) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (into, until) = (heard.clone(), hung_up.clone());
        let thread = thread::spawn(move || talk(&socket, to, law, &says, &into, &until));
        Phone { leg, events, heard, hung_up, thread: Some(thread) }
    }

    fn texts(&self) -> Vec<String> {
        parrot::texts(&self.heard.lock().unwrap())
    }

    /// Waits until the phone has heard a text without a glitch.
    fn wait_for(&self, text: &str) {
        let start = Instant::now();
        while !self.texts().iter().any(|it| it == text) {
            assert!(start.elapsed() < PATIENCE, "heard {:?}", self.texts());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.hung_up.store(true, Ordering::Release);
        self.thread.take().map(JoinHandle::join);
    }
}

fn talk(socket: &UdpSocket, to: SocketAddr, law: Law, says: &[i16], heard: &Mutex<Vec<i16>>, until: &AtomicBool) {
    let start = Instant::now();
    let mut first = None;
    for n in 0_u32.. {
        let header = Header {
            marker: n == 0,
            payload_type: law.payload_type(),
            sequence: n as u16,
            timestamp: n * 160,
            ssrc: 9,
        };
        let at = n as usize * FRAME % says.len();
        let payload: Vec<u8> = says[at..at + FRAME].iter().map(|sample| law.encode(*sample)).collect();
        socket.send_to(&[&header.bytes()[..], &payload].concat(), to).unwrap();
        // Listens until the next packet is due.
        let next = start + Duration::from_millis(20) * (n + 1);
        while let Some(rest) = next.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
            socket.set_read_timeout(Some(rest)).unwrap();
            let mut datagram = [0; 1_500];
            let Ok(length) = socket.recv(&mut datagram) else { continue };
            let packet = rtp::parse(&datagram[..length]).unwrap();
            let at = packet.header.timestamp.wrapping_sub(*first.get_or_insert(packet.header.timestamp)) as usize;
            let mut heard = heard.lock().unwrap();
            let end = heard.len().max(at + FRAME);
            heard.resize(end, 0);
            heard[at..at + FRAME].iter_mut().zip(packet.payload).for_each(|(to, byte)| *to = law.decode(*byte));
        }
        if until.load(Ordering::Acquire) {
            return;
        }
    }
}

/// A text with silence around it, in whole frames.
fn repeated(text: &str) -> Vec<i16> {
    let mut samples = parrot::encode(text);
    samples.resize((samples.len() + 8_000).next_multiple_of(FRAME), 0);
    samples
}

fn wait_for(events: &mut mpsc::Receiver<Event>, found: impl Fn(&Event) -> bool) {
    let start = Instant::now();
    while !events.try_recv().is_ok_and(|event| found(&event)) {
        assert!(start.elapsed() < PATIENCE, "the event does not come");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn two_phones_hear_a_prompt_and_each_other_over_real_sockets() {
    let media = Media::start(2).unwrap();
    let pool = PortPool::new(HOST, Ports::new(31_000..=31_999, u64::from(std::process::id())));
    let mut alice = Phone::dial(&media, &pool, Law::Mu, repeated("alpha"));
    let bob = Phone::dial(&media, &pool, Law::A, repeated("omega"));
    assert_eq!(media.counters().map(|it| it.legs.load(Ordering::Relaxed)).collect::<Vec<_>>(), [1, 1]);

    let prompt = Arc::new(Prompt::new(parrot::encode("press one")));
    prompt.prepare(Law::Mu);
    media.command(alice.leg, LegCommand::Play { operation: 7, sound: Sound::Ready(prompt) }).unwrap();
    wait_for(&mut alice.events, |event| *event == Event::Finished { operation: 7, error: None });
    assert!(alice.texts().iter().any(|text| text.trim_end_matches('~') == "press one"), "{:?}", alice.texts());

    media.bridge(alice.leg, bob.leg).unwrap();
    assert_eq!(media.counters().map(|it| it.legs.load(Ordering::Relaxed)).collect::<Vec<_>>(), [2, 0]);
    let directory = tempfile::tempdir().unwrap();
    let recordings = LiveRecordings::start(Disk { directory: directory.path().into(), min_free: 0 }).unwrap();
    let (recording, reader) = tap(Uuid::from_u128(3), Ends::default(), false);
    let outcome = recordings.begin(Uuid::from_u128(3), reader).unwrap();
    media.command(bob.leg, LegCommand::Record { tap: Box::new(recording), beep: false }).unwrap();
    alice.wait_for("omega");
    bob.wait_for("alpha");

    let quality = media.close(bob.leg).unwrap().blocking_recv().unwrap();
    assert!(quality.codec == "PCMA" && quality.sent > 50 && quality.received > 50, "{quality:?}");
    assert_eq!(media.close(bob.leg).unwrap_err(), MediaError::Gone);
    let saved = outcome.blocking_recv().unwrap().unwrap();
    let file = std::fs::read(directory.path().join(file_name(Uuid::from_u128(3)))).unwrap();
    assert!(file.len() as u64 == saved.size && saved.duration_ms > 500);
    assert_eq!(media.close(alice.leg).unwrap().blocking_recv().unwrap().codec, "PCMU");
    drop((alice, bob));
    drop(media);
    assert_eq!(pool.used().0, 0, "the ports are free again");
}
