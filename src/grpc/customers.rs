//! CustomerService.

use super::convert::{self, DETAIL, NAME};
use crate::api::{App, Change};
use crate::error::{Error, Reason};
use crate::http::auth::caller;
use crate::proto::customer_service_server::CustomerService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Customers(pub Arc<App>);

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
        let (webhook_uri, webhook_method) = convert::webhook(request.webhook_uri, request.webhook_method)?;
        if !matches!(webhook_method.as_str(), "" | "POST" | "PUT") {
            return Err(Error::field(Reason::InvalidArgument, "webhook_method", "expected POST or PUT").into());
        }
        let change = Change {
            name: convert::text("name", request.name, NAME)?,
            detail: convert::text("detail", request.detail, DETAIL)?,
            webhook_uri,
            webhook_method,
            rotate_secret: request.rotate_webhook_secret,
        };
        let customer = Some(self.0.update_customer(caller.customer_id, change).await?);
        Ok(Response::new(UpdateCustomerResponse { customer }))
    }
}
