//! The instrument itself: two networks of far ends that call each other, without the driver.

use super::network::Network;
use super::phone::{Event, Phone};
use super::sound::{self, Heard, Prompts};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn sounds_are_told_apart() {
    let prompts = Prompts::default();
    let names: Vec<String> = (0..60).map(|n| "x".repeat(n)).collect();
    for name in &names {
        assert_eq!(prompts.hear(&sound::frame(&prompts.tones(name))), Heard::Prompt(name.clone()));
    }
    let named = |name: &str| Heard::Sound(name.to_owned());
    for (hertz, heard) in [
        (&sound::VOICE[..], named("voice")),
        (&sound::BEEP[..], named("beep")),
        (&[440.0], named("tone 440")),
        (&[], Heard::Silence),
        (&[440.0, 600.0, 1_700.0], Heard::Unclear),
    ] {
        assert_eq!(prompts.hear(&sound::frame(hertz)), heard);
    }
    for byte in 0..=255 {
        let again = sound::encode(sound::decode(byte));
        assert!(again == byte || (byte, again) == (0x7f, 0xff), "there are two zeros");
    }
}

struct Two {
    caller: Arc<Phone>,
    callee: Arc<Phone>,
}

/// One far end calls another.
async fn call(calls: &str, called: &str) -> Two {
    let (one, other) = (Network::start().await, Network::start().await);
    let number = other.number(called);
    let caller = Phone::calls(&one, calls, "+1444", &number, other.address);
    let callee = timeout(PATIENCE, async {
        loop {
            match other.phone(&number) {
                Some(phone) => return phone,
                None => sleep(Duration::from_millis(5)).await,
            }
        }
    });
    Two { caller, callee: callee.await.expect("it is called") }
}

impl Two {
    async fn end(&self) {
        for phone in [&self.caller, &self.callee] {
            timeout(PATIENCE, phone.over.subscribe().wait_for(|over| *over)).await.expect("an end").unwrap();
        }
    }

    async fn hang_up(&self) {
        let (answer, answered) = oneshot::channel();
        self.caller.events.send(Event::HangUp(answer)).unwrap();
        assert!(answered.await.unwrap(), "there is a call");
        self.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn far_ends_hear_each_other() {
    let two =
        call("answer; silence 500ms; beep; silence 3s; hangup", "answer; speak 400ms; silence 1s; speak 200ms").await;
    two.end().await;
    assert_eq!(two.caller.line.heard(), ["voice", "voice"]);
    assert_eq!(two.callee.line.heard(), ["beep"]);
    assert_eq!(two.callee.state.lock().unwrap().caller.as_deref(), Some("+1444"));
    assert_eq!(two.caller.state.lock().unwrap().statuses, [0; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn far_ends_hold_each_other() {
    let two = call("answer; silence 4s; hangup", "answer; silence 1s; hold; silence 1s; unhold; speak 200ms").await;
    let held = |held: bool| {
        let caller = two.caller.clone();
        timeout(PATIENCE, async move {
            while caller.state.lock().unwrap().held != held {
                sleep(Duration::from_millis(5)).await;
            }
        })
    };
    held(true).await.expect("held");
    held(false).await.expect("let go");
    two.end().await;
    assert_eq!(two.caller.line.heard(), ["voice"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn far_ends_refuse_and_give_up() {
    let two = call("answer", "ring 100ms; early_media 300ms; reject 404 \"Nobody here\"").await;
    two.end().await;
    assert_eq!(two.caller.state.lock().unwrap().statuses, [183, 404]);
    assert_eq!(two.caller.line.heard(), ["voice"]);
    let two = call("answer", "no_answer").await;
    two.hang_up().await;
    let mut refusal = two.caller.refusal.subscribe();
    let refusal = timeout(PATIENCE, refusal.wait_for(Option::is_some)).await.expect("an answer").unwrap().unwrap();
    assert_eq!(refusal.code, 487);
}
