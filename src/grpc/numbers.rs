//! NumberService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::numbers::Leads;
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::proto::number_service_server::NumberService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Numbers(pub Arc<App>);

/// The fields of a number that can be changed.
const FIELDS: &[&str] = &["call_flow_id", "message_flow_id", "name", "detail"];

#[tonic::async_trait]
impl NumberService for Numbers {
    async fn create_number(
        &self,
        request: Request<CreateNumberRequest>,
    ) -> Result<Response<CreateNumberResponse>, Status> {
        const RPC: &str = "/ringdown.v1.NumberService/CreateNumber";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let number = e164("number", std::mem::take(&mut request.number));
        let (call, message) = (&request.call_flow_id, &request.message_flow_id);
        let leads = leads(&Mask::whole(), call, message, request.name, request.detail);
        let (idempotency, number, leads) = all((idempotency, number, leads))?;
        Ok(Response::new(self.0.create_number(caller.customer_id, number, leads, idempotency).await?))
    }

    async fn get_number(&self, request: Request<GetNumberRequest>) -> Result<Response<GetNumberResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        let number = Some(self.0.get_number(caller.customer_id, id).await?);
        Ok(Response::new(GetNumberResponse { number }))
    }

    async fn list_numbers(
        &self,
        request: Request<ListNumbersRequest>,
    ) -> Result<Response<ListNumbersResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let page = Page::of(request.page_size, &request.page_token)?;
        Ok(Response::new(self.0.list_numbers(caller.customer_id, page).await?))
    }

    async fn update_number(
        &self,
        request: Request<UpdateNumberRequest>,
    ) -> Result<Response<UpdateNumberResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let mask = Mask::of(request.update_mask, FIELDS)?;
        let (call, message) = (&request.call_flow_id, &request.message_flow_id);
        let (id, expected, leads) = all((
            convert::id("id", &request.id),
            convert::expected(request.expected_revision),
            leads(&mask, call, message, request.name, request.detail),
        ))?;
        let number = Some(self.0.update_number(caller.customer_id, id, leads, expected).await?);
        Ok(Response::new(UpdateNumberResponse { number }))
    }

    async fn delete_number(
        &self,
        request: Request<DeleteNumberRequest>,
    ) -> Result<Response<DeleteNumberResponse>, Status> {
        let caller = caller(&request)?;
        let DeleteNumberRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = (convert::id("id", id)?, convert::expected(*expected_revision)?);
        let number = Some(self.0.delete_number(caller.customer_id, id, expected).await?);
        Ok(Response::new(DeleteNumberResponse { number }))
    }
}

fn e164(field: &str, number: String) -> Result<String> {
    match crate::model::call::is_e164(&number) {
        true => Ok(number),
        false => {
            let description = "expected a number in E.164: + and 7 to 15 digits";
            Err(Error::field(Reason::InvalidArgument, field, description))
        }
    }
}

fn leads(mask: &Mask, call: &str, message: &str, name: String, detail: String) -> Result<Leads> {
    let flow = |field: &str, id| mask.take(field, || Ok(convert::optional_id(field, id)?.unwrap_or_default()));
    let (call_flow_id, message_flow_id, name, detail) = all((
        flow("call_flow_id", call),
        flow("message_flow_id", message),
        mask.take("name", || convert::text("name", name, NAME)),
        mask.take("detail", || convert::text("detail", detail, DETAIL)),
    ))?;
    Ok(Leads { call_flow_id, message_flow_id, name, detail })
}
