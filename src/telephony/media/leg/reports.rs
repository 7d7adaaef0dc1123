//! RTCP of a leg: a report every 5 s on average, and what the remote party reports of us.

use super::ear::{Dropped, Ear};
use super::{Outlet, Stream};
use crate::telephony::media::ports::Random;
use crate::telephony::media::rtcp::{self, CNAME, Heard, MAX_REPORT, OurReport, Sent, TheirBlock};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The mean interval (RFC 3550 section 6.2), which varies by a half each way so that many legs do not report at once.
const INTERVAL: Duration = Duration::from_secs(5);
/// Sender reports that are remembered: a round trip that refers to another one is made up.
const REMEMBERED: usize = 4;

pub struct Reports {
    random: Random,
    cname: [u8; CNAME],
    /// The clock of our NTP times begins here.
    created: Instant,
    next: Instant,
    /// Where their reports come from.
    source: Option<SocketAddr>,
    /// Their last sender report, and when it came.
    last: Option<(u32, Instant)>,
    ours: [u32; REMEMBERED],
    /// Packets at our last report.
    packets: u32,
    block: Option<TheirBlock>,
    rtt: Option<Duration>,
}

impl Reports {
    pub fn new(random: &mut Random, now: Instant) -> Reports {
        let mut random = Random(random.number());
        let mut cname = [0; CNAME];
        let mut name = random.number();
        for letter in &mut cname {
            *letter = b"0123456789abcdef"[(name & 0xf) as usize];
            name >>= 4;
        }
        let mut reports = Reports {
            random,
            cname,
            created: now,
            next: now,
            source: None,
            last: None,
            ours: [0; REMEMBERED],
            packets: 0,
            block: None,
            rtt: None,
        };
        // The first comes after half the time (RFC 3550 section 6.2).
        reports.next = now + reports.interval() / 2;
        reports
    }

    /// A new SDP: reports go where it says until the remote party sends its own.
    pub fn restart(&mut self) {
        self.source = None;
    }

    fn interval(&mut self) -> Duration {
        INTERVAL / 2 + Duration::from_micros(self.random.number() % INTERVAL.as_micros() as u64)
    }

    /// Takes a datagram of an IP address that is accepted. `ours` is our SSRC.
    pub fn packet(&mut self, datagram: &[u8], source: SocketAddr, ours: u32, now: Instant) -> Result<(), Dropped> {
        let report = rtcp::parse(datagram, ours).ok_or(Dropped::Malformed)?;
        self.source = Some(source);
        if let Some(sent) = report.sent {
            self.last = Some((sent, now));
        }
        if let Some(block) = report.block {
            self.block = Some(block);
            if block.last_report != 0 && self.ours.contains(&block.last_report) {
                let there_and_back = (self.ntp(now) >> 16) as u32;
                let ticks = there_and_back.wrapping_sub(block.last_report).saturating_sub(block.delay);
                self.rtt = Some(Duration::from_micros(u64::from(ticks) * 1_000_000 / 65_536));
            }
        }
        Ok(())
    }

    /// Sends a report if one is due, or the last one.
    pub fn send(&mut self, now: Instant, stream: &Stream, ear: &mut Ear, sent: Sent, bye: bool, out: &mut impl Outlet) {
        if now < self.next && !bye {
            return;
        }
        self.next = now + self.interval();
        let Some(media) = ear.destination() else { return };
        let above = SocketAddr::new(media.ip(), media.port().saturating_add(1));
        let to = if stream.mux { media } else { self.source.or(stream.rtcp).unwrap_or(above) };
        let ntp = self.ntp(now);
        let sender = (sent.packets != self.packets).then_some(Sent { ntp, ..sent });
        self.packets = sent.packets;
        if sender.is_some() {
            self.ours.rotate_left(1);
            self.ours[REMEMBERED - 1] = (ntp >> 16) as u32;
        }
        let heard = self.last.map(|(last_report, at)| {
            let delay = now.duration_since(at).as_micros() * 65_536 / 1_000_000;
            Heard { last_report, delay: u32::try_from(delay).unwrap_or(u32::MAX) }
        });
        let block = ear.block().map(|block| (block, heard.unwrap_or_default()));
        let report = OurReport { ssrc: sent.ssrc, cname: &self.cname, sender, block, bye };
        let mut bytes = [0; MAX_REPORT];
        out.rtcp(to, rtcp::write(&report, &mut bytes));
    }

    /// The time since the leg began, a day later: never 0, which stands for no report. RFC 3550 section 4 allows any clock.
    fn ntp(&self, now: Instant) -> u64 {
        let time = now.duration_since(self.created) + Duration::from_secs(86_400);
        let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
        time.as_secs() << 32 | fraction
    }

    pub fn rtt_us(&self) -> Option<u32> {
        self.rtt.map(|rtt| u32::try_from(rtt.as_micros()).unwrap_or(u32::MAX))
    }

    /// The part of our packets that the remote party misses, from 0 to 1, if it says so.
    pub fn remote_loss(&self, sent: u64) -> Option<f64> {
        let lost = self.block?.lost.max(0);
        Some((f64::from(lost) / sent.max(1) as f64).min(1.0))
    }
}
