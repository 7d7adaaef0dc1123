//! Flows: named lists of actions with revisions.

use super::App;
use super::changes::{Expected, Tries, written};
use super::page::{MAX_BYTES, Page};
use crate::clock::Clock;
use crate::engine::check::{Problem, check_actions};
use crate::error::{Error, Reason, Result, all, unless_damaged};
use crate::model::flow::{Action, Flow, Revision};
use crate::model::time::Time;
use crate::model::view;
use crate::outbound::guard::Allowed;
use crate::proto;
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::runtime::{refusal, revisions, rows};
use crate::store::{self, Commit};
use prost::Message;
use std::sync::Arc;
use uuid::Uuid;

/// A new flow, as its owner describes it.
pub struct Draft {
    pub name: String,
    pub detail: String,
    pub actions: Vec<proto::Action>,
    /// Nil means none.
    pub on_complete_flow_id: Uuid,
}

/// A change to a flow. `None` leaves a field unchanged.
#[derive(Default)]
pub struct Change {
    pub name: Option<String>,
    pub detail: Option<String>,
    pub actions: Option<Vec<proto::Action>>,
    /// Nil means none.
    pub on_complete_flow_id: Option<Uuid>,
}

/// What to run: an existing flow, or actions that come with the request.
pub enum Program {
    Flow(Uuid),
    Actions(Vec<proto::Action>),
}

/// A program that is ready to run, and the rows that must be saved with its first run.
pub struct Ready {
    pub revision: Arc<Revision>,
    pub flows: Vec<store::Flow>,
    pub revisions: Vec<store::Revision>,
}

impl App {
    pub async fn create_flow(
        &self,
        customer_id: Uuid,
        draft: Draft,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::CreateFlowResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        let on_complete = self.check_flow(customer_id, "on_complete_flow_id", draft.on_complete_flow_id).await;
        let ((), (flow, revision)) = all((on_complete, self.new_flow(customer_id, draft, true, now).await))?;
        let response = proto::CreateFlowResponse { flow: Some(view::flow(&flow, &revision)) };
        let commit = Commit {
            flows: vec![rows::flow_row(&flow)],
            revisions: vec![revisions::revision_row(&revision, now)],
            ..Commit::default()
        };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => self.revisions.keep(&revision),
            Done::Before(response) => return Ok(response),
        }
        Ok(response)
    }

    pub async fn get_flow(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Flow> {
        let flow = self.find_flow(customer_id, id).await?;
        let revision = self.revisions.get(flow.revision_id).await?;
        Ok(view::flow(&flow, &revision))
    }

    pub async fn list_flows(&self, customer_id: Uuid, page: Page) -> Result<proto::ListFlowsResponse> {
        let found = self.store.flows(page.rows(customer_id)).await?;
        let (mut shown, mut total) = (Vec::with_capacity(found.len()), 0);
        // A row is small, but its actions may be large.
        for row in found {
            let flow = unless_damaged(self.show_flow(&row).await)?;
            total += flow.as_ref().map_or(0, Message::encoded_len);
            shown.push((row, flow));
            if total > MAX_BYTES {
                break;
            }
        }
        let sort_key = |(row, _): &(store::Flow, _)| (Time(row.tm_create), row.id);
        let size = |(_, flow): &(_, Option<proto::Flow>)| flow.as_ref().map_or(0, Message::encoded_len);
        let (shown, next_page_token) = page.cut(shown, size, sort_key);
        let flows = shown.into_iter().filter_map(|(_, flow)| flow).collect();
        Ok(proto::ListFlowsResponse { flows, next_page_token })
    }

    async fn show_flow(&self, row: &store::Flow) -> Result<proto::Flow> {
        let flow = revisions::read_flow(row, self.store.damage())?;
        let revision = self.revisions.get(flow.revision_id).await?;
        Ok(view::flow(&flow, &revision))
    }

    /// Creates the flow's next revision. Activeflows that are already running keep theirs.
    pub async fn update_flow(
        &self,
        customer_id: Uuid,
        id: Uuid,
        change: Change,
        expected: Expected,
    ) -> Result<proto::Flow> {
        let on_complete = change.on_complete_flow_id.unwrap_or_default();
        let on_complete = self.check_flow(customer_id, "on_complete_flow_id", on_complete).await;
        let actions = match &change.actions {
            Some(actions) => self.check_for(customer_id, actions).await.map(Some),
            None => Ok(None),
        };
        let ((), checked) = all((on_complete, actions))?;
        let mut tries = Tries::default();
        loop {
            let flow = self.find_flow(customer_id, id).await?;
            expected.check(flow.revision.into())?;
            let actions = match &checked {
                Some(actions) => actions.clone(),
                None => self.revisions.get(flow.revision_id).await?.actions.clone(),
            };
            let (flow, revision) = next_revision(flow, &change, actions);
            if self.write_flow(&flow, &revision).await? {
                self.revisions.keep(&revision);
                return Ok(view::flow(&flow, &revision));
            }
            tries.again().await?;
        }
    }

    /// Deletes a flow. It is no longer shown; activeflows that run it continue.
    pub async fn delete_flow(&self, customer_id: Uuid, id: Uuid, expected: Expected) -> Result<proto::Flow> {
        let mut tries = Tries::default();
        loop {
            let flow = self.find_flow(customer_id, id).await?;
            expected.check(flow.revision.into())?;
            let revision = self.revisions.get(flow.revision_id).await?;
            let now = Some(Clock::now());
            let flow = Flow { tm_delete: now, tm_update: now, ..flow };
            // The deletion takes a revision number too, so that it conflicts with concurrent changes. That revision has
            // no actions.
            let last = Revision::new(Clock::id(Clock::now()), id, flow.revision + 1, Uuid::nil(), Vec::new());
            if self.write_flow(&flow, &last).await? {
                return Ok(view::flow(&flow, &revision));
            }
            tries.again().await?;
        }
    }

    /// Writes a flow with its new revision. If several changes produce the same revision number, the store accepts only
    /// the first.
    async fn write_flow(&self, flow: &Flow, revision: &Revision) -> Result<bool> {
        let now = flow.tm_update.unwrap_or(flow.tm_create);
        let commit = Commit {
            flows: vec![rows::flow_row(flow)],
            revisions: vec![revisions::revision_row(revision, now)],
            ..Commit::default()
        };
        written(self.store.commit(commit).await)
    }

    pub(super) async fn find_flow(&self, customer_id: Uuid, id: Uuid) -> Result<Flow> {
        let found = self.revisions.flow(customer_id, id).await?;
        found.ok_or_else(|| Error::new(Reason::FlowNotFound, format!("flow {id} does not exist")))
    }

    /// Checks that the flow that a field names exists. If it is deleted later, the field counts as empty.
    pub(super) async fn check_flow(&self, customer_id: Uuid, field: &str, id: Uuid) -> Result<()> {
        if id.is_nil() || self.revisions.flow(customer_id, id).await?.is_some() {
            return Ok(());
        }
        Err(Error::field(Reason::FlowNotFound, field, format!("flow {id} does not exist")))
    }

    /// Checks the actions of a request and generates missing ids. Does not know what is allowed to the customer alone, so
    /// it is for requests that fail for another reason, which is told first.
    pub fn check(&self, actions: &[proto::Action]) -> Result<Vec<Action>> {
        self.checked(actions, &[]).map_err(refusal::problems)
    }

    /// Checks the actions of a customer's request and generates missing ids.
    pub(super) async fn check_for(&self, customer_id: Uuid, actions: &[proto::Action]) -> Result<Vec<Action>> {
        let allow = self.allowed_to(customer_id).await?;
        self.checked(actions, &allow).map_err(refusal::problems)
    }

    /// Like [`App::check`], but returns all problems. `allow`: what is allowed to the customer alone.
    pub(super) fn checked(
        &self,
        actions: &[proto::Action],
        allow: &[Allowed],
    ) -> std::result::Result<Vec<Action>, Vec<Problem>> {
        let mut ids = crate::engine::Ids::new(Clock::now(), Clock::seed());
        let checked = check_actions(actions, "actions", || ids.next_id());
        let options = || actions.iter().map(|action| action.option.as_ref());
        let mut missing = self.refused_destinations("actions", options(), allow);
        missing.extend(self.available.problems("actions", options()));
        match checked {
            Ok(actions) if missing.is_empty() => Ok(actions),
            Ok(_) => Err(missing),
            Err(problems) => Err(problems.into_iter().chain(missing).collect()),
        }
    }

    async fn new_flow(
        &self,
        customer_id: Uuid,
        draft: Draft,
        listed: bool,
        now: Time,
    ) -> Result<(Flow, Arc<Revision>)> {
        let actions = self.check_for(customer_id, &draft.actions).await?;
        let (id, revision_id) = (Clock::id(Clock::now()), Clock::id(Clock::now()));
        let revision = Arc::new(Revision::new(revision_id, id, 1, draft.on_complete_flow_id, actions));
        let flow = Flow {
            id,
            customer_id,
            listed,
            name: draft.name,
            detail: draft.detail,
            on_complete_flow_id: draft.on_complete_flow_id,
            revision: 1,
            revision_id,
            tm_create: now,
            tm_update: None,
            tm_delete: None,
        };
        Ok((flow, revision))
    }

    /// Prepares a program to run; inline actions become an unlisted flow.
    pub(super) async fn ready_program(&self, customer_id: Uuid, program: Program, now: Time) -> Result<Ready> {
        let actions = match program {
            Program::Actions(actions) => actions,
            Program::Flow(id) => {
                let revision = self.revisions.current(customer_id, id).await?;
                let missing = || Error::field(Reason::FlowNotFound, "flow_id", format!("flow {id} does not exist"));
                return Ok(Ready { revision: revision.ok_or_else(missing)?, flows: Vec::new(), revisions: Vec::new() });
            }
        };
        let draft = Draft { name: String::new(), detail: String::new(), actions, on_complete_flow_id: Uuid::nil() };
        let (flow, revision) = self.new_flow(customer_id, draft, false, now).await?;
        self.revisions.keep(&revision);
        let revisions = vec![revisions::revision_row(&revision, now)];
        Ok(Ready { flows: vec![rows::flow_row(&flow)], revisions, revision })
    }
}

/// Applies a change to a flow, and returns it with its new revision.
fn next_revision(flow: Flow, change: &Change, actions: Vec<Action>) -> (Flow, Arc<Revision>) {
    let flow = Flow {
        name: change.name.clone().unwrap_or(flow.name),
        detail: change.detail.clone().unwrap_or(flow.detail),
        on_complete_flow_id: change.on_complete_flow_id.unwrap_or(flow.on_complete_flow_id),
        revision: flow.revision + 1,
        revision_id: Clock::id(Clock::now()),
        tm_update: Some(Clock::now()),
        ..flow
    };
    let revision = Revision::new(flow.revision_id, flow.id, flow.revision, flow.on_complete_flow_id, actions);
    (flow, Arc::new(revision))
}
