//! CustomerService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::operators::{self, Operators};
use crate::api::page::Page;
use crate::api::{App, Change, IdempotentRequest, OperatorChange};
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::model::limits::{CustomerLimits as Limits, LimitChanges};
use crate::proto::customer_service_server::CustomerService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Customers(pub Arc<App>, pub Operators);

/// The fields of a customer that can be changed.
const FIELDS: &[&str] = &["name", "detail", "webhook_uri", "webhook_method", "rotate_webhook_secret"];

fn change(request: UpdateCustomerRequest) -> Result<Change> {
    let mask = Mask::of(request.update_mask, FIELDS)?;
    let (uri, method) = (request.webhook_uri, request.webhook_method);
    let webhook = match mask.is_whole() {
        true => convert::webhook(uri, method).map(|(uri, method)| (Some(uri), Some(method))),
        false => all((
            mask.take("webhook_uri", || convert::webhook_uri(uri)),
            mask.take("webhook_method", || convert::webhook_method(method)),
        )),
    };
    let ((webhook_uri, webhook_method), name, detail) = all((
        webhook,
        mask.take("name", || convert::text("name", request.name, NAME)),
        mask.take("detail", || convert::text("detail", request.detail, DETAIL)),
    ))?;
    let rotate_secret = mask.has("rotate_webhook_secret") && request.rotate_webhook_secret;
    Ok(Change { name, detail, webhook_uri, webhook_method, rotate_secret })
}

/// Returns the limits of a request as the message that holds limits elsewhere.
fn limits(request: &UpdateCustomerLimitsRequest) -> CustomerLimits {
    CustomerLimits {
        requests_per_second: request.requests_per_second,
        calls: request.calls,
        calls_per_second: request.calls_per_second,
        activeflows: request.activeflows,
        watches: request.watches,
        outbound_requests: request.outbound_requests,
        generations: request.generations,
        activeflow_history_bytes: request.activeflow_history_bytes,
        activeflow_recording_bytes: request.activeflow_recording_bytes,
        activeflow_messages: request.activeflow_messages,
        activeflow_mails: request.activeflow_mails,
        activeflow_requests: request.activeflow_requests,
        daily_history_bytes: request.daily_history_bytes,
        daily_recording_bytes: request.daily_recording_bytes,
        daily_messages: request.daily_messages,
        daily_mails: request.daily_mails,
        daily_requests: request.daily_requests,
        provider_calls: request.provider_calls,
        provider_calls_per_second: request.provider_calls_per_second,
        provider_call_seconds: request.provider_call_seconds,
        daily_provider_minutes: request.daily_provider_minutes,
    }
}

#[tonic::async_trait]
impl CustomerService for Customers {
    async fn get_customer(
        &self,
        request: Request<GetCustomerRequest>,
    ) -> Result<Response<GetCustomerResponse>, Status> {
        let customer = Some(self.0.get_customer(caller(&request)?.customer_id).await?);
        Ok(Response::new(GetCustomerResponse { customer }))
    }

    async fn update_customer(
        &self,
        request: Request<UpdateCustomerRequest>,
    ) -> Result<Response<UpdateCustomerResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let destination = match Mask::of(request.update_mask.clone(), FIELDS)?.has("webhook_uri") {
            true => self.0.check_destination(caller.customer_id, "webhook_uri", &request.webhook_uri).await,
            false => Ok(()),
        };
        let checked = all((convert::expected(request.expected_revision), change(request)));
        let (expected, change) = checked.map_err(|error| error.and_of(destination))?;
        let customer = Some(self.0.update_customer(caller.customer_id, change, expected).await?);
        Ok(Response::new(UpdateCustomerResponse { customer }))
    }

    async fn list_customers(
        &self,
        request: Request<ListCustomersRequest>,
    ) -> Result<Response<ListCustomersResponse>, Status> {
        caller(&request)?;
        let page = Page::of(request.get_ref().page_size, &request.get_ref().page_token)?;
        Ok(Response::new(self.1.list(page).await?))
    }

    async fn create_customer(
        &self,
        request: Request<CreateCustomerRequest>,
    ) -> Result<Response<CreateCustomerResponse>, Status> {
        const RPC: &str = operators::CREATE;
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let name = convert::text("name", request.name, NAME).and_then(|name| match name.trim().is_empty() {
            true => Err(Error::field(Reason::InvalidArgument, "name", "expected a name")),
            false => Ok(name),
        });
        let (idempotency, name) = all((idempotency, name))?;
        Ok(Response::new(self.1.create(&name, idempotency).await?))
    }

    async fn get_customer_use(
        &self,
        request: Request<GetCustomerUseRequest>,
    ) -> Result<Response<GetCustomerUseResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        Ok(Response::new(self.1.customer_use(caller, id).await?))
    }

    async fn update_customer_limits(
        &self,
        request: Request<UpdateCustomerLimitsRequest>,
    ) -> Result<Response<UpdateCustomerLimitsResponse>, Status> {
        caller(&request)?;
        let request = request.into_inner();
        let mask = Mask::of(request.update_mask.clone(), Limits::NAMES)?;
        let names = Limits::NAMES.iter().filter(|name| mask.has(name)).map(|name| (*name).to_owned()).collect();
        let negative = |name| Error::field(Reason::InvalidArgument, name, "must not be negative");
        let limits = LimitChanges::from_proto(&limits(&request)).map_err(negative);
        let (id, expected, limits) =
            all((convert::id("id", &request.id), convert::expected(request.expected_revision), limits))?;
        let customer = Some(self.1.change(id, OperatorChange::Limits(Box::new(limits), names), expected).await?);
        Ok(Response::new(UpdateCustomerLimitsResponse { customer }))
    }

    async fn suspend_customer(
        &self,
        request: Request<SuspendCustomerRequest>,
    ) -> Result<Response<SuspendCustomerResponse>, Status> {
        const RPC: &str = "/ringdown.v1.CustomerService/SuspendCustomer";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, id) = all((idempotency, convert::id("id", &request.id)))?;
        Ok(Response::new(self.1.suspend(id, request.stop_running, idempotency).await?))
    }

    async fn resume_customer(
        &self,
        request: Request<ResumeCustomerRequest>,
    ) -> Result<Response<ResumeCustomerResponse>, Status> {
        const RPC: &str = "/ringdown.v1.CustomerService/ResumeCustomer";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, id) = all((idempotency, convert::id("id", &request.id)))?;
        Ok(Response::new(self.1.resume(id, idempotency).await?))
    }

    async fn delete_customer(
        &self,
        request: Request<DeleteCustomerRequest>,
    ) -> Result<Response<DeleteCustomerResponse>, Status> {
        caller(&request)?;
        let DeleteCustomerRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = all((convert::id("id", id), convert::expected(*expected_revision)))?;
        let customer = Some(self.1.delete(id, expected).await?);
        Ok(Response::new(DeleteCustomerResponse { customer }))
    }
}
