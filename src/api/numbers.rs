//! Telephone numbers, and the flows that they lead to.

use super::App;
use super::page::Page;
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, all};
use crate::model::time::Time;
use crate::model::view::{self, time_of};
use crate::proto;
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit};
use prost::Message;
use uuid::Uuid;

/// What a number leads to, as its owner describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads {
    /// Nil for none, both of them.
    pub call_flow_id: Uuid,
    pub message_flow_id: Uuid,
    pub name: String,
    pub detail: String,
}

impl App {
    pub async fn create_number(
        &self,
        customer_id: Uuid,
        number: String,
        leads: Leads,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::CreateNumberResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        self.check_flows(customer_id, &leads).await?;
        let mut made = proto::Number {
            id: view::id(Clock::id(now)),
            customer_id: view::id(customer_id),
            number,
            tm_create: view::time(now),
            ..Default::default()
        };
        lead(&mut made, leads);
        let commit = Commit { numbers: vec![row(&made)], ..Commit::default() };
        let response = proto::CreateNumberResponse { number: Some(made) };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => Ok(response),
            Done::Before(response) => Ok(response),
        }
    }

    pub async fn get_number(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Number> {
        let row = self.store.number(id).await?;
        let own = |row: &store::Number| row.customer_id == customer_id && row.tm_delete.is_none();
        let missing = || Error::new(Reason::NumberNotFound, format!("there is no number {id}"));
        read(&row.filter(own).ok_or_else(missing)?)
    }

    pub async fn list_numbers(&self, customer_id: Uuid, page: Page) -> Result<proto::ListNumbersResponse> {
        let found = self.store.numbers(page.rows(customer_id)).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let numbers = found.iter().map(read).collect::<Result<_>>()?;
        Ok(proto::ListNumbersResponse { numbers, next_page_token })
    }

    /// Replaces all but the number itself.
    pub async fn update_number(&self, customer_id: Uuid, id: Uuid, leads: Leads) -> Result<proto::Number> {
        self.check_flows(customer_id, &leads).await?;
        let _changing = self.changing_number.lock().await;
        let mut number = self.get_number(customer_id, id).await?;
        lead(&mut number, leads);
        number.tm_update = view::time(Clock::now());
        self.store.commit(Commit { numbers: vec![row(&number)], ..Commit::default() }).await?;
        Ok(number)
    }

    pub async fn delete_number(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Number> {
        let _changing = self.changing_number.lock().await;
        let mut number = self.get_number(customer_id, id).await?;
        let now = view::time(Clock::now());
        (number.tm_update, number.tm_delete) = (now, now);
        self.store.commit(Commit { numbers: vec![row(&number)], ..Commit::default() }).await?;
        Ok(number)
    }

    /// The number that someone outside has called or written to, if it is this customer's.
    pub(super) async fn number_called(&self, customer_id: Uuid, number: &str) -> Result<proto::Number> {
        let row = self.store.number_called(number).await?.filter(|row| row.customer_id == customer_id);
        let missing = || Error::new(Reason::NumberNotFound, format!("{number} is none of your numbers"));
        read(&row.ok_or_else(missing)?)
    }

    async fn check_flows(&self, customer_id: Uuid, leads: &Leads) -> Result<()> {
        let call_flow = self.check_flow(customer_id, "call_flow_id", leads.call_flow_id).await;
        let message_flow = self.check_flow(customer_id, "message_flow_id", leads.message_flow_id).await;
        all((call_flow, message_flow)).map(drop)
    }
}

fn lead(number: &mut proto::Number, leads: Leads) {
    number.call_flow_id = view::id(leads.call_flow_id);
    number.message_flow_id = view::id(leads.message_flow_id);
    number.name = leads.name;
    number.detail = leads.detail;
}

fn row(number: &proto::Number) -> store::Number {
    let id = |text: &str| text.parse().unwrap_or_default();
    store::Number {
        id: id(&number.id),
        customer_id: id(&number.customer_id),
        number: number.number.clone(),
        tm_create: number.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: number.tm_delete.as_ref().map(|time| time_of(time).0),
        body: number.encode_to_vec(),
    }
}

fn read(row: &store::Number) -> Result<proto::Number> {
    proto::Number::decode(row.body.as_slice()).map_err(Error::internal)
}
