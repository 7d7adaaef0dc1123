//! Text messages: sent through the outbox, and received at customers' numbers.

use super::App;
use super::page::Page;
use crate::clock::Clock;
use crate::delivery::rows as delivery;
use crate::delivery::webhooks;
use crate::delivery::webhooks::events::WebhookEvent;
use crate::engine::{self, Arrived, Begun, Output, Start};
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::call::Address;
use crate::model::outgoing::{OutboxPayload, Outgoing};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::model::variables::Variables;
use crate::model::view;
use crate::proto::{self, MessageDirection, MessageStatus};
use crate::runtime::Permit;
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::runtime::rows;
use crate::runtime::runner::New;
use crate::store::{self, Commit, MessageFilter};
use prost::Message;
use uuid::Uuid;

/// An incoming text message.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub source: Address,
    pub destination: Address,
    pub text: String,
}

impl App {
    /// Queues a message to each destination, all or none.
    pub async fn send_messages(
        &self,
        customer_id: Uuid,
        source: &Address,
        destinations: &[Address],
        text: &str,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::SendMessageResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        self.admit()?;
        let limits = self.customers.limits(customer_id).await?;
        if self.usage.left(customer_id, &limits).await?.messages < destinations.len() as u64 {
            let message = "the customer's text messages of the day are used up (daily_messages)";
            return Err(Error::new(Reason::BudgetUsedUp, message));
        }
        if !self.deliverer.may_send_from(customer_id, source).await? {
            let description = "is not one of your numbers; a message that leaves by a provider must come from one";
            return Err(Error::field(Reason::SourceNotAllowed, "source", description));
        }
        let mut commit = Commit::default();
        let mut messages = Vec::with_capacity(destinations.len());
        for destination in destinations {
            let id = Clock::id(Clock::now());
            messages.push(delivery::queued(id, customer_id, (source, destination), text, now));
            let (source, destination) = (source.clone(), destination.clone());
            let payload = OutboxPayload::Message { source, destination, text: text.to_owned() };
            delivery::add_outgoing(&mut commit, &Outgoing { id, payload }, customer_id, Uuid::nil(), now);
        }
        let response = proto::SendMessageResponse { messages };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => self.deliverer.wake(),
            Done::Before(response) => return Ok(response),
        }
        Ok(response)
    }

    /// Receives a message at a number of this customer: saves it, queues the event for the customer's webhook, and
    /// starts the number's message flow, all in one commit.
    pub async fn receive_message(
        &self,
        customer_id: Uuid,
        arrival: Arrival,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::ReceiveMessageResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        self.admit()?;
        self.customers.admit(customer_id).await?;
        let number = self.number_called(customer_id, &arrival.destination.target).await?;
        let flow_id = number.message_flow_id.parse().unwrap_or_default();
        let mut commit = Commit::default();
        let mut message = arrived(Clock::id(now), customer_id, &arrival, now);
        let run = self.start_by_message(&mut commit, customer_id, flow_id, &mut message, now).await?;
        let event = WebhookEvent::new(format!("{}-received", message.id), "message_received", now, &message);
        let info = run.as_ref().map(|(run, ..)| &run.info);
        webhooks::add_event(&mut commit, &self.customers, customer_id, info, &event).await?;
        commit.messages.push(delivery::message_row(&message));
        let response = proto::ReceiveMessageResponse { message: Some(message) };
        let deliverer = self.deliverer.clone();
        let committed = async move { deliverer.wake() };
        let (runs, permit) = run.map(|(run, output, permit)| (vec![(run, output)], permit)).unzip();
        let runs = runs.unwrap_or_default();
        self.runner.create(New { commit, runs, permit, idempotency, response, now }, committed).await
    }

    /// Starts the message flow, if there is one. A flow that has been deleted counts as none.
    async fn start_by_message(
        &self,
        commit: &mut Commit,
        customer_id: Uuid,
        flow_id: Uuid,
        message: &mut proto::Message,
        now: Time,
    ) -> Result<Option<(Run, Output, Permit)>> {
        if flow_id.is_nil() {
            return Ok(None);
        }
        let Some(revision) = self.revisions.current(customer_id, flow_id).await? else { return Ok(None) };
        let mut permit = self.runner.admit(customer_id, Begun { calls: 0, activeflows: 1 }).await?;
        let start = Start {
            id: Clock::id(Clock::now()),
            customer_id,
            revision,
            call: None,
            early_execution: false,
            variables: Variables::default(),
            on_complete_flow_id: Uuid::nil(),
            webhook_uri: String::new(),
            webhook_method: String::new(),
        };
        message.activeflow_id = view::id(start.id);
        let id = message.id.parse().map_err(Error::internal)?;
        let (source, destination) = (target(&message.source), target(&message.destination));
        let arrived = Arrived { id, source, destination, text: &message.text };
        let (mut run, mut output) =
            permit.start(|allowance| engine::start_by_message(start.clone(), arrived, now, Clock::seed(), allowance));
        rows::add_step(commit, None, &mut run, &mut output, now);
        Ok(Some((run, output, permit)))
    }

    /// Returns the customer who owns a number, for requests from providers.
    pub async fn owner_of_number(&self, number: &str) -> Result<Option<Uuid>> {
        Ok(self.store.number_called(number).await?.map(|row| row.customer_id))
    }

    pub async fn get_message(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Message> {
        self.find_message(customer_id, id).await
    }

    pub async fn list_messages(
        &self,
        customer_id: Uuid,
        page: Page,
        filter: MessageFilter,
    ) -> Result<proto::ListMessagesResponse> {
        let found = self.store.messages(page.rows(customer_id), filter).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row| unless_damaged(read(row, self.store.damage())).transpose();
        let messages = found.iter().filter_map(read).collect::<Result<_>>()?;
        Ok(proto::ListMessagesResponse { messages, next_page_token })
    }

    pub async fn delete_message(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Message> {
        let mut message = self.find_message(customer_id, id).await?;
        let now = Clock::now();
        (message.tm_update, message.tm_delete) = (view::time(now), view::time(now));
        let messages = vec![delivery::message_row(&message)];
        self.store.commit(Commit { messages, ..Commit::default() }).await?;
        Ok(message)
    }

    async fn find_message(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Message> {
        let row = self.store.message(id).await?;
        let own = |row: &store::Message| row.customer_id == customer_id && row.tm_delete.is_none();
        let missing = || Error::new(Reason::MessageNotFound, format!("message {id} does not exist"));
        read(&row.filter(own).ok_or_else(missing)?, self.store.damage())
    }
}

fn arrived(id: Uuid, customer_id: Uuid, arrival: &Arrival, now: Time) -> proto::Message {
    proto::Message {
        direction: MessageDirection::Incoming.into(),
        status: MessageStatus::Received.into(),
        ..delivery::queued(id, customer_id, (&arrival.source, &arrival.destination), &arrival.text, now)
    }
}

fn target(address: &Option<proto::Address>) -> &str {
    address.as_ref().map_or("", |address| address.target.as_str())
}

fn read(row: &store::Message, damage: &store::Damage) -> Result<proto::Message> {
    Ok(proto::Message::decode(row.body.as_slice()).map_err(|why| damage.found("message", row.id, why))?)
}
