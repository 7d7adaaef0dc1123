//! ActiveflowService.

use super::convert;
use crate::api::activeflows::NewActiveflow;
use crate::api::history::EventPage;
use crate::api::page::Page;
use crate::api::{App, Filter, IdempotentRequest, Subject, Watch};
use crate::auth::Sessions;
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::proto::activeflow_service_server::ActiveflowService;
use crate::proto::*;
use crate::store::RunFilter;
use futures::stream::{BoxStream, StreamExt};
use std::collections::HashSet;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub struct Activeflows(pub Arc<App>, pub Sessions);

#[tonic::async_trait]
impl ActiveflowService for Activeflows {
    async fn create_activeflow(
        &self,
        request: Request<CreateActiveflowRequest>,
    ) -> Result<Response<CreateActiveflowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.ActiveflowService/CreateActiveflow";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let destination = self.0.check_destination(customer_id, "webhook_uri", &request.webhook_uri).await;
        let checked = all((
            idempotency,
            convert::webhook(request.webhook_uri, request.webhook_method),
            convert::optional_id("on_complete_flow_id", &request.on_complete_flow_id),
            convert::optional_id("id", &request.id),
            convert::flow_or_actions(&request.flow_id, &request.actions),
            convert::variables(request.variables),
        ));
        let (idempotency, (webhook_uri, webhook_method), on_complete, id, flow_id, variables) =
            checked.map_err(|error| error.and_of(self.0.check(&request.actions)).and_of(destination))?;
        let new = NewActiveflow {
            id,
            program: convert::program(flow_id, request.actions),
            on_complete_flow_id: on_complete.unwrap_or_default(),
            variables,
            webhook_uri,
            webhook_method,
        };
        Ok(Response::new(self.0.create_activeflow(customer_id, new, idempotency).await?))
    }

    async fn get_activeflow(
        &self,
        request: Request<GetActiveflowRequest>,
    ) -> Result<Response<GetActiveflowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let activeflow = self.0.get_activeflow(customer_id, id).await?;
        Ok(Response::new(GetActiveflowResponse { activeflow: Some(activeflow) }))
    }

    async fn list_activeflows(
        &self,
        request: Request<ListActiveflowsRequest>,
    ) -> Result<Response<ListActiveflowsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (page, status, flow_id, reference_type, reference_id) = all((
            Page::of(request.page_size, &request.page_token),
            convert::choice::<ActiveflowStatus>("status", request.status),
            convert::optional_id("flow_id", &request.flow_id),
            convert::choice::<ReferenceType>("reference_type", request.reference_type),
            convert::optional_id("reference_id", &request.reference_id),
        ))?;
        let filter = RunFilter { status, flow_id, reference_type, reference_id };
        Ok(Response::new(self.0.list_activeflows(customer_id, page, filter).await?))
    }

    async fn delete_activeflow(
        &self,
        request: Request<DeleteActiveflowRequest>,
    ) -> Result<Response<DeleteActiveflowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let activeflow = self.0.delete_activeflow(customer_id, id).await?;
        Ok(Response::new(DeleteActiveflowResponse { activeflow: Some(activeflow) }))
    }

    async fn stop_activeflow(
        &self,
        request: Request<StopActiveflowRequest>,
    ) -> Result<Response<StopActiveflowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.ActiveflowService/StopActiveflow";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, id) = all((idempotency, convert::id("id", &request.id)))?;
        Ok(Response::new(self.0.stop_activeflow(customer_id, id, idempotency).await?))
    }

    async fn continue_activeflow(
        &self,
        request: Request<ContinueActiveflowRequest>,
    ) -> Result<Response<ContinueActiveflowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.ActiveflowService/ContinueActiveflow";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let action_id = convert::id("current_action_id", &request.current_action_id);
        let (idempotency, id, action_id) = all((idempotency, convert::id("id", &request.id), action_id))?;
        Ok(Response::new(self.0.continue_activeflow(customer_id, id, action_id, idempotency).await?))
    }

    async fn push_actions(
        &self,
        request: Request<PushActionsRequest>,
    ) -> Result<Response<PushActionsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.ActiveflowService/PushActions";
        let idempotency = IdempotentRequest::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let checked = all((idempotency, convert::id("id", &request.id), convert::some_actions(&request.actions)));
        let (idempotency, id, ()) = checked.map_err(|error| error.and_of(self.0.check(&request.actions)))?;
        let pushed = self.0.push_actions(customer_id, id, request.actions, request.interrupt, idempotency).await?;
        Ok(Response::new(pushed))
    }

    async fn get_variables(
        &self,
        request: Request<GetVariablesRequest>,
    ) -> Result<Response<GetVariablesResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let variables = self.0.get_variables(customer_id, id).await?;
        Ok(Response::new(GetVariablesResponse { variables }))
    }

    async fn set_variables(
        &self,
        request: Request<SetVariablesRequest>,
    ) -> Result<Response<SetVariablesResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (id, _) = all((convert::id("id", &request.id), convert::variables(request.variables.clone())))?;
        let variables = self.0.set_variables(customer_id, id, request.variables).await?;
        Ok(Response::new(SetVariablesResponse { variables }))
    }

    async fn list_activeflow_events(
        &self,
        request: Request<ListActiveflowEventsRequest>,
    ) -> Result<Response<ListActiveflowEventsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.get_ref();
        let page = EventPage::of(request.page_size, &request.page_token);
        let (id, page) = all((convert::id("id", &request.id), page))?;
        let events = self.0.list_events(customer_id, id, page).await?;
        Ok(Response::new(events))
    }

    type WatchActiveflowsStream = BoxStream<'static, Result<Shared<ActiveflowFrame>, Status>>;

    async fn watch_activeflows(
        &self,
        request: Request<WatchActiveflowsRequest>,
    ) -> Result<Response<Self::WatchActiveflowsStream>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let checked = all((
            watched("ids", &request.ids, request.until_ended),
            convert::optional_id("flow_id", &request.flow_id),
            convert::choice::<ReferenceType>("reference_type", request.reference_type),
            convert::optional_id("reference_id", &request.reference_id),
        ));
        let (ids, flow_id, reference_type, reference_id) =
            checked.map_err(|error| error.and_of(self.0.check_resume_token(&request.resume_token)))?;
        let filter = Filter { ids, flow_id, reference_type, reference_id, ..Filter::default() };
        let watch = Watch {
            subject: Subject::Activeflows,
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

/// Returns the ids that a watch selects. With `until_ended` there must be at least one, so that the watch can end.
pub fn watched(field: &str, ids: &[String], until_ended: bool) -> Result<HashSet<Uuid>> {
    match until_ended && ids.is_empty() {
        true => Err(Error::field(Reason::InvalidArgument, field, "expected at least one id with until_ended")),
        false => convert::ids(field, ids),
    }
}
