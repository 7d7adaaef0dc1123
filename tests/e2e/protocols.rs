//! One request through both faces, and what each of them answers, in one form.

use crate::server::{Grpc, Guest, Rest};
use ringdown::proto::*;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use tonic_types::StatusExt;

/// An error, as either face tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: String,
    pub reason: String,
    pub message: String,
    /// Path and description of each field at fault.
    pub fields: Vec<(String, String)>,
}

pub type Outcome = Result<Value, Reply>;

/// A route of REST, as the OpenAPI document describes it.
struct Route {
    verb: String,
    path: String,
    body: bool,
}

pub struct Protocols {
    pub grpc: Grpc,
    pub rest: Rest,
    routes: HashMap<String, Route>,
}

/// The first frame of a stream.
macro_rules! first {
    ($self:ident, $client:ident.$method:ident($message:ident), $request:ident) => {{
        let message: $message = json::read($request.clone()).unwrap();
        match $self.grpc.$client.clone().$method(message).await {
            Err(status) => Err(status),
            Ok(stream) => stream.into_inner().message().await.map(|frame| match frame {
                Some(frame) => serde_json::to_value(frame.into_message().unwrap()).unwrap(),
                None => Value::Null,
            }),
        }
    }};
}

impl Protocols {
    pub async fn of(guest: &Guest) -> Protocols {
        Protocols::new(guest.grpc.clone(), guest.rest.clone()).await
    }

    pub async fn new(grpc: Grpc, rest: Rest) -> Protocols {
        let document = rest.ok("GET", "/v1.0/openapi.json", None).await;
        let mut routes = HashMap::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            // gRPC says the same with a mask, which JSON does not have.
            for (verb, operation) in operations.as_object().unwrap().iter().filter(|(verb, _)| *verb != "patch") {
                let name = operation["operationId"].as_str().unwrap().to_owned();
                let body = operation.get("requestBody").is_some();
                routes.insert(name, Route { verb: verb.to_uppercase(), path: path.clone(), body });
            }
        }
        Protocols { grpc, rest, routes }
    }

    /// The RPCs that REST has.
    pub fn rpcs(&self) -> Vec<&str> {
        self.routes.keys().map(String::as_str).collect()
    }

    /// Through both, one after the other. Errors must be the same.
    pub async fn both(&self, rpc: &str, request: Value) -> (Outcome, Outcome) {
        let grpc = self.grpc(rpc, &request, "").await;
        let rest = self.rest(rpc, &request, "").await;
        match (&grpc, &rest) {
            (Err(grpc), Err(rest)) => assert_eq!(grpc, rest, "{rpc} {request}"),
            (Ok(_), Ok(_)) => {}
            _ => panic!("{rpc} {request}: the faces differ:\n{grpc:?}\n{rest:?}"),
        }
        (grpc, rest)
    }

    /// What both refuse.
    pub async fn refused(&self, rpc: &str, request: Value) -> Reply {
        match self.both(rpc, request.clone()).await.0 {
            Err(told) => told,
            Ok(answer) => panic!("{rpc} {request} was taken: {answer}"),
        }
    }

    /// What both answer alike, to a request that only reads.
    pub async fn read(&self, rpc: &str, request: Value) -> Value {
        let (grpc, rest) = self.both(rpc, request.clone()).await;
        let (grpc, rest) = (grpc.unwrap(), rest.unwrap());
        // As text: the order of the keys counts.
        assert_eq!(grpc.to_string(), rest.to_string(), "{rpc} {request}");
        grpc
    }

    pub async fn rest(&self, rpc: &str, request: &Value, key: &str) -> Outcome {
        let route = self.routes.get(rpc).unwrap_or_else(|| panic!("REST has no {rpc}"));
        let mut fields = request.as_object().unwrap().clone();
        let mut path = route.path.clone();
        while let Some((from, to)) = path.find('{').zip(path.find('}')) {
            let value = fields.remove(&path[from + 1..to]).unwrap_or_default();
            let value = percent(value.as_str().unwrap_or_default());
            path.replace_range(from..=to, &value);
        }
        if !route.body && !fields.is_empty() {
            path = format!("{path}?{}", query(&fields));
        }
        let body = route.body.then_some(Value::Object(fields));
        let once = [("idempotency-key", key)];
        let headers = if key.is_empty() { &[][..] } else { &once[..] };
        let (status, answer) = self.rest.send_with(&route.verb, &path, body.as_ref(), headers).await;
        match status {
            200 => Ok(answer),
            _ => Err(Reply::from_envelope(status, &answer)),
        }
    }

    pub async fn grpc(&self, rpc: &str, request: &Value, key: &str) -> Outcome {
        macro_rules! call {
            ($client:ident.$method:ident($message:ident $(, $once:ident)?) $(. $field:ident)?) => {{
                #[allow(unused_mut)]
                let mut message: $message = json::read(request.clone()).unwrap_or_else(|fault| panic!("{rpc}: {fault}"));
                $(message.$once = key.to_owned();)?
                let answer = self.grpc.$client.clone().$method(message).await;
                answer.map(|answer| serde_json::to_value(&answer.get_ref()$(.$field)?).unwrap())
            }};
        }
        let answer = match rpc {
            "CreateFlow" => call!(flows.create_flow(CreateFlowRequest, idempotency_key).flow),
            "GetFlow" => call!(flows.get_flow(GetFlowRequest).flow),
            "ListFlows" => call!(flows.list_flows(ListFlowsRequest)),
            "UpdateFlow" => call!(flows.update_flow(UpdateFlowRequest).flow),
            "DeleteFlow" => call!(flows.delete_flow(DeleteFlowRequest).flow),
            "ValidateFlow" => call!(flows.validate_flow(ValidateFlowRequest)),
            "ListFlowRevisions" => call!(flows.list_flow_revisions(ListFlowRevisionsRequest)),
            "DiffFlowRevisions" => call!(flows.diff_flow_revisions(DiffFlowRevisionsRequest)),
            "SimulateFlow" => call!(flows.simulate_flow(SimulateFlowRequest)),
            "CreateCalls" => call!(calls.create_calls(CreateCallsRequest, idempotency_key).calls),
            "GetCall" => call!(calls.get_call(GetCallRequest).call),
            "ListCalls" => call!(calls.list_calls(ListCallsRequest)),
            "DeleteCall" => call!(calls.delete_call(DeleteCallRequest).call),
            "HangupCall" => call!(calls.hangup_call(HangupCallRequest, idempotency_key).call),
            "TalkCall" => call!(calls.talk_call(TalkCallRequest, idempotency_key).call),
            "HoldCall" => call!(calls.hold_call(HoldCallRequest, idempotency_key).call),
            "UnholdCall" => call!(calls.unhold_call(UnholdCallRequest).call),
            "MuteCall" => call!(calls.mute_call(MuteCallRequest, idempotency_key).call),
            "UnmuteCall" => call!(calls.unmute_call(UnmuteCallRequest).call),
            "SendDigits" => call!(calls.send_digits(SendDigitsRequest, idempotency_key).call),
            "StartRecording" => call!(calls.start_recording(StartRecordingRequest, idempotency_key).call),
            "StopRecording" => call!(calls.stop_recording(StopRecordingRequest, idempotency_key).call),
            "GetCallTrace" => call!(calls.get_call_trace(GetCallTraceRequest)),
            "GetCallPcap" => call!(calls.get_call_pcap(GetCallPcapRequest)),
            "GetRecording" => call!(recordings.get_recording(GetRecordingRequest).recording),
            "ListRecordings" => call!(recordings.list_recordings(ListRecordingsRequest)),
            "DeleteRecording" => call!(recordings.delete_recording(DeleteRecordingRequest).recording),
            "CreateActiveflow" => {
                call!(activeflows.create_activeflow(CreateActiveflowRequest, idempotency_key).activeflow)
            }
            "GetActiveflow" => call!(activeflows.get_activeflow(GetActiveflowRequest).activeflow),
            "ListActiveflows" => call!(activeflows.list_activeflows(ListActiveflowsRequest)),
            "DeleteActiveflow" => call!(activeflows.delete_activeflow(DeleteActiveflowRequest).activeflow),
            "StopActiveflow" => call!(activeflows.stop_activeflow(StopActiveflowRequest, idempotency_key).activeflow),
            "ContinueActiveflow" => {
                call!(activeflows.continue_activeflow(ContinueActiveflowRequest, idempotency_key).activeflow)
            }
            "PushActions" => call!(activeflows.push_actions(PushActionsRequest, idempotency_key).activeflow),
            "GetVariables" => call!(activeflows.get_variables(GetVariablesRequest)),
            "SetVariables" => call!(activeflows.set_variables(SetVariablesRequest)),
            "ListActiveflowEvents" => call!(activeflows.list_activeflow_events(ListActiveflowEventsRequest)),
            "ListActionTypes" => call!(actions.list_action_types(ListActionTypesRequest)),
            "SetCallee" => call!(simulator.set_callee(SetCalleeRequest).callee),
            "SimulateIncomingCall" => {
                call!(simulator.simulate_incoming_call(SimulateIncomingCallRequest, idempotency_key).call)
            }
            "SimulateDigits" => call!(simulator.simulate_digits(SimulateDigitsRequest, idempotency_key).call),
            "SimulateHangup" => call!(simulator.simulate_hangup(SimulateHangupRequest, idempotency_key).call),
            "CreateAccessKey" => {
                call!(access_keys.create_access_key(CreateAccessKeyRequest, idempotency_key).access_key)
            }
            "GetAccessKey" => call!(access_keys.get_access_key(GetAccessKeyRequest).access_key),
            "ListAccessKeys" => call!(access_keys.list_access_keys(ListAccessKeysRequest)),
            "UpdateAccessKey" => call!(access_keys.update_access_key(UpdateAccessKeyRequest).access_key),
            "DeleteAccessKey" => call!(access_keys.delete_access_key(DeleteAccessKeyRequest).access_key),
            "SendMessage" => call!(messages.send_message(SendMessageRequest, idempotency_key).messages),
            "ReceiveMessage" => call!(messages.receive_message(ReceiveMessageRequest, idempotency_key).message),
            "GetMessage" => call!(messages.get_message(GetMessageRequest).message),
            "ListMessages" => call!(messages.list_messages(ListMessagesRequest)),
            "DeleteMessage" => call!(messages.delete_message(DeleteMessageRequest).message),
            "CreateNumber" => call!(numbers.create_number(CreateNumberRequest, idempotency_key).number),
            "GetNumber" => call!(numbers.get_number(GetNumberRequest).number),
            "ListNumbers" => call!(numbers.list_numbers(ListNumbersRequest)),
            "UpdateNumber" => call!(numbers.update_number(UpdateNumberRequest).number),
            "DeleteNumber" => call!(numbers.delete_number(DeleteNumberRequest).number),
            "GetCustomer" => call!(customers.get_customer(GetCustomerRequest).customer),
            "UpdateCustomer" => call!(customers.update_customer(UpdateCustomerRequest).customer),
            "ListCustomers" => call!(customers.list_customers(ListCustomersRequest)),
            "CreateCustomer" => call!(customers.create_customer(CreateCustomerRequest, idempotency_key)),
            "GetCustomerUse" => call!(customers.get_customer_use(GetCustomerUseRequest)),
            "UpdateCustomerLimits" => {
                call!(customers.update_customer_limits(UpdateCustomerLimitsRequest).customer)
            }
            "SuspendCustomer" => {
                call!(customers.suspend_customer(SuspendCustomerRequest, idempotency_key).customer)
            }
            "ResumeCustomer" => call!(customers.resume_customer(ResumeCustomerRequest, idempotency_key).customer),
            "DeleteCustomer" => call!(customers.delete_customer(DeleteCustomerRequest).customer),
            "CreateProvider" => call!(providers.create_provider(CreateProviderRequest, idempotency_key).provider),
            "GetProvider" => call!(providers.get_provider(GetProviderRequest).provider),
            "ListProviders" => call!(providers.list_providers(ListProvidersRequest)),
            "UpdateProvider" => call!(providers.update_provider(UpdateProviderRequest).provider),
            "DeleteProvider" => call!(providers.delete_provider(DeleteProviderRequest).provider),
            "CreateRoute" => call!(routes.create_route(CreateRouteRequest, idempotency_key).route),
            "GetRoute" => call!(routes.get_route(GetRouteRequest).route),
            "ListRoutes" => call!(routes.list_routes(ListRoutesRequest)),
            "UpdateRoute" => call!(routes.update_route(UpdateRouteRequest).route),
            "DeleteRoute" => call!(routes.delete_route(DeleteRouteRequest).route),
            "ListDialRoutes" => call!(routes.list_dial_routes(ListDialRoutesRequest)),
            "ListWebhookDeliveries" => call!(webhooks.list_webhook_deliveries(ListWebhookDeliveriesRequest)),
            "GetWebhookDelivery" => call!(webhooks.get_webhook_delivery(GetWebhookDeliveryRequest).delivery),
            "RedeliverWebhook" => {
                call!(webhooks.redeliver_webhook(RedeliverWebhookRequest, idempotency_key).delivery)
            }
            // A stream: what it tells first, or the refusal. In one second it must have begun.
            "WatchActiveflows" => first!(self, activeflows.watch_activeflows(WatchActiveflowsRequest), request),
            "WatchCalls" => first!(self, calls.watch_calls(WatchCallsRequest), request),
            _ => panic!("no {rpc} is known here"),
        };
        answer.map_err(|status| Reply::from_status(&status))
    }
}

impl Reply {
    pub fn from_status(status: &tonic::Status) -> Reply {
        let details = status.get_error_details();
        let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
        assert_eq!(info.domain, "ringdown");
        assert!(!details.request_info().expect("RequestInfo").request_id.is_empty());
        let fields = details.bad_request().map(|it| it.field_violations.clone()).unwrap_or_default();
        Reply {
            status: code_name(status.code()),
            reason: info.reason.clone(),
            message: status.message().to_owned(),
            fields: fields.into_iter().map(|it| (it.field, it.description)).collect(),
        }
    }

    pub fn from_envelope(http: u16, envelope: &Value) -> Reply {
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(envelope), ["error"]);
        let error = &envelope["error"];
        assert_eq!(keys(error), ["status", "reason", "message", "request_id", "details"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        assert!(!text(&error["request_id"]).is_empty());
        let status = text(&error["status"]);
        assert_eq!(http, http_of(&status), "{envelope}");
        let field = |it: &Value| {
            assert_eq!(keys(it), ["field", "description"]);
            (text(&it["field"]), text(&it["description"]))
        };
        Reply {
            status,
            reason: text(&error["reason"]),
            message: text(&error["message"]),
            fields: error["details"].as_array().unwrap().iter().map(field).collect(),
        }
    }

    /// The paths of the fields at fault.
    pub fn paths(&self) -> Vec<&str> {
        self.fields.iter().map(|(path, _)| path.as_str()).collect()
    }
}

/// The contract's table.
fn http_of(status: &str) -> u16 {
    match status {
        "INVALID_ARGUMENT" => 400,
        "OUT_OF_RANGE" => 410,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "ALREADY_EXISTS" | "FAILED_PRECONDITION" | "ABORTED" => 409,
        "RESOURCE_EXHAUSTED" => 429,
        "UNIMPLEMENTED" => 501,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => 500,
    }
}

/// `NotFound` as `NOT_FOUND`.
fn code_name(code: tonic::Code) -> String {
    let mut name = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn query(fields: &Map<String, Value>) -> String {
    let pair = |name: &str, value: &Value| match value {
        Value::String(text) => format!("{name}={}", percent(text)),
        other => format!("{name}={other}"),
    };
    let pairs = fields.iter().flat_map(|(name, value)| match value {
        Value::Array(items) => items.iter().map(|item| pair(name, item)).collect(),
        value => vec![pair(name, value)],
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A resource without what is another each time: ids are numbered as they come, times, keys, secrets and the numbers of
/// [`crate::parity`] are told by kind alone, inside longer texts too.
pub fn blank(value: &Value) -> Value {
    fn go(value: &Value, ids: &mut Vec<String>) -> Value {
        match value {
            Value::String(text) if text.starts_with("rd_") => json!("key"),
            Value::String(text) if text.starts_with("whsec_") => json!("secret"),
            Value::String(text) => json!(blank_text(text, ids)),
            Value::Array(items) => items.iter().map(|item| go(item, ids)).collect(),
            Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), go(value, ids))).collect(),
            other => other.clone(),
        }
    }
    go(value, &mut Vec::new())
}

fn blank_text(text: &str, ids: &mut Vec<String>) -> String {
    let (mut rest, mut blanked) = (text, String::new());
    while let Some(first) = rest.chars().next() {
        let length = if let Some(id) = rest.get(..36).filter(|it| is_uuid(it) && !it.starts_with("00000000-0000")) {
            let at = ids.iter().position(|known| known == id).unwrap_or_else(|| {
                ids.push(id.to_owned());
                ids.len() - 1
            });
            blanked += &format!("id {at}");
            36
        } else if rest.get(..26).is_some_and(|it| is_time(&it.replacen('T', " ", 1)) && !it.starts_with("9999")) {
            blanked += "time";
            26
        } else if rest.starts_with(crate::parity::NUMBERS) {
            blanked += "number";
            crate::parity::NUMBERS.len() + 4
        } else {
            blanked.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    blanked
}

pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
        })
}

/// `2023-04-06 14:53:12.569073`
pub fn is_time(text: &str) -> bool {
    text.len() == 26
        && text.char_indices().all(|(at, c)| match at {
            4 | 7 => c == '-',
            10 => c == ' ',
            13 | 16 => c == ':',
            19 => c == '.',
            _ => c.is_ascii_digit(),
        })
}
