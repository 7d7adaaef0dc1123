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

pub struct Simulator(pub Arc<App>);

/// Returns what a number does before its steps, in the script language of the simulated phones, one line each.
fn reply(request: &SetCalleeRequest) -> Vec<String> {
    let answer = match request.answer() {
        CalleeAnswer::Unspecified | CalleeAnswer::Answer => "answer",
        CalleeAnswer::Busy => "busy",
        CalleeAnswer::Reject => "reject",
        CalleeAnswer::NoAnswer => "no_answer",
    };
    let ring = (request.ring_ms > 0).then(|| format!("ring {}ms", request.ring_ms));
    ring.into_iter().chain([answer.to_owned()]).collect()
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
        // The answer, if it is valid, decides whether steps are allowed.
        let reply = match answer.is_ok() && ring.is_ok() {
            true => reply(&request),
            false => reply(&SetCalleeRequest::default()),
        };
        all((target("target", &request.target), answer, ring))
            .map_err(|error| error.and_of(self.0.check_steps(&reply, &request.steps)))?;
        self.0.set_callee(customer_id, &request.target, &reply, &request.steps).await?;
        let SetCalleeRequest { target, ring_ms, answer, steps } = request;
        Ok(Response::new(SetCalleeResponse { callee: Some(Callee { target, ring_ms, answer, steps }) }))
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
