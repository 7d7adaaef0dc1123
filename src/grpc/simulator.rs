//! SimulatorService.

use super::convert;
use crate::api::{App, IdempotentRequest};
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::proto::simulator_service_server::SimulatorService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The largest number of keys in one request; the same limit applies to the keys that a remote party has yet to press.
const MAX_KEYS: usize = 64;
/// The longest phrase of a status, in characters.
const MAX_CAUSE: usize = 64;
/// The status of a number that rejects calls, if no other one is set.
const DECLINE: i32 = 603;

pub struct Simulator(pub Arc<App>);

/// Returns what a number does before its steps, in the script language of the simulated phones, one line each.
fn reply(request: &SetCalleeRequest) -> Vec<String> {
    let answer = match request.answer() {
        CalleeAnswer::Unspecified | CalleeAnswer::Answer => "answer".to_owned(),
        CalleeAnswer::Busy => "busy".to_owned(),
        CalleeAnswer::Reject => {
            let code = if request.sip_code == 0 { DECLINE } else { request.sip_code };
            match request.cause.as_str() {
                "" => format!("reject {code}"),
                cause => format!("reject {code} \"{cause}\""),
            }
        }
        CalleeAnswer::NoAnswer => "no_answer".to_owned(),
    };
    let ring = (request.ring_ms > 0).then(|| format!("ring {}ms", request.ring_ms));
    let early_media = (request.early_media_ms > 0).then(|| format!("early_media {}ms", request.early_media_ms));
    ring.into_iter().chain(early_media).chain([answer]).collect()
}

/// Checks the status with which a number rejects calls.
fn sip_code(request: &SetCalleeRequest) -> Result<()> {
    let rejects = request.answer() == CalleeAnswer::Reject;
    match request.sip_code {
        0 => Ok(()),
        300..=699 if rejects => Ok(()),
        _ => {
            Err(Error::field(Reason::InvalidArgument, "sip_code", "expected 0; or 300 to 699 if the answer is reject"))
        }
    }
}

/// Checks the phrase of that status.
fn cause(request: &SetCalleeRequest) -> Result<()> {
    let rejects = request.answer() == CalleeAnswer::Reject;
    let cause = request.cause.as_str();
    let fits = cause.chars().count() <= MAX_CAUSE && !cause.contains(|c: char| c == '"' || c.is_control());
    match cause.is_empty() || rejects && fits {
        true => Ok(()),
        false => {
            let expected = format!(
                "expected up to {MAX_CAUSE} characters without quotes and control characters, if the answer is reject"
            );
            Err(Error::field(Reason::InvalidArgument, "cause", expected))
        }
    }
}

/// Checks the target of an address of any type.
fn target(field: &str, target: &str) -> Result<()> {
    if target.is_empty() || target.len() > 255 || target.contains('\0') {
        let expected = "expected the target of an address: 1 to 255 characters";
        return Err(Error::field(Reason::InvalidAddress, field, expected));
    }
    Ok(())
}

#[tonic::async_trait]
impl SimulatorService for Simulator {
    async fn set_callee(&self, request: Request<SetCalleeRequest>) -> Result<Response<SetCalleeResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let answer = convert::choice::<CalleeAnswer>("answer", request.answer);
        let ring = convert::millis("ring_ms", Some(request.ring_ms), 0, 0..=3_600_000);
        let early_media = convert::millis("early_media_ms", Some(request.early_media_ms), 0, 0..=3_600_000);
        let (sip_code, cause) = (sip_code(&request), cause(&request));
        // The answer, if it is valid, decides whether steps are allowed.
        let valid = ring.is_ok() && early_media.is_ok() && sip_code.is_ok() && cause.is_ok();
        let reply = match answer.is_ok() && valid {
            true => reply(&request),
            false => reply(&SetCalleeRequest::default()),
        };
        all((target("target", &request.target), answer, ring, early_media, sip_code, cause))
            .map_err(|error| error.and_of(self.0.check_steps(&reply, &request.steps)))?;
        self.0.set_callee(customer_id, &request.target, &reply, &request.steps).await?;
        let SetCalleeRequest { target, ring_ms, answer, steps, early_media_ms, sip_code, cause } = request;
        let callee = Callee { target, ring_ms, answer, steps, early_media_ms, sip_code, cause };
        Ok(Response::new(SetCalleeResponse { callee: Some(callee) }))
    }

    async fn simulate_incoming_call(
        &self,
        request: Request<SimulateIncomingCallRequest>,
    ) -> Result<Response<SimulateIncomingCallResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.SimulatorService/SimulateIncomingCall";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let source = convert::address("source", request.source.as_ref());
        let destination = convert::address("destination", request.destination.as_ref());
        let none = request.flow_id.is_empty() && request.actions.is_empty();
        let flow_id = match none {
            true => Ok(None),
            false => convert::flow_or_actions(&request.flow_id, &request.actions),
        };
        let checked = all((idempotency, source, destination, flow_id));
        let (idempotency, source, destination, flow_id) =
            checked.map_err(|error| error.and_of(self.0.check(&request.actions)))?;
        let program = (!none).then(|| convert::program(flow_id, request.actions));
        let response = self.0.simulate_incoming_call(customer_id, source, destination, program, idempotency).await?;
        Ok(Response::new(response))
    }

    async fn simulate_digits(
        &self,
        request: Request<SimulateDigitsRequest>,
    ) -> Result<Response<SimulateDigitsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.SimulatorService/SimulateDigits";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let digits = convert::digits("digits", request.digits, MAX_KEYS);
        let (idempotency, call_id, digits) = all((idempotency, convert::id("call_id", &request.call_id), digits))?;
        Ok(Response::new(self.0.simulate_digits(customer_id, call_id, &digits, idempotency).await?))
    }

    async fn simulate_hangup(
        &self,
        request: Request<SimulateHangupRequest>,
    ) -> Result<Response<SimulateHangupResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.SimulatorService/SimulateHangup";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, call_id) = all((idempotency, convert::id("call_id", &request.call_id)))?;
        Ok(Response::new(self.0.simulate_hangup(customer_id, call_id, idempotency).await?))
    }
}
