//! ProviderService.

use super::convert;
use super::mask::Mask;
use super::provider_fields::{self, FIELDS};
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::error::all;
use crate::http::auth::caller;
use crate::proto::provider_service_server::ProviderService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Providers(pub Arc<App>);

#[tonic::async_trait]
impl ProviderService for Providers {
    async fn create_provider(
        &self,
        request: Request<CreateProviderRequest>,
    ) -> Result<Response<CreateProviderResponse>, Status> {
        const RPC: &str = "/ringdown.v1.ProviderService/CreateProvider";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        // A digest of the request is kept in the database. Of one with the password, the password could be guessed.
        let password = request.sip.as_mut().map(|sip| std::mem::take(&mut sip.password));
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let given = UpdateProviderRequest {
            r#type: request.r#type,
            hostname: request.hostname,
            tech_prefix: request.tech_prefix,
            tech_postfix: request.tech_postfix,
            tech_headers: request.tech_headers,
            name: request.name,
            detail: request.detail,
            codecs: request.codecs,
            metadata: request.metadata,
            sip: request.sip.map(|sip| ProviderSipSettings { password: password.unwrap_or_default(), ..sip }),
            ..UpdateProviderRequest::default()
        };
        let (idempotency, change) = all((idempotency, provider_fields::change(&Mask::whole(), given)))?;
        Ok(Response::new(self.0.create_provider(change, idempotency).await?))
    }

    async fn get_provider(
        &self,
        request: Request<GetProviderRequest>,
    ) -> Result<Response<GetProviderResponse>, Status> {
        caller(&request)?;
        let provider = Some(self.0.get_provider(convert::id("id", &request.get_ref().id)?).await?);
        Ok(Response::new(GetProviderResponse { provider }))
    }

    async fn list_providers(
        &self,
        request: Request<ListProvidersRequest>,
    ) -> Result<Response<ListProvidersResponse>, Status> {
        caller(&request)?;
        let page = Page::of(request.get_ref().page_size, &request.get_ref().page_token)?;
        Ok(Response::new(self.0.list_providers(page).await?))
    }

    async fn update_provider(
        &self,
        request: Request<UpdateProviderRequest>,
    ) -> Result<Response<UpdateProviderResponse>, Status> {
        caller(&request)?;
        let request = request.into_inner();
        let mask = Mask::of(request.update_mask.clone(), FIELDS)?;
        let (id, expected, change) = all((
            convert::id("id", &request.id),
            convert::expected(request.expected_revision),
            provider_fields::change(&mask, request),
        ))?;
        let provider = Some(self.0.update_provider(id, change, expected).await?);
        Ok(Response::new(UpdateProviderResponse { provider }))
    }

    async fn delete_provider(
        &self,
        request: Request<DeleteProviderRequest>,
    ) -> Result<Response<DeleteProviderResponse>, Status> {
        caller(&request)?;
        let DeleteProviderRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = all((convert::id("id", id), convert::expected(*expected_revision)))?;
        let provider = Some(self.0.delete_provider(id, expected).await?);
        Ok(Response::new(DeleteProviderResponse { provider }))
    }
}
