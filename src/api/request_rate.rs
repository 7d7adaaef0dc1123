//! The rate of each customer's requests.

use super::App;
use crate::error::{Error, Reason, Result};
use uuid::Uuid;

impl App {
    /// Counts a request of a customer, and refuses one beyond its rate.
    pub async fn admit_request(&self, customer_id: Uuid) -> Result<()> {
        let limits = self.customers.limits(customer_id).await?;
        self.request_rates.take(customer_id, limits.requests_per_second, 1).map_err(|_| {
            let rate = limits.requests_per_second;
            let message = format!("more than {rate} requests per second (requests_per_second); retry a little later");
            Error::new(Reason::TooManyRequests, message)
        })
    }
}
