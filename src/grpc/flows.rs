//! FlowService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::changes::Expected;
use crate::api::flow_revisions::RevisionPage;
use crate::api::flows::{Change, Draft};
use crate::api::page::Page;
use crate::api::simulate::Simulation;
use crate::api::{App, IdempotentRequest};
use crate::engine::warnings::Warning;
use crate::error::{Error, Reason, Result, Violation, all};
use crate::http::auth::caller;
use crate::proto::flow_service_server::FlowService;
use crate::proto::*;
use crate::simulation::script::Beginning;
use crate::simulation::{Script, Unreadable, UnreadableLines};
use std::sync::Arc;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub struct Flows(pub Arc<App>);

/// The fields of a flow that can be changed.
const FIELDS: &[&str] = &["name", "detail", "actions", "on_complete_flow_id"];

/// The response metadata (in REST a header) with the warnings about a flow that was saved.
pub const WARNINGS: &str = "x-ringdown-warnings";

/// The limit of that metadata in bytes; the warnings beyond it are only counted.
const MAX_WARNINGS: usize = 2_000;

/// `actions[3].id: UNREACHABLE_ACTION, actions[5].type: …, and 7 more`
fn listed(warnings: &[Warning]) -> String {
    let mut text = String::new();
    for (at, warning) in warnings.iter().enumerate() {
        let next = format!("{}: {}", warning.path, warning.kind.name());
        if text.len() + next.len() > MAX_WARNINGS {
            return format!("{text}, and {} more", warnings.len() - at);
        }
        let comma = if at == 0 { "" } else { ", " };
        text.push_str(&format!("{comma}{next}"));
    }
    text
}

impl Flows {
    async fn with_warnings<T>(&self, customer_id: Uuid, flow: Option<&Flow>, answer: T) -> Response<T> {
        let actions = flow.map(|flow| flow.actions.clone()).unwrap_or_default();
        let actions: Vec<_> = actions.into_iter().filter_map(crate::model::flow::Action::from_proto).collect();
        // The flow is saved: a failure to look up its warnings must not fail the request.
        let warnings = self.0.warnings(customer_id, &actions, true).await.unwrap_or_default();
        let mut response = Response::new(answer);
        if let Ok(value) = MetadataValue::try_from(listed(&warnings))
            && !warnings.is_empty()
        {
            response.metadata_mut().insert(WARNINGS, value);
        }
        response
    }
}

impl Flows {
    fn draft<T>(&self, other: Result<T>, request: CreateFlowRequest) -> Result<(T, Draft)> {
        let checked = all((
            other,
            convert::some_actions(&request.actions),
            convert::text("name", request.name, NAME),
            convert::text("detail", request.detail, DETAIL),
            on_complete(&request.on_complete_flow_id),
        ));
        let (other, (), name, detail, on_complete_flow_id) =
            checked.map_err(|error| error.and_of(self.0.check(&request.actions)))?;
        Ok((other, Draft { name, detail, actions: request.actions, on_complete_flow_id }))
    }

    fn change(&self, request: UpdateFlowRequest) -> Result<(Uuid, Change, Expected)> {
        let mask = Mask::of(request.update_mask, FIELDS)?;
        let actions = mask.has("actions").then_some(request.actions);
        let checked = all((
            convert::id("id", &request.id),
            actions.as_deref().map_or(Ok(()), convert::some_actions),
            mask.take("name", || convert::text("name", request.name, NAME)),
            mask.take("detail", || convert::text("detail", request.detail, DETAIL)),
            mask.take("on_complete_flow_id", || on_complete(&request.on_complete_flow_id)),
            convert::expected(request.expected_revision),
        ));
        let (id, (), name, detail, on_complete_flow_id, expected) = checked
            .map_err(|error| error.and_of(actions.as_deref().map_or(Ok(()), |it| self.0.check(it).map(drop))))?;
        Ok((id, Change { name, detail, actions, on_complete_flow_id }, expected))
    }
}

fn on_complete(id: &str) -> Result<Uuid> {
    Ok(convert::optional_id("on_complete_flow_id", id)?.unwrap_or_default())
}

#[tonic::async_trait]
impl FlowService for Flows {
    async fn create_flow(&self, request: Request<CreateFlowRequest>) -> Result<Response<CreateFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.FlowService/CreateFlow";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, draft) = self.draft(idempotency, request)?;
        let answer = self.0.create_flow(customer_id, draft, idempotency).await?;
        let flow = answer.flow.clone();
        Ok(self.with_warnings(customer_id, flow.as_ref(), answer).await)
    }

    async fn get_flow(&self, request: Request<GetFlowRequest>) -> Result<Response<GetFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let flow = self.0.get_flow(customer_id, id).await?;
        Ok(Response::new(GetFlowResponse { flow: Some(flow) }))
    }

    async fn list_flows(&self, request: Request<ListFlowsRequest>) -> Result<Response<ListFlowsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let page = Page::of(request.get_ref().page_size, &request.get_ref().page_token)?;
        Ok(Response::new(self.0.list_flows(customer_id, page).await?))
    }

    async fn update_flow(&self, request: Request<UpdateFlowRequest>) -> Result<Response<UpdateFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (id, change, expected) = self.change(request)?;
        let flow = self.0.update_flow(customer_id, id, change, expected).await?;
        let answer = UpdateFlowResponse { flow: Some(flow.clone()) };
        Ok(self.with_warnings(customer_id, Some(&flow), answer).await)
    }

    async fn delete_flow(&self, request: Request<DeleteFlowRequest>) -> Result<Response<DeleteFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let DeleteFlowRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = (convert::id("id", id)?, convert::expected(*expected_revision)?);
        let flow = self.0.delete_flow(customer_id, id, expected).await?;
        Ok(Response::new(DeleteFlowResponse { flow: Some(flow) }))
    }

    async fn validate_flow(
        &self,
        request: Request<ValidateFlowRequest>,
    ) -> Result<Response<ValidateFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (on_complete, kind) = all((
            convert::optional_id("on_complete_flow_id", &request.on_complete_flow_id),
            convert::choice::<ReferenceType>("reference_type", request.reference_type),
        ))?;
        let on_complete = on_complete.unwrap_or_default();
        let with_call = kind == 0 || kind == i32::from(ReferenceType::Call);
        Ok(Response::new(self.0.validate_flow(customer_id, &request.actions, on_complete, with_call).await?))
    }

    async fn list_flow_revisions(
        &self,
        request: Request<ListFlowRevisionsRequest>,
    ) -> Result<Response<ListFlowRevisionsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let ListFlowRevisionsRequest { id, page_size, page_token } = request.get_ref();
        let (id, page) = all((convert::id("id", id), RevisionPage::of(*page_size, page_token)))?;
        Ok(Response::new(self.0.list_revisions(customer_id, id, page).await?))
    }

    async fn diff_flow_revisions(
        &self,
        request: Request<DiffFlowRevisionsRequest>,
    ) -> Result<Response<DiffFlowRevisionsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let DiffFlowRevisionsRequest { id, from_revision, to_revision } = request.get_ref();
        let id = convert::id("id", id)?;
        Ok(Response::new(self.0.diff_revisions(customer_id, id, *from_revision, *to_revision).await?))
    }

    async fn simulate_flow(
        &self,
        request: Request<SimulateFlowRequest>,
    ) -> Result<Response<SimulateFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let simulation = self.simulation(request.into_inner())?;
        Ok(Response::new(self.0.simulate_flow(customer_id, simulation).await?))
    }
}

/// Parses a script; each element is a line.
fn script(lines: &[String]) -> Result<Script> {
    let violation = |at: usize, description: String| Violation { field: format!("script[{at}]"), description };
    let several = lines.iter().enumerate().filter(|(_, line)| line.trim_end_matches('\n').contains('\n'));
    let several: Vec<Violation> = several.map(|(at, _)| violation(at, "expected one line".to_owned())).collect();
    if !several.is_empty() {
        return Err(Error::fields(Reason::InvalidArgument, several));
    }
    Script::of_lines(lines.iter().map(String::as_str)).map_err(|UnreadableLines(lines)| {
        let response = |it: Unreadable| violation(it.line - 1, format!("line {}: expected {}", it.line, it.expected));
        Error::fields(Reason::InvalidArgument, lines.into_iter().map(response).collect())
    })
}

fn beginning(number: i32) -> Result<Beginning> {
    let start = convert::choice::<SimulationStart>("start", number)?;
    Ok(match SimulationStart::try_from(start) {
        Ok(SimulationStart::Incoming) => Beginning::Incoming,
        Ok(SimulationStart::Api) => Beginning::Api,
        Ok(SimulationStart::Sms) => Beginning::Sms { text: String::new() },
        Ok(SimulationStart::Unspecified | SimulationStart::Outgoing) | Err(_) => Beginning::Outgoing,
    })
}

impl Flows {
    fn simulation(&self, request: SimulateFlowRequest) -> Result<Simulation> {
        let address =
            |field: &str, given: Option<Address>| given.map(|it| convert::address(field, Some(&it))).transpose();
        let checked = all((
            convert::flow_or_actions(&request.flow_id, &request.actions),
            convert::optional_id("on_complete_flow_id", &request.on_complete_flow_id),
            convert::variables(request.variables),
            script(&request.script),
            beginning(request.start),
            convert::time("clock", request.clock),
            address("source", request.source),
            address("destination", request.destination),
        ));
        let (flow_id, on_complete, variables, script, beginning, clock, source, destination) =
            checked.map_err(|error| error.and_of(App::check_simulated(&request.actions)))?;
        Ok(Simulation {
            program: convert::program(flow_id, request.actions),
            on_complete_flow_id: on_complete.unwrap_or_default(),
            variables,
            script,
            beginning,
            clock,
            source,
            destination,
        })
    }
}
