//! Disks that fail and servers that die.

use crate::calls::*;
use crate::server::{Home, until};
use serde_json::json;
use std::fs;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_disk_that_cannot_be_written_is_told_and_delays_nobody() {
    let home = Home::new(&["--sim-speed", "0", "--recordings-dir", "in_the_way/recordings"]);
    fs::write(home.path().join("in_the_way"), "a file, and no directory").unwrap();
    let server = home.start();
    let rest = server.rest();
    let (_, flow) = rest.post("/v1.0/flows", json!({"actions": [talk(1)]})).await;
    let start = action("recording_start", json!({"on_end_flow_id": flow["id"]}));
    let actions = [start, talk(50), action("recording_stop", json!({})), talk(10)];
    let began = Instant::now();
    let mut calls = Vec::new();
    for _ in 0..20 {
        calls.push(call(&rest, "+15550000001", &actions).await);
    }
    for call_id in &calls {
        let over = call_that_is_over(&rest, call_id).await;
        assert_eq!((&over["hangup_reason"], &over["hangup_by"]), (&json!("normal"), &json!("local")));
        let recording = recording_of(&rest, call_id).await;
        assert_eq!(
            (&recording["status"], &recording["duration"], &recording["size"]),
            (&json!("failed"), &json!(3), &json!(0))
        );
        assert_eq!(recording["error"], "the file of the recording cannot be written");
        let activeflow_id = over["activeflow_id"].as_str().unwrap();
        let (_, activeflow) = rest.get(&format!("/v1.0/activeflows/{activeflow_id}")).await;
        assert_eq!(activeflow["end_reason"], "finished");
        let file = format!("/v1.0/recordings/{}/file", recording["id"].as_str().unwrap());
        refused(&rest, "GET", &file, None, 404, "RECORDING_NOT_FOUND").await;
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let (_, page) = rest.get(&format!("/v1.0/activeflows?flow_id={}", flow["id"].as_str().unwrap())).await;
    assert_eq!(page["result"], json!([]), "nothing follows a recording that failed");
}

/// A limit on the size of files stands for a disk that is full in the middle of one; the database is in memory.
#[tokio::test]
async fn a_disk_that_is_full_fails_what_does_not_fit_and_keeps_the_rest() {
    let home = Home::new(&["--sim-speed", "0", "--database", "sqlite::memory:", "--recordings-dir", "recordings"])
        .before("trap '' XFSZ; ulimit -f 256");
    let server = home.start();
    let rest = server.rest();
    let recorded = |characters| [action("recording_start", json!({})), talk(characters)];
    // A minute is a megabyte.
    let long = call(&rest, "+15550000001", &recorded(1_000)).await;
    let mut short = Vec::new();
    for _ in 0..10 {
        short.push(call(&rest, "+15550000001", &recorded(10)).await);
    }
    let over = call_that_is_over(&rest, &long).await;
    assert_eq!((&over["hangup_reason"], &over["hangup_by"]), (&json!("normal"), &json!("local")));
    let recording = recording_of(&rest, &long).await;
    assert_eq!((&recording["status"], &recording["size"]), (&json!("failed"), &json!(0)));
    assert_eq!(recording["error"], "the file of the recording cannot be written");
    let path = format!("/v1.0/activeflows/{}", over["activeflow_id"].as_str().unwrap());
    assert_eq!(rest.ok("GET", &path, None).await["end_reason"], "finished");
    for call_id in &short {
        assert_eq!(recording_of(&rest, call_id).await["status"], "ended");
    }
    let names =
        fs::read_dir(home.path().join("recordings")).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = names.collect();
    assert!(names.len() == 10 && names.iter().all(|name| name.ends_with(".wav")), "{names:?}");
}

#[tokio::test]
async fn what_ran_when_the_server_died_has_failed_and_leaves_no_file() {
    let (home, server) = at_once();
    let rest = server.rest();
    let recorded = [action("recording_start", json!({})), talk(10)];
    let whole = recording_of(&rest, &call(&rest, "+15550000001", &recorded).await).await;
    let deleted = recording_of(&rest, &call(&rest, "+15550000001", &recorded).await).await;
    let block = [action("recording_start", json!({})), action("block", json!({}))];
    let call_id = call(&rest, "+15550000001", &block).await;
    let running = call_at(&rest, &call_id, "block").await["recording_id"].as_str().unwrap().to_owned();
    let deleted = deleted["id"].as_str().unwrap();
    assert_eq!(rest.send("DELETE", &format!("/v1.0/recordings/{deleted}"), None).await.0, 200);
    server.kill();

    // What a server may leave that dies in the middle of it, and what is none of its business.
    let recordings = home.path().join("recordings");
    let left = [format!("{running}.wav.part"), format!("{running}.wav"), format!("{deleted}.wav")];
    let others = ["6f18ae1c-ddf8-413b-9572-ad30574604ef.wav", "6f18ae1c-ddf8-413b-9572-ad30574604ef.wav.part", "notes"];
    for name in left.iter().map(String::as_str).chain(others) {
        fs::write(recordings.join(name), "x").unwrap();
    }
    let server = home.start();
    let rest = server.rest();
    let (_, recording) = rest.get(&format!("/v1.0/recordings/{running}")).await;
    assert_eq!((&recording["status"], &recording["size"]), (&json!("failed"), &json!(0)));
    assert!(recording["error"].as_str().unwrap().contains("before its recording was saved"));
    let (_, call) = rest.get(&format!("/v1.0/calls/{call_id}")).await;
    assert_eq!((&call["status"], &call["hangup_reason"]), (&json!("hangup"), &json!("failed")));
    assert_eq!(call["recording_ids"], json!([running]));
    let names = || fs::read_dir(&recordings).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    until("the end of what was left", || async { (!names().any(|name| left.contains(&name))).then_some(()) }).await;
    let whole = whole["id"].as_str().unwrap();
    let mut kept: Vec<String> = names().collect();
    let mut expected: Vec<String> = others.map(str::to_owned).into();
    expected.push(format!("{whole}.wav"));
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
    let file = rest.http.get(format!("{}/v1.0/recordings/{whole}/file", rest.url)).bearer_auth(&rest.key);
    assert_eq!(file.send().await.unwrap().bytes().await.unwrap().len() as u64, size(600));
}
