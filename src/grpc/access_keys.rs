//! AccessKeyService.

use super::auth::caller;
use super::convert;
use crate::app::access_keys::{self, New};
use crate::app::once::Once;
use crate::app::page::Page;
use crate::error::Result;
use crate::proto::access_key_service_server::AccessKeyService;
use crate::proto::*;
use std::mem::take;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct AccessKeys(pub Arc<access_keys::AccessKeys>);

impl AccessKeys {
    async fn create(&self, request: Request<CreateAccessKeyRequest>) -> Result<CreateAccessKeyResponse> {
        const RPC: &str = "/ringdown.v1.AccessKeyService/CreateAccessKey";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let key = take(&mut request.idempotency_key);
        let once = Once::new(caller.customer_id, RPC, key, &request)?;
        let new = New {
            name: convert::text("name", request.name, 255)?,
            detail: convert::text("detail", request.detail, 1_000)?,
            expire: convert::time("tm_expire", request.tm_expire)?,
        };
        Ok(CreateAccessKeyResponse { access_key: Some(self.0.create(caller, new, once).await?) })
    }

    async fn get(&self, request: Request<GetAccessKeyRequest>) -> Result<GetAccessKeyResponse> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        Ok(GetAccessKeyResponse { access_key: Some(self.0.get(caller, id).await?) })
    }

    async fn list(&self, request: Request<ListAccessKeysRequest>) -> Result<ListAccessKeysResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let page = Page::new(request.page_size, &request.page_token)?;
        let (access_keys, next_page_token) = self.0.list(caller, page).await?;
        Ok(ListAccessKeysResponse { access_keys, next_page_token })
    }

    async fn update(&self, request: Request<UpdateAccessKeyRequest>) -> Result<UpdateAccessKeyResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let id = convert::id("id", &request.id)?;
        let name = convert::text("name", request.name, 255)?;
        let detail = convert::text("detail", request.detail, 1_000)?;
        Ok(UpdateAccessKeyResponse { access_key: Some(self.0.update(caller, id, name, detail).await?) })
    }

    async fn delete(&self, request: Request<DeleteAccessKeyRequest>) -> Result<DeleteAccessKeyResponse> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        Ok(DeleteAccessKeyResponse { access_key: Some(self.0.delete(caller, id).await?) })
    }
}

#[tonic::async_trait]
impl AccessKeyService for AccessKeys {
    async fn create_access_key(
        &self,
        request: Request<CreateAccessKeyRequest>,
    ) -> Result<Response<CreateAccessKeyResponse>, Status> {
        Ok(Response::new(self.create(request).await?))
    }

    async fn get_access_key(
        &self,
        request: Request<GetAccessKeyRequest>,
    ) -> Result<Response<GetAccessKeyResponse>, Status> {
        Ok(Response::new(self.get(request).await?))
    }

    async fn list_access_keys(
        &self,
        request: Request<ListAccessKeysRequest>,
    ) -> Result<Response<ListAccessKeysResponse>, Status> {
        Ok(Response::new(self.list(request).await?))
    }

    async fn update_access_key(
        &self,
        request: Request<UpdateAccessKeyRequest>,
    ) -> Result<Response<UpdateAccessKeyResponse>, Status> {
        Ok(Response::new(self.update(request).await?))
    }

    async fn delete_access_key(
        &self,
        request: Request<DeleteAccessKeyRequest>,
    ) -> Result<Response<DeleteAccessKeyResponse>, Status> {
        Ok(Response::new(self.delete(request).await?))
    }
}
