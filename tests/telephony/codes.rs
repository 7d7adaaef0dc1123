//! SIP statuses, those of far ends and ours.

use super::bench::{Bench, Ended};
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use uuid::Uuid;

pub async fn of_the_far_end(bench: &mut Bench) {
    for (script, end, sip_code, cause) in [
        ("busy", "hangup remote busy", 486, "Busy Here"),
        ("reject", "hangup remote failed", 603, "Decline"),
        ("reject 600", "hangup remote busy", 600, "Busy Everywhere"),
        ("reject 486 \"In a meeting\"", "hangup remote busy", 486, "In a meeting"),
        ("reject 408", "hangup remote noanswer", 408, "Request Timeout"),
        ("reject 480", "hangup remote noanswer", 480, "Temporarily Unavailable"),
        ("reject 487", "hangup remote cancel", 487, "Request Terminated"),
        ("reject 302 \"Moved Temporarily\"", "hangup remote failed", 302, "Moved Temporarily"),
        ("reject 403", "hangup remote failed", 403, "Forbidden"),
        ("reject 404 \"No such number\"", "hangup remote failed", 404, "No such number"),
        ("reject 503", "hangup remote failed", 503, "Service Unavailable"),
        ("reject 699 \"Unwanted\"", "hangup remote failed", 699, "Unwanted"),
        ("answer; hangup", "hangup remote normal", 0, ""),
    ] {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, script).await.unwrap();
        assert_eq!(bench.end_of(call_id, script).await.last().map(String::as_str), Some(end), "{script}");
        let Ended { sip_code: told, cause: words, .. } = &bench.ended[&call_id];
        assert_eq!((*told, words.as_str()), (sip_code, cause), "{script}");
    }
    // The caller gives up.
    let call_id = bench.calls_in("answer").await;
    assert!(bench.remote_party.hangs_up(call_id).await);
    assert_eq!(bench.end_of(call_id, "cancelled").await, ["hangup remote cancel"]);
    assert_eq!(bench.ended[&call_id].sip_code, 487);
}

/// We hang up before the answer of an incoming call: its caller is told why, and for us it is no status.
pub async fn of_ours(bench: &mut Bench) {
    for reason in HangupReason::ALL {
        let status = match reason {
            HangupReason::Normal | HangupReason::Amd => 603,
            HangupReason::Busy => 486,
            HangupReason::Noanswer | HangupReason::Cancel | HangupReason::Dialout | HangupReason::Timeout => 480,
            HangupReason::Failed => 503,
        };
        let call_id = bench.calls_in("answer").await;
        bench.telephony.perform(call_id, 1, Command::Hangup { reason }).await.unwrap();
        assert_eq!(bench.end_of(call_id, "refused").await, [format!("hangup local {}", reason.word())]);
        bench.assert_told(call_id, &[status], reason.word()).await;
        assert_eq!((bench.ended[&call_id].sip_code, bench.ended[&call_id].cause.as_str()), (0, ""));
        let up = bench.calls_in("answer").await;
        bench.telephony.perform(up, 1, Command::Answer).await.unwrap();
        bench.see(up, "answered", "hung up").await;
        bench.telephony.perform(up, 2, Command::Hangup { reason }).await.unwrap();
        bench.end_of(up, "hung up").await;
        bench.assert_told(up, &[], reason.word()).await;
    }
}
