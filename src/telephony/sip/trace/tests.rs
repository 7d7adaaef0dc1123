use super::*;
use crate::telephony::trace::Traces as _;
use std::sync::atomic::{AtomicI64, Ordering};

static CLOCK: AtomicI64 = AtomicI64::new(0);

/// Each message is later than the one before.
fn tick() -> Time {
    Time(CLOCK.fetch_add(1, Ordering::Relaxed))
}

fn traces() -> Traces {
    Traces::new(tick)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn peer() -> SocketAddr {
    "203.0.113.5:5060".parse().unwrap()
}

fn text(method: &str, call_id: &str) -> String {
    format!("{method} sip:a SIP/2.0\r\nVia: v\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n\r\n")
}

impl Traces {
    fn receive(&self, method: &str, call_id: &str) {
        self.passed(true, text(method, call_id).as_bytes(), peer());
    }

    fn methods(&self, call: u128) -> Vec<String> {
        self.of(id(call)).iter().map(Message::method).collect()
    }

    /// Checks the sums, and that nothing is left of what is forgotten.
    #[track_caller]
    fn audit(&self) {
        let kept = self.kept();
        assert_eq!(kept.bytes, kept.calls.values().map(Call::weight).sum::<usize>());
        let unlinked = kept.unlinked.iter().map(|(call_id, (_, ring))| OVERHEAD + 2 * call_id.len() + ring.bytes());
        assert_eq!(kept.unlinked_bytes, unlinked.sum::<usize>());
        assert_eq!(kept.order.len(), kept.calls.len());
        assert_eq!(kept.unlinked_order.len(), kept.unlinked.len());
        assert!(kept.bytes <= MAX_BYTES && kept.unlinked_bytes <= MAX_UNLINKED_BYTES);
        assert!(kept.linked.values().flatten().all(|id| kept.calls.contains_key(id)));
        let links: usize = kept.calls.values().map(|call| call.call_ids.len()).sum();
        assert_eq!(links, kept.linked.values().map(Vec::len).sum::<usize>());
    }
}

#[test]
fn a_call_has_its_messages_from_the_first_on() {
    let traces = traces();
    let local = "192.0.2.7:5060".parse().unwrap();
    traces.listens(local);
    traces.receive("INVITE", "one");
    traces.receive("OPTIONS", "other");
    traces.link("one", id(1));
    traces.passed(false, b"SIP/2.0 180 Ringing\r\ni:one\r\n\r\n", peer());
    traces.receive("ACK", "one");
    let messages = traces.of(id(1));
    assert_eq!(messages.iter().map(Message::method).collect::<Vec<_>>(), ["INVITE", "180", "ACK"]);
    assert_eq!((messages[0].source(), messages[0].destination()), (peer(), local));
    assert_eq!((messages[1].source(), messages[1].destination()), (local, peer()));
    assert_eq!(&*messages[2].bytes, text("ACK", "one").as_bytes());
    assert!(messages.is_sorted_by_key(|message| message.at));
    assert_eq!(traces.methods(2), [""; 0]);
    traces.audit();
}

#[test]
fn the_hops_of_a_call_are_in_one_order() {
    let traces = traces();
    traces.receive("INVITE", "one");
    traces.receive("INVITE", "two");
    traces.receive("CANCEL", "one");
    traces.receive("BYE", "two");
    traces.link("two", id(1));
    traces.link("one", id(1));
    traces.link("one", id(1));
    assert_eq!(traces.methods(1), ["INVITE", "INVITE", "CANCEL", "BYE"]);
    traces.audit();
}

#[test]
fn a_server_that_calls_itself_sees_both_calls() {
    let traces = traces();
    traces.link("one", id(1));
    traces.receive("INVITE", "one");
    traces.link("one", id(2));
    traces.receive("ACK", "one");
    traces.link("one", id(3));
    assert_eq!(traces.methods(1), ["INVITE", "ACK"]);
    assert_eq!(traces.methods(2), ["INVITE", "ACK"]);
    assert_eq!(traces.methods(3), [""; 0]);
    traces.audit();
}

#[test]
fn a_call_keeps_its_last_messages() {
    let traces = traces();
    traces.link("one", id(1));
    traces.receive("INVITE", "one");
    for _ in 0..64 {
        traces.receive("INFO", "one");
    }
    let methods = traces.methods(1);
    assert!(methods.len() == 64 && methods.iter().all(|it| it == "INFO"));
    let long = format!("NOTIFY a\r\nCall-ID: one\r\n\r\n{}", "x".repeat(8_000));
    for _ in 0..10 {
        traces.passed(false, long.as_bytes(), peer());
    }
    let bytes: usize = traces.of(id(1)).iter().map(|it| it.bytes.len()).sum();
    assert!(bytes <= 64 << 10 && traces.methods(1) == ["NOTIFY"; 8]);
    traces.audit();
}

#[test]
fn invented_call_ids_push_out_no_call() {
    let traces = traces();
    traces.link("real", id(1));
    traces.receive("INVITE", "real");
    traces.receive("INVITE", "waiting");
    for number in 0..20_000 {
        traces.receive("OPTIONS", &format!("invented-{number}"));
    }
    assert_eq!(traces.methods(1), ["INVITE"]);
    // It waited too long.
    traces.link("waiting", id(2));
    assert_eq!(traces.methods(2), [""; 0]);
    traces.link("invented-19999", id(3));
    assert_eq!(traces.methods(3), ["OPTIONS"]);
    traces.audit();
}

#[test]
fn the_call_that_ended_first_is_forgotten_first() {
    let traces = traces();
    let long = |call_id: &str| format!("INVITE a\r\nCall-ID: {call_id}\r\n\r\n{}", "x".repeat(60_000));
    let begin = |number: u128| {
        let call_id = format!("call-{number}");
        traces.link(&call_id, id(number));
        traces.passed(true, long(&call_id).as_bytes(), peer());
    };
    (0..500).for_each(begin);
    traces.ended(id(400));
    traces.ended(id(300));
    traces.ended(id(300));
    traces.ended(id(9_999));
    // Room for some more, then for two.
    let bytes = traces.kept().bytes;
    let room = (MAX_BYTES - bytes) / (bytes / 500);
    (500..500 + room as u128).for_each(begin);
    assert_eq!(traces.methods(400), ["INVITE"]);
    begin(1_001);
    assert_eq!((traces.methods(400).len(), traces.methods(300).len()), (0, 1));
    begin(1_002);
    assert_eq!((traces.methods(300).len(), traces.methods(0).len()), (0, 1));
    // None has ended any more: the oldest makes room.
    begin(1_003);
    assert_eq!((traces.methods(0).len(), traces.methods(1).len(), traces.methods(1_003).len()), (0, 1, 1));
    traces.audit();
    // What still comes for it waits with the unlinked.
    traces.receive("BYE", "call-0");
    assert_eq!(traces.methods(0), [""; 0]);
    traces.audit();
}

#[test]
fn a_call_has_few_call_ids() {
    let traces = traces();
    for number in 0..20 {
        traces.link(&format!("hop-{number}"), id(1));
        traces.receive("INVITE", &format!("hop-{number}"));
    }
    traces.link(&"x".repeat(2_000), id(2));
    assert_eq!(traces.methods(1).len(), MAX_CALL_IDS);
    assert_eq!(traces.kept().linked.len(), MAX_CALL_IDS);
    traces.audit();
}

#[test]
fn what_has_no_call_id_is_not_kept() {
    let traces = traces();
    for text in
        ["", "\r\n\r\n", "OPTIONS a\r\n\r\nCall-ID: b\r\n", "OPTIONS a\r\nCall-ID:\r\n\r\n", "Call-ID: b\r\n\r\n"]
    {
        traces.passed(true, text.as_bytes(), peer());
        assert!(traces.kept().unlinked.is_empty(), "{text:?}");
    }
    traces.passed(true, b"OPTIONS a\r\ncall-id :  b \r\n\r\n", peer());
    assert!(traces.kept().unlinked.contains_key(&b"b"[..]));
}

#[test]
fn secrets_are_hidden_when_a_message_is_kept() {
    let traces = traces();
    traces.link("one", id(1));
    traces.passed(false, b"INVITE a\r\nCall-ID: one\r\nAuthorization: Basic Ym9i\r\n\r\n", peer());
    assert!(traces.of(id(1))[0].bytes.ends_with(b"Authorization: Basic ****\r\n\r\n"));
}
