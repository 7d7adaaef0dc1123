//! FlowService.

use super::auth::caller;
use super::convert::{self, DETAIL, NAME};
use crate::app::App;
use crate::app::flows::Draft;
use crate::app::once::Once;
use crate::app::page::Page;
use crate::error::{Error, Reason, Result};
use crate::proto::flow_service_server::FlowService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Flows(pub Arc<App>);

fn draft(name: String, detail: String, actions: Vec<Action>, on_complete_flow_id: &str) -> Result<Draft> {
    if actions.is_empty() {
        return Err(Error::field(Reason::InvalidArgument, "actions", "expected at least one action"));
    }
    Ok(Draft {
        name: convert::text("name", name, NAME)?,
        detail: convert::text("detail", detail, DETAIL)?,
        actions,
        on_complete_flow_id: convert::optional_id("on_complete_flow_id", on_complete_flow_id)?.unwrap_or_default(),
    })
}

#[tonic::async_trait]
impl FlowService for Flows {
    async fn create_flow(&self, request: Request<CreateFlowRequest>) -> Result<Response<CreateFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let mut request = request.into_inner();
        const RPC: &str = "/ringdown.v1.FlowService/CreateFlow";
        let once = Once::take(customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let draft = draft(request.name, request.detail, request.actions, &request.on_complete_flow_id)?;
        Ok(Response::new(self.0.create_flow(customer_id, draft, once).await?))
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
        let id = convert::id("id", &request.id)?;
        let draft = draft(request.name, request.detail, request.actions, &request.on_complete_flow_id)?;
        let flow = self.0.update_flow(customer_id, id, draft).await?;
        Ok(Response::new(UpdateFlowResponse { flow: Some(flow) }))
    }

    async fn delete_flow(&self, request: Request<DeleteFlowRequest>) -> Result<Response<DeleteFlowResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let flow = self.0.delete_flow(customer_id, id).await?;
        Ok(Response::new(DeleteFlowResponse { flow: Some(flow) }))
    }
}
