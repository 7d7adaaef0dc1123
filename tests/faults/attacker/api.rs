//! The attacks that are requests as the contract has them.

use super::account::Account;
use super::table::Attack;
use crate::clients::{action, sleep, tel};
use crate::server::Grpc;
use rand::Rng;
use rand::rngs::StdRng;
use ringdown::proto::action::Option as Act;
use ringdown::proto::*;
use uuid::Uuid;

/// Activeflows that an attack starts.
const STARTED: usize = 12;
/// Watches that an attack opens, and keys that it tries.
const WATCHES: usize = 8;
const KEYS: usize = 12;
/// The actions of a body that is too large, and of a list that is not.
const TOO_MANY: usize = 30_000;
const MANY: usize = 1_000;
/// More lists than an activeflow may hold.
const LISTS: usize = 12;
/// The token of a customer that does not exist, signed by nobody.
const SIGNED_BY_NOBODY: &str = concat!(
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJjdXN0b21lcl9pZCI6IjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCIsImV4cCI6OTk5OTk5OTk5OX0.",
    "AAAA"
);
/// Pages and frames that are read of a list and of a watch.
const PAGES: usize = 4;
const FRAMES: usize = 200;

pub async fn make(account: &Account, attack: Attack, dice: StdRng) {
    let it = Api { account, attack, dice, key: account.key.clone() };
    match attack {
        Attack::CallsItself => it.calls_itself().await,
        Attack::StartEachOther => it.start_each_other().await,
        Attack::FillsHistory => it.fills_history().await,
        Attack::PushesLists => it.pushes_lists().await,
        Attack::ManyActions => it.many_actions().await,
        Attack::StalledWatches => it.stalled_watches().await,
        Attack::WrongKeys => it.wrong_keys().await,
        Attack::SlowRequests => it.slow_requests().await,
        Attack::ReusedKeys => it.reused_keys().await,
        Attack::MissingThings => it.missing_things().await,
        Attack::OthersThings => it.others_things().await,
        Attack::ListsEverything => it.lists_everything().await,
        Attack::UnfinishedBodies | Attack::HalfOpen | Attack::MalformedHttp2 => unreachable!("not by requests"),
    }
}

/// One attack.
struct Api<'a> {
    account: &'a Account,
    attack: Attack,
    dice: StdRng,
    key: String,
}

fn call(flow_id: &str, destinations: usize) -> Action {
    let destinations = vec![tel("+15550000001"); destinations];
    let (source, flow_id) = (Some(tel("+15550009999")), Some(flow_id.to_owned()));
    let early_execution = Some(true);
    action(Act::Call(CallOption { source, destinations, flow_id, early_execution, ..Default::default() }))
}

fn beeps(count: usize) -> Vec<Action> {
    vec![action(Act::Beep(BeepOption::default())); count]
}

/// Sends a request by a client of one service.
macro_rules! send {
    ($it:ident, $service:ident.$rpc:ident($request:expr)) => {{
        let request = $request;
        let send = |mut grpc: Grpc| {
            let request = request.clone();
            async move { grpc.$service.$rpc(request).await }
        };
        $it.account.send_as(&$it.key, $it.attack, send).await
    }};
}

/// The same where the server must refuse it.
macro_rules! in_vain {
    ($it:ident, $what:expr, $service:ident.$rpc:ident($request:expr)) => {{
        let request = $request;
        let send = |mut grpc: Grpc| {
            let request = request.clone();
            async move { grpc.$service.$rpc(request).await }
        };
        $it.account.send_in_vain(&$it.key, $it.attack, $what, send).await
    }};
}

impl Api<'_> {
    /// A flow that waits; its id.
    async fn flow(&self) -> Option<String> {
        let request = CreateFlowRequest { name: "attack".to_owned(), actions: vec![sleep(10)], ..Default::default() };
        let flow = send!(self, flows.create_flow(request))?.flow?;
        self.account.own("a flow", &flow.customer_id);
        Some(flow.id)
    }

    async fn update(&self, id: &str, actions: Vec<Action>, on_complete: &str) -> Option<()> {
        let (id, name) = (id.to_owned(), "attack".to_owned());
        let on_complete_flow_id = on_complete.to_owned();
        let request = UpdateFlowRequest { id, name, actions, on_complete_flow_id, ..Default::default() };
        send!(self, flows.update_flow(request)).map(drop)
    }

    async fn start(&self, request: CreateActiveflowRequest) -> Option<Activeflow> {
        let made = send!(self, activeflows.create_activeflow(request))?.activeflow?;
        self.account.own("an activeflow", &made.customer_id);
        Some(made)
    }

    async fn calls_itself(self) {
        let Some(id) = self.flow().await else { return };
        if self.update(&id, vec![call(&id, 3), call(&id, 3), sleep(200)], "").await.is_some() {
            self.start(CreateActiveflowRequest { flow_id: id, ..Default::default() }).await;
        }
    }

    async fn start_each_other(self) {
        let (Some(one), Some(other)) = (self.flow().await, self.flow().await) else { return };
        if self.update(&one, vec![call(&other, 1)], &other).await.is_some()
            && self.update(&other, vec![call(&one, 1)], &one).await.is_some()
        {
            self.start(CreateActiveflowRequest { flow_id: one, ..Default::default() }).await;
        }
    }

    async fn fills_history(mut self) {
        let id = Uuid::now_v7().to_string();
        let value = Some("x".repeat(self.dice.random_range(1_000..16_000)));
        let set = Act::VariableSet(VariableSetOption { key: Some("a".to_owned()), value });
        let first = Action { id: id.clone(), ..action(set) };
        let again = action(Act::Goto(GotoOption { target_id: Some(id), loop_count: Some(900) }));
        self.start(CreateActiveflowRequest { actions: vec![first, again], ..Default::default() }).await;
    }

    async fn pushes_lists(self) {
        let block = action(Act::Block(BlockOption::default()));
        let request = CreateActiveflowRequest { actions: vec![block], ..Default::default() };
        let Some(made) = self.start(request).await else { return };
        for _ in 0..LISTS {
            let request = PushActionsRequest { id: made.id.clone(), actions: beeps(MANY), ..Default::default() };
            if send!(self, activeflows.push_actions(request)).is_none() {
                break;
            }
        }
        send!(self, activeflows.stop_activeflow(StopActiveflowRequest { id: made.id, ..Default::default() }));
    }

    async fn many_actions(self) {
        let actions = beeps(TOO_MANY);
        let request = CreateFlowRequest { name: "large".to_owned(), actions: actions.clone(), ..Default::default() };
        in_vain!(self, "a large flow", flows.create_flow(request));
        let request = CreateActiveflowRequest { actions: actions.clone(), ..Default::default() };
        in_vain!(self, "a large activeflow", activeflows.create_activeflow(request));
        let request = ValidateFlowRequest { actions, ..Default::default() };
        in_vain!(self, "a large flow to check", flows.validate_flow(request));
    }

    /// The place where the attacker's log began.
    async fn first_token(&self) -> Option<String> {
        let ask = || async {
            let request = WatchActiveflowsRequest::default();
            let mut frames = send!(self, activeflows.watch_activeflows(request)).ok_or(())?;
            let frame = frames.message().await.ok().flatten().ok_or(())?;
            Ok::<_, ()>(frame.into_message().map_err(drop)?.resume_token)
        };
        self.account.first_token.get_or_try_init(ask).await.ok().cloned()
    }

    async fn stalled_watches(mut self) {
        let Some(resume_token) = self.first_token().await else { return };
        let mut garbled = resume_token.clone().into_bytes();
        let at = self.dice.random_range(0..garbled.len());
        garbled[at] = if garbled[at] == b'0' { b'1' } else { b'0' };
        let resume_token_of_nobody = String::from_utf8(garbled).expect("digits");
        let request = WatchActiveflowsRequest { resume_token: resume_token_of_nobody, ..Default::default() };
        in_vain!(self, "a garbled token", activeflows.watch_activeflows(request));
        for _ in 0..WATCHES {
            // What is not read holds up its connection.
            let alone = self.account.alone();
            let request = WatchActiveflowsRequest { resume_token: resume_token.clone(), ..Default::default() };
            let watch = |_| {
                let (mut alone, request) = (alone.clone(), request.clone());
                async move { alone.activeflows.watch_activeflows(request).await }
            };
            if let Some(watch) = self.account.send(self.attack, watch).await {
                self.account.hold((alone, watch));
            }
        }
    }

    async fn wrong_keys(mut self) {
        for _ in 0..KEYS {
            let key = match self.dice.random_range(0..3) {
                0 => SIGNED_BY_NOBODY.to_owned(),
                1 => format!("{}x", self.account.key),
                _ => format!("rd_{:x}", self.dice.random::<u128>()),
            };
            let it = Api { key, account: self.account, attack: self.attack, dice: self.dice.clone() };
            in_vain!(it, "a wrong key", activeflows.list_activeflows(ListActiveflowsRequest::default()));
        }
    }

    async fn slow_requests(mut self) {
        let url = self.account.receiver.url.clone();
        for _ in 0..STARTED {
            let timeout_ms = Some(self.dice.random_range(100..1_500));
            let (uri, event_url) = (Some(url.clone()), Some(url.clone()));
            let actions = vec![
                action(Act::WebhookSend(WebhookSendOption { uri: uri.clone(), timeout_ms, ..Default::default() })),
                action(Act::WebhookSend(WebhookSendOption { sync: Some(true), uri, timeout_ms, ..Default::default() })),
                action(Act::Fetch(FetchOption { event_url, timeout_ms, ..Default::default() })),
            ];
            let webhook_uri = url.clone();
            self.start(CreateActiveflowRequest { actions, webhook_uri, ..Default::default() }).await;
        }
    }

    /// Keys of its own are known, keys of others are not.
    async fn reused_keys(mut self) {
        let key = format!("attack-{}", self.dice.random::<u64>());
        let with = |ms, key: &str| CreateActiveflowRequest {
            actions: vec![sleep(ms)],
            idempotency_key: key.to_owned(),
            ..Default::default()
        };
        // A first request that failed has left nothing under its key.
        if self.start(with(10, &key)).await.is_some() {
            for ms in 11..15 {
                let request = with(ms, &key);
                in_vain!(self, "another body under its key", activeflows.create_activeflow(request));
            }
        }
        // What people use (`people.rs`), number by number, and what all share: with the same body each, so that it is
        // no other.
        let theirs = format!("steered-{}", self.dice.random_range(0..12) * 1_000_000);
        self.start(with(15, &theirs)).await;
        let request = CreateFlowRequest {
            name: "common".to_owned(),
            actions: vec![sleep(300)],
            idempotency_key: "the-common-flow".to_owned(),
            ..Default::default()
        };
        if let Some(flow) = send!(self, flows.create_flow(request)).and_then(|made| made.flow) {
            self.account.own("a flow", &flow.customer_id);
        }
    }

    async fn missing_things(self) {
        let id = Uuid::now_v7().to_string();
        let at = || id.clone();
        in_vain!(self, "no activeflow", activeflows.delete_activeflow(DeleteActiveflowRequest { id: at() }));
        in_vain!(self, "no call", calls.delete_call(DeleteCallRequest { id: at() }));
        in_vain!(self, "no flow", flows.delete_flow(DeleteFlowRequest { id: at(), ..Default::default() }));
        in_vain!(self, "no message", messages.delete_message(DeleteMessageRequest { id: at() }));
        in_vain!(self, "no number", numbers.delete_number(DeleteNumberRequest { id: at(), ..Default::default() }));
        in_vain!(self, "no recording", recordings.delete_recording(DeleteRecordingRequest { id: at() }));
        in_vain!(
            self,
            "no key",
            access_keys.delete_access_key(DeleteAccessKeyRequest { id: at(), ..Default::default() })
        );
        let request = RedeliverWebhookRequest { id: at(), ..Default::default() };
        in_vain!(self, "no webhook", webhooks.redeliver_webhook(request));
        // Only operators see customers.
        let request = DeleteCustomerRequest { id: at(), ..Default::default() };
        in_vain!(self, "no customer", customers.delete_customer(request));
        in_vain!(self, "customers", customers.list_customers(ListCustomersRequest::default()));
    }

    /// Looks up with the people's key what they have, and reaches for it with its own.
    async fn others_things(self) {
        let theirs = Api {
            key: self.account.fixture.key(),
            account: self.account,
            attack: self.attack,
            dice: self.dice.clone(),
        };
        let page_size = 3;
        let request = ListActiveflowsRequest { page_size, ..Default::default() };
        let known = send!(theirs, activeflows.list_activeflows(request));
        for activeflow in known.map(|known| known.activeflows).unwrap_or_default() {
            self.reach_for_activeflow(&activeflow).await;
        }
        let request = ListCallsRequest { page_size, ..Default::default() };
        let known = send!(theirs, calls.list_calls(request));
        for call in known.map(|known| known.calls).unwrap_or_default() {
            let at = || call.id.clone();
            in_vain!(self, "a call of others", calls.get_call(GetCallRequest { id: at() }));
            in_vain!(self, "a call of others", calls.delete_call(DeleteCallRequest { id: at() }));
            let request = HangupCallRequest { id: at(), ..Default::default() };
            in_vain!(self, "a call of others", calls.hangup_call(request));
            let request = SimulateHangupRequest { call_id: at(), ..Default::default() };
            in_vain!(self, "a call of others", simulator.simulate_hangup(request));
        }
    }

    async fn reach_for_activeflow(&self, activeflow: &Activeflow) {
        const WHAT: &str = "an activeflow of others";
        let at = || activeflow.id.clone();
        in_vain!(self, WHAT, activeflows.get_activeflow(GetActiveflowRequest { id: at() }));
        in_vain!(self, WHAT, activeflows.get_variables(GetVariablesRequest { id: at() }));
        let request = ListActiveflowEventsRequest { id: at(), ..Default::default() };
        in_vain!(self, WHAT, activeflows.list_activeflow_events(request));
        let variables = [("turn".to_owned(), "theirs".to_owned())].into();
        in_vain!(self, WHAT, activeflows.set_variables(SetVariablesRequest { id: at(), variables }));
        let request = PushActionsRequest { id: at(), actions: vec![sleep(10)], ..Default::default() };
        in_vain!(self, WHAT, activeflows.push_actions(request));
        let request = StopActiveflowRequest { id: at(), ..Default::default() };
        in_vain!(self, WHAT, activeflows.stop_activeflow(request));
        in_vain!(self, WHAT, activeflows.delete_activeflow(DeleteActiveflowRequest { id: at() }));
        let request = CreateActiveflowRequest { id: at(), actions: vec![sleep(10)], ..Default::default() };
        in_vain!(self, WHAT, activeflows.create_activeflow(request));
        if activeflow.flow_id.parse::<Uuid>().is_ok_and(|id| !id.is_nil()) {
            let request = CreateActiveflowRequest { flow_id: activeflow.flow_id.clone(), ..Default::default() };
            in_vain!(self, "a flow of others", activeflows.create_activeflow(request));
            let request = GetFlowRequest { id: activeflow.flow_id.clone() };
            in_vain!(self, "a flow of others", flows.get_flow(request));
        }
    }

    async fn lists_everything(self) {
        let account = self.account;
        let mut page_token = String::new();
        for _ in 0..PAGES {
            let request = ListActiveflowsRequest { page_token, page_size: 1_000, ..Default::default() };
            let Some(page) = send!(self, activeflows.list_activeflows(request)) else { break };
            page.activeflows.iter().for_each(|it| account.own("an activeflow", &it.customer_id));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let page_size = 1_000;
        let request = ListCallsRequest { page_size, ..Default::default() };
        let calls = send!(self, calls.list_calls(request)).map(|page| page.calls).unwrap_or_default();
        calls.iter().for_each(|it| account.own("a call", &it.customer_id));
        let request = ListFlowsRequest { page_size, ..Default::default() };
        let flows = send!(self, flows.list_flows(request)).map(|page| page.flows).unwrap_or_default();
        flows.iter().for_each(|it| account.own("a flow", &it.customer_id));
        let request = ListAccessKeysRequest { page_size, ..Default::default() };
        let keys = send!(self, access_keys.list_access_keys(request)).map(|page| page.access_keys).unwrap_or_default();
        keys.iter().for_each(|it| account.own("an access key", &it.customer_id));
        let request = WatchActiveflowsRequest { include_snapshot: true, ..Default::default() };
        let Some(mut frames) = send!(self, activeflows.watch_activeflows(request)) else { return };
        for _ in 0..FRAMES {
            let Ok(Some(frame)) = frames.message().await else { return };
            let frame = frame.into_message().expect("a frame");
            if let Some(activeflow) = &frame.activeflow {
                account.own("an activeflow", &activeflow.customer_id);
            }
            if frame.r#type() == WatchType::Progress {
                return;
            }
        }
    }
}
