//! A server of this version goes on with what the death interrupted, and keeps what was over.

use crate::expected::{Running, Waits};
use crate::fixture::{self, Copied, Kind, Reach};
use crate::log::{self, Mark};
use crate::make::{ANSWERS, AWAY, HOOKS, PROVIDER};
use crate::past::{NUMBER, hung_up};
use crate::present::tel;
use crate::receiver::{Mode, Receiver};
use crate::server::{Rest, Server, text, until};
use crate::{grpc, inventory, rest};
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_goes_on_with_a_sqlite_database_of_before() {
    all(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_goes_on_with_a_postgres_database_of_before() {
    all(Kind::Postgres).await;
}

async fn all(kind: Kind) {
    for version in fixture::versions() {
        let Some(copy) = Copied::of(&version, kind, Reach::Receivers) else { return };
        copy.keep_the_log();
        let secret = copy.jwt_secret();
        let outside = Outside::open(&copy.expected.address).await;
        let life = OpenCopy { server: copy.home.start(), copy, outside };
        life.copy.holds_no_plain_secret(&secret);
        life.lets_in_whom_it_let_in().await;
        life.has_kept_everything().await;
        life.has_ended_the_calls().await;
        life.wakes_what_slept().await;
        life.is_continued().await;
        life.sends_what_waited().await;
        life.takes_new_work().await;
        life.tells_all_once_and_in_order().await;
        life.complains_of_nothing();
        life.makes_room_for_another().await;
    }
}

/// The receivers that were failing, away or silent before, and now take everything.
struct Outside {
    hooks: Receiver,
    away: Receiver,
    provider: Receiver,
    answers: Receiver,
}

impl Outside {
    async fn open(address: &str) -> Outside {
        let open = async |port, mode| Receiver::start_at((address, port), mode).await;
        Outside {
            hooks: open(HOOKS, Mode::Answer(204)).await,
            away: open(AWAY, Mode::Answer(204)).await,
            provider: open(PROVIDER, Mode::Answer(200)).await,
            answers: open(ANSWERS, Mode::Say(200, r#"{"variables": {"answered": "yes"}}"#.to_owned())).await,
        }
    }
}

/// A server on a copy of a database.
struct OpenCopy {
    copy: Copied,
    server: Server,
    outside: Outside,
}

impl OpenCopy {
    fn rest(&self, person: usize) -> Rest {
        rest(&self.server.url, &self.copy.expected.people[person].keys[0])
    }

    /// The activeflow of a run, as it is now.
    async fn get(&self, run: &Running) -> Value {
        self.rest(run.person).ok("GET", &format!("/v1.0/activeflows/{}", run.id), None).await
    }

    /// What was there of it.
    fn before(&self, run: &Running) -> &Value {
        &self.copy.expected.people[run.person].inventory[&format!("/v1.0/activeflows/{}", run.id)]
    }

    /// Waits until it has ended, as it was meant to, with all its variables.
    async fn ends(&self, run: &Running, reason: &str) {
        let path = format!("/v1.0/activeflows/{}", run.id);
        let ended = self.rest(run.person).wait(&path, "status", "ended").await;
        assert_eq!(ended["end_reason"], reason, "{run:?}: {ended}");
        for (key, value) in &run.then {
            assert_eq!(ended["variables"][key], **value, "{run:?}: {key}");
        }
    }

    async fn lets_in_whom_it_let_in(&self) {
        let expected = &self.copy.expected;
        for person in &expected.people {
            for key in &person.keys {
                let customer = rest(&self.server.url, key).ok("GET", "/v1.0/customer", None).await;
                assert_eq!(customer["id"], *person.id);
            }
        }
        let by_token = rest(&self.server.url, &expected.jwt).ok("GET", "/v1.0/customer", None).await;
        assert_eq!(by_token["id"], *expected.people[0].id);
        for key in &expected.shut_out {
            assert_eq!(rest(&self.server.url, key).get("/v1.0/customer").await.0, 401);
        }
    }

    async fn has_kept_everything(&self) {
        let expected = &self.copy.expected;
        for (at, person) in expected.people.iter().enumerate() {
            inventory::assert_kept(&person.inventory, &inventory::read(&self.rest(at)).await);
        }
        for path in &expected.gone {
            let (status, answer) = self.rest(0).get(path).await;
            assert_eq!(status, 404, "{path}: {answer}");
        }
        // What waits for a word, or for weeks, has not moved at all.
        for run in expected.waiting(Waits::Word) {
            assert_eq!(self.get(run).await.to_string(), self.before(run).to_string());
        }
        for run in expected.waiting(Waits::Weeks) {
            let is = self.get(run).await;
            assert_eq!((&is["status"], &is["current_action"]["type"]), (&json!("running"), &json!("sleep")), "{is}");
        }
        self.has_kept_the_sound().await;
    }

    async fn has_kept_the_sound(&self) {
        let rest = self.rest(0);
        for (path, recording) in self.copy.expected.people[0].inventory.iter() {
            if !path.starts_with("/v1.0/recordings/") || recording["status"] != "ended" {
                continue;
            }
            let request = rest.http.get(format!("{}{path}/file", rest.url)).bearer_auth(&rest.key);
            let sound = request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
            assert_eq!(recording["size"], sound.len(), "{path}");
            assert!(sound.starts_with(b"RIFF"), "{path}");
        }
    }

    async fn has_ended_the_calls(&self) {
        for (at, person) in self.copy.expected.people.iter().enumerate() {
            let rest = self.rest(at);
            for (id, _) in inventory::unfinished(&person.inventory, "calls") {
                let call = rest.wait(&format!("/v1.0/calls/{id}"), "status", "hangup").await;
                assert_eq!(call["hangup_reason"], "failed", "{call}");
            }
            for (id, _) in inventory::unfinished(&person.inventory, "recordings") {
                rest.wait(&format!("/v1.0/recordings/{id}"), "status", "failed").await;
            }
        }
        for run in self.copy.expected.waiting(Waits::Call) {
            self.ends(run, "hangup").await;
        }
        self.runs_what_follows_a_call().await;
    }

    /// The flow that runs on completion of a call ran once for each that had one.
    async fn runs_what_follows_a_call(&self) {
        let (rest, expected) = (self.rest(0), &self.copy.expected);
        let calls: HashSet<&str> = expected.waiting(Waits::Call).map(|run| run.id.as_str()).collect();
        let path = format!("/v1.0/activeflows?flow_id={}", expected.on_complete_flow_id);
        let followed = until("that what follows the call has ended", async || {
            let list = rest.ok("GET", &path, None).await;
            let all = list["result"].as_array().unwrap().clone();
            let of_calls = |it: &&Value| calls.contains(it["reference_activeflow_id"].as_str().unwrap());
            let followed: Vec<Value> = all.iter().filter(of_calls).cloned().collect();
            let ended = !followed.is_empty() && followed.iter().all(|it| it["status"] == "ended");
            ended.then_some(followed)
        })
        .await;
        assert_eq!(followed.len(), 1, "{followed:?}");
    }

    async fn wakes_what_slept(&self) {
        for run in self.copy.expected.waiting(Waits::Time) {
            self.ends(run, "finished").await;
        }
        for run in self.copy.expected.waiting(Waits::Answer) {
            self.ends(run, "finished").await;
        }
        assert_eq!(self.outside.answers.got().len(), self.copy.expected.waiting(Waits::Answer).count());
    }

    async fn is_continued(&self) {
        let grpc = grpc(&self.server, &self.copy.expected.people[0].keys[0]).await;
        for (at, run) in self.copy.expected.waiting(Waits::Word).enumerate() {
            let (id, action) = (run.id.clone(), text(&self.before(run)["current_action"], "id"));
            if at % 2 == 0 {
                let path = format!("/v1.0/activeflows/{id}/continue");
                self.rest(run.person).ok("POST", &path, Some(json!({"current_action_id": action}))).await;
            } else {
                let idempotency_key = String::new();
                let request =
                    ringdown::proto::ContinueActiveflowRequest { id, current_action_id: action, idempotency_key };
                grpc.activeflows.clone().continue_activeflow(request).await.unwrap();
            }
            self.ends(run, "finished").await;
        }
    }

    async fn sends_what_waited(&self) {
        let expected = &self.copy.expected;
        for (at, person) in expected.people.iter().enumerate() {
            let rest = self.rest(at);
            for (id, before) in inventory::unfinished(&person.inventory, "webhook_deliveries") {
                rest.wait(&format!("/v1.0/webhook_deliveries/{id}"), "status", "delivered").await;
                self.was_taken_once(before);
            }
        }
        self.tells_of_the_death().await;
        let rest = self.rest(0);
        let path = |id: &str| format!("/v1.0/messages/{id}");
        let begun = rest.wait(&path(&expected.begun_message), "status", "failed").await;
        assert!(text(&begun, "error").starts_with("unknown: "), "{begun}");
        rest.wait(&path(&expected.queued_message), "status", "sent").await;
        let sent: Vec<String> = self.outside.provider.got().iter().map(|got| text(&got.json(), "id")).collect();
        assert_eq!(sent, std::slice::from_ref(&expected.queued_message), "what may have gone out is not sent again");
    }

    /// The webhook of the second customer hears once of each call that died.
    async fn tells_of_the_death(&self) {
        let calls = inventory::unfinished(&self.copy.expected.people[1].inventory, "calls");
        assert!(!calls.is_empty());
        for (id, _) in calls {
            let told = async || {
                let got = self.outside.away.got().into_iter().map(|got| got.json());
                let told = got.filter(|it| it["type"] == "call_hangup" && it["data"]["id"] == *id).count();
                (told > 0).then_some(told)
            };
            assert_eq!(until("that the death is told", told).await, 1, "{id}");
        }
    }

    /// By the one of the two receivers that it was for, and as it was.
    fn was_taken_once(&self, delivery: &Value) {
        let place = text(delivery, "uri");
        let receivers = [&self.outside.hooks, &self.outside.away];
        let receiver = receivers.into_iter().find(|it| it.url == place).expect("there is one");
        let got: Vec<_> = receiver.got().into_iter().filter(|got| *got.id() == text(delivery, "event_id")).collect();
        assert_eq!(got.len(), 1, "{delivery}");
        assert_eq!((&got[0].body, &got[0].method), (&text(delivery, "body"), &text(delivery, "method")));
    }

    /// What was set up before is there for what begins now.
    async fn takes_new_work(&self) {
        let rest = self.rest(0);
        let call = hung_up(&rest, &self.copy.expected.busy, json!([{"type": "answer"}])).await;
        let call = rest.ok("GET", &format!("/v1.0/calls/{call}"), None).await;
        assert_eq!(call["hangup_reason"], "busy", "{call}");
        let incoming = json!({"source": tel("+15557770001"), "destination": tel(NUMBER)});
        let call = rest.ok("POST", "/v1.0/simulator/calls", Some(incoming)).await;
        let path = format!("/v1.0/calls/{}", text(&call, "id"));
        rest.wait(&path, "action/type", "echo").await;
        rest.ok("POST", &format!("{path}/hangup"), None).await;
        rest.wait(&path, "hangup_reason", "normal").await;
        rest.wait(&format!("/v1.0/activeflows/{}", text(&call, "activeflow_id")), "end_reason", "hangup").await;
        let arrival = json!({"source": tel("+15551230001"), "destination": tel(NUMBER), "text": "Hi."});
        let message = rest.ok("POST", "/v1.0/messages/receive", Some(arrival)).await;
        rest.wait(&format!("/v1.0/activeflows/{}", text(&message, "activeflow_id")), "end_reason", "finished").await;
    }

    /// Whoever watches from the beginning is told what they would have been told without the death and the new version.
    async fn tells_all_once_and_in_order(&self) {
        for (at, person) in self.copy.expected.people.iter().enumerate() {
            let (rest, grpc) = (self.rest(at), grpc(&self.server, &person.keys[0]).await);
            let mark = Mark::set(&rest).await;
            let activeflows = mark.activeflow_events(&grpc, &person.activeflows_token).await;
            let calls = mark.call_events(&grpc, &person.calls_token).await;
            for (events, before) in [(&activeflows, &person.activeflow_events), (&calls, &person.call_events)] {
                let ids = log::ids(events);
                assert_eq!(ids[..before.len()], before[..], "what was told before has changed");
                let once: HashSet<&String> = ids.iter().collect();
                assert_eq!(once.len(), ids.len(), "something is told twice");
            }
            let is = inventory::read(&rest).await;
            assert_as_in_histories(&activeflows, &is);
            assert_one_hangup(&calls, &is);
        }
    }

    /// Nothing of what is there is said to be unreadable, or to wait for another version.
    fn complains_of_nothing(&self) {
        let log = self.copy.home.log();
        // The keys of before, which a copy of the database sufficed to derive, are to be replaced: this is said once.
        let keys = |line: &&str| line.contains("an earlier version made these access keys");
        let count = self.copy.expected.people.iter().map(|person| person.keys.len()).sum::<usize>() + 1;
        assert_eq!(log.lines().filter(keys).count(), 1, "{log}");
        assert!(log.contains(&format!("count={count}")), "{log}");
        let log: String = log.lines().filter(|line| !keys(line)).collect();
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }

    /// A second start of this version finds nothing more to do.
    async fn makes_room_for_another(self) {
        let before = inventory::read(&self.rest(0)).await;
        let OpenCopy { copy, server, outside } = self;
        server.kill();
        let life = OpenCopy { server: copy.home.start(), copy, outside };
        let after = inventory::read(&life.rest(0)).await;
        inventory::assert_kept(&before, &after);
        assert_eq!(after.len(), before.len(), "something has begun");
    }
}

/// The watch tells of each activeflow what its history has, in the same order; with one end, if it has ended.
fn assert_as_in_histories(told: &[Value], is: &inventory::Inventory) {
    for (path, history) in is.iter().filter(|(path, _)| path.contains("/events")) {
        let id = path.split('/').nth(3).unwrap();
        let mut told: Vec<&Value> = told.iter().filter(|event| event["activeflow_id"] == *id).collect();
        told.reverse();
        let history: Vec<&Value> = history["result"].as_array().unwrap().iter().collect();
        assert_eq!(told, history, "{path}");
        let ends = told.iter().filter(|event| event["type"] == "ended").count();
        let ended = is[&format!("/v1.0/activeflows/{id}")]["status"] == "ended";
        assert_eq!(ends, usize::from(ended), "{path}");
    }
}

fn assert_one_hangup(told: &[Value], is: &inventory::Inventory) {
    let calls = is.iter().filter(|(path, _)| path.starts_with("/v1.0/calls/"));
    for (path, call) in calls {
        let hangup = |event: &&Value| event["call_id"] == call["id"] && event["type"] == "hangup";
        assert_eq!((&call["status"], told.iter().filter(hangup).count()), (&json!("hangup"), 1), "{path}");
    }
}
