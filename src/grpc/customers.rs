//! CustomerService.

use super::convert::{self, DETAIL, NAME};
use crate::api::{App, Change};
use crate::error::all;
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
        let destination = self.0.check_destination("webhook_uri", &request.webhook_uri);
        let checked = all((
            convert::webhook(request.webhook_uri, request.webhook_method),
            convert::text("name", request.name, NAME),
            convert::text("detail", request.detail, DETAIL),
        ));
        let ((webhook_uri, webhook_method), name, detail) = checked.map_err(|error| error.and_of(destination))?;
        let rotate_secret = request.rotate_webhook_secret;
        let change = Change { name, detail, webhook_uri, webhook_method, rotate_secret };
        let customer = Some(self.0.update_customer(caller.customer_id, change).await?);
        Ok(Response::new(UpdateCustomerResponse { customer }))
    }
}
