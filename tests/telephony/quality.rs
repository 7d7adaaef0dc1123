//! The quality of calls. The bench holds that it is told once, directly before the end, of every call with media.

use super::bench::Bench;
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use uuid::Uuid;

pub async fn of_calls_with_media(bench: &mut Bench) {
    for (script, media) in [
        ("answer; hangup", true),
        ("early_media 1s; busy", true),
        ("ring 1s; early_media 1s; reject 404", true),
        ("busy", false),
        ("ring 1s; reject", false),
    ] {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, script).await.unwrap();
        bench.end_of(call_id, script).await;
        let quality = &bench.ended[&call_id].quality;
        assert_eq!(quality.is_some(), media, "{script}");
        if let Some(quality) = quality {
            assert!(!quality.codec.is_empty() && (100..=450).contains(&quality.mos_in_x100), "{script}: {quality:?}");
        }
    }
    let ringing = Uuid::now_v7();
    bench.dial(ringing, 1, "no_answer").await.unwrap();
    let refused = bench.calls_in("answer").await;
    for call_id in [ringing, refused] {
        bench.telephony.perform(call_id, 2, Command::Hangup { reason: HangupReason::Cancel }).await.unwrap();
        bench.end_of(call_id, "quality").await;
        assert_eq!(bench.ended[&call_id].quality, None);
    }
}
