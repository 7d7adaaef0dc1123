//! Providers, which are the carriers that calls go to, and routes to them.

use super::{Micros, Page, Result};
use async_trait::async_trait;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub id: Uuid,
    /// Works like an access key's.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
    /// The password, sealed.
    pub sealed: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub id: Uuid,
    /// Never changes.
    pub customer_id: Uuid,
    /// Works like an access key's.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// The part of the port that is about carriers. Lists leave out rows that cannot be read.
#[async_trait]
pub trait CarrierStore: Send + Sync {
    /// Returns a provider, even if it is deleted.
    async fn provider(&self, id: Uuid) -> Result<Option<Provider>>;
    /// Lists all providers, whatever customer the page names.
    async fn providers(&self, page: Page) -> Result<Vec<Provider>>;
    /// Returns a route, even if it is deleted.
    async fn route(&self, id: Uuid) -> Result<Option<Route>>;
    /// Lists the routes of the customer that the page names; of nil, all routes.
    async fn routes(&self, page: Page) -> Result<Vec<Route>>;
}
