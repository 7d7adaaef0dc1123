//! The messages of a call as text.

use ringdown::proto::json::time;
use ringdown::proto::{CallTraceMessage, GetCallTraceResponse};
use std::fmt::Write;

/// The length at which first lines are cut off.
const MAX_LINE: usize = 60;

/// One line for each message: the time, the direction, the other side, the first line and the CSeq.
pub fn ladder(trace: &GetCallTraceResponse) -> String {
    let width = trace.messages.iter().map(|message| peer(message).chars().count()).max().unwrap_or_default();
    trace.messages.iter().fold(String::new(), |mut text, message| {
        let (arrow, peer) = (arrow(message), peer(message));
        let (first, cseq) = (first_line(&message.raw), cseq(&message.raw));
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}  {arrow}  {peer:width$}  {first:MAX_LINE$}  {cseq}", shown(message));
        text
    })
}

/// Whole messages, each below a line with its time and addresses.
pub fn full(trace: &GetCallTraceResponse) -> String {
    trace.messages.iter().fold(String::new(), |mut text, message| {
        let _ = writeln!(text, "{}  {}  {}", shown(message), arrow(message), peer(message));
        for line in message.raw.trim_end().lines() {
            let _ = writeln!(text, "    {}", plain(line));
        }
        text.push('\n');
        text
    })
}

fn shown(message: &CallTraceMessage) -> String {
    message.timestamp.as_ref().map(time::format).unwrap_or_else(|| time::UNSET.to_owned())
}

fn arrow(message: &CallTraceMessage) -> &'static str {
    if message.sent { "-->" } else { "<--" }
}

/// The address of the remote party.
fn peer(message: &CallTraceMessage) -> String {
    let (host, port) = match message.sent {
        true => (&message.dst_ip, message.dst_port),
        false => (&message.src_ip, message.src_port),
    };
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// The first line, without the version.
fn first_line(raw: &str) -> String {
    let line = raw.lines().next().unwrap_or_default().trim_end();
    let line = line.strip_prefix("SIP/2.0 ").or_else(|| line.strip_suffix(" SIP/2.0")).unwrap_or(line);
    match line.char_indices().nth(MAX_LINE) {
        Some(_) => plain(line).chars().take(MAX_LINE - 1).chain(['…']).collect(),
        None => plain(line),
    }
}

fn cseq(raw: &str) -> String {
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.trim_end().eq_ignore_ascii_case("CSeq").then(|| plain(value))
    };
    raw.lines().skip(1).take_while(|line| !line.is_empty()).find_map(header).unwrap_or_default()
}

/// Replaces control characters: remote parties choose texts, which must not control the terminal.
fn plain(text: &str) -> String {
    text.trim().chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sent: bool, raw: &str) -> CallTraceMessage {
        CallTraceMessage {
            timestamp: Some(prost_types::Timestamp { seconds: 1_680_792_792, nanos: 569_073_000 }),
            src_ip: if sent { "192.0.2.7" } else { "2001:db8::5" }.into(),
            src_port: 5_060,
            dst_ip: if sent { "2001:db8::5" } else { "192.0.2.7" }.into(),
            dst_port: 5_080,
            raw: raw.into(),
            sent,
            ..CallTraceMessage::default()
        }
    }

    fn trace() -> GetCallTraceResponse {
        let invite = "INVITE sip:+15557654321@192.0.2.7 SIP/2.0\r\nVia: v\r\ncseq : 1 INVITE\r\n\r\nv=0\r\n";
        let messages = vec![
            message(false, invite),
            message(true, "SIP/2.0 180 Ring\x1b[2Jing\r\nCSeq: 1 INVITE\r\n\r\n"),
            message(true, &format!("OPTIONS sip:{} SIP/2.0\r\n\r\nCSeq: 2\r\n", "a".repeat(80))),
        ];
        GetCallTraceResponse { messages, ..GetCallTraceResponse::default() }
    }

    #[test]
    fn a_message_is_a_line() {
        let text = ladder(&trace());
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let expected = [
            format!("<--  [2001:db8::5]:5060  {:60}  1 INVITE", "INVITE sip:+15557654321@192.0.2.7"),
            format!("-->  [2001:db8::5]:5080  {:60}  1 INVITE", "180 Ring\u{fffd}[2Jing"),
            format!("-->  [2001:db8::5]:5080  OPTIONS sip:{}…", "a".repeat(47)),
        ];
        assert_eq!(lines, expected.map(|line| format!("2023-04-06 14:53:12.569073  {line}")));
    }

    #[test]
    fn a_whole_message_cannot_control_the_terminal() {
        let text = full(&trace());
        let first = "2023-04-06 14:53:12.569073  <--  [2001:db8::5]:5060\n    INVITE sip:+15557654321@192.0.2.7 SIP/2.0\n    \
                     Via: v\n    cseq : 1 INVITE\n    \n    v=0\n\n";
        assert!(text.starts_with(first), "{text}");
        assert!(!text.contains('\x1b') && text.contains("SIP/2.0 180 Ring\u{fffd}[2Jing"));
    }
}
