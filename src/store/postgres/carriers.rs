//! Providers and routes. There are few of each and they are small, so that pages need no bound in bytes.

use super::{Postgres, rows};
use crate::store::{CarrierStore, Micros, Page, Provider, Result, Route};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, query};
use uuid::Uuid;

/// The rows of a page, whose bounds are the first three parameters.
const PAGE: &str = "tm_delete is null and (tm_create, id) < ($1, $2) order by tm_create desc, id desc limit $3";

#[async_trait]
impl CarrierStore for Postgres {
    async fn provider(&self, id: Uuid) -> Result<Option<Provider>> {
        let sql = format!("select {} from provider where id = $1", rows::PROVIDER);
        self.connections.one(query(AssertSqlSafe(sql)).bind(id), rows::provider).await
    }

    async fn providers(&self, page: Page) -> Result<Vec<Provider>> {
        let (time, id) = page.before.unwrap_or((Micros::MAX, Uuid::max()));
        let sql = format!("select {} from provider where {PAGE}", rows::PROVIDER);
        let rows = |wanted: i64| query(AssertSqlSafe(sql.clone())).bind(time).bind(id).bind(wanted);
        self.connections.sound(page.limit, rows, rows::provider).await
    }

    async fn route(&self, id: Uuid) -> Result<Option<Route>> {
        let sql = format!("select {} from route where id = $1", rows::ROUTE);
        self.connections.one(query(AssertSqlSafe(sql)).bind(id), rows::route).await
    }

    async fn routes(&self, page: Page) -> Result<Vec<Route>> {
        let (time, id) = page.before.unwrap_or((Micros::MAX, Uuid::max()));
        let all = page.customer_id.is_nil();
        let of = if all { "" } else { "customer_id = $4 and " };
        let sql = format!("select {} from route where {of}{PAGE}", rows::ROUTE);
        let rows = |wanted: i64| {
            let page_of = query(AssertSqlSafe(sql.clone())).bind(time).bind(id).bind(wanted);
            if all { page_of } else { page_of.bind(page.customer_id) }
        };
        self.connections.sound(page.limit, rows, rows::route).await
    }
}
