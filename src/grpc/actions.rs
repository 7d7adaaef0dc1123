//! ActionService: the catalogue, built from the contract and the engine's table of actions.

use crate::api::App;
use crate::engine::actions::{Mode, spec};
use crate::error::Result;
use crate::http::auth::caller;
use crate::proto::action_service_server::ActionService;
use crate::proto::*;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Actions(pub Arc<App>);

fn described(app: &App, doc: &ActionTypeDoc) -> ActionType {
    let spec = spec(doc.name);
    let mode = match spec.mode {
        Mode::Immediate => ActionMode::Immediate,
        Mode::Waits => ActionMode::Waits,
        Mode::Blocks => ActionMode::Blocks,
        Mode::Nests => ActionMode::Nests,
        Mode::Ends => ActionMode::Ends,
    };
    let missing = app.available.missing(doc.name);
    ActionType {
        name: doc.name.to_owned(),
        about: doc.about.to_owned(),
        mode: mode.into(),
        media: spec.needs_call,
        available: missing.is_empty(),
        unavailable_reason: if missing.is_empty() { String::new() } else { format!("requires {missing}") },
        option_schema: option_schema(doc.name).map(|schema| schema.to_string()).unwrap_or_default(),
    }
}

#[tonic::async_trait]
impl ActionService for Actions {
    async fn list_action_types(
        &self,
        request: Request<ListActionTypesRequest>,
    ) -> Result<Response<ListActionTypesResponse>, Status> {
        caller(&request)?;
        let action_types = ACTION_TYPES.iter().map(|doc| described(&self.0, doc)).collect();
        Ok(Response::new(ListActionTypesResponse { action_types }))
    }
}
