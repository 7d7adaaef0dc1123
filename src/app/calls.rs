//! Calls: made, shown, steered and ended.

use super::clock::Clock;
use super::flows::Program;
use super::once::{self, Once};
use super::orders::Part;
use super::page::{MAX_BYTES, Page};
use super::rows;
use super::runner::New;
use super::{App, activeflows};
use crate::engine::{self, Output, Request, Start};
use crate::error::{Error, Reason, Result};
use crate::model::call::{Address, Call, Direction, Status};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::view::{self, Owner};
use crate::proto;
use crate::store::{self, CallFilter, Commit};
use prost::Message;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use uuid::Uuid;

/// Calls that a request makes: one a destination, each a run of its own.
pub struct NewCalls {
    pub source: Address,
    pub destinations: Vec<Address>,
    pub program: Program,
    pub variables: Variables,
}

impl App {
    /// All or none of them are made.
    pub async fn create_calls(
        &self,
        customer_id: Uuid,
        new: NewCalls,
        once: Option<Once>,
    ) -> Result<proto::CreateCallsResponse> {
        let now = Clock::now();
        if let Some(response) = once::replay(&*self.store, &once, now).await? {
            return Ok(response);
        }
        self.admit()?;
        self.runner.admit(customer_id, new.destinations.len(), new.destinations.len())?;
        let ready = self.ready_program(customer_id, new.program, now).await?;
        let mut commit = Commit { flows: ready.flows, revisions: ready.revisions, ..Commit::default() };
        let mut runs: Vec<(Run, Output)> = Vec::with_capacity(new.destinations.len());
        for destination in new.destinations {
            let call = Call {
                id: Clock::id(Clock::now()),
                source: new.source.clone(),
                destination,
                direction: Direction::Outgoing,
                status: Status::Dialing,
                tm_create: now,
                ..Call::blank()
            };
            let start = self.start_of(customer_id, &ready.revision, call, new.variables.clone());
            let (mut run, mut output) = engine::start(start, now, Clock::seed());
            rows::add_step(&mut commit, None, &mut run, &mut output, now);
            runs.push((run, output));
        }
        let calls = runs.iter().filter_map(|(run, _)| Some(shown(run, run.call()?))).collect();
        let response = proto::CreateCallsResponse { calls };
        self.runner.create(New { commit, runs, once, response, now }, async {}).await
    }

    pub(super) fn start_of(
        &self,
        customer_id: Uuid,
        revision: &Arc<crate::model::flow::Revision>,
        call: Call,
        variables: Variables,
    ) -> Start {
        Start {
            id: Clock::id(Clock::now()),
            customer_id,
            revision: revision.clone(),
            call: Some(call),
            early_execution: false,
            variables,
            on_complete_flow_id: Uuid::nil(),
            webhook_uri: String::new(),
            webhook_method: String::new(),
        }
    }

    pub async fn get_call(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Call> {
        let row = self.find_call(customer_id, id).await?;
        let loaded = self.runner.load(row.activeflow_id).await?;
        Ok(show_row(&row, loaded.as_ref().map(|loaded| &loaded.run))?.1)
    }

    pub async fn list_calls(
        &self,
        customer_id: Uuid,
        page: Page,
        filter: CallFilter,
    ) -> Result<proto::ListCallsResponse> {
        let status = filter.status;
        let found = self.store.calls(page.rows(customer_id), filter).await?;
        let mut runs = HashMap::new();
        let (mut shown, mut total) = (Vec::with_capacity(found.len()), 0);
        // A row is small, the action that its run is at may not be.
        for row in found {
            if let Entry::Vacant(place) = runs.entry(row.activeflow_id) {
                place.insert(self.runner.load(row.activeflow_id).await?);
            }
            let run = runs.get(&row.activeflow_id).and_then(Option::as_ref).map(|loaded| &loaded.run);
            let (_, call) = show_row(&row, run)?;
            total += call.encoded_len();
            shown.push((row, call));
            if total > MAX_BYTES {
                break;
            }
        }
        let place = |(row, _): &(store::Call, _)| (Time(row.tm_create), row.id);
        let (shown, next_page_token) = page.cut(shown, |(_, call)| call.encoded_len(), place);
        // One that has gone on since it was found may not be what was asked for any more.
        let calls = shown.into_iter().map(|(_, call)| call).filter(|call| status == 0 || call.status == status);
        Ok(proto::ListCallsResponse { calls: calls.collect(), next_page_token })
    }

    /// Hangs it up first if it is up.
    pub async fn delete_call(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Call> {
        let row = self.find_call(customer_id, id).await?;
        let call = Box::new(rows::read_call(&row)?);
        let gone = Call { tm_delete: Some(Clock::now()), ..(*call).clone() };
        let part = Part::Call(Box::new(gone.clone()));
        let response = |run: &Run| proto::DeleteCallResponse {
            call: Some(shown(run, run.leg(id).map_or(&gone, |leg| &leg.call))),
        };
        let deleted = self.order(row.activeflow_id, Request::DeleteCall { call }, None, part, response).await?;
        Ok(deleted.call.unwrap_or_default())
    }

    /// Brings a command to a call; `wrap` makes the RPC's response of the call as it is then.
    pub async fn command<R: Message + Default>(
        &self,
        customer_id: Uuid,
        id: Uuid,
        request: Request,
        once: Option<Once>,
        wrap: impl FnOnce(proto::Call) -> R,
    ) -> Result<R> {
        if let Some(response) = once::replay(&*self.store, &once, Clock::now()).await? {
            return Ok(response);
        }
        let row = self.find_call(customer_id, id).await?;
        let stored = rows::read_call(&row)?;
        let part = Part::Call(Box::new(stored.clone()));
        let response = |run: &Run| wrap(shown(run, run.leg(id).map_or(&stored, |leg| &leg.call)));
        self.order(row.activeflow_id, request, once, part, response).await
    }

    /// A call of this customer that is not deleted.
    pub(super) async fn find_call(&self, customer_id: Uuid, id: Uuid) -> Result<store::Call> {
        let row = self.store.call(id).await?;
        let own = |row: &store::Call| row.customer_id == customer_id && row.tm_delete.is_none();
        row.filter(own).ok_or_else(|| Error::new(Reason::CallNotFound, format!("there is no call {id}")))
    }
}

/// A call with the action that its run is at.
pub fn shown(run: &Run, call: &Call) -> proto::Call {
    view::call(call, Owner::from(&run.head), action_of(run, call))
}

/// Legs run no flow, and a flow that has not begun has no action yet.
fn action_of(run: &Run, call: &Call) -> Option<proto::Action> {
    let own = run.call_id() == Some(call.id);
    own.then(|| activeflows::listed(run).current_action).flatten()
}

/// The call of a row, with its run, which was read after it and may have gone on since: both are told as of one moment.
pub(super) fn show_row(row: &store::Call, run: Option<&Run>) -> Result<(Call, proto::Call)> {
    let call = match run.and_then(|run| run.leg(row.id)) {
        Some(leg) => leg.call.clone(),
        None => rows::read_call(row)?,
    };
    let owner = Owner { customer_id: row.customer_id, flow_id: row.flow_id, activeflow_id: row.activeflow_id };
    let shown = view::call(&call, owner, run.and_then(|run| action_of(run, &call)));
    Ok((call, shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flow::Revision;

    #[test]
    fn a_call_and_its_action_are_of_one_moment() {
        let call = Call { id: Uuid::from_u128(1), status: Status::Ringing, ..Call::blank() };
        let start = Start {
            id: Uuid::from_u128(2),
            customer_id: Uuid::from_u128(3),
            revision: Arc::new(Revision::new(Uuid::from_u128(4), Uuid::from_u128(5), 1, Uuid::nil(), Vec::new())),
            call: Some(call.clone()),
            early_execution: false,
            variables: Variables::default(),
            on_complete_flow_id: Uuid::nil(),
            webhook_uri: String::new(),
            webhook_method: String::new(),
        };
        let (mut run, mut output) = engine::start(start, Time(1), 0);
        let mut commit = Commit::default();
        rows::add_step(&mut commit, None, &mut run, &mut output, Time(1));
        let row = commit.runs.pop().and_then(|mut write| write.calls.pop()).expect("the row of the call");
        let (read, shown) = show_row(&row, None).unwrap();
        assert!(read == call && shown.status() == proto::CallStatus::Ringing);
        // The run goes on between the two reads.
        run.legs[0].call.status = Status::Progressing;
        run.legs[0].call.recording_id = Uuid::from_u128(6);
        let (read, shown) = show_row(&row, Some(&run)).unwrap();
        assert_eq!(read, run.legs[0].call);
        assert!(shown.status() == proto::CallStatus::Progressing && !shown.recording_id.is_empty());
    }
}
