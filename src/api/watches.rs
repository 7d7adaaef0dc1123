//! Watches of activeflows and calls.

use super::App;
use crate::error::Result;
use crate::watch::Watch;
use bytes::Bytes;
use futures::stream::Stream;
use uuid::Uuid;

impl App {
    /// Checks the resume token of a watch, after other fields were found invalid; "" means none.
    pub fn check_resume_token(&self, token: &str) -> Result<()> {
        self.hub.check_resume_token(token)
    }

    /// Starts a watch. Returns encoded frames (`ActiveflowFrame` or `CallFrame`), in the order of the log.
    pub async fn watch(
        &self,
        customer_id: Uuid,
        watch: Watch,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
        self.admit()?;
        // A watch ends with the suspension of its customer: it would end at once.
        self.customers.admit(customer_id).await?;
        let limits = self.customers.limits(customer_id).await?;
        self.hub.watch(self.runner.present(), (customer_id, limits.watches), watch).await
    }
}
