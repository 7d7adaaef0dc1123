//! The messages of calls on real phones.

use super::App;
use crate::error::{Error, Reason, Result};
use crate::model::view;
use crate::proto;
use crate::telephony::trace::{Message, pcap};
use crate::watch::Present;
use uuid::Uuid;

impl App {
    /// Returns the messages of a call and its quality.
    pub async fn call_trace(&self, customer_id: Uuid, id: Uuid) -> Result<proto::GetCallTraceResponse> {
        let call = self.get_call(customer_id, id).await?;
        Ok(trace(&self.messages_of(id)?, call.quality))
    }

    /// Returns the messages of a call as a capture file.
    pub async fn call_pcap(&self, customer_id: Uuid, id: Uuid) -> Result<Vec<u8>> {
        self.runner.call_of(customer_id, id).await?;
        Ok(pcap::write(&self.messages_of(id)?))
    }

    fn messages_of(&self, id: Uuid) -> Result<Vec<Message>> {
        let missing = |why| Err(Error::new(Reason::CallTraceNotFound, why));
        let Some(traces) = &self.traces else {
            return missing("telephony is simulated: calls have no SIP messages");
        };
        match traces.of(id) {
            none if none.is_empty() => missing(
                "this server has no SIP messages of the call: it was on a simulated phone, another server held it, the \
                 server has been restarted, or newer calls needed the room",
            ),
            messages => Ok(messages),
        }
    }
}

fn trace(messages: &[Message], quality: Option<proto::CallQuality>) -> proto::GetCallTraceResponse {
    let messages = messages.iter().map(message).collect();
    proto::GetCallTraceResponse { messages, stats: quality.as_ref().map(stats), quality }
}

fn message(message: &Message) -> proto::CallTraceMessage {
    let (from, to) = (message.source(), message.destination());
    proto::CallTraceMessage {
        timestamp: view::time(message.at),
        method: message.method(),
        src_ip: from.ip().to_canonical().to_string(),
        src_port: from.port().into(),
        dst_ip: to.ip().to_canonical().to_string(),
        dst_port: to.port().into(),
        raw: String::from_utf8_lossy(&message.bytes).into_owned(),
        sent: message.sent,
        transport: "udp".to_owned(),
    }
}

fn stats(quality: &proto::CallQuality) -> proto::CallTraceStats {
    let expected = quality.packets_received.saturating_add(quality.packets_lost);
    proto::CallTraceStats {
        mos: f64::from(quality.mos_in_x100) / 100.0,
        jitter: quality.jitter_us / 1_000,
        packet_loss_pct: match expected {
            0 => 0.0,
            expected => quality.packets_lost as f64 * 100.0 / expected as f64,
        },
        rtt: quality.rtt_us,
        rtp_packets: quality.packets_received.saturating_add(quality.packets_sent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Time;

    #[test]
    fn a_message_has_its_addresses_and_its_text() {
        let (local, peer) = ("192.0.2.7:5060".parse().unwrap(), "[::ffff:203.0.113.5]:5080".parse().unwrap());
        let ringing = Message { at: Time(1_500_000), sent: true, local, peer, bytes: (*b"SIP/2.0 180 R\xff").into() };
        let quality = proto::CallQuality {
            packets_received: 75,
            packets_lost: 25,
            packets_sent: 100,
            mos_in_x100: 421,
            jitter_us: 2_900,
            rtt_us: 40_000,
            ..Default::default()
        };
        let shown = trace(&[ringing.clone(), Message { sent: false, ..ringing }], Some(quality.clone()));
        let [sent, received] = &shown.messages[..] else { panic!("{shown:?}") };
        assert_eq!(
            (sent.src_ip.as_str(), sent.src_port, sent.dst_ip.as_str(), sent.dst_port),
            ("192.0.2.7", 5_060, "203.0.113.5", 5_080)
        );
        assert_eq!((received.src_ip.as_str(), received.dst_port, received.sent), ("203.0.113.5", 5_060, false));
        assert_eq!(
            (sent.method.as_str(), sent.raw.as_str(), sent.transport.as_str()),
            ("180", "SIP/2.0 180 R\u{fffd}", "udp")
        );
        assert_eq!(sent.timestamp.unwrap().nanos, 500_000_000);
        let expected =
            proto::CallTraceStats { mos: 4.21, jitter: 2, packet_loss_pct: 25.0, rtt: 40_000, rtp_packets: 175 };
        assert_eq!((shown.stats, shown.quality), (Some(expected), Some(quality)));
    }

    #[test]
    fn a_call_without_audio_has_no_stats() {
        let shown = trace(&[], None);
        assert_eq!(shown, proto::GetCallTraceResponse::default());
        assert_eq!(stats(&proto::CallQuality::default()).packet_loss_pct, 0.0);
    }
}
