//! The documents in `tests/seeds` are promises: every request in them is sent, and every answer has the shape that they show.
//!
//! Host, token, placeholders and ids are replaced by real ones, and one trailing comma in 004 is taken away. The calls of 003
//! are shown there as they were in 2021: today's calls have the shape of 004.

use crate::protocols::{is_time, is_uuid};
use crate::server::{Guest, text};
use serde_json::{Value, json};

const NONE: &str = "00000000-0000-0000-0000-000000000000";
const NEVER: &str = "9999-01-01 00:00:00.000000";

/// A request of a document, and the answer that it shows.
#[derive(Debug)]
struct Shown {
    document: &'static str,
    verb: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    answer: Option<Value>,
}

const DOCUMENTS: [(&str, &str); 5] = [
    ("000", include_str!("../seeds/000_06418900778ac747.txt")),
    ("001", include_str!("../seeds/001_6db22878a03dd6b4.txt")),
    ("002", include_str!("../seeds/002_3daee5b14506553d.txt")),
    ("003", include_str!("../seeds/003_4e20a883dd985263.txt")),
    ("004", include_str!("../seeds/004_442267e4c84be332.txt")),
];

/// Every curl command of the documents, with the JSON that follows it.
fn requests() -> Vec<Shown> {
    let mut found = Vec::new();
    for (document, text) in DOCUMENTS {
        let mut parts = text.split("$ curl ");
        parts.next();
        for part in parts {
            let (words, rest) = words(part);
            found.push(request(document, words, rest));
        }
    }
    found
}

/// The words of a shell command, up to the end of its line, and what follows it.
fn words(text: &str) -> (Vec<String>, &str) {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '\''));
            }
            '\\' => assert_eq!(chars.next().map(|(_, c)| c), Some('\n'), "a line that goes on"),
            '\n' => {
                words.extend(word);
                return (words, &text[at..]);
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    panic!("a command without an end")
}

fn request(document: &'static str, words: Vec<String>, rest: &str) -> Shown {
    let mut shown = Shown {
        document,
        verb: "GET".to_owned(),
        url: String::new(),
        headers: Vec::new(),
        body: None,
        answer: answer(rest),
    };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut next = || words.next().expect("an option has a value");
        match word.as_str() {
            "-k" | "--location" => {}
            "--request" => shown.verb = next(),
            "--header" => {
                let header = next();
                let (name, value) = header.split_once(": ").unwrap();
                shown.headers.push((name.to_owned(), value.to_owned()));
            }
            "--data-raw" => shown.body = Some(next()),
            url => {
                assert!(url.starts_with("https://api.voipbin.net/v1.0/"), "{url}");
                shown.url = url.to_owned();
            }
        }
    }
    shown
}

/// The JSON that comes before the next heading. A list goes on with `...`.
fn answer(text: &str) -> Option<Value> {
    let lines = text.lines().skip_while(|line| line.is_empty());
    let indented: Vec<&str> =
        lines.take_while(|line| line.is_empty() || line.starts_with([' ', '{', '}', '[', ']'])).collect();
    let json: String = indented.join("\n").chars().filter(|c| *c != '\u{a0}').collect();
    let dots = |json: &str| {
        let (before, after) = json.split_once("...")?;
        Some(format!("{}{after}", before.trim_end().trim_end_matches(',')))
    };
    let json = dots(&json).unwrap_or(json);
    (!json.trim().is_empty()).then(|| serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}")))
}

/// What is put in place of what the documents cannot know.
struct Real {
    token: String,
    flow: String,
    call: String,
    activeflow: String,
}

impl Shown {
    /// Path and query, with real ids and a real token.
    fn path(&self, real: &Real) -> String {
        let url = self.url.strip_prefix("https://api.voipbin.net").unwrap();
        let (path, query) = url.split_once('?').unwrap();
        let kind = path.split('/').nth(2).unwrap();
        let id = if kind == "calls" { &real.call } else { &real.activeflow };
        let parts: Vec<&str> = path.split('/').map(|part| if is_uuid(part) { id } else { part }).collect();
        let (name, _) = query.split_once('=').unwrap();
        assert_eq!(name, "token");
        format!("{}?token={}", parts.join("/"), real.token)
    }

    fn body(&self, real: &Real) -> Option<String> {
        let mut body = self.body.clone()?;
        for (placeholder, number) in [
            ("+82XXXXXXXX", "+821021656521"),
            ("<your source number>", "+821028286521"),
            ("<your destination number>", "+821021656521"),
            ("ed95a3c4-22d4-11ee-add7-8742a741581e", &real.flow),
        ] {
            body = body.replace(placeholder, number);
        }
        Some(body)
    }

    async fn send(&self, guest: &Guest, real: &Real, body: Option<String>) -> (u16, Value) {
        let url = format!("{}{}", guest.rest.url, self.path(real));
        let mut request = guest.rest.http.request(self.verb.parse().unwrap(), url);
        for (name, value) in &self.headers {
            let value = if name == "Cookie" { format!("token={}", real.token) } else { value.clone() };
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }
}

fn without_trailing_comma(body: &str) -> Option<String> {
    let at = body.rfind(',')?;
    body[at + 1..].trim_start().starts_with('}').then(|| format!("{}{}", &body[..at], &body[at + 1..]))
}

/// The call of 004: the shape of every call.
fn call_shape() -> Value {
    let shown = requests().into_iter().find(|it| it.document == "004").unwrap();
    shown.answer.unwrap()[0].clone()
}

/// Holds an answer against what a document shows: its keys in its order, its types, its formats.
#[track_caller]
fn holds(shown: &Value, answer: &Value, path: &str) {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            let kept: Vec<&String> = answer.keys().filter(|key| shown.contains_key(*key)).collect();
            assert_eq!(kept, shown.keys().collect::<Vec<_>>(), "keys of {path}: {answer:?}");
            for (key, value) in shown {
                // An option holds what was given, and nothing else.
                match key.as_str() {
                    "option" => assert_eq!(answer[key].to_string(), value.to_string(), "{path}.option"),
                    _ => holds(value, &answer[key], &format!("{path}.{key}")),
                }
            }
        }
        (Value::Array(shown), Value::Array(answer)) => {
            assert_eq!(shown.is_empty(), answer.is_empty(), "{path}: {answer:?}");
            answer.iter().enumerate().for_each(|(at, item)| holds(&shown[0], item, &format!("{path}[{at}]")));
        }
        (Value::String(shown), Value::String(answer)) => {
            let key = path.rsplit('.').next().unwrap();
            let well = match shown.as_str() {
                it if is_uuid(it) => is_uuid(answer),
                it if is_time(it) => is_time(answer),
                it => match key {
                    "status" | "reference_type" | "direction" | "type" | "hangup_by" | "hangup_reason" => {
                        answer == it || is_word(answer)
                    }
                    "target" => answer.starts_with('+'),
                    _ => answer == it,
                },
            };
            assert!(well, "{path}: the document has {shown:?}, the answer {answer:?}");
        }
        (shown, answer) => assert_eq!(shown, answer, "{path}"),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// What a document shows of a new resource it shows word for word, but for ids, times and numbers of its own.
#[track_caller]
fn holds_exactly(shown: &Value, answer: &Value, path: &str) {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            shown.iter().for_each(|(key, value)| holds_exactly(value, &answer[key], &format!("{path}.{key}")));
        }
        (Value::String(shown), Value::String(answer)) => {
            let own = |text: &str| is_uuid(text) && !text.starts_with("00000000-") || is_time(text) && text != NEVER;
            match own(shown) {
                true => assert!(own(answer), "{path}: {answer}"),
                false if path.ends_with(".target") => {}
                false => assert_eq!(shown, answer, "{path}"),
            }
        }
        (shown, answer) => assert_eq!(shown, answer, "{path}"),
    }
}

/// Calls and activeflows as the documents have them: more than a page of calls, the last of which was hung up while it
/// received digits; and one that is in the middle of its talk.
async fn scene(guest: &Guest) -> Real {
    let token = guest.common.home.run(&["token", "--customer", &guest.customer_id]).trim().to_owned();
    let rest = &guest.rest;
    let address = |number: usize| json!({"type": "tel", "target": format!("+1555000{number:04}")});
    // Each at a time of its own, as in the documents.
    for _ in 0..110 {
        let call = json!({"source": address(9), "destination": address(2), "actions": [{"type": "answer"}]});
        rest.ok("POST", "/v1.0/calls", Some(call)).await;
    }
    let flow = json!({"name": "seed", "actions": [{"type": "talk", "option": {"text": "Hello."}}]});
    let flow = text(&rest.ok("POST", "/v1.0/flows", Some(flow)).await, "id");

    let talk = shown_answer("000", "POST")["current_action"]["option"].clone();
    let talking = rest.call_at(json!([{"type": "talk", "option": talk}]), "talk").await;
    let digits = json!([{"type": "digits_receive", "option": {"length": 1, "duration": 5000}}]);
    let call = rest.call_at(digits, "digits_receive").await;
    let (call, receiving) = (text(&call, "id"), text(&call, "activeflow_id"));
    rest.ok("POST", &format!("/v1.0/simulator/calls/{call}/hangup"), None).await;
    rest.wait(&format!("/v1.0/activeflows/{receiving}"), "status", "ended").await;
    rest.wait(&format!("/v1.0/calls/{call}"), "status", "hangup").await;
    Real { token, flow, call, activeflow: text(&talking, "activeflow_id") }
}

fn shown_answer(document: &str, verb: &str) -> Value {
    let shown = requests().into_iter().find(|it| it.document == document && it.verb == verb);
    shown.and_then(|it| it.answer).unwrap()
}

#[test]
fn the_documents_are_read_whole() {
    let count = |document: &str| requests().iter().filter(|it| it.document == document).count();
    assert_eq!(
        DOCUMENTS.map(|(name, text)| (count(name), text.matches("curl").count())).to_vec(),
        [(2, 2), (2, 2), (0, 0), (5, 5), (2, 2)]
    );
    let bodies: Vec<String> = requests().into_iter().filter_map(|it| it.body).collect();
    assert_eq!(bodies.len(), 5);
    assert_eq!(bodies.iter().filter(|body| without_trailing_comma(body).is_some()).count(), 1);
    // The first request of 003 is shown without its answer.
    assert_eq!(requests().iter().filter(|it| it.answer.is_none()).count(), 1);
}

#[tokio::test]
async fn every_request_of_the_documents_is_answered_as_they_show() {
    let guest = Guest::new().await;
    let real = scene(&guest).await;
    let call = call_shape();
    for shown in requests() {
        let what = format!("{}: {} {}", shown.document, shown.verb, shown.path(&real).split('?').next().unwrap());
        let mut body = shown.body(&real);
        if let Some(mended) = body.as_deref().and_then(without_trailing_comma) {
            let (status, answer) = shown.send(&guest, &real, body).await;
            assert_eq!((status, &answer["error"]["reason"]), (400, &json!("INVALID_JSON_BODY")), "{what}");
            body = Some(mended);
        }
        let (status, answer) = shown.send(&guest, &real, body.clone()).await;
        assert_eq!(status, 200, "{what}: {answer}");
        match (shown.document, shown.verb.as_str(), shown.path(&real).contains(&real.call)) {
            ("000" | "001", "GET", _) => {
                let list = shown.answer.unwrap();
                assert_eq!(keys(&answer), keys(&list), "{what}");
                let ended = answer["result"].as_array().unwrap().iter().find(|it| {
                    it["current_action"]["type"] == "digits_receive" && it["reference_id"] == real.call.as_str()
                });
                holds(&list["result"][0], ended.expect("it is on the first page"), &what);
                assert!(is_time(&text(&answer, "next_page_token")), "{what}: {answer}");
                // What is shown with a single activeflow alone is in no list.
                for item in answer["result"].as_array().unwrap() {
                    for absent in ["executed_actions", "pending_actions", "variables"] {
                        assert!(item.get(absent).is_none(), "{what}: {absent}");
                    }
                }
            }
            ("000" | "001", ..) => {
                holds(&shown.answer.unwrap(), &answer, &what);
                assert_eq!((&answer["status"], &answer["id"]), (&json!("ended"), &json!(real.activeflow)), "{what}");
                assert_eq!(answer["tm_delete"], NEVER, "{what}");
            }
            ("003", "GET", false) => {
                assert_eq!(keys(&answer), keys(&shown.answer.unwrap()), "{what}");
                assert_eq!(answer["result"].as_array().unwrap().len(), 100, "{what}");
                answer["result"].as_array().unwrap().iter().for_each(|item| holds(&call, item, &what));
                assert!(is_time(&text(&answer, "next_page_token")), "{what}: {answer}");
            }
            ("003", "GET", true) => {
                holds(&without_action(&call), &answer, &what);
                // What 2021 and 2023 have in common is as 2021 shows it.
                let before = shown.answer.unwrap();
                for key in ["type", "master_call_id", "chained_call_ids", "recording_id"] {
                    assert_eq!(answer[key], before[key], "{what}: {key}");
                }
                for key in ["status", "direction", "hangup_by", "hangup_reason"] {
                    assert_eq!(answer[key], before[key], "{what}: {key}");
                }
                for key in ["tm_create", "tm_update", "tm_progressing", "tm_ringing", "tm_hangup"] {
                    assert!(is_time(&text(&answer, key)) && answer[key] != NEVER, "{what}: {key}");
                }
            }
            ("003", ..) => made(&call, &answer, &body.unwrap(), "destination", &what),
            ("004", ..) => {
                let list = answer.as_array().unwrap_or_else(|| panic!("{what}: {answer}"));
                assert_eq!(list.len(), 1, "{what}");
                made(&call, &list[0], &body.unwrap(), "destinations", &what);
            }
            other => panic!("nobody holds {other:?} against anything"),
        }
    }
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().collect()
}

/// A call that runs is at an action with an option, which is its own.
fn without_action(call: &Value) -> Value {
    let mut call = call.clone();
    call.as_object_mut().unwrap().shift_remove("action");
    call
}

/// Holds a call that was just made against 004's and against the request.
#[track_caller]
fn made(call: &Value, answer: &Value, body: &str, destination: &str, what: &str) {
    holds(call, answer, what);
    holds_exactly(call, answer, what);
    let asked: Value = serde_json::from_str(body).unwrap();
    let callee = if destination == "destination" { &asked[destination] } else { &asked[destination][0] };
    assert_eq!(answer["source"]["target"], asked["source"]["target"], "{what}");
    assert_eq!(answer["destination"]["target"], callee["target"], "{what}");
    if let Some(flow) = asked.get("flow_id") {
        assert_eq!(&answer["flow_id"], flow, "{what}");
    }
}

#[tokio::test]
async fn an_activeflow_is_what_its_pages_describe() {
    let guest = Guest::new().await;
    let digits = json!([{"type": "digits_receive", "option": {"length": 1, "duration": 5000}}]);
    let call = guest.rest.call_at(digits, "digits_receive").await;
    let path = format!("/v1.0/activeflows/{}", text(&call, "activeflow_id"));
    guest.rest.ok("POST", &format!("{path}/stop"), None).await;
    let activeflow = guest.rest.wait(&path, "status", "ended").await;
    let mut examples = 0;
    for (_, document) in &DOCUMENTS[1..3] {
        let document = document.split("$ curl").next().unwrap();
        // One example is a form to fill in: it says nothing of values.
        for example in document.split("\n{").chain(document.split("\n    {")).skip(1) {
            let Some(end) = example.find("\"tm_delete\"") else { continue };
            let end = end + example[end..].find('}').unwrap() + 1;
            let Ok(example) = serde_json::from_str::<Value>(&format!("{{{}", &example[..end])) else { continue };
            if example["id"] != "<string>" {
                holds(&example, &activeflow, "the example");
                examples += 1;
            }
        }
    }
    assert_eq!(examples, 2, "one a document");
    assert_ne!(activeflow["reference_id"], NONE);
    // The documents promise completed and pending actions, and that what runs can be changed.
    assert!(activeflow["executed_actions"].is_array() && activeflow["pending_actions"].is_array());
}

#[tokio::test]
async fn the_next_page_begins_where_the_document_would_go_on() {
    let guest = Guest::new().await;
    let real = scene(&guest).await;
    let first = guest.rest.ok("GET", "/v1.0/calls", None).await;
    let token = text(&first, "next_page_token").replace(' ', "%20");
    let second = guest.rest.ok("GET", &format!("/v1.0/calls?page_token={token}&token={}", real.token), None).await;
    assert_eq!(text(&second, "next_page_token"), "");
    let count = |page: &Value| page["result"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (100, 12));
    // A time of the documents' own is as good a token as any.
    let old = guest.rest.ok("GET", "/v1.0/calls?page_token=2023-04-02%2013:43:30.576077", None).await;
    assert_eq!(old, json!({"result": [], "next_page_token": ""}));
}
