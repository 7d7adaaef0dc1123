//! SimulatorService.

use super::convert;
use crate::api::{App, IdempotentRequest};
use crate::error::{Error, Reason, Result};
use crate::http::auth::caller;
use crate::proto::simulator_service_server::SimulatorService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Simulator(pub Arc<App>);

/// What a number does before its steps, in the language of the simulated far ends: a line each.
fn reply(request: &SetCalleeRequest) -> Result<Vec<String>> {
    convert::choice::<CalleeAnswer>("answer", request.answer)?;
    if !(0..=3_600_000).contains(&request.ring_ms) {
        return Err(Error::field(Reason::InvalidArgument, "ring_ms", "expected 0 to 3600000 milliseconds"));
    }
    let answer = match request.answer() {
        CalleeAnswer::Unspecified | CalleeAnswer::Answer => "answer",
        CalleeAnswer::Busy => "busy",
        CalleeAnswer::Reject => "reject",
        CalleeAnswer::NoAnswer => "no_answer",
    };
    let ring = (request.ring_ms > 0).then(|| format!("ring {}ms", request.ring_ms));
    Ok(ring.into_iter().chain([answer.to_owned()]).collect())
}

#[tonic::async_trait]
impl SimulatorService for Simulator {
    async fn set_callee(&self, request: Request<SetCalleeRequest>) -> Result<Response<SetCalleeResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        if request.target.is_empty() || request.target.len() > 255 || request.target.contains('\0') {
            let expected = "expected the target of an address: 1 to 255 characters";
            return Err(Error::field(Reason::InvalidAddress, "target", expected).into());
        }
        self.0.set_callee(customer_id, &request.target, &reply(&request)?, &request.steps).await?;
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
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let source = convert::address("source", request.source.as_ref())?;
        let destination = convert::address("destination", request.destination.as_ref())?;
        let program = match request.flow_id.is_empty() && request.actions.is_empty() {
            true => None,
            false => Some(convert::program(&request.flow_id, request.actions)?),
        };
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
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let call_id = convert::id("call_id", &request.call_id)?;
        let digits = convert::digits("digits", request.digits)?;
        Ok(Response::new(self.0.simulate_digits(customer_id, call_id, &digits, idempotency).await?))
    }

    async fn simulate_hangup(
        &self,
        request: Request<SimulateHangupRequest>,
    ) -> Result<Response<SimulateHangupResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.SimulatorService/SimulateHangup";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let call_id = convert::id("call_id", &request.call_id)?;
        Ok(Response::new(self.0.simulate_hangup(customer_id, call_id, idempotency).await?))
    }
}
