//! The metrics of real phones: SIP messages and calls, which a driver counts as they pass, and media, whose counters are read
//! when the metrics are.

use super::gauged::Gauged;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::{Arc, OnceLock};

pub const SIP_REQUESTS: &str = "sip_requests";
pub const SIP_RESPONSES: &str = "sip_responses";
pub const SIP_DROPPED: &str = "sip_dropped";
pub const SIP_HELD_CALLS: &str = "sip_held_calls";
pub const MEDIA_LEGS: &str = "media_legs";
pub const MEDIA_LATE_TICKS: &str = "media_late_ticks";
pub const MEDIA_DROPPED_TICKS: &str = "media_dropped_ticks";
pub const MEDIA_PACKETS: &str = "media_packets";
pub const MEDIA_LOST_PACKETS: &str = "media_lost_packets";
pub const MEDIA_CONCEALED_MS: &str = "media_concealed_ms";
pub const RTP_REJECTED: &str = "rtp_rejected";

/// The methods that are counted by name (RFC 3261 and its extensions); a stranger may send any.
pub const METHODS: [&str; 14] = [
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];
const OTHER: &str = "other";
/// The classes of status codes (RFC 3261 7.2).
const CLASSES: [&str; 6] = ["1xx", "2xx", "3xx", "4xx", "5xx", "6xx"];
const IN: &str = "in";
const OUT: &str = "out";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Response {
    code: &'static str,
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Worker {
    worker: usize,
}

/// What a media worker has counted since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaTotals {
    /// The legs that it has now.
    pub legs: usize,
    pub late_ticks: u64,
    pub dropped_ticks: u64,
    /// Packets.
    pub sent: u64,
    pub received: u64,
    /// Packets that were not for a leg, by why.
    pub malformed: u64,
    pub payload_type: u64,
    pub strangers: u64,
    pub untimely: u64,
    /// Of legs that have ended.
    pub lost: u64,
    pub concealed_ms: u64,
}

/// Returns the totals of all workers.
type Source = Box<dyn Fn() -> Vec<MediaTotals> + Send + Sync>;

/// The counters of real phones. None of them is exposed before it counts.
#[derive(Default)]
pub struct Phones {
    requests: Family<Request, Counter>,
    responses: Family<Response, Counter>,
    dropped: Family<Why, Counter>,
    held: Family<Direction, Gauge>,
    media: Arc<Media>,
}

impl Phones {
    pub(super) fn register(&self, registry: &mut Registry) {
        let about = "SIP requests that were received and sent, with repetitions, by method";
        registry.register(SIP_REQUESTS, about, self.requests.clone());
        let about = "SIP responses that were received and sent, with repetitions, by class of status";
        registry.register(SIP_RESPONSES, about, self.responses.clone());
        registry.register(SIP_DROPPED, "Datagrams that got no answer, by reason", self.dropped.clone());
        registry.register(SIP_HELD_CALLS, "Calls on real phones, by direction", self.held.clone());
        registry.register_collector(Box::new(self.media.clone()));
    }

    /// Counts a datagram that passes the SIP socket, by its first line.
    pub fn passed(&self, incoming: bool, bytes: &[u8]) {
        let direction = if incoming { IN } else { OUT };
        match bytes.strip_prefix(b"SIP/2.0 ") {
            Some([class @ b'1'..=b'6', ..]) => {
                let code = CLASSES.get(usize::from(class - b'1')).copied().unwrap_or(OTHER);
                self.responses.get_or_create(&Response { code, direction }).inc();
            }
            Some(_) => {}
            None => {
                // Keep-alives are no requests.
                let Some(end) = bytes.iter().position(|byte| *byte == b' ') else { return };
                let word = bytes.get(..end).unwrap_or_default();
                let method = METHODS.into_iter().find(|it| it.as_bytes() == word).unwrap_or(OTHER);
                self.requests.get_or_create(&Request { method, direction }).inc();
            }
        }
    }

    /// Counts a datagram that was dropped. `why` has few values.
    pub fn dropped(&self, why: &'static str) {
        self.dropped.get_or_create(&Why { why }).inc();
    }

    /// Counts a call as held until the returned value is dropped.
    pub fn held(&self, outgoing: bool) -> Gauged {
        let direction = if outgoing { "outgoing" } else { "incoming" };
        Gauged::new(self.held.get_or_create_owned(&Direction { direction }))
    }

    /// Has the counters of media read from `source` from now on. A second source is ignored.
    pub fn media(&self, source: impl Fn() -> Vec<MediaTotals> + Send + Sync + 'static) {
        let _ = self.media.0.set(Box::new(source));
    }
}

#[derive(Default)]
struct Media(OnceLock<Source>);

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Media").finish()
    }
}

impl Collector for Media {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let Some(source) = self.0.get() else { return Ok(()) };
        let workers = source();
        let sum = |of: fn(&MediaTotals) -> u64| workers.iter().map(of).sum::<u64>();
        let worker = |of: fn(&MediaTotals) -> u64| {
            workers.iter().enumerate().map(move |(worker, totals)| (Worker { worker }, of(totals)))
        };
        let about = "Parties whose audio a worker sends and receives, by worker";
        let mut family = encoder.encode_descriptor(MEDIA_LEGS, about, None, MetricType::Gauge)?;
        for (worker, totals) in workers.iter().enumerate() {
            let legs = i64::try_from(totals.legs).unwrap_or(i64::MAX);
            ConstGauge::new(legs).encode(family.encode_family(&Worker { worker })?)?;
        }
        let about = "Ticks of 5 ms that began more than 5 ms late, by worker";
        counters(&mut encoder, MEDIA_LATE_TICKS, about, worker(|it| it.late_ticks))?;
        let about = "Ticks that were left out because they were too late, by worker";
        counters(&mut encoder, MEDIA_DROPPED_TICKS, about, worker(|it| it.dropped_ticks))?;
        let directions = [(IN, sum(|it| it.received)), (OUT, sum(|it| it.sent))];
        let directions = directions.map(|(direction, count)| (Direction { direction }, count));
        counters(&mut encoder, MEDIA_PACKETS, "RTP packets that were received and sent", directions)?;
        let why = [
            ("malformed", sum(|it| it.malformed)),
            ("payload_type", sum(|it| it.payload_type)),
            ("stranger", sum(|it| it.strangers)),
            ("untimely", sum(|it| it.untimely)),
        ];
        let why = why.map(|(why, count)| (Why { why }, count));
        counters(&mut encoder, RTP_REJECTED, "RTP packets that were received and not heard, by reason", why)?;
        let about = "RTP packets that never arrived, of calls that have ended";
        one(&mut encoder, MEDIA_LOST_PACKETS, about, sum(|it| it.lost))?;
        let about = "Audio that was filled in because packets were missing, in milliseconds, of calls that have ended";
        one(&mut encoder, MEDIA_CONCEALED_MS, about, sum(|it| it.concealed_ms))
    }
}

fn counters<L: EncodeLabelSet>(
    encoder: &mut DescriptorEncoder,
    name: &str,
    about: &str,
    counters: impl IntoIterator<Item = (L, u64)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, about, None, MetricType::Counter)?;
    for (labels, count) in counters {
        ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

fn one(encoder: &mut DescriptorEncoder, name: &str, about: &str, count: u64) -> fmt::Result {
    ConstCounter::new(count).encode(encoder.encode_descriptor(name, about, None, MetricType::Counter)?)
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;

    #[track_caller]
    fn check(metrics: &Metrics, line: &str) {
        let text = metrics.text();
        assert!(text.lines().any(|it| it == line), "{line:?} is not in\n{text}");
    }

    #[test]
    fn messages_count_by_their_first_line() {
        let metrics = Metrics::new();
        assert!(!metrics.text().contains("ringdown_sip_requests_total{") && !metrics.text().contains("media"));
        let phones = &metrics.phones;
        phones.passed(true, b"INVITE sip:a SIP/2.0\r\n\r\n");
        phones.passed(true, b"INVITE sip:a SIP/2.0\r\n\r\n");
        phones.passed(false, b"SIP/2.0 180 Ringing\r\n\r\n");
        phones.passed(true, b"INVENTED-7 sip:a SIP/2.0\r\n\r\n");
        for odd in [&b"\r\n\r\n"[..], b"", b"SIP/2.0 700 A\r\n", b"SIP/2.0 "] {
            phones.passed(true, odd);
        }
        check(&metrics, r#"ringdown_sip_requests_total{method="INVITE",direction="in"} 2"#);
        check(&metrics, r#"ringdown_sip_requests_total{method="other",direction="in"} 1"#);
        check(&metrics, r#"ringdown_sip_responses_total{code="1xx",direction="out"} 1"#);
        let lines = metrics.text().lines().filter(|it| it.starts_with("ringdown_sip_re")).count();
        assert_eq!(lines, 3);
    }

    #[test]
    fn a_call_counts_while_it_is_held() {
        let metrics = Metrics::new();
        let held = metrics.phones.held(true);
        check(&metrics, r#"ringdown_sip_held_calls{direction="outgoing"} 1"#);
        drop(held);
        check(&metrics, r#"ringdown_sip_held_calls{direction="outgoing"} 0"#);
    }

    #[test]
    fn media_is_read_when_the_metrics_are() {
        let metrics = Metrics::new();
        let one = MediaTotals {
            legs: 2,
            late_ticks: 3,
            sent: 10,
            received: 20,
            strangers: 5,
            lost: 1,
            ..MediaTotals::default()
        };
        metrics.phones.media(move || vec![one, MediaTotals { legs: 1, ..one }]);
        check(&metrics, r#"ringdown_media_legs{worker="1"} 1"#);
        check(&metrics, r#"ringdown_media_late_ticks_total{worker="0"} 3"#);
        check(&metrics, r#"ringdown_media_packets_total{direction="in"} 40"#);
        check(&metrics, r#"ringdown_rtp_rejected_total{why="stranger"} 10"#);
        check(&metrics, "ringdown_media_lost_packets_total 2");
        assert!(metrics.text().ends_with("# EOF\n"));
    }
}
