//! AccessKeyService.

use super::convert::{self, DETAIL, NAME};
use super::mask::Mask;
use crate::api::IdempotentRequest;
use crate::api::access_keys::{self, AccessKeys, Change, New, Role};
use crate::api::page::Page;
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::proto::access_key_service_server::AccessKeyService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The fields of an access key that can be changed.
const FIELDS: &[&str] = &["name", "detail"];

pub struct Service {
    keys: Arc<AccessKeys>,
}

impl Service {
    pub fn new(keys: Arc<AccessKeys>) -> Service {
        Service { keys }
    }

    async fn create(&self, request: Request<CreateAccessKeyRequest>) -> Result<CreateAccessKeyResponse> {
        const RPC: &str = access_keys::CREATE;
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let name = convert::text("name", request.name, NAME);
        let detail = convert::text("detail", request.detail, DETAIL);
        let expire = convert::time("tm_expire", request.tm_expire);
        let role = role(request.role);
        let past = expire.as_ref().map_or(Ok(()), |expire| AccessKeys::check_expire(*expire));
        let checked = all((idempotency, name, detail, role, expire));
        let (idempotency, name, detail, role, expire) = checked.map_err(|error| error.and_of(past))?;
        let new = New { name, detail, role, expire };
        Ok(CreateAccessKeyResponse { access_key: Some(self.keys.create(caller, new, idempotency).await?) })
    }

    async fn get(&self, request: Request<GetAccessKeyRequest>) -> Result<GetAccessKeyResponse> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        Ok(GetAccessKeyResponse { access_key: Some(self.keys.get(caller, id).await?) })
    }

    async fn list(&self, request: Request<ListAccessKeysRequest>) -> Result<ListAccessKeysResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let page = Page::of(request.page_size, &request.page_token)?;
        let (access_keys, next_page_token) = self.keys.list(caller, page).await?;
        Ok(ListAccessKeysResponse { access_keys, next_page_token })
    }

    async fn update(&self, request: Request<UpdateAccessKeyRequest>) -> Result<UpdateAccessKeyResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let mask = Mask::of(request.update_mask, FIELDS)?;
        let (id, expected, name, detail) = all((
            convert::id("id", &request.id),
            convert::expected(request.expected_revision),
            mask.take("name", || convert::text("name", request.name, NAME)),
            mask.take("detail", || convert::text("detail", request.detail, DETAIL)),
        ))?;
        let change = Change { name, detail };
        Ok(UpdateAccessKeyResponse { access_key: Some(self.keys.update(caller, id, change, expected).await?) })
    }

    async fn delete(&self, request: Request<DeleteAccessKeyRequest>) -> Result<DeleteAccessKeyResponse> {
        let caller = caller(&request)?;
        let DeleteAccessKeyRequest { id, expected_revision } = request.get_ref();
        let (id, expected) = (convert::id("id", id)?, convert::expected(*expected_revision)?);
        Ok(DeleteAccessKeyResponse { access_key: Some(self.keys.delete(caller, id, expected).await?) })
    }
}

/// Reads the role of a new key; unspecified is the default.
fn role(role: i32) -> Result<Option<Role>> {
    let unknown = || Error::field(Reason::InvalidArgument, "role", "expected full, operate, read or operator");
    match role {
        0 => Ok(None),
        _ => Role::of_key(role).map(Some).ok_or_else(unknown),
    }
}

#[tonic::async_trait]
impl AccessKeyService for Service {
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
