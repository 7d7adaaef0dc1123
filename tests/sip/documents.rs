//! The requests of `tests/seeds` by phone. Only host, token and numbers are changed: answered, spoken, played, connected.

use crate::audio::{RATE, correlation};
use crate::baresip::Baresip;
use crate::hearing::{at_8000, file, spoken, texts};
use crate::parrot;
use crate::peers::{Phones, installed, quiet};
use crate::server::text;
use serde_json::{Value, json};

const CALLS: &str = include_str!("../seeds/003_4e20a883dd985263.txt");
const QUICK_START: &str = include_str!("../seeds/004_442267e4c84be332.txt");

/// The phone that the documents call, and the one that they connect it with.
const CALLED: &str = "+821021656521";
const CONNECTED: &str = "+821043126521";

/// The bodies of the first requests of a document.
fn bodies<const N: usize>(document: &str) -> [Value; N] {
    let mut bodies = document.split("--data-raw '").skip(1).map(|rest| rest.split('\'').next().unwrap());
    std::array::from_fn(|_| {
        let body = bodies.next().unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
    })
}

/// Says a word every two seconds.
fn says(word: &str) -> Vec<i16> {
    let mut samples = Vec::new();
    for _ in 0..15 {
        samples.resize(samples.len() + 2 * RATE, 0);
        samples.extend(parrot::encode(word));
    }
    samples
}

impl Phones {
    /// Lets the calls to a number go to a phone.
    async fn route(&self, number: &str, to: &Baresip) {
        let key = self.server.said.split("RINGDOWN_OPERATOR_KEY=").nth(1).unwrap().split_whitespace().next().unwrap();
        let operator = crate::server::Rest { key: key.to_owned(), ..self.rest.clone() };
        let provider = json!({"name": number, "hostname": "127.0.0.1", "sip": {"port": to.sip.port()}});
        let provider = operator.ok("POST", "/v1.0/providers", Some(provider)).await;
        let everybody = "00000000-0000-0000-0000-000000000001";
        let route =
            json!({"customer_id": everybody, "provider_id": text(&provider, "id"), "priority": 1, "target": number});
        operator.ok("POST", "/v1.0/routes", Some(route)).await;
    }

    /// Sends a request of a document, and returns the call that it makes.
    async fn request(&self, body: &Value) -> Value {
        let answer = self.rest.ok("POST", "/v1.0/calls", Some(body.clone())).await;
        if answer.is_array() { answer[0].clone() } else { answer }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_are_true_of_real_phones() {
    if !installed(&["baresip", "espeak-ng"]) {
        return;
    }
    let _quiet = quiet().await;
    let (called, connected) = (Baresip::start(CALLED, &says("alpha")), Baresip::start(CONNECTED, &says("bravo")));
    let phones = Phones::start(&["--outbound-allow", "127.0.0.1:*"]);
    phones.route(CALLED, &called).await;
    phones.route(CONNECTED, &connected).await;
    let [talk, mut play, connect] = bodies(CALLS);

    for body in [&talk, &quick_start()] {
        let call = phones.ended(&phones.request(body).await).await;
        assert_eq!(["hangup_by", "hangup_reason"].map(|key| text(&call, key)), ["local", "normal"], "{call}");
        let words = text(&body["actions"][0]["option"], "text");
        let same = correlation(&at_8000(&spoken(&words))[..2 * RATE], &called.heard());
        assert!(same > 0.9, "{same}: {words}");
    }

    play["actions"][0]["option"]["stream_urls"][0] = json!(file(crate::audio::wav(&parrot::encode("a file"))).await);
    phones.ended(&phones.request(&play).await).await;
    assert_eq!(texts(&called.heard()), ["a file"]);

    let call = phones.request(&connect).await;
    called.hears("the other phone", |heard| texts(heard).contains(&"bravo".to_owned()).then_some(()));
    connected.hears("the other phone", |heard| texts(heard).contains(&"alpha".to_owned()).then_some(()));
    called.hang_up();
    phones.ended(&call).await;
}

/// The request of the quick start, whose numbers are left open.
fn quick_start() -> Value {
    let [mut body] = bodies(QUICK_START);
    body["source"]["target"] = json!("+821028286521");
    body["destinations"][0]["target"] = json!(CALLED);
    body
}
