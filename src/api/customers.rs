//! Customers, as they see and change themselves.

use super::App;
use crate::delivery::customers::Change;
use crate::error::Result;
use crate::proto;
use uuid::Uuid;

impl App {
    pub async fn get_customer(&self, customer_id: Uuid) -> Result<proto::Customer> {
        self.customers.get(customer_id).await
    }

    /// A new secret is shown in the answer, this once.
    pub async fn update_customer(&self, customer_id: Uuid, change: Change) -> Result<proto::Customer> {
        self.check_destination("webhook_uri", &change.webhook_uri)?;
        self.customers.update(customer_id, change).await
    }
}
