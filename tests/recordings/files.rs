//! From a call to its file: by actions and by requests, given out by both faces, deleted.

use crate::calls::*;
use crate::server::{Grpc, Rest, until};
use futures::TryStreamExt;
use reqwest::Method;
use reqwest::header::HeaderMap;
use ringdown::proto::*;
use serde_json::{Value, json};

/// The file by gRPC, from this byte on, and the sizes of the pieces in which it came.
async fn by_grpc(grpc: &mut Grpc, id: &str, offset: i64, length: i64) -> (Vec<u8>, Vec<usize>) {
    let request = DownloadRecordingRequest { id: id.to_owned(), offset, length };
    let stream = grpc.recordings.download_recording(request).await.unwrap().into_inner();
    let pieces: Vec<Vec<u8>> = stream.map_ok(|piece| piece.data).try_collect().await.unwrap();
    (pieces.concat(), pieces.iter().map(Vec::len).collect())
}

/// Status, headers and body of the file by REST.
async fn by_rest(rest: &Rest, method: Method, id: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = rest.http.request(method, format!("{}/v1.0/recordings/{id}/file", rest.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.bearer_auth(&rest.key).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.unwrap().to_vec())
}

fn word<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

fn is_wav(bytes: &[u8], ms: u64) {
    let word = |at: usize| u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
    assert_eq!(bytes.len() as u64, size(ms));
    assert_eq!((&bytes[..4], word(4), &bytes[8..16]), (&b"RIFF"[..], size(ms) - 8, &b"WAVEfmt "[..]));
    assert_eq!((word(24), &bytes[36..40], word(40)), (8_000, &b"data"[..], ms * 16));
}

async fn flow_runs(rest: &Rest, flow_id: &str) -> Vec<Value> {
    let (_, page) = rest.get(&format!("/v1.0/activeflows?flow_id={flow_id}")).await;
    page["result"].as_array().unwrap().clone()
}

async fn flow(rest: &Rest) -> String {
    let actions = [action("variable_set", json!({"key": "ran", "value": "${voipbin.recording.id}"}))];
    let (status, flow) = rest.post("/v1.0/flows", json!({"name": "after a recording", "actions": actions})).await;
    assert_eq!(status, 200, "{flow}");
    flow["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_recorded_call_is_listed_given_out_and_deleted() {
    let (home, server) = at_once();
    let (rest, mut grpc) = (server.rest(), server.grpc().await);
    let after = flow(&rest).await;
    let start = action("recording_start", json!({"on_end_flow_id": after}));
    let actions = [talk(10), start, talk(100), action("recording_stop", json!({})), talk(10)];
    let call_id = call(&rest, "+15550000001", &actions).await;
    let over = call_that_is_over(&rest, &call_id).await;
    let recording = recording_of(&rest, &call_id).await;
    let id = recording["id"].as_str().unwrap();
    assert_eq!(over["recording_ids"], json!([id]));
    assert_eq!(over["recording_id"], "00000000-0000-0000-0000-000000000000");
    let expected = json!({
        "id": id, "customer_id": over["customer_id"], "activeflow_id": over["activeflow_id"], "reference_type": "call",
        "reference_id": call_id, "format": "wav", "on_end_flow_id": after, "status": "ended", "error": "", "duration": 6,
        "size": size(6_000), "tm_start": recording["tm_start"], "tm_end": recording["tm_end"],
        "tm_create": recording["tm_start"], "tm_update": recording["tm_end"], "tm_delete": "9999-01-01 00:00:00.000000",
    });
    assert_eq!(recording, expected);
    let told = grpc.recordings.get_recording(GetRecordingRequest { id: id.to_owned() }).await.unwrap().into_inner();
    assert_eq!(told.recording.unwrap().duration, 6);
    let runs = until("the flow after the recording", || async {
        Some(flow_runs(&rest, &after).await).filter(|runs| runs.iter().any(|run| run["status"] == "ended"))
    })
    .await;
    assert_eq!(runs.len(), 1);
    let (_, variables) = rest.get(&format!("/v1.0/activeflows/{}/variables", runs[0]["id"].as_str().unwrap())).await;
    assert!(variables.to_string().contains(id), "{variables}");

    let (whole, pieces) = by_grpc(&mut grpc, id, 0, 0).await;
    is_wav(&whole, 6_000);
    assert_eq!(pieces, [65_536, whole.len() - 65_536]);
    assert!(whole[44..].iter().any(|byte| *byte > 0), "one hears something");
    assert_eq!(by_grpc(&mut grpc, id, 65_000, 0).await.0, whole[65_000..], "a download that broke goes on");
    assert_eq!(by_grpc(&mut grpc, id, 10, 20).await.0, whole[10..30]);
    assert_eq!(by_grpc(&mut grpc, id, whole.len() as i64, 0).await.0.len(), 0);
    for (offset, length) in [(whole.len() as i64 + 1, 0), (-1, 0), (0, -1)] {
        let request = DownloadRecordingRequest { id: id.to_owned(), offset, length };
        let refused = grpc.recordings.download_recording(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{offset} {length}");
    }
    given_out_by_rest(&rest, id, &whole).await;

    let file = home.path().join(format!("recordings/{id}.wav"));
    assert_eq!(std::fs::read(&file).unwrap(), whole);
    let listed = grpc.recordings.list_recordings(ListRecordingsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed.recordings.len(), 1);
    let deleted = grpc.recordings.delete_recording(DeleteRecordingRequest { id: id.to_owned() }).await.unwrap();
    assert!(deleted.into_inner().recording.unwrap().tm_delete.is_some());
    assert!(!file.exists());
    for path in ["", "/file"] {
        refused(&rest, "GET", &format!("/v1.0/recordings/{id}{path}"), None, 404, "RECORDING_NOT_FOUND").await;
    }
    refused(&rest, "DELETE", &format!("/v1.0/recordings/{id}"), None, 404, "RECORDING_NOT_FOUND").await;
    assert_eq!(rest.get("/v1.0/recordings").await.1, json!({"result": [], "next_page_token": ""}));
}

async fn given_out_by_rest(rest: &Rest, id: &str, whole: &[u8]) {
    let size = whole.len();
    let (status, headers, body) = by_rest(rest, Method::GET, id, &[]).await;
    assert_eq!((status, body.as_slice()), (200, whole));
    assert_eq!((word(&headers, "content-type"), word(&headers, "accept-ranges")), ("audio/wav", "bytes"));
    assert_eq!((word(&headers, "content-length"), word(&headers, "etag")), (&*size.to_string(), &*format!("\"{id}\"")));
    assert!(word(&headers, "content-disposition").contains(&format!("{id}.wav")));

    let (status, headers, body) = by_rest(rest, Method::HEAD, id, &[]).await;
    assert_eq!((status, body.len(), word(&headers, "content-length")), (200, 0, &*size.to_string()));

    for (range, part) in [
        ("bytes=0-43", 0..44),
        ("bytes=65530-65545", 65_530..65_546),
        ("bytes=96000-", 96_000..size),
        ("bytes=-100", size - 100..size),
        ("bytes=0-9999999", 0..size),
    ] {
        let (status, headers, body) = by_rest(rest, Method::GET, id, &[("range", range)]).await;
        assert_eq!((status, body.as_slice()), (206, &whole[part.clone()]), "{range}");
        let told = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        assert_eq!(
            (word(&headers, "content-range"), word(&headers, "content-length")),
            (&*told, &*part.len().to_string())
        );
    }
    let etag = format!("\"{id}\"");
    let same = [("range", "bytes=0-9"), ("if-range", etag.as_str())];
    assert_eq!(by_rest(rest, Method::GET, id, &same).await.0, 206);
    let other = [("range", "bytes=0-9"), ("if-range", "\"other\"")];
    assert_eq!(by_rest(rest, Method::GET, id, &other).await.0, 200);
    assert_eq!(by_rest(rest, Method::GET, id, &[("range", "bytes=5-1")]).await.0, 200);
    let (status, headers, body) = by_rest(rest, Method::GET, id, &[("range", &format!("bytes={size}-"))]).await;
    assert_eq!((status, word(&headers, "content-range")), (416, &*format!("bytes */{size}")));
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert!(body["error"]["message"].as_str().unwrap().contains(&size.to_string()));
}

#[tokio::test]
async fn a_call_is_recorded_on_request() {
    let (_home, server) = at_once();
    let (rest, mut grpc) = (server.rest(), server.grpc().await);
    let call_id = call(&rest, "+15550000001", &[action("block", json!({}))]).await;
    call_at(&rest, &call_id, "block").await;
    let (start, stop) =
        (format!("/v1.0/calls/{call_id}/recording_start"), format!("/v1.0/calls/{call_id}/recording_stop"));
    assert_eq!(rest.post(&stop, json!({})).await.0, 200, "there is none to stop");
    for (body, status, reason, field) in [
        (json!({"end_of_key": "5"}), 400, "INVALID_ARGUMENT", "end_of_key"),
        (json!({"duration": 14_401}), 400, "INVALID_ARGUMENT", "duration"),
        (json!({"end_of_silence": -1}), 400, "INVALID_ARGUMENT", "end_of_silence"),
        (json!({"format": "mp3"}), 400, "INVALID_ARGUMENT", "format"),
        (json!({"on_end_flow_id": "7"}), 400, "INVALID_ID", "on_end_flow_id"),
        (json!({"on_end_flow_id": "6f18ae1c-ddf8-413b-9572-ad30574604ef"}), 404, "FLOW_NOT_FOUND", "on_end_flow_id"),
    ] {
        let answer = refused(&rest, "POST", &start, Some(&body), status, reason).await;
        assert_eq!(answer["error"]["details"][0]["field"], field);
    }
    let key = "once".to_owned();
    let request = StartRecordingRequest { id: call_id.clone(), idempotency_key: key, ..Default::default() };
    let first = grpc.calls.start_recording(request.clone()).await.unwrap().into_inner().call.unwrap();
    let again = grpc.calls.start_recording(request).await.unwrap().into_inner().call.unwrap();
    assert!(first == again && !first.recording_id.is_empty() && first.recording_ids == [first.recording_id.clone()]);
    let id = first.recording_id;
    refused(&rest, "POST", &start, Some(&json!({})), 409, "RECORDING_RUNNING").await;
    refused(&rest, "DELETE", &format!("/v1.0/recordings/{id}"), None, 409, "RECORDING_RUNNING").await;
    refused(&rest, "GET", &format!("/v1.0/recordings/{id}/file"), None, 409, "RECORDING_RUNNING").await;
    assert_eq!(rest.get("/v1.0/recordings?status=recording").await.1["result"][0]["id"], json!(id));

    assert_eq!(rest.post(&format!("/v1.0/calls/{call_id}/talk"), json!({"text": "x".repeat(50)})).await.0, 200);
    let request = StopRecordingRequest { id: call_id.clone(), ..Default::default() };
    grpc.calls.stop_recording(request).await.unwrap();
    let recording = recording_of(&rest, &call_id).await;
    assert_eq!((&recording["status"], &recording["size"]), (&json!("ended"), &json!(size(3_000))));
    let call = call_that(&rest, &call_id, "the call to be rid of it", |call| call["recording_id"] != json!(id)).await;
    assert_eq!(call["action"]["type"], "block", "the flow has not moved");
    assert_eq!(rest.post(&format!("/v1.0/calls/{call_id}/hangup"), json!({})).await.0, 200);
    call_that_is_over(&rest, &call_id).await;
    for path in [&start, &stop] {
        refused(&rest, "POST", path, Some(&json!({})), 409, "CALL_ENDED").await;
    }
}

#[tokio::test]
async fn a_key_or_the_end_of_the_call_ends_a_recording() {
    let (_home, server) = at_once();
    let rest = server.rest();
    let voicemail = json!({"steps": ["wait_prompt", "speak 3s", "digits \"#\""]});
    let (status, told) = rest.send("PUT", "/v1.0/simulator/callees/+15551110000", Some(&voicemail)).await;
    assert_eq!(status, 200, "{told}");
    let start = |end_of_key: &str| action("recording_start", json!({"end_of_key": end_of_key, "end_of_silence": 9}));
    let call_id = call(&rest, "+15551110000", &[start("#"), talk(20), action("block", json!({}))]).await;
    // 1.2 s of ours, 3 s of theirs, and the key.
    assert_eq!(recording_of(&rest, &call_id).await["size"], json!(size(4_300)));
    let call_id = call(&rest, "+15550000001", &[start("none"), talk(50)]).await;
    assert_eq!(recording_of(&rest, &call_id).await["size"], json!(size(3_000)));
    let over = call_that_is_over(&rest, &call_id).await;
    assert_eq!((&over["hangup_reason"], &over["hangup_by"]), (&json!("normal"), &json!("local")));
}

#[tokio::test]
async fn recordings_are_their_customers_own() {
    let (home, server) = at_once();
    let rest = server.rest();
    let call_id = call(&rest, "+15550000001", &[action("recording_start", json!({})), talk(10)]).await;
    let recording = recording_of(&rest, &call_id).await;
    let path = format!("/v1.0/recordings/{}", recording["id"].as_str().unwrap());
    let (_, key) = home.customer();
    let stranger = Rest { key, ..rest.clone() };
    refused(&stranger, "GET", &path, None, 404, "RECORDING_NOT_FOUND").await;
    refused(&stranger, "GET", &format!("{path}/file"), None, 404, "RECORDING_NOT_FOUND").await;
    refused(&stranger, "DELETE", &path, None, 404, "RECORDING_NOT_FOUND").await;
    for filter in ["", &format!("?call_id={call_id}"), "?status=ended"] {
        assert_eq!(stranger.get(&format!("/v1.0/recordings{filter}")).await.1["result"], json!([]), "{filter}");
    }
    let start = format!("/v1.0/calls/{call_id}/recording_start");
    refused(&stranger, "POST", &start, Some(&json!({})), 404, "CALL_NOT_FOUND").await;
    let nobody = Rest { key: "rd_nobody".to_owned(), ..rest.clone() };
    refused(&nobody, "GET", &format!("{path}/file"), None, 401, "INVALID_CREDENTIALS").await;
    assert_eq!(rest.get(&path).await.0, 200);
}
