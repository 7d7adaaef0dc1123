//! What only simulated telephony promises: its times, its numbers and its bounds.

use super::bench::{command, line, speech, tel};
use ringdown::model::call::{HangupReason, Privacy};
use ringdown::model::telephony::{Command, Signal};
use ringdown::telephony::disk::Disk;
use ringdown::telephony::offers::OfferKey;
use ringdown::telephony::simulated::{Config, Simulated, Speed};
use ringdown::telephony::{CallSignal, Gone, Refused, Simulator, Telephony};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

const CALL: Uuid = Uuid::from_u128(1);

fn phones(speed: f64, max_calls: usize, unread: usize) -> (Arc<Simulated>, mpsc::Receiver<CallSignal>) {
    let (signals, told) = mpsc::channel(unread);
    let config = Config { speed: Speed::new(speed).unwrap(), max_calls, recordings: None, witness: None };
    (simulated(config, signals), told)
}

fn simulated(config: Config, signals: mpsc::Sender<CallSignal>) -> Arc<Simulated> {
    let (offering, offers) = mpsc::channel(64);
    // Nobody reads it: who lets a phone call knows the offer.
    std::mem::forget(offers);
    Simulated::new(config, signals, offering)
}

fn dial(number: &str) -> Command {
    let (customer_id, source, destination) = (Uuid::nil(), tel("+15559999999"), tel(number));
    Command::Dial { customer_id, source, destination, privacy: Privacy::None }
}

async fn offer(phones: &Simulated) -> Result<OfferKey, Refused> {
    phones.call(Uuid::nil(), 0, tel("+15550000001"), tel("+15551110000")).await
}

/// A phone calls in, and the call is taken.
async fn incoming(phones: &Simulated, call_id: Uuid) -> Result<(), Gone> {
    let offer = offer(phones).await.unwrap();
    phones.take(offer, Uuid::nil(), call_id).await
}

/// Dials at 0 (command 1), does what stands at each time in ms (commands 2, 3 …), lets ten hours go by, and shows what was
/// told and when. A number with a space in it is a script.
async fn check(speed: f64, number: &str, ours: &[(u64, &str)], trace: &str) {
    let (phones, mut told) = phones(speed, 1, 1);
    if number.contains(' ') {
        phones.set_callee(Uuid::nil(), number, number).unwrap();
    }
    let start = Instant::now();
    let collect = tokio::spawn(async move {
        let mut lines = Vec::new();
        while let Some(told) = told.recv().await {
            if let Signal::Quality(_) = told.signal {
                continue;
            }
            lines.push(format!("{} {}", start.elapsed().as_millis(), line(&told.signal, &HashMap::new())));
        }
        lines.join(", ")
    });
    phones.perform(CALL, 1, dial(number)).await.unwrap();
    for (operation, (at_ms, step)) in (2..).zip(ours) {
        tokio::time::sleep_until(start + Duration::from_millis(*at_ms)).await;
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        phones.perform(CALL, operation, command(word, rest, &HashMap::new())).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(36_000)).await;
    phones.close().await;
    drop(phones);
    assert_eq!(collect.await.unwrap(), trace, "{number} at speed {speed}: {ours:?}");
}

#[tokio::test(start_paused = true)]
async fn the_numbers() {
    check(1.0, "+15550000001", &[(300, "speech 10")], "0 ringing, 200 answered, 900 finished 2").await;
    check(1.0, "+15550000002", &[], "0 hangup remote busy").await;
    check(1.0, "+15550000003", &[], "0 ringing").await;
    check(1.0, "+15550000004", &[], "0 hangup remote failed").await;
    check(1.0, "+15550000005", &[], "0 ringing, 200 answered, 1200 hangup remote normal").await;
    check(
        1.0,
        "+15550000006",
        &[(300, "speech 10"), (2000, "files 2")],
        "0 ringing, 200 answered, 900 finished 2, 1000 digit 1, 6000 finished 3, 6100 digit 1",
    )
    .await;
    check(1.0, "+15550000007", &[], "0 ringing, 200 answered").await;
    check(1.0, "alice@example.com", &[], "0 ringing, 200 answered").await;
}

#[tokio::test(start_paused = true)]
async fn speed_divides_every_time_and_none_is_at_once() {
    let ours = &[(300, "speech 10")];
    check(10.0, "+15550000005", &[], "0 ringing, 20 answered, 120 hangup remote normal").await;
    check(10.0, "+15550000006", ours, "0 ringing, 20 answered, 360 finished 2, 370 digit 1").await;
    check(0.5, "+15550000006", ours, "0 ringing, 400 answered, 1500 finished 2, 1700 digit 1").await;
    check(0.0, "+15550000005", &[], "0 ringing, 0 answered, 0 hangup remote normal").await;
    check(0.0, "+15550000006", ours, "0 ringing, 0 answered, 300 finished 2, 300 digit 1").await;
    check(0.0, "ring 9s; answer; speak 6s; beep; digits \"12\"", &[], "0 ringing, 0 answered, 0 digit 1, 0 digit 2")
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_a_far_end_waits_for() {
    let presses = "answer; wait_prompt; digits \"1\"";
    // Another prompt in place of the first: it still hears us speak.
    let ours = &[(300, "speech 100"), (1000, "speech 10")];
    check(1.0, presses, ours, "0 ringing, 200 answered, 1000 finished 2, 1600 finished 3, 1700 digit 1").await;
    let ours = &[(300, "speech 100"), (1000, "tone 500")];
    check(1.0, presses, ours, "0 ringing, 200 answered, 1000 finished 2, 1100 digit 1, 1500 finished 3").await;
    let ours = &[(300, "speech 100"), (1000, "stop")];
    check(1.0, presses, ours, "0 ringing, 200 answered, 1000 finished 2, 1100 digit 1").await;
    // The end of what was replaced is nobody's end.
    let ours = &[(300, "speech 20"), (1000, "speech 100")];
    check(1.0, presses, ours, "0 ringing, 200 answered, 1000 finished 2, 7000 finished 3, 7100 digit 1").await;
    // A prompt that began before the answer, or while it did something else, counts; one that is over does not.
    let late = "ring 1s; answer; silence 1s; wait_prompt; digits \"1\"";
    check(1.0, late, &[(500, "files 1")], "0 ringing, 1000 answered, 2500 finished 2, 2600 digit 1").await;
    check(1.0, late, &[(1500, "files 1")], "0 ringing, 1000 answered, 3500 finished 2, 3600 digit 1").await;
    check(1.0, late, &[(1500, "speech 1")], "0 ringing, 1000 answered, 1560 finished 2").await;
}

#[tokio::test(start_paused = true)]
async fn digits_and_echo_take_their_time() {
    let number = "+15550000001";
    let ours = &[(300, "sends 12"), (400, "sends #")];
    check(1.0, number, ours, "0 ringing, 200 answered, 1000 finished 2, 1350 finished 3").await;
    let ours = &[(300, "echo 1000"), (800, "echo 1000"), (900, "hold")];
    check(1.0, number, ours, "0 ringing, 200 answered, 800 finished 2, 1800 finished 3").await;
    let ours = &[(300, "speech 100"), (300, "sends 12"), (300, "echo 9000"), (400, "hangup timeout")];
    check(1.0, number, ours, "0 ringing, 200 answered, 400 hangup local timeout").await;
    let ours = &[(300, "echo_keys 5000"), (400, "speech 10")];
    let told = "0 ringing, 200 answered, 1000 finished 3, 1100 digit 1, 1200 digit 2, 5300 finished 2";
    check(1.0, "answer; wait_prompt; digits \"12\"", ours, told).await;
    let ours = &[(300, "echo 0")];
    check(1.0, number, ours, "0 ringing, 200 answered, 300 finished 2").await;
}

#[tokio::test(start_paused = true)]
async fn digits_that_wait_to_be_sent_are_bounded() {
    let (phones, mut told) = phones(1.0, 1, 100);
    phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
    while told.recv().await.unwrap().signal != Signal::Answered {}
    for round in [0, 100] {
        for operation in round + 2..round + 67 {
            phones.perform(CALL, operation, command("sends", "12", &HashMap::new())).await.unwrap();
            // One at a time, so that the mailbox stays empty.
            tokio::task::yield_now().await;
        }
        let mut order = vec![format!("failed {}", round + 66)];
        order.extend((round + 2..round + 66).map(|operation| format!("finished {operation}")));
        for expected in order {
            assert_eq!(line(&told.recv().await.unwrap().signal, &HashMap::new()), expected);
        }
    }
}

/// A far end has one hand: keys from outside and those of its script come one after the other.
#[tokio::test(start_paused = true)]
async fn keys_from_outside_and_from_the_script_share_a_hand() {
    let (phones, mut told) = phones(1.0, 1, 1);
    phones.set_callee(Uuid::nil(), "+15550000001", "ring 0s; answer; silence 1s; digits \"12\"").unwrap();
    phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
    while told.recv().await.unwrap().signal != Signal::Answered {}
    let start = Instant::now();
    tokio::time::sleep(Duration::from_millis(850)).await;
    phones.digits(CALL, "789").await.unwrap();
    for (at_ms, key) in [(950, '7'), (1050, '8'), (1150, '9'), (1250, '1'), (1350, '2')] {
        assert_eq!(told.recv().await.unwrap().signal, Signal::Digit { digit: key });
        assert_eq!(start.elapsed().as_millis(), at_ms, "{key}");
    }
}

/// Nobody reads signals: commands pile up, no command waits, and the one that finds no room ends the call.
#[tokio::test]
async fn a_call_that_cannot_be_steered_is_dropped() {
    let (phones, mut told) = phones(0.0, 1, 1);
    phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
    // Let the phone fill the channel and wait.
    tokio::task::yield_now().await;
    for operation in 2..66 {
        assert_eq!(phones.perform(CALL, operation, speech(1)).await, Ok(()), "{operation}");
    }
    assert_eq!(phones.perform(CALL, 66, speech(1)).await, Err(Gone));
    assert_eq!(phones.perform(CALL, 67, Command::Hangup { reason: HangupReason::Normal }).await, Err(Gone));
    assert_eq!(phones.hangup(CALL).await, Err(Gone));
    assert_eq!(last(&mut told).await, "hangup local failed");
}

#[tokio::test]
async fn a_hang_up_gets_through_to_a_call_that_lags() {
    for (ours, end) in [(true, "hangup local amd"), (false, "hangup remote normal")] {
        let (phones, mut told) = phones(0.0, 1, 1);
        phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
        while told.recv().await.unwrap().signal != Signal::Answered {}
        for operation in 2..66 {
            phones.perform(CALL, operation, speech(1)).await.unwrap();
        }
        assert_eq!(
            phones.digits(CALL, "1").await,
            Err(Refused::Invalid("the call is too busy to receive keys".to_owned()))
        );
        match ours {
            true => phones.perform(CALL, 66, Command::Hangup { reason: HangupReason::Amd }).await.unwrap(),
            false => phones.hangup(CALL).await.unwrap(),
        }
        assert_eq!(phones.perform(CALL, 67, speech(1)).await, Err(Gone));
        assert_eq!(last(&mut told).await, end);
    }
}

/// The end of the only call, and that nothing follows it.
async fn last(told: &mut mpsc::Receiver<CallSignal>) -> String {
    loop {
        let line = line(&told.recv().await.unwrap().signal, &HashMap::new());
        if line.starts_with("hangup") {
            tokio::task::yield_now().await;
            assert!(told.try_recv().is_err());
            return line;
        }
    }
}

#[tokio::test]
async fn calls_are_held_up_to_the_limit() {
    let (phones, mut told) = phones(0.0, 2, 8);
    let [one, two, three] = [1, 2, 3].map(Uuid::from_u128);
    phones.perform(one, 1, dial("+15550000003")).await.unwrap();
    incoming(&phones, two).await.unwrap();
    assert_eq!(phones.perform(three, 1, dial("+15550000001")).await, Err(Gone));
    assert_eq!(incoming(&phones, three).await, Err(Gone));
    assert_eq!(incoming(&phones, two).await, Err(Gone), "there is such a call");
    phones.hangup(two).await.unwrap();
    assert_eq!(last(&mut told).await, "hangup remote cancel");
    incoming(&phones, three).await.unwrap();
}

/// Nobody reads the offers: those that find the channel full are refused at once.
#[tokio::test]
async fn offers_are_bounded() {
    let (phones, _told) = phones(0.0, 1_000, 8);
    for _ in 0..64 {
        offer(&phones).await.unwrap();
    }
    assert_eq!(offer(&phones).await, Err(Refused::TooManyCalls));
    phones.close().await;
    assert_eq!(offer(&phones).await, Err(Refused::TooManyCalls));
}

#[tokio::test]
async fn keys_are_pressed_on_calls_that_are_up_and_sixty_four_at_a_time() {
    let (phones, mut told) = phones(1.0, 1, 1);
    incoming(&phones, CALL).await.unwrap();
    let refused = |text: &str| Err(Refused::Invalid(text.to_owned()));
    assert_eq!(phones.digits(CALL, "1").await, refused("the call is not answered"));
    phones.perform(CALL, 1, Command::Answer).await.unwrap();
    assert_eq!(told.recv().await.unwrap().signal, Signal::Answered);
    let many = "1".repeat(65);
    for keys in ["", "x", "a", "１", &many] {
        assert_eq!(phones.digits(CALL, keys).await, refused("expected 1 to 64 of 0-9, A-D, * and #"), "{keys}");
    }
    phones.digits(CALL, &many[..60]).await.unwrap();
    assert_eq!(phones.digits(CALL, "12345").await, refused("the remote party can have at most 64 keys still to press"));
    phones.digits(CALL, "1234").await.unwrap();
    phones.hangup(CALL).await.unwrap();
    assert_eq!(last(&mut told).await, "hangup remote normal");
    assert_eq!(phones.digits(CALL, "1").await, Err(Refused::Gone));
}

#[tokio::test(start_paused = true)]
async fn pressed_keys_make_room_for_others() {
    let (phones, mut told) = phones(1.0, 1, 1);
    phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
    while told.recv().await.unwrap().signal != Signal::Answered {}
    for _ in 0..3 {
        phones.digits(CALL, &"12345678".repeat(8)).await.unwrap();
        for n in 0..64 {
            let digit = char::from_digit(n % 8 + 1, 10).unwrap();
            assert_eq!(told.recv().await.unwrap().signal, Signal::Digit { digit });
        }
    }
}

#[tokio::test]
async fn phones_end_quietly_when_nobody_listens() {
    let (phones, mut told) = phones(0.0, 100, 4);
    for n in 0..100 {
        phones.perform(Uuid::from_u128(n), 1, dial("+15550000001")).await.unwrap();
    }
    while told.recv().await.unwrap().signal != Signal::Answered {}
    drop(told);
    while !phones.held().is_empty() {
        tokio::task::yield_now().await;
    }
    phones.close().await;
}

/// When `close` returns no phone is left that could tell anything: nobody but the driver holds the channel.
#[tokio::test]
async fn close_waits_for_the_phones() {
    let (phones, mut told) = phones(0.0, 100, 4);
    for n in 0..100 {
        phones.perform(Uuid::from_u128(n), 1, dial("+15550000001")).await.unwrap();
    }
    assert!(told.recv().await.is_some());
    phones.close().await;
    drop(phones);
    while told.try_recv().is_ok() {}
    assert_eq!(told.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
}

#[tokio::test]
async fn a_new_script_is_for_the_next_call_of_its_customer() {
    let (phones, mut told) = phones(0.0, 10, 8);
    let dial_as = |customer_id| {
        let (source, destination, privacy) = (tel("+15559999999"), tel("+15550000003"), Privacy::None);
        Command::Dial { customer_id, source, destination, privacy }
    };
    let customer = Uuid::from_u128(9);
    phones.set_callee(customer, "+15550000003", "busy").unwrap();
    phones.perform(CALL, 1, dial_as(customer)).await.unwrap();
    assert_eq!(last(&mut told).await, "hangup remote busy");
    phones.perform(CALL, 1, dial_as(Uuid::nil())).await.unwrap();
    assert_eq!(told.recv().await.unwrap().signal, Signal::Ringing);
    let error = phones.set_callee(customer, "+15550000003", "ring 1s\nanswer\ndance").unwrap_err();
    assert!(error.starts_with("line 3: expected `wait_prompt`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_is_told_after_two_seconds() {
    let (machine, ours) = ("+15550000007", &[(300, "detect")]);
    check(1.0, machine, ours, "0 ringing, 200 answered, 2300 machine 2").await;
    check(10.0, machine, ours, "0 ringing, 20 answered, 500 machine 2").await;
    check(0.0, machine, ours, "0 ringing, 0 answered, 300 machine 2").await;
    check(1.0, "+15550000001", ours, "0 ringing, 200 answered, 2300 human 2").await;
    check(1.0, "alice@example.com", ours, "0 ringing, 200 answered, 2300 human 2").await;
}

/// Records a call on which a second of speech is heard, and shows what was told of the recording.
async fn record(speed: f64, recordings: Option<&Path>) -> Signal {
    let disk = |directory: &Path| Disk { directory: directory.to_owned(), min_free: 0 };
    record_on(speed, recordings.map(disk)).await
}

async fn record_on(speed: f64, recordings: Option<Disk>) -> Signal {
    let (signals, mut told) = mpsc::channel(8);
    let speed = Speed::new(speed).unwrap();
    let phones = simulated(Config { speed, max_calls: 1, recordings, witness: None }, signals);
    phones.perform(CALL, 1, dial("+15550000001")).await.unwrap();
    while told.recv().await.unwrap().signal != Signal::Answered {}
    phones.perform(CALL, 2, command("record", "", &HashMap::new())).await.unwrap();
    phones.perform(CALL, 3, command("tone", "1000", &HashMap::new())).await.unwrap();
    let mut recorded = None;
    loop {
        match told.recv().await.unwrap().signal {
            it @ Signal::Recorded { .. } => recorded = Some(it),
            Signal::Finished { error, .. } => {
                assert_eq!(error, None, "the call goes on");
                phones.perform(CALL, 4, Command::Hangup { reason: HangupReason::Normal }).await.unwrap();
            }
            Signal::Quality(_) => {}
            Signal::Hangup { .. } => return recorded.expect("it is told before the end"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_as_long_as_it_would_have_been() {
    let directory = tempfile::tempdir().unwrap();
    for speed in [0.0, 0.5, 1.0, 10.0, 1000.0] {
        let expected = Signal::Recorded { recording_id: Uuid::nil(), duration_ms: 1_000, size: 16_044, error: None };
        assert_eq!(record(speed, Some(directory.path())).await, expected, "{speed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_disk_with_too_little_free_space_records_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk { directory: directory.path().to_owned(), min_free: u64::MAX };
    let error = Some("the disk for recordings has too little free space".to_owned());
    let expected = Signal::Recorded { recording_id: Uuid::nil(), duration_ms: 0, size: 0, error };
    assert_eq!(record_on(1.0, Some(disk)).await, expected);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_saved_is_told_and_the_call_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    for (recordings, duration_ms, words) in
        [(Some(file.as_path()), 1_000, "cannot be written"), (None, 0, "keeps no recordings")]
    {
        match record(1.0, recordings).await {
            Signal::Recorded { size: 0, error: Some(error), duration_ms: told, .. } => {
                assert!(error.contains(words) && told == duration_ms, "{error} {told}");
            }
            other => panic!("{other:?}"),
        }
    }
}
