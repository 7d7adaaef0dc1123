//! Customers are kept apart: what one has made does not exist for another, whichever RPC is asked; and its owner may.

use crate::keys::{As, reason};
use crate::server::{Server, config};
use ringdown::auth::Authenticator;
use ringdown::config::Config;
use ringdown::proto::action_service_client::ActionServiceClient;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::customer_service_client::CustomerServiceClient;
use ringdown::proto::flow_service_client::FlowServiceClient;
use ringdown::proto::message_service_client::MessageServiceClient;
use ringdown::proto::number_service_client::NumberServiceClient;
use ringdown::proto::recording_service_client::RecordingServiceClient;
use ringdown::proto::simulator_service_client::SimulatorServiceClient;
use ringdown::proto::webhook_service_client::WebhookServiceClient;
use ringdown::proto::*;
use ringdown::seal::Sealer;
use ringdown::store::Store;
use ringdown::store::sqlite::{self, Location, Sqlite};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

type Face = InterceptedService<Channel, As>;

/// The services as one customer sees them.
struct Customer {
    flows: FlowServiceClient<Face>,
    calls: CallServiceClient<Face>,
    activeflows: ActiveflowServiceClient<Face>,
    simulator: SimulatorServiceClient<Face>,
    actions: ActionServiceClient<Face>,
    customers: CustomerServiceClient<Face>,
    messages: MessageServiceClient<Face>,
    numbers: NumberServiceClient<Face>,
    recordings: RecordingServiceClient<Face>,
    webhooks: WebhookServiceClient<Face>,
}

impl Customer {
    async fn of(server: &Server, key: &str) -> Customer {
        let channel = Channel::from_shared(server.url.clone()).unwrap().connect().await.unwrap();
        let face = || (channel.clone(), As(key.to_owned()));
        macro_rules! client {
            ($client:ident) => {{
                let (channel, key) = face();
                $client::with_interceptor(channel, key)
            }};
        }
        Customer {
            flows: client!(FlowServiceClient),
            calls: client!(CallServiceClient),
            activeflows: client!(ActiveflowServiceClient),
            simulator: client!(SimulatorServiceClient),
            actions: client!(ActionServiceClient),
            customers: client!(CustomerServiceClient),
            messages: client!(MessageServiceClient),
            numbers: client!(NumberServiceClient),
            recordings: client!(RecordingServiceClient),
            webhooks: client!(WebhookServiceClient),
        }
    }
}

/// A server with two customers: the first, and a stranger.
async fn two() -> (Server, Customer, Customer, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ringdown.db");
    let outbound_allow = vec!["127.0.0.1:*".parse().unwrap()];
    let database = format!("sqlite://{}", path.display());
    let server = Server::with(Config { database, outbound_allow, ..config() }).await;
    let beside = sqlite::Config { exclusive: false, ..sqlite::Config::new(Location::File(path)) };
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(beside).await.unwrap());
    let sealer = Sealer::of_file(directory.path().join("ringdown.db.key")).unwrap();
    let stranger = Authenticator::open(store, &sealer, None).await.unwrap().create_customer("stranger").await.unwrap();
    let (owner, stranger) = (Customer::of(&server, &server.key).await, Customer::of(&server, &stranger.key).await);
    (server, owner, stranger, directory)
}

fn read<T: serde::de::DeserializeOwned>(request: Value) -> T {
    serde_json::from_value(request).unwrap()
}

#[track_caller]
fn absent<T: std::fmt::Debug>(outcome: Result<Response<T>, Status>, expect: &str) {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, expect));
}

/// A call that is up and waits.
async fn call(owner: &mut Customer) -> Call {
    let request = json!({
        "source": {"type": "tel", "target": "+15551230000"},
        "destinations": [{"type": "tel", "target": "+15550000001"}],
        "actions": [{"type": "block"}],
    });
    let calls = owner.calls.create_calls(read::<CreateCallsRequest>(request)).await.unwrap().into_inner().calls;
    until(owner, &calls[0].id, CallStatus::Progressing).await
}

async fn until(owner: &mut Customer, id: &str, status: CallStatus) -> Call {
    for _ in 0..500 {
        let got = owner.calls.get_call(GetCallRequest { id: id.to_owned() }).await.unwrap().into_inner().call.unwrap();
        if got.status() == status {
            return got;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the call was never {status:?}");
}

#[tokio::test]
async fn a_strangers_flow_is_not_there() {
    let (server, mut owner, mut stranger, _directory) = two().await;
    let draft = json!({"name": "mine", "actions": [{"type": "block"}]});
    let flow = owner.flows.create_flow(read::<CreateFlowRequest>(draft)).await.unwrap().into_inner().flow.unwrap();
    let id = json!({"id": flow.id});
    let change = json!({"id": flow.id, "name": "changed", "actions": [{"type": "stop"}]});
    let start = json!({"flow_id": flow.id});

    absent(stranger.flows.get_flow(read::<GetFlowRequest>(id.clone())).await, "FLOW_NOT_FOUND");
    absent(stranger.flows.update_flow(read::<UpdateFlowRequest>(change.clone())).await, "FLOW_NOT_FOUND");
    absent(stranger.flows.delete_flow(read::<DeleteFlowRequest>(id.clone())).await, "FLOW_NOT_FOUND");
    let started = stranger.activeflows.create_activeflow(read::<CreateActiveflowRequest>(start)).await;
    absent(started, "FLOW_NOT_FOUND");
    let listed = stranger.flows.list_flows(ListFlowsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed, ListFlowsResponse::default());

    let got = owner.flows.get_flow(read::<GetFlowRequest>(id.clone())).await.unwrap().into_inner();
    assert_eq!(got.flow.unwrap(), flow, "nothing was changed");
    let listed = owner.flows.list_flows(ListFlowsRequest::default()).await.unwrap().into_inner().flows;
    assert_eq!(listed.len(), 1);
    let changed = owner.flows.update_flow(read::<UpdateFlowRequest>(change)).await.unwrap().into_inner().flow.unwrap();
    assert_eq!((changed.name.as_str(), changed.revision), ("changed", flow.revision + 1));
    owner.flows.delete_flow(read::<DeleteFlowRequest>(id.clone())).await.unwrap();
    absent(owner.flows.get_flow(read::<GetFlowRequest>(id)).await, "FLOW_NOT_FOUND");
    server.stop().await;
}

#[tokio::test]
async fn a_strangers_activeflow_is_not_there() {
    let (server, mut owner, mut stranger, _directory) = two().await;
    const BLOCK: &str = "b10c0000-0000-4000-8000-000000000001";
    let new = json!({"actions": [{"id": BLOCK, "type": "block"}, {"type": "block"}], "variables": {"a": "1"}});
    let made = owner.activeflows.create_activeflow(read::<CreateActiveflowRequest>(new)).await.unwrap().into_inner();
    let activeflow = made.activeflow.unwrap();
    let id = json!({"id": activeflow.id});
    let go_on = json!({"id": activeflow.id, "current_action_id": BLOCK});
    let push = json!({"id": activeflow.id, "actions": [{"type": "stop"}]});
    let set = json!({"id": activeflow.id, "variables": {"a": "2"}});
    const ABSENT: &str = "ACTIVEFLOW_NOT_FOUND";

    let their = &mut stranger.activeflows;
    absent(their.get_activeflow(read::<GetActiveflowRequest>(id.clone())).await, ABSENT);
    absent(their.continue_activeflow(read::<ContinueActiveflowRequest>(go_on.clone())).await, ABSENT);
    absent(their.push_actions(read::<PushActionsRequest>(push.clone())).await, ABSENT);
    absent(their.get_variables(read::<GetVariablesRequest>(id.clone())).await, ABSENT);
    absent(their.set_variables(read::<SetVariablesRequest>(set.clone())).await, ABSENT);
    absent(their.list_activeflow_events(read::<ListActiveflowEventsRequest>(id.clone())).await, ABSENT);
    absent(their.stop_activeflow(read::<StopActiveflowRequest>(id.clone())).await, ABSENT);
    absent(their.delete_activeflow(read::<DeleteActiveflowRequest>(id.clone())).await, ABSENT);
    let watch = WatchActiveflowsRequest {
        ids: vec![activeflow.id.clone()],
        until_ended: true,
        ..WatchActiveflowsRequest::default()
    };
    let watched = match their.watch_activeflows(watch).await {
        Ok(response) => response.into_inner().message().await.map(|_| Response::new(())),
        Err(status) => Err(status),
    };
    absent(watched, ABSENT);
    let listed = their.list_activeflows(ListActiveflowsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed, ListActiveflowsResponse::default());

    let own = &mut owner.activeflows;
    let got = own.get_activeflow(read::<GetActiveflowRequest>(id.clone())).await.unwrap().into_inner();
    assert_eq!(got.activeflow.unwrap().revision, activeflow.revision, "nothing was changed");
    assert_eq!(
        own.list_activeflows(ListActiveflowsRequest::default()).await.unwrap().into_inner().activeflows.len(),
        1
    );
    own.set_variables(read::<SetVariablesRequest>(set)).await.unwrap();
    let variables = own.get_variables(read::<GetVariablesRequest>(id.clone())).await.unwrap().into_inner().variables;
    assert_eq!(variables["a"], "2");
    own.continue_activeflow(read::<ContinueActiveflowRequest>(go_on)).await.unwrap();
    own.push_actions(read::<PushActionsRequest>(push)).await.unwrap();
    let stopped = own.stop_activeflow(read::<StopActiveflowRequest>(id.clone())).await.unwrap().into_inner();
    assert_eq!(stopped.activeflow.unwrap().end_reason(), EndReason::Stopped);
    let events =
        own.list_activeflow_events(read::<ListActiveflowEventsRequest>(id.clone())).await.unwrap().into_inner();
    assert_eq!(events.events[0].r#type(), ActiveflowEventType::Ended, "newest first");
    own.delete_activeflow(read::<DeleteActiveflowRequest>(id.clone())).await.unwrap();
    absent(own.get_activeflow(read::<GetActiveflowRequest>(id)).await, ABSENT);
    server.stop().await;
}

/// Asks a customer everything that can be done with a call, and hands each outcome on.
macro_rules! everything {
    ($customer:ident, $call:ident, $outcome:expr) => {{
        let (id, outcome) = (json!({"id": $call.id}), $outcome);
        let with = |field: &str, value: &str| json!({"id": $call.id, field: value});
        let press = json!({"call_id": $call.id, "digits": "5"});
        let calls = &mut $customer.calls;
        outcome("hold", calls.hold_call(read::<HoldCallRequest>(id.clone())).await.err());
        outcome("unhold", calls.unhold_call(read::<UnholdCallRequest>(id.clone())).await.err());
        outcome("mute", calls.mute_call(read::<MuteCallRequest>(id.clone())).await.err());
        outcome("unmute", calls.unmute_call(read::<UnmuteCallRequest>(id.clone())).await.err());
        outcome("talk", calls.talk_call(read::<TalkCallRequest>(with("text", "Hello."))).await.err());
        outcome("digits", calls.send_digits(read::<SendDigitsRequest>(with("digits", "1"))).await.err());
        outcome("press", $customer.simulator.simulate_digits(read::<SimulateDigitsRequest>(press)).await.err());
        let over = json!({"call_id": $call.id});
        outcome("far end", $customer.simulator.simulate_hangup(read::<SimulateHangupRequest>(over)).await.err());
    }};
}

#[tokio::test]
async fn a_strangers_call_is_not_there() {
    let (server, mut owner, mut stranger, _directory) = two().await;
    let call = call(&mut owner).await;
    let id = json!({"id": call.id});
    let mut watch = owner.calls.watch_calls(WatchCallsRequest::default()).await.unwrap().into_inner();
    let first = watch.message().await.unwrap().unwrap().into_message().unwrap();
    assert_eq!((first.r#type(), first.call), (WatchType::Progress, None), "it begins with a token");

    absent(stranger.calls.get_call(read::<GetCallRequest>(id.clone())).await, "CALL_NOT_FOUND");
    absent(stranger.calls.get_call_trace(read::<GetCallTraceRequest>(id.clone())).await, "CALL_NOT_FOUND");
    absent(stranger.calls.get_call_pcap(read::<GetCallPcapRequest>(id.clone())).await, "CALL_NOT_FOUND");
    everything!(stranger, call, |what: &str, status: Option<Status>| {
        let status = status.unwrap_or_else(|| panic!("a stranger could {what}"));
        assert_eq!(reason(&status), "CALL_NOT_FOUND", "{what}");
    });
    absent(stranger.calls.hangup_call(read::<HangupCallRequest>(id.clone())).await, "CALL_NOT_FOUND");
    absent(stranger.calls.delete_call(read::<DeleteCallRequest>(id.clone())).await, "CALL_NOT_FOUND");
    let listed = stranger.calls.list_calls(ListCallsRequest::default()).await.unwrap().into_inner();
    assert_eq!(listed, ListCallsResponse::default());
    let snapshot = WatchCallsRequest { include_snapshot: true, ..WatchCallsRequest::default() };
    let mut theirs = stranger.calls.watch_calls(snapshot).await.unwrap().into_inner();
    let first = theirs.message().await.unwrap().unwrap().into_message().unwrap();
    assert_eq!(first.r#type(), WatchType::Progress, "there is nothing to see");

    everything!(owner, call, |what: &str, status: Option<Status>| {
        assert!(status.is_none(), "{what}: {status:?}");
    });
    let over = until(&mut owner, &call.id, CallStatus::Hangup).await;
    assert_eq!(over.hangup_by(), HangupBy::Remote);
    // A watch tells of the call and of nothing that the stranger tried.
    loop {
        let frame = watch.message().await.unwrap().unwrap().into_message().unwrap();
        assert_eq!(frame.call.as_ref().unwrap().id, call.id);
        if frame.event.unwrap().r#type() == CallEventType::Hangup {
            break;
        }
    }
    owner.calls.delete_call(read::<DeleteCallRequest>(id.clone())).await.unwrap();
    absent(owner.calls.get_call(read::<GetCallRequest>(id)).await, "CALL_NOT_FOUND");
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_comes_in_is_its_customers() {
    let (server, mut owner, mut stranger, _directory) = two().await;
    let incoming = json!({
        "source": {"type": "tel", "target": "+15551230000"},
        "destination": {"type": "tel", "target": "+15559990000"},
        "actions": [{"type": "answer"}, {"type": "block"}],
    });
    let incoming = read::<SimulateIncomingCallRequest>(incoming);
    let call = owner.simulator.simulate_incoming_call(incoming).await.unwrap().into_inner().call.unwrap();
    until(&mut owner, &call.id, CallStatus::Progressing).await;
    absent(stranger.calls.get_call(GetCallRequest { id: call.id.clone() }).await, "CALL_NOT_FOUND");
    owner.calls.hangup_call(read::<HangupCallRequest>(json!({"id": call.id}))).await.unwrap();
    until(&mut owner, &call.id, CallStatus::Hangup).await;
    // What a number does is each customer's own.
    let busy = json!({"target": "+15559990001", "answer": "busy"});
    owner.simulator.set_callee(read::<SetCalleeRequest>(busy)).await.unwrap();
    let request = json!({
        "source": {"type": "tel", "target": "+15551230000"},
        "destinations": [{"type": "tel", "target": "+15559990001"}],
        "actions": [{"type": "block"}],
    });
    let request = read::<CreateCallsRequest>(request);
    let theirs = stranger.calls.create_calls(request.clone()).await.unwrap().into_inner().calls.remove(0);
    until(&mut stranger, &theirs.id, CallStatus::Progressing).await;
    let own = owner.calls.create_calls(request).await.unwrap().into_inner().calls.remove(0);
    assert_eq!(until(&mut owner, &own.id, CallStatus::Hangup).await.hangup_reason(), HangupReason::Busy);
    let types = stranger.actions.list_action_types(ListActionTypesRequest {}).await.unwrap().into_inner().action_types;
    assert!(!types.is_empty(), "the catalogue is everyone's");
    server.stop().await;
}

#[tokio::test]
async fn what_goes_out_and_comes_in_is_its_customers() {
    let (server, mut owner, mut stranger, _directory) = two().await;
    // Nobody listens there, so that the webhook waits.
    let there = UpdateCustomerRequest { webhook_uri: "http://127.0.0.1:9".to_owned(), ..Default::default() };
    owner.customers.update_customer(there).await.unwrap();
    let theirs = stranger.customers.get_customer(GetCustomerRequest {}).await.unwrap().into_inner().customer.unwrap();
    assert_eq!((theirs.name.as_str(), theirs.webhook_uri.as_str()), ("stranger", ""));

    let number = CreateNumberRequest { number: "+15559990002".to_owned(), ..Default::default() };
    let made = owner.numbers.create_number(number.clone()).await.unwrap().into_inner().number.unwrap();
    assert_eq!(stranger.numbers.create_number(number).await.unwrap_err().code(), Code::AlreadyExists);
    let id = json!({"id": made.id});
    absent(stranger.numbers.get_number(read::<GetNumberRequest>(id.clone())).await, "NUMBER_NOT_FOUND");
    absent(stranger.numbers.update_number(read::<UpdateNumberRequest>(id.clone())).await, "NUMBER_NOT_FOUND");
    absent(stranger.numbers.delete_number(read::<DeleteNumberRequest>(id)).await, "NUMBER_NOT_FOUND");
    let arrival = json!({
        "source": {"type": "tel", "target": "+15551230000"},
        "destination": {"type": "tel", "target": "+15559990002"},
        "text": "Hello.",
    });
    let arrival = read::<ReceiveMessageRequest>(arrival);
    absent(stranger.messages.receive_message(arrival.clone()).await, "NUMBER_NOT_FOUND");
    let message = owner.messages.receive_message(arrival).await.unwrap().into_inner().message.unwrap();
    let id = json!({"id": message.id});
    absent(stranger.messages.get_message(read::<GetMessageRequest>(id.clone())).await, "MESSAGE_NOT_FOUND");
    absent(stranger.messages.delete_message(read::<DeleteMessageRequest>(id.clone())).await, "MESSAGE_NOT_FOUND");
    let told = owner.webhooks.list_webhook_deliveries(ListWebhookDeliveriesRequest::default()).await.unwrap();
    let delivery = told.into_inner().deliveries.remove(0);
    assert_eq!(delivery.event_type, "message_received");
    let id = json!({"id": delivery.id});
    let get = stranger.webhooks.get_webhook_delivery(read::<GetWebhookDeliveryRequest>(id.clone())).await;
    absent(get, "WEBHOOK_DELIVERY_NOT_FOUND");
    let again = stranger.webhooks.redeliver_webhook(read::<RedeliverWebhookRequest>(id)).await;
    absent(again, "WEBHOOK_DELIVERY_NOT_FOUND");

    let call = call(&mut owner).await;
    let start = read::<StartRecordingRequest>(json!({"id": call.id}));
    absent(stranger.calls.start_recording(start.clone()).await, "CALL_NOT_FOUND");
    let recording = owner.calls.start_recording(start).await.unwrap().into_inner().call.unwrap().recording_id;
    let stop = read::<StopRecordingRequest>(json!({"id": call.id}));
    absent(stranger.calls.stop_recording(stop).await, "CALL_NOT_FOUND");
    let id = json!({"id": recording});
    absent(stranger.recordings.get_recording(read::<GetRecordingRequest>(id.clone())).await, "RECORDING_NOT_FOUND");
    let file = read::<DownloadRecordingRequest>(id.clone());
    absent(stranger.recordings.download_recording(file).await.map(|_| Response::new(())), "RECORDING_NOT_FOUND");
    let delete = stranger.recordings.delete_recording(read::<DeleteRecordingRequest>(id)).await;
    absent(delete, "RECORDING_NOT_FOUND");

    let numbers = stranger.numbers.list_numbers(ListNumbersRequest::default()).await.unwrap().into_inner();
    let messages = stranger.messages.list_messages(ListMessagesRequest::default()).await.unwrap().into_inner();
    let recordings = stranger.recordings.list_recordings(ListRecordingsRequest::default()).await.unwrap().into_inner();
    let told = stranger.webhooks.list_webhook_deliveries(ListWebhookDeliveriesRequest::default()).await.unwrap();
    let told = told.into_inner();
    assert_eq!((numbers, messages), Default::default());
    assert_eq!((recordings, told), Default::default());
    server.stop().await;
}
