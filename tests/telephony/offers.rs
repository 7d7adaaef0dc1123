//! Incoming calls before they are taken.

use super::bench::Bench;
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use ringdown::telephony::Gone;
use ringdown::telephony::offers::Refusal;
use uuid::Uuid;

const BUSY_HERE: Refusal = Refusal { code: 486, retry_after_s: None };

async fn hang_up(bench: &mut Bench, call_id: Uuid, case: &str) {
    let hangup = Command::Hangup { reason: HangupReason::Normal };
    bench.telephony.perform(call_id, 9, hangup).await.unwrap();
    bench.end_of(call_id, case).await;
}

pub async fn taken(bench: &mut Bench) {
    let offer = bench.remote_party.offers("answer; digits \"1\"").await;
    assert!(bench.telephony.held().is_empty(), "nobody holds it yet");
    let call_id = Uuid::now_v7();
    bench.telephony.take(offer.key, Uuid::nil(), call_id).await.unwrap();
    assert_eq!(bench.telephony.held(), [call_id]);
    // The others come too late, and change nothing.
    assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), Uuid::now_v7()).await, Err(Gone));
    bench.telephony.refuse(offer.key, BUSY_HERE).await;
    assert!(!bench.remote_party.withdraws(offer.key).await);
    bench.telephony.perform(call_id, 1, Command::Answer).await.unwrap();
    bench.see(call_id, "digit 1", "taken").await;
    hang_up(bench, call_id, "taken").await;
    bench.assert_silence("taken").await;
}

pub async fn refused(bench: &mut Bench) {
    for refusal in [Refusal::NOT_FOUND, Refusal::UNAVAILABLE, BUSY_HERE] {
        let offer = bench.remote_party.offers("answer").await;
        bench.telephony.refuse(offer.key, refusal).await;
        assert_eq!(bench.remote_party.refusal(offer.key).await, refusal);
        assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), Uuid::now_v7()).await, Err(Gone));
        bench.telephony.refuse(offer.key, Refusal::UNAVAILABLE).await;
        assert_eq!(bench.remote_party.refusal(offer.key).await, refusal, "once");
    }
    assert!(bench.telephony.held().is_empty());
    bench.assert_silence("refused").await;
}

pub async fn given_up(bench: &mut Bench) {
    let offer = bench.remote_party.offers("answer").await;
    assert!(bench.remote_party.withdraws(offer.key).await);
    assert!(!bench.remote_party.withdraws(offer.key).await);
    assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), Uuid::now_v7()).await, Err(Gone));
    bench.telephony.refuse(offer.key, Refusal::UNAVAILABLE).await;
    assert!(bench.telephony.held().is_empty());
    bench.assert_silence("given up").await;
}

/// The driver waits for four seconds.
pub async fn undecided(bench: &mut Bench) {
    let offer = bench.remote_party.offers("answer").await;
    assert_eq!(bench.remote_party.refusal(offer.key).await, Refusal::UNAVAILABLE);
    assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), Uuid::now_v7()).await, Err(Gone));
    bench.assert_silence("undecided").await;
}

pub async fn not_accepted(bench: &mut Bench) {
    let call_id = bench.calls_in("answer").await;
    let offer = bench.remote_party.offers("answer").await;
    assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), call_id).await, Err(Gone));
    assert_eq!(bench.remote_party.refusal(offer.key).await, Refusal::UNAVAILABLE);
    hang_up(bench, call_id, "not accepted").await;
    bench.assert_silence("not accepted").await;
}

pub async fn closed(bench: &mut Bench) {
    let offer = bench.remote_party.offers("answer").await;
    bench.telephony.close().await;
    assert_eq!(bench.telephony.take(offer.key, Uuid::nil(), Uuid::now_v7()).await, Err(Gone));
    bench.assert_silence("closed").await;
}
