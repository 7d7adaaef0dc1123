//! One fake for all services.

use axum::Router;
use axum::body::Body;
use axum::middleware::Next;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use prost::Message;
use ringdown::error::{Error, Reason};
use ringdown::grpc::native_errors;
use ringdown::proto::*;
use ringdown::rest::{router, routes};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tonic::{Response, Status};
use tower::ServiceExt;

/// Notes each request, and answers with what it was given before; else with an empty message.
#[derive(Clone, Default)]
pub struct Fake {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<Mutex<Option<Encoded>>>,
    told: Arc<Mutex<Vec<Encoded>>>,
    refusal: Arc<Mutex<Option<Reason>>>,
}

/// The RPC, its request and its metadata.
type Asked = (&'static str, Vec<u8>, HeaderMap);

/// An encoded message, or an error.
type Encoded = Result<Vec<u8>, Status>;

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    /// HTTP status, reason and message of an error.
    pub fn error(&self) -> String {
        let error = &self.json()["error"];
        format!("{} {} {}", self.status.as_u16(), error["reason"].as_str().unwrap(), error["message"].as_str().unwrap())
    }
}

/// Every request has an id, as the server gives it one.
pub async fn named(request: axum::extract::Request, next: Next) -> axum::response::Response {
    native_errors::within(request, (), |request| next.run(request)).await
}

impl Fake {
    pub fn router(&self) -> Router {
        self.rest().layer(axum::middleware::from_fn(named))
    }

    pub fn rest(&self) -> Router {
        let all = Arc::new(self.clone());
        router([
            routes::flow_service(&all),
            routes::call_service(&all),
            routes::activeflow_service(&all),
            routes::action_service(&all),
            routes::recording_service(&all),
            routes::simulator_service(&all),
            routes::access_key_service(&all),
            routes::message_service(&all),
            routes::number_service(&all),
            routes::customer_service(&all),
            routes::provider_service(&all),
            routes::route_service(&all),
            routes::webhook_service(&all),
        ])
    }

    /// Sends a request, `GET /v1.0/calls` say, with these headers.
    pub async fn send(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        self.send_to(self.router(), line, headers, body).await
    }

    pub async fn send_to(&self, router: Router, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let (method, uri) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = router.oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// What the next RPC answers.
    pub fn answers(&self, message: &impl Message) -> &Fake {
        *self.answer.lock().unwrap() = Some(Ok(message.encode_to_vec()));
        self
    }

    pub fn fails(&self, error: Error) -> &Fake {
        *self.answer.lock().unwrap() = Some(Err(error.into()));
        self
    }

    /// Has every request fail with this reason, as an error that the service makes when it is asked.
    pub fn refuses(&self, reason: Reason) {
        *self.refusal.lock().unwrap() = Some(reason);
    }

    /// Has the next watch end with this reason, as an error that is made while the stream is read.
    pub fn ends_with(&self, reason: Reason) {
        self.refuses(reason);
    }

    /// What the next watch tells.
    pub fn tells(&self, items: Vec<Encoded>) -> &Fake {
        *self.told.lock().unwrap() = items;
        self
    }

    /// The one RPC that was called since the last time, and its request.
    #[track_caller]
    pub fn asked<Q: Message + Default>(&self) -> (&'static str, Q, HeaderMap) {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        let [(name, request, headers)] = asked.as_slice() else { panic!("{} requests", asked.len()) };
        (name, Q::decode(request.as_slice()).unwrap(), headers.clone())
    }

    pub fn was_asked(&self) -> bool {
        !self.asked.lock().unwrap().is_empty()
    }

    fn note<Q: Message>(&self, name: &'static str, request: tonic::Request<Q>) {
        let (metadata, _, message) = request.into_parts();
        self.asked.lock().unwrap().push((name, message.encode_to_vec(), metadata.into_headers()));
    }

    fn unary<Q: Message, A: Message + Default>(
        &self,
        name: &'static str,
        request: tonic::Request<Q>,
    ) -> Result<Response<A>, Status> {
        self.note(name, request);
        if let Some(reason) = self.refusal.lock().unwrap().take() {
            return Err(Error::new(reason, "refused").into());
        }
        let answer = self.answer.lock().unwrap().take().unwrap_or(Ok(Vec::new()))?;
        Ok(Response::new(A::decode(answer.as_slice()).unwrap()))
    }

    fn stream<Q: Message, F: Send + 'static>(
        &self,
        name: &'static str,
        request: tonic::Request<Q>,
    ) -> Result<Response<Told<F>>, Status> {
        self.note(name, request);
        if let Some(Err(status)) = self.answer.lock().unwrap().take() {
            return Err(status);
        }
        let items = std::mem::take(&mut *self.told.lock().unwrap());
        let items = items.into_iter().map(|item| item.map(|bytes| Shared::Encoded(bytes.into())));
        let refusal = self.refusal.lock().unwrap().take();
        let end = futures::stream::iter(refusal).map(|reason| Err(Error::new(reason, "the end").into()));
        Ok(Response::new(futures::stream::iter(items).chain(end).boxed()))
    }
}

type Told<F> = BoxStream<'static, Result<Shared<F>, Status>>;

macro_rules! service {
    ($module:ident::$service:ident { $($rpc:ident($request:ident) -> $response:ident;)* }
     $(watch $watch:ident($watched:ident) -> $stream:ident of $frame:ident)?) => {
        #[tonic::async_trait]
        impl $module::$service for Fake {
            $(async fn $rpc(&self, request: tonic::Request<$request>) -> Result<Response<$response>, Status> {
                self.unary(stringify!($rpc), request)
            })*
            $(type $stream = Told<$frame>;

            async fn $watch(&self, request: tonic::Request<$watched>) -> Result<Response<Told<$frame>>, Status> {
                self.stream(stringify!($watch), request)
            })?
        }
    };
}

service! { flow_service_server::FlowService {
    create_flow(CreateFlowRequest) -> CreateFlowResponse;
    get_flow(GetFlowRequest) -> GetFlowResponse;
    list_flows(ListFlowsRequest) -> ListFlowsResponse;
    update_flow(UpdateFlowRequest) -> UpdateFlowResponse;
    delete_flow(DeleteFlowRequest) -> DeleteFlowResponse;
    validate_flow(ValidateFlowRequest) -> ValidateFlowResponse;
    list_flow_revisions(ListFlowRevisionsRequest) -> ListFlowRevisionsResponse;
    diff_flow_revisions(DiffFlowRevisionsRequest) -> DiffFlowRevisionsResponse;
    simulate_flow(SimulateFlowRequest) -> SimulateFlowResponse;
} }

service! { call_service_server::CallService {
    create_calls(CreateCallsRequest) -> CreateCallsResponse;
    get_call(GetCallRequest) -> GetCallResponse;
    list_calls(ListCallsRequest) -> ListCallsResponse;
    delete_call(DeleteCallRequest) -> DeleteCallResponse;
    hangup_call(HangupCallRequest) -> HangupCallResponse;
    talk_call(TalkCallRequest) -> TalkCallResponse;
    hold_call(HoldCallRequest) -> HoldCallResponse;
    unhold_call(UnholdCallRequest) -> UnholdCallResponse;
    mute_call(MuteCallRequest) -> MuteCallResponse;
    unmute_call(UnmuteCallRequest) -> UnmuteCallResponse;
    send_digits(SendDigitsRequest) -> SendDigitsResponse;
    start_recording(StartRecordingRequest) -> StartRecordingResponse;
    stop_recording(StopRecordingRequest) -> StopRecordingResponse;
    get_call_trace(GetCallTraceRequest) -> GetCallTraceResponse;
    get_call_pcap(GetCallPcapRequest) -> GetCallPcapResponse;
} watch watch_calls(WatchCallsRequest) -> WatchCallsStream of CallFrame }

service! { activeflow_service_server::ActiveflowService {
    create_activeflow(CreateActiveflowRequest) -> CreateActiveflowResponse;
    get_activeflow(GetActiveflowRequest) -> GetActiveflowResponse;
    list_activeflows(ListActiveflowsRequest) -> ListActiveflowsResponse;
    delete_activeflow(DeleteActiveflowRequest) -> DeleteActiveflowResponse;
    stop_activeflow(StopActiveflowRequest) -> StopActiveflowResponse;
    continue_activeflow(ContinueActiveflowRequest) -> ContinueActiveflowResponse;
    push_actions(PushActionsRequest) -> PushActionsResponse;
    get_variables(GetVariablesRequest) -> GetVariablesResponse;
    set_variables(SetVariablesRequest) -> SetVariablesResponse;
    list_activeflow_events(ListActiveflowEventsRequest) -> ListActiveflowEventsResponse;
} watch watch_activeflows(WatchActiveflowsRequest) -> WatchActiveflowsStream of ActiveflowFrame }

service! { action_service_server::ActionService {
    list_action_types(ListActionTypesRequest) -> ListActionTypesResponse;
} }

#[tonic::async_trait]
impl recording_service_server::RecordingService for Fake {
    async fn get_recording(
        &self,
        request: tonic::Request<GetRecordingRequest>,
    ) -> Result<Response<GetRecordingResponse>, Status> {
        self.unary("get_recording", request)
    }

    async fn list_recordings(
        &self,
        request: tonic::Request<ListRecordingsRequest>,
    ) -> Result<Response<ListRecordingsResponse>, Status> {
        self.unary("list_recordings", request)
    }

    async fn delete_recording(
        &self,
        request: tonic::Request<DeleteRecordingRequest>,
    ) -> Result<Response<DeleteRecordingResponse>, Status> {
        self.unary("delete_recording", request)
    }

    type DownloadRecordingStream = BoxStream<'static, Result<DownloadRecordingResponse, Status>>;

    async fn download_recording(
        &self,
        request: tonic::Request<DownloadRecordingRequest>,
    ) -> Result<Response<Self::DownloadRecordingStream>, Status> {
        let told: Response<DownloadRecordingResponse> = self.unary("download_recording", request)?;
        Ok(Response::new(futures::stream::iter([Ok(told.into_inner())]).boxed()))
    }
}

service! { simulator_service_server::SimulatorService {
    set_callee(SetCalleeRequest) -> SetCalleeResponse;
    simulate_incoming_call(SimulateIncomingCallRequest) -> SimulateIncomingCallResponse;
    simulate_digits(SimulateDigitsRequest) -> SimulateDigitsResponse;
    simulate_hangup(SimulateHangupRequest) -> SimulateHangupResponse;
} }

service! { access_key_service_server::AccessKeyService {
    create_access_key(CreateAccessKeyRequest) -> CreateAccessKeyResponse;
    get_access_key(GetAccessKeyRequest) -> GetAccessKeyResponse;
    list_access_keys(ListAccessKeysRequest) -> ListAccessKeysResponse;
    update_access_key(UpdateAccessKeyRequest) -> UpdateAccessKeyResponse;
    delete_access_key(DeleteAccessKeyRequest) -> DeleteAccessKeyResponse;
} }

service! { message_service_server::MessageService {
    send_message(SendMessageRequest) -> SendMessageResponse;
    receive_message(ReceiveMessageRequest) -> ReceiveMessageResponse;
    get_message(GetMessageRequest) -> GetMessageResponse;
    list_messages(ListMessagesRequest) -> ListMessagesResponse;
    delete_message(DeleteMessageRequest) -> DeleteMessageResponse;
} }

service! { number_service_server::NumberService {
    create_number(CreateNumberRequest) -> CreateNumberResponse;
    get_number(GetNumberRequest) -> GetNumberResponse;
    list_numbers(ListNumbersRequest) -> ListNumbersResponse;
    update_number(UpdateNumberRequest) -> UpdateNumberResponse;
    delete_number(DeleteNumberRequest) -> DeleteNumberResponse;
} }

service! { customer_service_server::CustomerService {
    get_customer(GetCustomerRequest) -> GetCustomerResponse;
    update_customer(UpdateCustomerRequest) -> UpdateCustomerResponse;
    list_customers(ListCustomersRequest) -> ListCustomersResponse;
    create_customer(CreateCustomerRequest) -> CreateCustomerResponse;
    get_customer_use(GetCustomerUseRequest) -> GetCustomerUseResponse;
    update_customer_limits(UpdateCustomerLimitsRequest) -> UpdateCustomerLimitsResponse;
    suspend_customer(SuspendCustomerRequest) -> SuspendCustomerResponse;
    resume_customer(ResumeCustomerRequest) -> ResumeCustomerResponse;
    delete_customer(DeleteCustomerRequest) -> DeleteCustomerResponse;
} }

service! { provider_service_server::ProviderService {
    create_provider(CreateProviderRequest) -> CreateProviderResponse;
    get_provider(GetProviderRequest) -> GetProviderResponse;
    list_providers(ListProvidersRequest) -> ListProvidersResponse;
    update_provider(UpdateProviderRequest) -> UpdateProviderResponse;
    delete_provider(DeleteProviderRequest) -> DeleteProviderResponse;
} }

service! { route_service_server::RouteService {
    create_route(CreateRouteRequest) -> CreateRouteResponse;
    get_route(GetRouteRequest) -> GetRouteResponse;
    list_routes(ListRoutesRequest) -> ListRoutesResponse;
    update_route(UpdateRouteRequest) -> UpdateRouteResponse;
    delete_route(DeleteRouteRequest) -> DeleteRouteResponse;
    list_dial_routes(ListDialRoutesRequest) -> ListDialRoutesResponse;
} }

service! { webhook_service_server::WebhookService {
    list_webhook_deliveries(ListWebhookDeliveriesRequest) -> ListWebhookDeliveriesResponse;
    get_webhook_delivery(GetWebhookDeliveryRequest) -> GetWebhookDeliveryResponse;
    redeliver_webhook(RedeliverWebhookRequest) -> RedeliverWebhookResponse;
} }
