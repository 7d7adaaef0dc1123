//! RouteService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use super::provider_fields::within;
use crate::api::page::Page;
use crate::api::routes::RouteChange;
use crate::api::{App, IdempotentRequest};
use crate::carriers::EVERYBODY;
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::model::call::is_e164;
use crate::proto::route_service_server::RouteService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub struct Routes(pub Arc<App>);

/// The fields of a route that can be changed.
const FIELDS: &[&str] = &["name", "detail", "provider_id", "priority", "target"];

/// Checks the fields that the mask names.
fn change(mask: &Mask, request: UpdateRouteRequest) -> Result<RouteChange> {
    let UpdateRouteRequest { name, detail, provider_id: provider, priority, target: begins, .. } = request;
    // 0 is what a client sends that does not know the field.
    let priority = if priority == 0 { 1 } else { priority };
    let (name, detail, provider_id, priority, target) = all((
        mask.take("name", || convert::text("name", name, NAME)),
        mask.take("detail", || convert::text("detail", detail, DETAIL)),
        mask.take("provider_id", || convert::id("provider_id", &provider)),
        mask.take("priority", || within("priority", priority, 1..=1_000)),
        mask.take("target", || target(begins)),
    ))?;
    Ok(RouteChange { name, detail, provider_id, priority, target })
}

fn target(text: String) -> Result<String> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let is_prefix = (1..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    match is_prefix || text == "all" {
        true => Ok(text),
        false => Err(Error::field(Reason::InvalidArgument, "target", "expected all, or + and 1 to 15 digits")),
    }
}

/// Reads the customer of a route: an empty one is everybody.
fn customer(text: &str) -> Result<Uuid> {
    Ok(convert::optional_id("customer_id", text)?.unwrap_or(EVERYBODY))
}

#[tonic::async_trait]
impl RouteService for Routes {
    async fn create_route(
        &self,
        request: Request<CreateRouteRequest>,
    ) -> Result<Response<CreateRouteResponse>, Status> {
        const RPC: &str = "/ringdown.v1.RouteService/CreateRoute";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let CreateRouteRequest { customer_id, name, detail, provider_id, priority, target, .. } = request;
        let given = UpdateRouteRequest { name, detail, provider_id, priority, target, ..Default::default() };
        let (idempotency, customer_id, change) =
            all((idempotency, customer(&customer_id), change(&Mask::whole(), given)))?;
        Ok(Response::new(self.0.create_route(customer_id, change, idempotency).await?))
    }

    async fn get_route(&self, request: Request<GetRouteRequest>) -> Result<Response<GetRouteResponse>, Status> {
        caller(&request)?;
        let route = Some(self.0.get_route(convert::id("id", &request.get_ref().id)?).await?);
        Ok(Response::new(GetRouteResponse { route }))
    }

    async fn list_routes(&self, request: Request<ListRoutesRequest>) -> Result<Response<ListRoutesResponse>, Status> {
        caller(&request)?;
        let ListRoutesRequest { page_size, page_token, customer_id } = request.get_ref();
        let customer_id = convert::optional_id("customer_id", customer_id);
        let (page, customer_id) = all((Page::of(*page_size, page_token), customer_id))?;
        Ok(Response::new(self.0.list_routes(customer_id, page).await?))
    }

    async fn update_route(
        &self,
        request: Request<UpdateRouteRequest>,
    ) -> Result<Response<UpdateRouteResponse>, Status> {
        caller(&request)?;
        let request = request.into_inner();
        let mask = Mask::of(request.update_mask.clone(), FIELDS)?;
        let (id, expected, change) = all((
            convert::id("id", &request.id),
            convert::expected(request.expected_revision),
            change(&mask, request),
        ))?;
        let route = Some(self.0.update_route(id, change, expected).await?);
        Ok(Response::new(UpdateRouteResponse { route }))
    }

    async fn delete_route(
        &self,
        request: Request<DeleteRouteRequest>,
    ) -> Result<Response<DeleteRouteResponse>, Status> {
        caller(&request)?;
        let DeleteRouteRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = all((convert::id("id", id), convert::expected(*expected_revision)))?;
        let route = Some(self.0.delete_route(id, expected).await?);
        Ok(Response::new(DeleteRouteResponse { route }))
    }

    async fn list_dial_routes(
        &self,
        request: Request<ListDialRoutesRequest>,
    ) -> Result<Response<ListDialRoutesResponse>, Status> {
        caller(&request)?;
        let ListDialRoutesRequest { customer_id, destination } = request.get_ref();
        let number = match is_e164(destination) {
            true => Ok(destination),
            false => {
                let expected = "expected a number in E.164: + and 7 to 15 digits";
                Err(Error::field(Reason::InvalidArgument, "destination", expected))
            }
        };
        let (customer_id, destination) = all((customer(customer_id), number))?;
        Ok(Response::new(self.0.dial_routes(customer_id, destination).await?))
    }
}
