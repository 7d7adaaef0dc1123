//! Customers, as they read and change themselves.

use super::App;
use super::changes::{Expected, Tries};
use crate::delivery::customers::Change;
use crate::error::Result;
use crate::proto;
use uuid::Uuid;

impl App {
    pub async fn get_customer(&self, customer_id: Uuid) -> Result<proto::Customer> {
        Ok(self.customers.current(customer_id).await?.show())
    }

    /// Changes the customer. A new secret is shown only in this response.
    pub async fn update_customer(
        &self,
        customer_id: Uuid,
        change: Change,
        expected: Expected,
    ) -> Result<proto::Customer> {
        if let Some(uri) = &change.webhook_uri {
            self.check_destination(customer_id, "webhook_uri", uri).await?;
        }
        let mut tries = Tries::default();
        loop {
            let current = self.customers.current(customer_id).await?;
            expected.check(current.revision())?;
            if let Some(changed) = self.customers.change(current, change.clone()).await? {
                return Ok(changed);
            }
            tries.again().await?;
        }
    }
}
