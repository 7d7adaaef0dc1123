//! What baresip hears is what was said, and what it says is heard.

use crate::audio::{RATE, correlation, samples};
use crate::baresip::Baresip;
use crate::parrot;
use crate::peers::{NUMBER, Phones, installed, quiet, run};
use crate::server::{text, until};
use serde_json::json;
use std::process::Command;

/// Texts that a parrot said, in order.
pub fn texts(heard: &[i16]) -> Vec<String> {
    parrot::decode(heard).into_iter().filter_map(|message| message.text).collect()
}

/// A server of one file.
pub async fn file(bytes: Vec<u8>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/prompt.wav", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/prompt.wav", axum::routing::get(async move || bytes.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn speech_is_heard_as_it_was_spoken() {
    if !installed(&["baresip", "espeak-ng"]) {
        return;
    }
    let _quiet = quiet().await;
    let phones = Phones::start(&[]);
    let speech = "The quick brown fox jumps over the lazy dog.";
    phones
        .number(
            NUMBER,
            json!([{"type": "answer"}, {"type": "talk", "option": {"text": speech, "language": "en-US"}},
                   {"type": "sleep", "option": {"duration": 2_000}}]),
        )
        .await;
    let phone = Baresip::start("+15550003333", &[]);
    phone.dial(NUMBER, phones.sip);
    let calls = until("a call", async || Some(phones.calls().await).filter(|calls| !calls.is_empty())).await;
    phones.ended(&calls[0]).await;
    let heard = phone.heard();
    let same = correlation(&at_8000(&spoken(speech))[..2 * RATE], &heard);
    let other = correlation(&at_8000(&spoken("Peter Piper picked a peck of pickled peppers."))[..2 * RATE], &heard);
    assert!(same > 0.9 && other < 0.5, "correlation with what was said {same}, with another text {other}");
}

/// What espeak-ng says, 22,050 samples a second.
pub fn spoken(text: &str) -> Vec<i16> {
    let file = tempfile::NamedTempFile::new().unwrap();
    run(Command::new("espeak-ng").args(["-v", "en-US", "-w"]).arg(file.path()).arg(text));
    crate::audio::read(file.path())
}

pub fn at_8000(samples: &[i16]) -> Vec<i16> {
    let step = 22_050.0 / RATE as f64;
    (0..(samples.len() as f64 / step) as usize).map(|n| interpolated(samples, n as f64 * step)).collect()
}

fn interpolated(samples: &[i16], at: f64) -> i16 {
    let (index, part) = (at as usize, at.fract());
    let sample = |index: usize| f64::from(samples.get(index).copied().unwrap_or(0));
    (sample(index) * (1.0 - part) + sample(index + 1) * part) as i16
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_heard_whole_and_a_key_stops_speech() {
    if !installed(&["baresip", "espeak-ng"]) {
        return;
    }
    let _quiet = quiet().await;
    let phones = Phones::start(&["--outbound-allow", "127.0.0.1:*"]);
    let prompt = parrot::encode("one two three");
    let (url, other) =
        (file(crate::audio::wav(&prompt)).await, file(crate::audio::wav(&parrot::encode("thanks"))).await);
    phones
        .number(
            NUMBER,
            json!([{"type": "answer"}, {"type": "play", "option": {"stream_urls": [url]}},
                   {"type": "talk", "option": {"text": "Blah. ".repeat(200), "language": "en-US", "digits_handle": "next"}},
                   {"type": "play", "option": {"stream_urls": [other]}},
                   {"type": "sleep", "option": {"duration": 60_000}}]),
        )
        .await;
    let phone = Baresip::start("+15550003333", &[]);
    phone.dial(NUMBER, phones.sip);
    phone.hears("the file", |heard| (texts(heard) == ["one two three"]).then_some(()));
    phone.hears("speech", |heard| (heard.len() > prompt.len() + 3 * RATE).then_some(()));
    phone.press('1');
    phone.hears("the next file", |heard| texts(heard).contains(&"thanks".to_owned()).then_some(()));
    phone.hang_up();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voicemail_is_left_and_listened_to() {
    if !installed(&["baresip"]) {
        return;
    }
    let _quiet = quiet().await;
    let phones = Phones::start(&[]);
    phones
        .number(
            NUMBER,
            json!([{"type": "answer"},
                   {"type": "recording_start", "option": {"format": "wav", "duration": 60}},
                   {"type": "sleep", "option": {"duration": 60_000}}]),
        )
        .await;
    let mut says = vec![0; RATE];
    says.extend(parrot::encode("call me back"));
    says.extend(vec![0; RATE]);
    let phone = Baresip::start("+15550003333", &says);
    phone.dial(NUMBER, phones.sip);
    let calls = until("a call", async || Some(phones.calls().await).filter(|calls| !calls.is_empty())).await;
    // The recording is complete when the phone hangs up.
    tokio::time::sleep(std::time::Duration::from_millis(says.len() as u64 / 8 + 1_000)).await;
    phone.hang_up();
    phones.ended(&calls[0]).await;
    let recordings = phones.rest.ok("GET", "/v1.0/recordings", None).await;
    let id = text(&recordings["result"][0], "id");
    let url = format!("{}/v1.0/recordings/{id}/file", phones.rest.url);
    let answer = phones.rest.http.get(url).bearer_auth(&phones.rest.key).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let heard = samples(&answer.bytes().await.unwrap());
    assert_eq!(texts(&heard), ["call me back"]);
}

/// Two phones are connected, and each hears the other and not itself.
#[tokio::test(flavor = "multi_thread")]
async fn two_phones_hear_each_other() {
    if !installed(&["baresip"]) {
        return;
    }
    let _quiet = quiet().await;
    let mut alpha = vec![0; 2 * RATE];
    alpha.extend(parrot::encode("alpha"));
    let mut bravo = vec![0; 3 * RATE];
    bravo.extend(parrot::encode("bravo"));
    let (caller, callee) = (Baresip::start("+15550003333", &alpha), Baresip::start("+15550004444", &bravo));
    let provider = format!("sip:{}", callee.sip);
    let phones = Phones::start(&["--sip-provider", &provider]);
    let connect = json!({"type": "connect", "option": {
        "source": {"type": "tel", "target": "+15550003333"},
        "destinations": [{"type": "tel", "target": "+15550004444"}]}});
    phones.number(NUMBER, json!([{"type": "answer"}, connect])).await;
    caller.dial(NUMBER, phones.sip);
    caller.hears("bravo", |heard| (texts(heard) == ["bravo"]).then_some(()));
    callee.hears("alpha", |heard| (texts(heard) == ["alpha"]).then_some(()));
    caller.hang_up();
    let calls = phones.calls().await;
    assert_eq!(calls.len(), 2);
    for call in &calls {
        phones.ended(call).await;
    }
}
