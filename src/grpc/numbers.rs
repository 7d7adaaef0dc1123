//! NumberService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::numbers::Leads;
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::config;
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::{Caller, caller};
use crate::proto::number_service_server::NumberService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// With who assigns numbers to customers.
pub struct Numbers(pub Arc<App>, pub config::Numbers);

/// The fields of a number that can be changed.
const FIELDS: &[&str] = &["call_flow_id", "message_flow_id", "name", "detail"];

impl Numbers {
    /// Checks that the caller may create, change and delete numbers.
    fn may_assign(&self, caller: &Caller) -> Result<()> {
        match self.1 == config::Numbers::SelfService || caller.is_operator() {
            true => Ok(()),
            false => Err(Error::new(Reason::RoleNotSufficient, "an operator assigns the numbers of this server")),
        }
    }

    /// Returns the customer that a request is about. A customer can name only itself, an operator must name one.
    fn customer(&self, caller: &Caller, named: &str) -> Result<Uuid> {
        match (caller.is_operator(), convert::optional_id("customer_id", named)?) {
            (true, Some(named)) => Ok(named),
            (true, None) => Err(Error::field(Reason::InvalidId, "customer_id", "expected the id of a customer")),
            (false, None) => Ok(caller.customer_id),
            (false, Some(named)) if named == caller.customer_id => Ok(named),
            (false, Some(_)) => Err(Error::field(Reason::InvalidArgument, "customer_id", "is not your customer")),
        }
    }

    /// Returns the customer that a number must belong to: the caller, and for an operator the one that it does belong to.
    async fn owner(&self, caller: &Caller, id: Uuid) -> Result<Uuid> {
        match caller.is_operator() {
            true => self.0.owner_of_number_id(id).await,
            false => Ok(caller.customer_id),
        }
    }
}

#[tonic::async_trait]
impl NumberService for Numbers {
    async fn create_number(
        &self,
        request: Request<CreateNumberRequest>,
    ) -> Result<Response<CreateNumberResponse>, Status> {
        const RPC: &str = "/ringdown.v1.NumberService/CreateNumber";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        self.may_assign(&caller)?;
        let customer_id = self.customer(&caller, &request.customer_id);
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let number = e164("number", std::mem::take(&mut request.number));
        let (call, message) = (&request.call_flow_id, &request.message_flow_id);
        let leads = leads(&Mask::whole(), call, message, request.name, request.detail);
        let (idempotency, customer_id, number, leads) = all((idempotency, customer_id, number, leads))?;
        if caller.is_operator() {
            self.0.get_customer(customer_id).await?;
        }
        Ok(Response::new(self.0.create_number(customer_id, number, leads, idempotency).await?))
    }

    async fn get_number(&self, request: Request<GetNumberRequest>) -> Result<Response<GetNumberResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        let number = Some(self.0.get_number(self.owner(&caller, id).await?, id).await?);
        Ok(Response::new(GetNumberResponse { number }))
    }

    async fn list_numbers(
        &self,
        request: Request<ListNumbersRequest>,
    ) -> Result<Response<ListNumbersResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let page = Page::of(request.page_size, &request.page_token);
        let (page, customer_id) = all((page, self.customer(&caller, &request.customer_id)))?;
        Ok(Response::new(self.0.list_numbers(customer_id, page).await?))
    }

    async fn update_number(
        &self,
        request: Request<UpdateNumberRequest>,
    ) -> Result<Response<UpdateNumberResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        self.may_assign(&caller)?;
        let mask = Mask::of(request.update_mask, FIELDS)?;
        let (call, message) = (&request.call_flow_id, &request.message_flow_id);
        let (id, expected, leads) = all((
            convert::id("id", &request.id),
            convert::expected(request.expected_revision),
            leads(&mask, call, message, request.name, request.detail),
        ))?;
        let customer_id = self.owner(&caller, id).await?;
        let number = Some(self.0.update_number(customer_id, id, leads, expected).await?);
        Ok(Response::new(UpdateNumberResponse { number }))
    }

    async fn delete_number(
        &self,
        request: Request<DeleteNumberRequest>,
    ) -> Result<Response<DeleteNumberResponse>, Status> {
        let caller = caller(&request)?;
        self.may_assign(&caller)?;
        let DeleteNumberRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = (convert::id("id", id)?, convert::expected(*expected_revision)?);
        let customer_id = self.owner(&caller, id).await?;
        let number = Some(self.0.delete_number(customer_id, id, expected).await?);
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
