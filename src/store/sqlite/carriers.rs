//! Providers and routes.

use super::select::Select;
use super::{Sqlite, rows};
use crate::store::{CarrierStore, Micros, Page, Provider, Result, Route};
use async_trait::async_trait;
use uuid::Uuid;

/// The end of a select of a page: its first row, and the order.
const PAGE: &str = "tm_delete is null and (tm_create, id) < (?, ?) order by tm_create desc, id desc";

#[async_trait]
impl CarrierStore for Sqlite {
    async fn provider(&self, id: Uuid) -> Result<Option<Provider>> {
        let sql = rows::select(rows::PROVIDER, "provider where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::provider).await
    }

    async fn providers(&self, page: Page) -> Result<Vec<Provider>> {
        let rest = format!("indexed by provider_created where {PAGE}");
        let select = from(Select::new(rows::PROVIDER, "provider", rest), page);
        let bytes = |row: &Provider| row.body.len();
        select.rows(&self.readers, page.limit, (page.max_bytes, bytes), rows::provider).await
    }

    async fn route(&self, id: Uuid) -> Result<Option<Route>> {
        let sql = rows::select(rows::ROUTE, "route where id = ?");
        self.readers.one(sqlx::query(sql).bind(id), rows::route).await
    }

    async fn routes(&self, page: Page) -> Result<Vec<Route>> {
        let select = match page.customer_id.is_nil() {
            true => Select::new(rows::ROUTE, "route", format!("indexed by route_created where {PAGE}")),
            false => {
                let rest = format!("indexed by route_customer where customer_id = ? and {PAGE}");
                let mut select = Select::new(rows::ROUTE, "route", rest);
                select.bind(page.customer_id);
                select
            }
        };
        let bytes = |row: &Route| row.body.len();
        from(select, page).rows(&self.readers, page.limit, (page.max_bytes, bytes), rows::route).await
    }
}

/// Binds the start of a page.
fn from(mut select: Select, page: Page) -> Select {
    let (time, id) = page.before.unwrap_or((Micros::MAX, Uuid::max()));
    select.bind(time);
    select.bind(id);
    select
}
