//! CustomerService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::{App, Change};
use crate::error::{Result, all};
use crate::http::auth::caller;
use crate::proto::customer_service_server::CustomerService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Customers(pub Arc<App>);

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
}
