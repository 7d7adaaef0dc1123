//! Activeflows: running flows.

use super::App;
use super::flows::Program;
use super::page::{MAX_BYTES, Page};
use crate::clock::Clock;
use crate::engine::{self, Allowance, Begun, Request, Start, variables};
use crate::error::{Result, all, unless_damaged};
use crate::model::flow::Revision;
use crate::model::run::Run;
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::weight::list_weight;
use crate::proto;
use crate::runtime::idempotency::{self, IdempotentRequest};
use crate::runtime::response::{ResponseView, detail};
use crate::runtime::rows;
use crate::runtime::runner::New;
use crate::store::{Commit, RunFilter};
use crate::watch::Present;
use prost::Message;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// An activeflow that the API starts.
pub struct NewActiveflow {
    /// The id chosen by the caller; `None` to generate one.
    pub id: Option<Uuid>,
    pub program: Program,
    /// Replaces the flow's own; nil keeps that one.
    pub on_complete_flow_id: Uuid,
    pub variables: Variables,
    pub webhook_uri: String,
    pub webhook_method: String,
}

impl App {
    pub async fn create_activeflow(
        &self,
        customer_id: Uuid,
        new: NewActiveflow,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::CreateActiveflowResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        self.admit()?;
        let mut permit = self.runner.admit(customer_id, Begun { calls: 0, activeflows: 1 }).await?;
        let on_complete = self.check_flow(customer_id, "on_complete_flow_id", new.on_complete_flow_id).await;
        let ready = self.ready_program(customer_id, new.program, now).await;
        let destination = self.check_destination(customer_id, "webhook_uri", &new.webhook_uri).await;
        let ((), ready, ()) = all((on_complete, ready, destination))?;
        let start = Start {
            id: new.id.unwrap_or_else(|| Clock::id(Clock::now())),
            customer_id,
            revision: ready.revision,
            call: None,
            early_execution: false,
            variables: new.variables,
            on_complete_flow_id: new.on_complete_flow_id,
            webhook_uri: new.webhook_uri,
            webhook_method: new.webhook_method,
        };
        let begin = |allowance: &Allowance| engine::start(start.clone(), now, Clock::seed(), allowance);
        let (mut run, mut output) = permit.start(begin);
        let mut commit = Commit { flows: ready.flows, revisions: ready.revisions, ..Commit::default() };
        rows::add_step(&mut commit, None, &mut run, &mut output, now);
        let response = proto::CreateActiveflowResponse { activeflow: Some(detail(&run)) };
        let (runs, permit) = (vec![(run, output)], Some(permit));
        self.runner.create(New { commit, runs, permit, idempotency, response, now }, async {}).await
    }

    pub async fn get_activeflow(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Activeflow> {
        Ok(detail(&self.runner.run_of(customer_id, id).await?.run))
    }

    pub async fn list_activeflows(
        &self,
        customer_id: Uuid,
        page: Page,
        filter: RunFilter,
    ) -> Result<proto::ListActiveflowsResponse> {
        let found = self.store.runs(page.rows(customer_id), filter).await?;
        let (mut shown, mut total) = (Vec::with_capacity(found.len()), 0);
        // A row may be small and its current action large, or the other way round. Each is made small before the next.
        for row in found {
            let (at, id, state) = (Time(row.run.tm_create), row.run.id, row.run.state.len());
            let activeflow = unless_damaged(self.runner.read(row).await)?.map(|run| run.activeflow());
            let bytes = state.max(activeflow.as_ref().map_or(0, Message::encoded_len));
            total += bytes;
            shown.push((activeflow, bytes, (at, id)));
            if total > MAX_BYTES {
                break;
            }
        }
        let (shown, next_page_token) = page.cut(shown, |(_, bytes, _)| *bytes, |(_, _, at)| *at);
        let activeflows = shown.into_iter().filter_map(|(activeflow, ..)| activeflow).collect();
        Ok(proto::ListActiveflowsResponse { activeflows, next_page_token })
    }

    /// Idempotent: an activeflow that has ended is returned unchanged.
    pub async fn stop_activeflow(
        &self,
        customer_id: Uuid,
        id: Uuid,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::StopActiveflowResponse> {
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, Clock::now()).await? {
            return Ok(response);
        }
        self.runner.run_of(customer_id, id).await?;
        let response = |run: &Run| proto::StopActiveflowResponse { activeflow: Some(detail(run)) };
        self.apply(id, Request::Stop, idempotency, ResponseView::Activeflow, response).await
    }

    pub async fn continue_activeflow(
        &self,
        customer_id: Uuid,
        id: Uuid,
        action_id: Uuid,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::ContinueActiveflowResponse> {
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, Clock::now()).await? {
            return Ok(response);
        }
        self.runner.run_of(customer_id, id).await?;
        let response = |run: &Run| proto::ContinueActiveflowResponse { activeflow: Some(detail(run)) };
        self.apply(id, Request::Continue { action_id }, idempotency, ResponseView::Activeflow, response).await
    }

    pub async fn push_actions(
        &self,
        customer_id: Uuid,
        id: Uuid,
        actions: Vec<proto::Action>,
        interrupt: bool,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::PushActionsResponse> {
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, Clock::now()).await? {
            return Ok(response);
        }
        self.runner.run_of(customer_id, id).await?;
        // Until the run has taken its step.
        let _room = self.runner.room_for(list_weight(&actions)).await?;
        let actions = self.check_for(customer_id, &actions).await?;
        let revision = Arc::new(Revision::new(Clock::id(Clock::now()), Uuid::nil(), 0, Uuid::nil(), actions));
        let response = |run: &Run| proto::PushActionsResponse { activeflow: Some(detail(run)) };
        self.apply(id, Request::Push { revision, interrupt }, idempotency, ResponseView::Activeflow, response).await
    }

    /// Deletes an activeflow, stopping it first if it is running.
    pub async fn delete_activeflow(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Activeflow> {
        self.runner.run_of(customer_id, id).await?;
        let response = |run: &Run| proto::DeleteActiveflowResponse { activeflow: Some(detail(run)) };
        let deleted = self.apply(id, Request::Delete, None, ResponseView::Activeflow, response).await?;
        Ok(deleted.activeflow.unwrap_or_default())
    }

    pub async fn get_variables(&self, customer_id: Uuid, id: Uuid) -> Result<BTreeMap<String, String>> {
        Ok(variables::all(&self.runner.run_of(customer_id, id).await?.run))
    }

    /// Merges variables into the existing ones, all or none, and returns all variables.
    pub async fn set_variables(
        &self,
        customer_id: Uuid,
        id: Uuid,
        variables: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        self.runner.run_of(customer_id, id).await?;
        let response = |run: &Run| proto::SetVariablesResponse { variables: variables::all(run) };
        let set = self.apply(id, Request::SetVariables { variables }, None, ResponseView::Variables, response).await?;
        Ok(set.variables)
    }
}
