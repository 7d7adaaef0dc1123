//! CallService.

use super::activeflows::watched;
use super::convert;
use crate::api::calls::NewCalls;
use crate::api::page::Page;
use crate::api::{App, Filter, IdempotentRequest, Subject, Watch};
use crate::auth::Sessions;
use crate::engine;
use crate::engine::actions::digits_send::{GAP_MS, TONE_MS};
use crate::engine::check::Problem;
use crate::error::{Error, Reason, Result, Violation, all, each};
use crate::http::auth::caller;
use crate::model::call;
use crate::model::telephony::Media;
use crate::proto::call_service_server::CallService;
use crate::proto::*;
use crate::store::CallFilter;
use futures::stream::{BoxStream, StreamExt};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The largest number of calls that one request creates.
const MAX_DESTINATIONS: usize = 20;

/// The largest number of keys that one request sends.
const MAX_DIGITS: usize = 100;

pub struct Calls(pub Arc<App>, pub Sessions);

fn mute_direction(number: i32) -> Result<call::MuteDirection> {
    convert::choice::<MuteDirection>("direction", number)?;
    Ok(match MuteDirection::try_from(number) {
        Ok(MuteDirection::In) => call::MuteDirection::In,
        Ok(MuteDirection::Out) => call::MuteDirection::Out,
        _ => call::MuteDirection::Both,
    })
}

/// Returns the options of the recording, checked by the rules of the action `recording_start`.
fn recording(request: StartRecordingRequest) -> Result<RecordingStartOption> {
    let on_end = convert::optional_id("on_end_flow_id", &request.on_end_flow_id);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let option = RecordingStartOption {
        format: given(request.format),
        end_of_silence: Some(request.end_of_silence),
        end_of_key: given(request.end_of_key),
        duration: Some(request.duration),
        beep_start: Some(request.beep_start),
        on_end_flow_id: given(request.on_end_flow_id),
    };
    let mut problems = engine::actions::problems_of_option(&action::Option::RecordingStart(option.clone()));
    // A violation of that id is already in `on_end`.
    problems.retain(|problem| on_end.is_ok() || problem.path != "on_end_flow_id");
    let violation = |it: Problem| Violation { field: it.path, description: it.description };
    let checked = match problems.is_empty() {
        true => Ok(option),
        false => Err(Error::fields(Reason::InvalidArgument, problems.into_iter().map(violation).collect())),
    };
    all((on_end, checked)).map(|(_, option)| option)
}

/// Checks and converts the destinations of a request.
fn destinations(given: &[Address]) -> Result<Vec<call::Address>> {
    if given.is_empty() || given.len() > MAX_DESTINATIONS {
        let expected = format!("expected 1 to {MAX_DESTINATIONS} addresses");
        return Err(Error::field(Reason::InvalidArgument, "destinations", expected));
    }
    let named = given.iter().enumerate().map(|(at, address)| (format!("destinations[{at}]"), address));
    each(named.map(|(field, address)| convert::address(&field, Some(address))))
}

/// Checks and converts the speech of a request.
fn speech(request: TalkCallRequest) -> Result<Media> {
    let text = convert::text("text", request.text, 5_000).and_then(|text| match text.is_empty() {
        true => Err(Error::field(Reason::InvalidArgument, "text", "expected 1 to 5000 characters")),
        false => Ok(text),
    });
    let (text, language, gender, provider, voice_id) = all((
        text,
        convert::text("language", request.language, 128),
        convert::text("gender", request.gender, 128),
        convert::text("provider", request.provider, 128),
        convert::text("voice_id", request.voice_id, 128),
    ))?;
    Ok(Media::Speech { text, language, gender, provider, voice_id })
}

#[tonic::async_trait]
impl CallService for Calls {
    async fn create_calls(
        &self,
        request: Request<CreateCallsRequest>,
    ) -> Result<Response<CreateCallsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/CreateCalls";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let checked = all((
            idempotency,
            convert::address("source", request.source.as_ref()),
            destinations(&request.destinations),
            convert::flow_or_actions(&request.flow_id, &request.actions),
            convert::variables(request.variables),
        ));
        let (idempotency, source, destinations, flow_id, variables) =
            checked.map_err(|error| error.and_of(self.0.check(&request.actions)))?;
        let program = convert::program(flow_id, request.actions);
        let new = NewCalls { source, destinations, program, variables };
        Ok(Response::new(self.0.create_calls(customer_id, new, idempotency).await?))
    }

    async fn get_call(&self, request: Request<GetCallRequest>) -> Result<Response<GetCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let call = self.0.get_call(customer_id, id).await?;
        Ok(Response::new(GetCallResponse { call: Some(call) }))
    }

    async fn list_calls(&self, request: Request<ListCallsRequest>) -> Result<Response<ListCallsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (page, status, direction, flow_id, activeflow_id) = all((
            Page::of(request.page_size, &request.page_token),
            convert::choice::<CallStatus>("status", request.status),
            convert::choice::<CallDirection>("direction", request.direction),
            convert::optional_id("flow_id", &request.flow_id),
            convert::optional_id("activeflow_id", &request.activeflow_id),
        ))?;
        let filter = CallFilter { status, direction, flow_id, activeflow_id };
        Ok(Response::new(self.0.list_calls(customer_id, page, filter).await?))
    }

    async fn delete_call(&self, request: Request<DeleteCallRequest>) -> Result<Response<DeleteCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let call = self.0.delete_call(customer_id, id).await?;
        Ok(Response::new(DeleteCallResponse { call: Some(call) }))
    }

    async fn hangup_call(&self, request: Request<HangupCallRequest>) -> Result<Response<HangupCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/HangupCall";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id) = all((idempotency, convert::id("id", &request.id)))?;
        let wrap = |call| HangupCallResponse { call: Some(call) };
        let request = engine::Request::Hangup { call_id };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn talk_call(&self, request: Request<TalkCallRequest>) -> Result<Response<TalkCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/TalkCall";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id, media) = all((idempotency, convert::id("id", &request.id), speech(request)))?;
        let wrap = |call| TalkCallResponse { call: Some(call) };
        let missing = self.0.available.missing("talk");
        if !missing.is_empty() {
            return Err(Error::new(Reason::ActionNotAvailable, format!("talk requires {missing}")).into());
        }
        let request = engine::Request::Talk { call_id, media };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn hold_call(&self, request: Request<HoldCallRequest>) -> Result<Response<HoldCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/HoldCall";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id) = all((idempotency, convert::id("id", &request.id)))?;
        let wrap = |call| HoldCallResponse { call: Some(call) };
        let request = engine::Request::Hold { call_id };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn unhold_call(&self, request: Request<UnholdCallRequest>) -> Result<Response<UnholdCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let call_id = convert::id("id", &request.get_ref().id)?;
        let wrap = |call| UnholdCallResponse { call: Some(call) };
        let request = engine::Request::Unhold { call_id };
        Ok(Response::new(self.0.command(customer_id, call_id, request, None, wrap).await?))
    }

    async fn mute_call(&self, request: Request<MuteCallRequest>) -> Result<Response<MuteCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/MuteCall";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let direction = mute_direction(request.direction);
        let (idempotency, call_id, direction) = all((idempotency, convert::id("id", &request.id), direction))?;
        let wrap = |call| MuteCallResponse { call: Some(call) };
        let request = engine::Request::Mute { call_id, direction };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn unmute_call(&self, request: Request<UnmuteCallRequest>) -> Result<Response<UnmuteCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (call_id, direction) = all((convert::id("id", &request.id), mute_direction(request.direction)))?;
        let wrap = |call| UnmuteCallResponse { call: Some(call) };
        let request = engine::Request::Unmute { call_id, direction };
        Ok(Response::new(self.0.command(customer_id, call_id, request, None, wrap).await?))
    }

    async fn send_digits(&self, request: Request<SendDigitsRequest>) -> Result<Response<SendDigitsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/SendDigits";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id, digits, tone_ms, gap_ms) = all((
            idempotency,
            convert::id("id", &request.id),
            convert::digits("digits", request.digits, MAX_DIGITS),
            convert::millis("duration_ms", request.duration_ms, TONE_MS, 100..=1_000),
            convert::millis("interval_ms", request.interval_ms, GAP_MS, 0..=5_000),
        ))?;
        let request = engine::Request::SendDigits { call_id, digits, tone_ms, gap_ms };
        let wrap = |call| SendDigitsResponse { call: Some(call) };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn start_recording(
        &self,
        request: Request<StartRecordingRequest>,
    ) -> Result<Response<StartRecordingResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/StartRecording";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id, option) = all((idempotency, convert::id("id", &request.id), recording(request)))?;
        Ok(Response::new(self.0.start_recording(customer_id, call_id, option, idempotency).await?))
    }

    async fn stop_recording(
        &self,
        request: Request<StopRecordingRequest>,
    ) -> Result<Response<StopRecordingResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.CallService/StopRecording";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id) = all((idempotency, convert::id("id", &request.id)))?;
        let wrap = |call| StopRecordingResponse { call: Some(call) };
        let request = engine::Request::StopRecording { call_id };
        Ok(Response::new(self.0.command(customer_id, call_id, request, idempotency, wrap).await?))
    }

    async fn get_call_trace(
        &self,
        request: Request<GetCallTraceRequest>,
    ) -> Result<Response<GetCallTraceResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        Ok(Response::new(self.0.call_trace(customer_id, id).await?))
    }

    async fn get_call_pcap(
        &self,
        request: Request<GetCallPcapRequest>,
    ) -> Result<Response<GetCallPcapResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let data = self.0.call_pcap(customer_id, id).await?;
        Ok(Response::new(GetCallPcapResponse { data }))
    }

    type WatchCallsStream = BoxStream<'static, Result<Shared<CallFrame>, Status>>;

    async fn watch_calls(
        &self,
        request: Request<WatchCallsRequest>,
    ) -> Result<Response<Self::WatchCallsStream>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let checked = all((
            watched("ids", &request.ids, request.until_ended),
            convert::optional_id("flow_id", &request.flow_id),
            convert::optional_id("activeflow_id", &request.activeflow_id),
            convert::choice::<CallDirection>("direction", request.direction),
        ));
        let (ids, flow_id, activeflow_id, direction) =
            checked.map_err(|error| error.and_of(self.0.check_resume_token(&request.resume_token)))?;
        let filter = Filter { ids, flow_id, activeflow_id, direction, ..Filter::default() };
        let watch = Watch {
            subject: Subject::Calls,
            filter,
            resume_token: request.resume_token,
            include_snapshot: request.include_snapshot,
            until_ended: request.until_ended,
        };
        let frames = self.0.watch(caller.customer_id, watch).await?;
        let frames = self.1.within(&caller, frames);
        let frames = frames.map(|frame| frame.map(Shared::Encoded).map_err(Status::from));
        Ok(Response::new(frames.boxed()))
    }
}
