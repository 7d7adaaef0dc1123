//! Telephone numbers and the flows assigned to them.

use super::App;
use super::changes::{Expected, Tries, written};
use super::page::Page;
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, all, unless_damaged};
use crate::model::time::Time;
use crate::model::view::{self, time_of};
use crate::proto;
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit};
use prost::Message;
use uuid::Uuid;

/// The flows and texts of a number, as its owner describes them. `None` leaves a field unchanged, or empty in a new
/// number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads {
    /// Nil means no flow, for both fields.
    pub call_flow_id: Option<Uuid>,
    pub message_flow_id: Option<Uuid>,
    pub name: Option<String>,
    pub detail: Option<String>,
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
        lead(&mut made, &leads);
        let commit = Commit { numbers: vec![row(&made)], ..Commit::default() };
        let response = proto::CreateNumberResponse { number: Some(proto::Number { revision: 1, ..made }) };
        match idempotency::commit(&*self.store, &idempotency, commit, &response, now).await? {
            Done::Now(_) => Ok(response),
            Done::Before(response) => Ok(response),
        }
    }

    pub async fn get_number(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Number> {
        let row = self.store.number(id).await?;
        let own = |row: &store::Number| row.customer_id == customer_id && row.tm_delete.is_none();
        let missing = || Error::new(Reason::NumberNotFound, format!("number {id} does not exist"));
        read(&row.filter(own).ok_or_else(missing)?, self.store.damage())
    }

    /// Returns the customer that a number belongs to, by the number's id.
    pub async fn owner_of_number_id(&self, id: Uuid) -> Result<Uuid> {
        let row = self.store.number(id).await?.filter(|row| row.tm_delete.is_none());
        let missing = || Error::new(Reason::NumberNotFound, format!("number {id} does not exist"));
        Ok(row.ok_or_else(missing)?.customer_id)
    }

    pub async fn list_numbers(&self, customer_id: Uuid, page: Page) -> Result<proto::ListNumbersResponse> {
        let found = self.store.numbers(page.rows(customer_id)).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row| unless_damaged(read(row, self.store.damage())).transpose();
        let numbers = found.iter().filter_map(read).collect::<Result<_>>()?;
        Ok(proto::ListNumbersResponse { numbers, next_page_token })
    }

    /// Changes everything but the number itself.
    pub async fn update_number(
        &self,
        customer_id: Uuid,
        id: Uuid,
        leads: Leads,
        expected: Expected,
    ) -> Result<proto::Number> {
        self.check_flows(customer_id, &leads).await?;
        self.change_number(customer_id, id, expected, |number| lead(number, &leads)).await
    }

    pub async fn delete_number(&self, customer_id: Uuid, id: Uuid, expected: Expected) -> Result<proto::Number> {
        self.change_number(customer_id, id, expected, |number| number.tm_delete = number.tm_update).await
    }

    async fn change_number(
        &self,
        customer_id: Uuid,
        id: Uuid,
        expected: Expected,
        change: impl Fn(&mut proto::Number),
    ) -> Result<proto::Number> {
        let mut tries = Tries::default();
        loop {
            let mut number = self.get_number(customer_id, id).await?;
            expected.check(number.revision.cast_unsigned())?;
            number.tm_update = view::time(Clock::now());
            change(&mut number);
            let commit = Commit { numbers: vec![row(&number)], ..Commit::default() };
            if written(self.store.commit(commit).await)? {
                number.revision += 1;
                return Ok(number);
            }
            tries.again().await?;
        }
    }

    /// Returns the number that an incoming call or message is for, if it belongs to this customer.
    pub(super) async fn number_called(&self, customer_id: Uuid, number: &str) -> Result<proto::Number> {
        let row = self.store.number_called(number).await?.filter(|row| row.customer_id == customer_id);
        let missing = || Error::new(Reason::NumberNotFound, format!("{number} is not one of your numbers"));
        read(&row.ok_or_else(missing)?, self.store.damage())
    }

    async fn check_flows(&self, customer_id: Uuid, leads: &Leads) -> Result<()> {
        let flow = |field, id: Option<Uuid>| self.check_flow(customer_id, field, id.unwrap_or_default());
        let call_flow = flow("call_flow_id", leads.call_flow_id).await;
        let message_flow = flow("message_flow_id", leads.message_flow_id).await;
        all((call_flow, message_flow)).map(drop)
    }
}

fn lead(number: &mut proto::Number, leads: &Leads) {
    let set = |field: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *field = value;
        }
    };
    set(&mut number.call_flow_id, leads.call_flow_id.map(view::id));
    set(&mut number.message_flow_id, leads.message_flow_id.map(view::id));
    set(&mut number.name, leads.name.clone());
    set(&mut number.detail, leads.detail.clone());
}

/// The revision is kept in a separate column, which the store increments.
fn row(number: &proto::Number) -> store::Number {
    let id = |text: &str| text.parse().unwrap_or_default();
    store::Number {
        id: id(&number.id),
        customer_id: id(&number.customer_id),
        number: number.number.clone(),
        revision: number.revision.cast_unsigned(),
        tm_create: number.tm_create.as_ref().map_or(0, |time| time_of(time).0),
        tm_delete: number.tm_delete.as_ref().map(|time| time_of(time).0),
        body: proto::Number { revision: 0, ..number.clone() }.encode_to_vec(),
    }
}

fn read(row: &store::Number, damage: &store::Damage) -> Result<proto::Number> {
    let number = proto::Number::decode(row.body.as_slice()).map_err(|why| damage.found("number", row.id, why))?;
    Ok(proto::Number { revision: row.revision.cast_signed(), ..number })
}
