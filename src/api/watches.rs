//! Watches of activeflows and calls.

use super::App;
use crate::error::Result;
use crate::watch::Watch;
use bytes::Bytes;
use futures::stream::Stream;
use uuid::Uuid;

impl App {
    /// What is wrong with the resume token of a watch whose other fields are refused already; "" is none.
    pub fn check_resume_token(&self, token: &str) -> Result<()> {
        self.hub.check_resume_token(token)
    }

    /// Encoded frames (`ActiveflowFrame` or `CallFrame`), in the order of the log.
    pub async fn watch(
        &self,
        customer_id: Uuid,
        watch: Watch,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
        self.admit()?;
        self.hub.watch(self.runner.present(), customer_id, watch).await
    }
}
