//! The process is killed with calls up: they end once, and the phones learn it.

use crate::peers::{NUMBER, Phones, installed};
use crate::server::text;
use crate::sipp;
use serde_json::json;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_were_up_when_the_process_was_killed_end_once() {
    if !installed(&["sipp"]) {
        return;
    }
    let mut phones = Phones::start(&[]);
    let waits = json!([{"type": "answer"}, {"type": "sleep", "option": {"duration": 600_000}}]);
    phones.number(NUMBER, waits).await;
    let (to, calling) = (phones.sip, 50);
    // Each waits for a BYE, or says one that is answered with 481.
    let callers = std::thread::spawn(move || sipp::try_calls("uac.xml", to, NUMBER, calling, &["-d", "4000"]));
    let patience = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        let calls = phones.calls().await;
        let up = calls.iter().filter(|call| text(call, "status") == "progressing").count();
        if up >= 10 {
            break;
        }
        assert!(std::time::Instant::now() < patience, "{up} calls");
    }
    let Phones { server, home, .. } = phones;
    server.kill();
    let server = home.start();
    phones = Phones { rest: server.rest(), server, sip: to, home };
    for call in phones.calls().await {
        let call = phones.ended(&call).await;
        let reason = text(&call, "hangup_reason");
        assert!(["failed", "normal", "cancel"].contains(&reason.as_str()), "{call}");
    }
    // Those whose call was lost are told so at their BYE.
    callers.join().unwrap();
    let calls = phones.calls().await;
    assert!(calls.iter().all(|call| text(call, "status") == "hangup"));
}
