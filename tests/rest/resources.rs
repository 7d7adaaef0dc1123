//! Resources as the documents show them.

use crate::fake::Fake;
use prost_types::Timestamp;
use ringdown::proto::*;
use serde_json::{Value, json};

const ID: &str = "e2a65df2-4e50-4e37-8628-df07b3cec579";

fn call() -> Call {
    let tel = |target: &str| Some(Address { r#type: "tel".into(), target: target.into(), ..Address::default() });
    Call {
        id: ID.into(),
        r#type: CallType::Flow.into(),
        source: tel("+821028286521"),
        destination: tel("+821021656521"),
        status: CallStatus::Dialing.into(),
        action: Some(Action { id: "00000000-0000-0000-0000-000000000001".into(), ..Action::default() }),
        direction: CallDirection::Outgoing.into(),
        tm_create: Some(Timestamp { seconds: 1_680_004_805, nanos: 248_732_000 }),
        ..Call::default()
    }
}

fn activeflow() -> Activeflow {
    let talk = action::Option::Talk(TalkOption { text: Some("Hello.".into()), ..TalkOption::default() });
    let action = Action { option: Some(talk), ..Action::default() };
    Activeflow {
        id: ID.into(),
        status: ActiveflowStatus::Ended.into(),
        reference_type: ReferenceType::Call.into(),
        end_reason: EndReason::Finished.into(),
        current_action: Some(action.clone()),
        executed_actions: vec![action.into()],
        variables: [("name".to_owned(), "Ada".to_owned())].into(),
        ..Activeflow::default()
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_messages_of_a_call_have_the_keys_of_the_documents() {
    let fake = Fake::default();
    let message = CallTraceMessage {
        timestamp: Some(Timestamp { seconds: 1_680_004_805, nanos: 248_732_000 }),
        method: "INVITE".into(),
        src_ip: "203.0.113.5".into(),
        src_port: 5_080,
        dst_ip: "192.0.2.7".into(),
        dst_port: 5_060,
        raw: "INVITE".into(),
        ..CallTraceMessage::default()
    };
    let stats = CallTraceStats { mos: 4.2, packet_loss_pct: 0.5, ..CallTraceStats::default() };
    fake.answers(&GetCallTraceResponse { messages: vec![message], stats: Some(stats), quality: None });
    let answer = fake.send(&format!("GET /v1.0/timelines/calls/{ID}/sip-analysis"), &[], "").await;
    assert_eq!(fake.asked::<GetCallTraceRequest>().1.id, ID);
    let expected = r#"{"sip_messages":[{"timestamp":"2023-03-28 12:00:05.248732","method":"INVITE","src_ip":"203.0.113.5","src_port":5080,"dst_ip":"192.0.2.7","dst_port":5060,"raw":"INVITE","sent":false,"transport":""}],"rtcp_stats":{"mos":4.2,"jitter":0,"packet_loss_pct":0.5,"rtt":0,"rtp_packets":0},"quality":null}"#;
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn a_capture_file_is_the_body() {
    let fake = Fake::default();
    fake.answers(&GetCallPcapResponse { data: b"bytes of a file".to_vec() });
    let answer = fake.send(&format!("GET /v1.0/timelines/calls/{ID}/pcap"), &[], "").await;
    assert_eq!(fake.asked::<GetCallPcapRequest>().1.id, ID);
    assert_eq!(answer.headers["content-type"], "application/vnd.tcpdump.pcap");
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "bytes of a file"));
    fake.refuses(ringdown::error::Reason::CallTraceNotFound);
    let answer = fake.send(&format!("GET /v1.0/timelines/calls/{ID}/pcap"), &[], "").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert!(answer.error().starts_with("404 CALL_TRACE_NOT_FOUND"), "{}", answer.text);
}

#[tokio::test]
async fn a_call_is_shown_as_in_the_documents() {
    let fake = Fake::default();
    fake.answers(&GetCallResponse { call: Some(call()) });
    let answer = fake.send(&format!("GET /v1.0/calls/{ID}"), &[], "").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let nil = json::NIL;
    let no_time = json::time::UNSET;
    let address =
        |target: &str| format!(r#"{{"type":"tel","target":"{target}","target_name":"","name":"","detail":""}}"#);
    let expected = format!(
        r#"{{"id":"{ID}","customer_id":"{nil}","flow_id":"{nil}","activeflow_id":"{nil}","type":"flow","master_call_id":"{nil}","chained_call_ids":[],"recording_id":"{nil}","recording_ids":[],"groupcall_id":"{nil}","source":{},"destination":{},"status":"dialing","action":{{"id":"00000000-0000-0000-0000-000000000001","next_id":"{nil}","type":""}},"direction":"outgoing","mute_direction":"","hangup_by":"","hangup_reason":"","sip_code":0,"tm_progressing":"{no_time}","tm_ringing":"{no_time}","tm_hangup":"{no_time}","tm_create":"2023-03-28 12:00:05.248732","tm_update":"{no_time}","tm_delete":"{no_time}","cause":"","quality":{{"codec":"","packets_sent":0,"packets_received":0,"packets_lost":0,"packets_late":0,"packets_duplicate":0,"jitter_us":0,"rtt_us":0,"mos_in_x100":0,"mos_out_x100":0,"concealed_ms":0,"longest_gap_ms":0,"first_packet_ms":0,"remote_loss_x100":0,"tls":false,"srtp":false}}}}"#,
        address("+821028286521"),
        address("+821021656521"),
    );
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn a_recording_is_shown_with_its_seconds() {
    let fake = Fake::default();
    let recording = Recording {
        id: ID.into(),
        reference_type: ReferenceType::Call.into(),
        reference_id: ID.into(),
        format: "wav".into(),
        status: RecordingStatus::Ended.into(),
        duration: 7,
        size: 112_044,
        ..Recording::default()
    };
    fake.answers(&GetRecordingResponse { recording: Some(recording) });
    let shown = fake.send(&format!("GET /v1.0/recordings/{ID}"), &[], "").await.json();
    let (name, asked, _) = fake.asked::<GetRecordingRequest>();
    assert_eq!((name, asked.id.as_str()), ("get_recording", ID));
    assert_eq!((&shown["reference_type"], &shown["reference_id"]), (&json!("call"), &json!(ID)));
    assert_eq!((&shown["status"], &shown["duration"], &shown["size"]), (&json!("ended"), &json!(7), &json!(112_044)));
    assert_eq!((&shown["on_end_flow_id"], &shown["tm_end"]), (&json!(json::NIL), &json!(json::time::UNSET)));
    let page = fake.send("GET /v1.0/recordings?status=failed&call_id=7", &[], "").await.json();
    assert_eq!(page, json!({"result": [], "next_page_token": ""}));
    let (_, asked, _) = fake.asked::<ListRecordingsRequest>();
    assert_eq!((asked.status(), asked.call_id.as_str()), (RecordingStatus::Failed, "7"));
}

#[tokio::test]
async fn a_call_is_recorded_by_verbs_of_its_own() {
    let fake = Fake::default();
    let body = r##"{"end_of_key": "#", "end_of_silence": 3, "duration": 60, "beep_start": true}"##;
    fake.send(&format!("POST /v1.0/calls/{ID}/recording_start"), &[("idempotency-key", "k")], body).await;
    let (name, asked, _) = fake.asked::<StartRecordingRequest>();
    assert_eq!((name, asked.id.as_str(), asked.idempotency_key.as_str()), ("start_recording", ID, "k"));
    assert_eq!((asked.end_of_key.as_str(), asked.end_of_silence, asked.duration), ("#", 3, 60));
    assert!(asked.beep_start);
    fake.send(&format!("POST /v1.0/calls/{ID}/recording_stop"), &[], "").await;
    assert_eq!(fake.asked::<StopRecordingRequest>().1.id, ID);
}

#[tokio::test]
async fn a_list_leaves_out_what_only_a_single_activeflow_shows() {
    let fake = Fake::default();
    fake.answers(&GetActiveflowResponse { activeflow: Some(activeflow()) });
    let single = fake.send(&format!("GET /v1.0/activeflows/{ID}"), &[], "").await.json();
    let list = ListActiveflowsResponse {
        activeflows: vec![activeflow()],
        next_page_token: "2023-04-02 13:43:30.576077".into(),
    };
    let page = fake.answers(&list).send("GET /v1.0/activeflows", &[], "").await.json();
    assert_eq!(keys(&page), ["result", "next_page_token"]);
    assert_eq!(page["next_page_token"], "2023-04-02 13:43:30.576077");
    let details = ["executed_actions", "pending_actions", "variables"];
    let mut expected = keys(&single);
    assert_eq!(single["pending_actions"], json!([]));
    assert_eq!(single["variables"], json!({"name": "Ada"}));
    assert_eq!(single["executed_actions"][0]["option"], json!({"text": "Hello."}));
    expected.retain(|key| !details.contains(key));
    assert_eq!(keys(&page["result"][0]), expected);
    // The keys of the documents, in their order.
    let documented = [
        "id",
        "customer_id",
        "flow_id",
        "status",
        "reference_type",
        "reference_id",
        "current_action",
        "forward_action_id",
        "tm_create",
        "tm_update",
        "tm_delete",
    ];
    expected.retain(|key| documented.contains(key));
    assert_eq!(expected, documented);
    assert_eq!(
        (&single["status"], &single["reference_type"], &single["end_reason"]),
        (&json!("ended"), &json!("call"), &json!("finished"))
    );
}

#[tokio::test]
async fn an_empty_list_is_a_list() {
    let answer = Fake::default().send("GET /v1.0/flows", &[], "").await;
    assert_eq!(answer.text, r#"{"result":[],"next_page_token":""}"#);
}

#[tokio::test]
async fn calls_are_a_list_and_one_destination_is_one_call() {
    let fake = Fake::default();
    let calls = CreateCallsResponse { calls: vec![call()] };
    let answer = fake
        .answers(&calls)
        .send("POST /v1.0/calls", &[], r#"{"destinations": [{"type": "tel", "target": "1"}]}"#)
        .await;
    assert_eq!(answer.json()[0]["id"], ID);
    let (_, many, _) = fake.asked::<CreateCallsRequest>();
    let answer =
        fake.answers(&calls).send("POST /v1.0/calls", &[], r#"{"destination": {"type": "tel", "target": "1"}}"#).await;
    assert_eq!(answer.json()["id"], ID);
    assert_eq!(fake.asked::<CreateCallsRequest>().1, many);
    assert_eq!(many.destinations[0].target, "1");
}

#[tokio::test]
async fn a_schema_is_shown_as_json() {
    let fake = Fake::default();
    let schema = option_schema("sleep").unwrap();
    let action_type = ActionType {
        name: "sleep".into(),
        mode: ActionMode::Waits.into(),
        option_schema: schema.to_string(),
        ..ActionType::default()
    };
    fake.answers(&ListActionTypesResponse { action_types: vec![action_type] });
    let answer = fake.send("GET /v1.0/action_types", &[], "").await.json();
    assert_eq!(answer["result"][0]["mode"], "waits");
    assert_eq!(answer["result"][0]["option_schema"]["properties"]["duration"]["format"], "int32");
}
