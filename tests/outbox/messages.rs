//! Text messages out by a provider, in by its signed requests, and the numbers that they lead to.

use crate::receiver::{Mode, Receiver};
use crate::server::{Grpc, Server, http};
use crate::{action, block, destination, home, start, talk, tel, until};
use ringdown::outbound::message::sign;
use ringdown::proto::*;
use std::time::{SystemTime, UNIX_EPOCH};

const SECRET: &str = "a secret that the provider has";
const NUMBER: &str = "+15551230042";

async fn flow(grpc: &mut Grpc, actions: Vec<Action>) -> String {
    let request = CreateFlowRequest { name: "a".to_owned(), actions, ..Default::default() };
    grpc.flows.create_flow(request).await.unwrap().into_inner().flow.unwrap().id
}

async fn number(grpc: &mut Grpc, call_flow_id: &str, message_flow_id: &str) -> Number {
    let request = CreateNumberRequest {
        number: NUMBER.to_owned(),
        call_flow_id: call_flow_id.to_owned(),
        message_flow_id: message_flow_id.to_owned(),
        ..Default::default()
    };
    grpc.numbers.create_number(request).await.unwrap().into_inner().number.unwrap()
}

async fn message(grpc: &mut Grpc, id: &str) -> Message {
    let request = GetMessageRequest { id: id.to_owned() };
    grpc.messages.get_message(request).await.unwrap().into_inner().message.unwrap()
}

async fn send(grpc: &mut Grpc, text: &str) -> Vec<Message> {
    let request = SendMessageRequest {
        source: Some(tel(NUMBER)),
        destinations: vec![tel("+15551230001"), tel("+15551230002")],
        text: text.to_owned(),
        idempotency_key: text.to_owned(),
    };
    grpc.messages.send_message(request).await.unwrap().into_inner().messages
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_go_out_once_each() {
    let provider = Receiver::start(Mode::Answer(200)).await;
    let token = "a token of the provider";
    let args = ["--message-provider", "http", "--message-url", &provider.url, "--message-token", token];
    let home = home(&args);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let foreign = SendMessageRequest {
        source: Some(tel(NUMBER)),
        destinations: vec![tel("+15551230001")],
        text: "hello".to_owned(),
        ..Default::default()
    };
    let refused = grpc.messages.send_message(foreign).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied, "{refused:?}");
    number(&mut grpc, "", "").await;
    let sent = send(&mut grpc, "hello").await;
    assert_eq!(send(&mut grpc, "hello").await, sent, "the same key");
    for it in &sent {
        assert_eq!((it.status(), it.direction()), (MessageStatus::Queued, MessageDirection::Outgoing));
        until("that it is sent", async || message(&mut grpc, &it.id).await.status() == MessageStatus::Sent).await;
    }
    let got = provider.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].headers["authorization"], format!("Bearer {token}"));
    let first = got.iter().find(|got| got.json()["destination"] == "+15551230001").unwrap().json();
    assert_eq!((first["id"].as_str(), first["text"].as_str()), (Some(sent[0].id.as_str()), Some("hello")));

    provider.set(Mode::Answer(422));
    let refused = send(&mut grpc, "refused").await;
    until("that it is refused", async || message(&mut grpc, &refused[0].id).await.status() == MessageStatus::Failed)
        .await;
    assert!(message(&mut grpc, &refused[0].id).await.error.starts_with("refused: "));
    // It reads the message and dies with it, as far as we can tell.
    provider.set(Mode::Reset);
    let lost = send(&mut grpc, "lost").await;
    until("that it is unknown", async || message(&mut grpc, &lost[0].id).await.error.starts_with("unknown: ")).await;
    assert_eq!(provider.got().iter().filter(|got| got.json()["id"] == lost[0].id).count(), 1);

    let list = ListMessagesRequest { status: MessageStatus::Failed.into(), ..Default::default() };
    let failed = grpc.messages.list_messages(list).await.unwrap().into_inner().messages;
    assert!(failed.len() >= 2 && failed.iter().all(|it| it.status() == MessageStatus::Failed));
    let delete = DeleteMessageRequest { id: sent[0].id.clone() };
    let deleted = grpc.messages.delete_message(delete).await.unwrap().into_inner().message.unwrap();
    assert!(deleted.tm_delete.is_some());
    let gone = grpc.messages.get_message(GetMessageRequest { id: deleted.id }).await.unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    let (source, destination) = (NUMBER, "+15551230001");
    let one = serde_json::json!({
        "source": {"type": "tel", "target": source},
        "destination": {"type": "tel", "target": destination},
        "text": "one",
    });
    let one = server.rest().ok("POST", "/v1.0/messages", Some(one)).await;
    assert_eq!(one["status"], "queued", "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_may_have_gone_out_is_not_sent_again() {
    let provider = Receiver::start(Mode::Hang).await;
    let home = home(&["--message-provider", "http", "--message-url", &provider.url]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    number(&mut grpc, "", "").await;
    let sent = send(&mut grpc, "hello").await;
    until("that one is on its way", async || !provider.got().is_empty()).await;
    let begun = provider.got()[0].json()["id"].as_str().unwrap().to_owned();
    server.kill();
    provider.set(Mode::Answer(200));
    let server = home.start();
    let mut grpc = server.grpc().await;
    let told = message(&mut grpc, &begun).await;
    assert_eq!(told.status(), MessageStatus::Failed);
    assert!(told.error.starts_with("unknown: "), "{}", told.error);
    // The other one had not begun.
    let other = sent.iter().find(|it| it.id != begun).unwrap();
    until("that the other is sent", async || message(&mut grpc, &other.id).await.status() == MessageStatus::Sent).await;
    let ids: Vec<_> = provider.got().iter().map(|got| got.json()["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, [begun, other.id.clone()]);
}

/// As a provider does it.
async fn arrive(server: &Server, body: &str, secret: &str, age: i64) -> (u16, serde_json::Value) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64 - age;
    let signature = sign(secret.as_bytes(), &now.to_string(), body.as_bytes());
    let request = http().post(format!("{}/v1.0/providers/http/messages", server.url));
    let request = request.header("x-ringdown-timestamp", now.to_string()).header("x-ringdown-signature", signature);
    let response = request.body(body.to_owned()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_arrives_starts_the_numbers_flow() {
    let (home, hook) = (home(&["--message-inbound-secret", SECRET]), Receiver::start(Mode::Answer(200)).await);
    let server = home.start();
    let mut grpc = server.grpc().await;
    destination(&mut grpc, &hook.url).await;
    let flow = flow(&mut grpc, vec![block()]).await;
    number(&mut grpc, "", &flow).await;
    let body = format!(r#"{{"id": "p-1", "source": "+15557770001", "destination": "{NUMBER}", "text": "hi ${{x}}"}}"#);
    let (status, told) = arrive(&server, &body, SECRET, 0).await;
    assert_eq!(
        (status, told["direction"].as_str(), told["status"].as_str()),
        (200, Some("incoming"), Some("received"))
    );
    let (_, again) = arrive(&server, &body, SECRET, 1).await;
    assert_eq!(again, told, "a provider may tell it twice");
    let request = GetActiveflowRequest { id: told["activeflow_id"].as_str().unwrap().to_owned() };
    let run = grpc.activeflows.get_activeflow(request).await.unwrap().into_inner().activeflow.unwrap();
    assert_eq!((run.reference_type(), run.reference_id.as_str()), (ReferenceType::Sms, told["id"].as_str().unwrap()));
    for (name, value) in [
        ("voipbin.message.id", told["id"].as_str().unwrap()),
        ("voipbin.message.text", "hi ${x}"),
        ("voipbin.message.source.target", "+15557770001"),
        ("voipbin.message.destination.target", NUMBER),
        ("voipbin.activeflow.reference_type", "sms"),
    ] {
        assert_eq!(run.variables[name], value, "{name}");
    }
    until("that the webhook is told", async || hook.got().iter().any(|got| got.json()["type"] == "message_received"))
        .await;
    let got = hook.got().into_iter().find(|got| got.json()["type"] == "message_received").unwrap();
    assert_eq!(
        (got.json()["data"]["id"].as_str(), got.id()),
        (told["id"].as_str(), &*format!("{}-received", run.reference_id))
    );

    for (body, secret, age, status, reason) in [
        (body.as_str(), "another secret than that", 0, 401, "INVALID_CREDENTIALS"),
        (&body, SECRET, 3_600, 401, "INVALID_CREDENTIALS"),
        ("{}", SECRET, 0, 400, "INVALID_JSON_BODY"),
        (&body.replace(NUMBER, "+15550009999"), SECRET, 0, 404, "NUMBER_NOT_FOUND"),
        (&body.replace("p-1", ""), SECRET, 0, 400, "INVALID_ARGUMENT"),
        (&body.replace("+15557770001", "x"), SECRET, 0, 400, "INVALID_ADDRESS"),
        (&body.replace("hi", "ho"), SECRET, 0, 409, "IDEMPOTENCY_KEY_REUSED"),
    ] {
        let (code, told) = arrive(&server, body, secret, age).await;
        assert_eq!((code, told["error"]["reason"].as_str()), (status, Some(reason)), "{told}");
    }
    let request = ReceiveMessageRequest {
        source: Some(tel("+15557770001")),
        destination: Some(tel(NUMBER)),
        text: "by the API".to_owned(),
        ..Default::default()
    };
    let told = grpc.messages.receive_message(request).await.unwrap().into_inner().message.unwrap();
    assert!(!told.activeflow_id.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_to_a_number_runs_its_flow() {
    let home = home(&[]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    let flow = flow(&mut grpc, vec![talk("hello")]).await;
    let made = number(&mut grpc, &flow, "").await;
    let again = CreateNumberRequest { number: NUMBER.to_owned(), ..Default::default() };
    let taken = grpc.numbers.create_number(again).await.unwrap_err();
    assert_eq!(taken.code(), tonic::Code::AlreadyExists);
    let call = SimulateIncomingCallRequest {
        source: Some(tel("+15557770001")),
        destination: Some(tel(NUMBER)),
        ..Default::default()
    };
    let came = grpc.simulator.simulate_incoming_call(call.clone()).await.unwrap().into_inner().call.unwrap();
    assert_eq!(came.flow_id, flow);
    let update = UpdateNumberRequest { id: made.id.clone(), name: "no flow".to_owned(), ..Default::default() };
    let updated = grpc.numbers.update_number(update).await.unwrap().into_inner().number.unwrap();
    assert_eq!((updated.call_flow_id.as_str(), updated.name.as_str()), ("", "no flow"));
    let refused = grpc.simulator.simulate_incoming_call(call.clone()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    let get = GetNumberRequest { id: made.id.clone() };
    assert_eq!(grpc.numbers.get_number(get.clone()).await.unwrap().into_inner().number, Some(updated.clone()));
    let list = grpc.numbers.list_numbers(ListNumbersRequest::default()).await.unwrap().into_inner();
    assert_eq!(list.numbers, [updated]);
    grpc.numbers.delete_number(DeleteNumberRequest { id: made.id, ..Default::default() }).await.unwrap();
    assert_eq!(grpc.numbers.get_number(get).await.unwrap_err().code(), tonic::Code::NotFound);
    assert_eq!(grpc.simulator.simulate_incoming_call(call).await.unwrap_err().code(), tonic::Code::NotFound);
    let nowhere = CreateNumberRequest {
        number: NUMBER.to_owned(),
        call_flow_id: "6f18ae1c-ddf8-413b-9572-ad30574604ef".to_owned(),
        ..Default::default()
    };
    assert_eq!(grpc.numbers.create_number(nowhere).await.unwrap_err().code(), tonic::Code::NotFound);
}

/// Before, an action could send from any number in the world, and whoever got the message believed it.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_sends_from_no_number_of_somebody_else() {
    let provider = Receiver::start(Mode::Answer(200)).await;
    let home = home(&["--message-provider", "http", "--message-url", &provider.url]);
    let server = home.start();
    let mut grpc = server.grpc().await;
    number(&mut grpc, "", "").await;
    let from = |source: &str| {
        let destinations = vec![tel("+15551230001")];
        let option = MessageSendOption { source: Some(tel(source)), destinations, text: Some(source.to_owned()) };
        action(action::Option::MessageSend(option))
    };
    start(&mut grpc, vec![from("+15551230099"), from(NUMBER)], "").await;
    let settled = async |grpc: &mut Grpc| {
        let list = grpc.messages.list_messages(ListMessagesRequest::default()).await.unwrap().into_inner().messages;
        list.into_iter().filter(|it| it.status() != MessageStatus::Queued).collect::<Vec<_>>()
    };
    until("that both are settled", async || settled(&mut grpc).await.len() == 2).await;
    for it in settled(&mut grpc).await {
        match it.text == NUMBER {
            true => assert_eq!(it.status(), MessageStatus::Sent, "{it:?}"),
            false => assert!(it.error.starts_with("SOURCE_NOT_ALLOWED"), "{it:?}"),
        }
    }
    assert_eq!(provider.got().iter().map(|got| got.json()["text"].clone()).collect::<Vec<_>>(), [NUMBER]);
}
