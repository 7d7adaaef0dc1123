//! Creates, reads, controls and ends calls.

use super::App;
use super::flows::Program;
use super::page::{MAX_BYTES, Page};
use crate::clock::Clock;
use crate::engine::{self, Allowance, Begun, Output, Request, Start};
use crate::error::{Error, Result, each, unless_damaged};
use crate::model::call::{Address, Call, Direction, Status};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::view::call_of;
use crate::proto;
use crate::runtime::idempotency::{self, IdempotentRequest};
use crate::runtime::response::ResponseView;
use crate::runtime::rows;
use crate::runtime::runner::New;
use crate::store::{self, CallFilter, Commit};
use crate::watch::{Glimpse, Present, read_call, show_row};
use prost::Message;
use std::sync::Arc;
use uuid::Uuid;

/// The calls that one request creates: one for each destination, each with a separate run.
pub struct NewCalls {
    pub source: Address,
    pub destinations: Vec<Address>,
    pub program: Program,
    pub variables: Variables,
}

impl App {
    /// Creates all of the calls or none.
    pub async fn create_calls(
        &self,
        customer_id: Uuid,
        new: NewCalls,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::CreateCallsResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        self.admit()?;
        let named = new.destinations.iter().enumerate().map(|(at, it)| (format!("destinations[{at}]"), it));
        each(named.map(|(field, destination)| self.check_dialable(customer_id, &field, destination)))?;
        let count = new.destinations.len() as u64;
        let mut permit = self.runner.admit(customer_id, Begun { calls: count, activeflows: count }).await?;
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
            let begin = |allowance: &Allowance| engine::start(start.clone(), now, Clock::seed(), allowance);
            let (mut run, mut output) = permit.start(begin);
            rows::add_step(&mut commit, None, &mut run, &mut output, now);
            runs.push((run, output));
        }
        let calls = runs.iter().filter_map(|(run, _)| Some(call_of(run, run.call()?))).collect();
        let response = proto::CreateCallsResponse { calls };
        let permit = Some(permit);
        self.runner.create(New { commit, runs, permit, idempotency, response, now }, async {}).await
    }

    /// Checks that a call to an address can be made: it is simulated, or a route leads there.
    fn check_dialable(&self, customer_id: Uuid, field: &str, destination: &Address) -> Result<()> {
        let simulated = self.simulator.as_ref().is_some_and(|it| it.knows(customer_id, &destination.target));
        if simulated || !self.available.real_calls {
            return Ok(());
        }
        self.carriers.hops_to(customer_id, destination).map(drop).map_err(|error| {
            let Error { reason, message, violations, .. } = error;
            Error::field(reason, field, violations.into_iter().next().map_or(message, |it| it.description))
        })
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
        let row = self.runner.call_of(customer_id, id).await?;
        // Without its run, a call is shown without its current action.
        let run = unless_damaged(self.runner.glimpse(row.activeflow_id).await)?.flatten();
        Ok(show_row(&row, run.as_ref(), self.store.damage())?.1)
    }

    pub async fn list_calls(
        &self,
        customer_id: Uuid,
        page: Page,
        filter: CallFilter,
    ) -> Result<proto::ListCallsResponse> {
        let status = filter.status;
        let found = self.store.calls(page.rows(customer_id), filter).await?;
        // The calls of one activeflow are usually next to each other.
        let mut last: Option<(Uuid, Option<Glimpse>)> = None;
        let (mut shown, mut total) = (Vec::with_capacity(found.len()), 0);
        // A row is small, but the current action of its run may be large.
        for row in found {
            let run = match last.take().filter(|(id, _)| *id == row.activeflow_id) {
                Some((_, run)) => run,
                None => unless_damaged(self.runner.glimpse(row.activeflow_id).await)?.flatten(),
            };
            let call = unless_damaged(show_row(&row, run.as_ref(), self.store.damage()))?.map(|(_, call)| call);
            last = Some((row.activeflow_id, run));
            total += call.as_ref().map_or(0, Message::encoded_len);
            shown.push((row, call));
            if total > MAX_BYTES {
                break;
            }
        }
        let sort_key = |(row, _): &(store::Call, _)| (Time(row.tm_create), row.id);
        let size = |(_, call): &(_, Option<proto::Call>)| call.as_ref().map_or(0, Message::encoded_len);
        let (shown, next_page_token) = page.cut(shown, size, sort_key);
        // A call that has changed since the query may no longer match the filter.
        let calls = shown.into_iter().filter_map(|(_, call)| call).filter(|call| status == 0 || call.status == status);
        Ok(proto::ListCallsResponse { calls: calls.collect(), next_page_token })
    }

    /// Deletes a call, hanging it up first if it has not ended.
    pub async fn delete_call(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Call> {
        let row = self.runner.call_of(customer_id, id).await?;
        let call = Box::new(read_call(&row, self.store.damage())?);
        let gone = Call { tm_delete: Some(Clock::now()), ..(*call).clone() };
        let view = ResponseView::Call(Box::new(gone.clone()));
        let response = |run: &Run| proto::DeleteCallResponse {
            call: Some(call_of(run, run.leg(id).map_or(&gone, |leg| &leg.call))),
        };
        let deleted = self.apply(row.activeflow_id, Request::DeleteCall { call }, None, view, response).await?;
        Ok(deleted.call.unwrap_or_default())
    }

    /// Sends a command to a call; `wrap` turns the call's new state into the RPC's response.
    pub async fn command<R: Message + Default>(
        &self,
        customer_id: Uuid,
        id: Uuid,
        request: Request,
        idempotency: Option<IdempotentRequest>,
        wrap: impl FnOnce(proto::Call) -> R,
    ) -> Result<R> {
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, Clock::now()).await? {
            return Ok(response);
        }
        let row = self.runner.call_of(customer_id, id).await?;
        let stored = read_call(&row, self.store.damage())?;
        let view = ResponseView::Call(Box::new(stored.clone()));
        let response = |run: &Run| wrap(call_of(run, run.leg(id).map_or(&stored, |leg| &leg.call)));
        self.apply(row.activeflow_id, request, idempotency, view, response).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flow::Revision;

    #[test]
    fn a_call_and_its_action_are_of_one_moment() {
        let damage = store::Damage::new(Default::default());
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
        let (mut run, mut output) = engine::start(start, Time(1), 0, &Allowance::default());
        let mut commit = Commit::default();
        rows::add_step(&mut commit, None, &mut run, &mut output, Time(1));
        let row = commit.runs.pop().and_then(|mut write| write.calls.pop()).expect("the row of the call");
        let (read, shown) = show_row(&row, None, &damage).unwrap();
        assert!(read == call && shown.status() == proto::CallStatus::Ringing);
        // The run continues between the two reads.
        run.legs[0].call.status = Status::Progressing;
        run.legs[0].call.recording_id = Uuid::from_u128(6);
        let loaded = store::Loaded { key: 1, owner: store::ALONE, run: run.clone() };
        let (read, shown) = show_row(&row, Some(&Glimpse::of(Arc::new(loaded))), &damage).unwrap();
        assert_eq!(read, run.legs[0].call);
        assert!(shown.status() == proto::CallStatus::Progressing && !shown.recording_id.is_empty());
    }
}
