//! WebhookService.

use super::convert;
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::error::all;
use crate::http::auth::caller;
use crate::proto::webhook_service_server::WebhookService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Webhooks(pub Arc<App>);

#[tonic::async_trait]
impl WebhookService for Webhooks {
    async fn list_webhook_deliveries(
        &self,
        request: Request<ListWebhookDeliveriesRequest>,
    ) -> Result<Response<ListWebhookDeliveriesResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (page, _, activeflow_id) = all((
            Page::of(request.page_size, &request.page_token),
            convert::choice::<WebhookDeliveryStatus>("status", request.status),
            convert::optional_id("activeflow_id", &request.activeflow_id),
        ))?;
        let status = request.status();
        Ok(Response::new(self.0.list_webhook_deliveries(caller.customer_id, page, status, activeflow_id).await?))
    }

    async fn get_webhook_delivery(
        &self,
        request: Request<GetWebhookDeliveryRequest>,
    ) -> Result<Response<GetWebhookDeliveryResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        let delivery = Some(self.0.get_webhook_delivery(caller.customer_id, id).await?);
        Ok(Response::new(GetWebhookDeliveryResponse { delivery }))
    }

    async fn redeliver_webhook(
        &self,
        request: Request<RedeliverWebhookRequest>,
    ) -> Result<Response<RedeliverWebhookResponse>, Status> {
        const RPC: &str = "/ringdown.v1.WebhookService/RedeliverWebhook";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let (idempotency, id) = all((idempotency, convert::id("id", &request.id)))?;
        Ok(Response::new(self.0.redeliver_webhook(caller.customer_id, id, idempotency).await?))
    }
}
