//! What operators do with customers: list, create, limit, suspend, resume and delete them, and see what they use.

use super::App;
use super::access_keys::{self, AccessKeys};
use super::changes::{Expected, Tries};
use super::page::Page;
use crate::auth::{Authenticator, Caller, Role};
use crate::clock::Clock;
use crate::delivery::customers::OperatorChange;
use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::proto::{self, CreateAccessKeyResponse, CreateCustomerResponse, CustomerUse};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::seal::Sealer;
use crate::store::{Commit, CustomerTask, Store};
use prost::Message;
use std::sync::Arc;
use uuid::Uuid;

pub struct Operators {
    app: Arc<App>,
    keys: Arc<AccessKeys>,
    authenticator: Arc<Authenticator>,
}

impl Operators {
    pub fn new(app: Arc<App>, keys: Arc<AccessKeys>, authenticator: Arc<Authenticator>) -> Operators {
        Operators { app, keys, authenticator }
    }

    pub async fn list(&self, page: Page) -> Result<proto::ListCustomersResponse> {
        let rows = self.app.store.customers(page.rows(Uuid::nil())).await?;
        let (rows, next_page_token) = page.cut(rows, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let customers = rows.iter().map(|row| self.app.customers.for_operators(row)).collect::<Result<_>>()?;
        Ok(proto::ListCustomersResponse { customers, next_page_token })
    }

    /// Creates a customer with its first key. A repeated request gets the same key again.
    pub async fn create(&self, name: &str, idempotency: Option<IdempotentRequest>) -> Result<CreateCustomerResponse> {
        let now = Clock::now();
        if let Some(before) = idempotency::replay(self.store(), &idempotency, now).await? {
            return self.shown(before).await;
        }
        let (customer, key, row) = self.authenticator.new_customer(name, now);
        let shown = self.app.customers.for_operators(&customer)?;
        let access_key = proto::AccessKey::decode(row.body.as_slice()).map_err(Error::internal)?;
        let access_key = proto::AccessKey { revision: 1, ..access_key };
        let response = CreateCustomerResponse {
            customer: Some(proto::Customer { revision: 1, ..shown }),
            access_key: Some(access_key.clone()),
        };
        let commit = Commit { customers: vec![customer], access_keys: vec![row], ..Commit::default() };
        let kept = match &idempotency {
            Some(_) => Some(self.keys.kept(access_key.clone(), &key).await?),
            None => None,
        };
        let kept = CreateCustomerResponse { access_key: kept, ..response.clone() };
        match idempotency::commit(self.store(), &idempotency, commit, &kept, now).await? {
            Done::Now(_) => {
                let access_key = response.access_key.map(|it| proto::AccessKey { key, ..it });
                Ok(CreateCustomerResponse { access_key, ..response })
            }
            Done::Before(before) => self.shown(before).await,
        }
    }

    /// Fills in the key of a stored response.
    async fn shown(&self, before: CreateCustomerResponse) -> Result<CreateCustomerResponse> {
        let CreateCustomerResponse { customer, access_key } = before;
        let access_key = Some(self.keys.shown(CreateAccessKeyResponse { access_key }).await?);
        Ok(CreateCustomerResponse { customer, access_key })
    }

    /// Returns a customer and what it uses. A customer may ask only about itself.
    pub async fn customer_use(&self, caller: Caller, id: Uuid) -> Result<proto::GetCustomerUseResponse> {
        let own = caller.role != Role::Operator;
        if own && caller.customer_id != id {
            return Err(Error::new(Reason::CustomerNotFound, format!("customer {id} does not exist")));
        }
        let current = self.app.customers.current(id).await?;
        let customer = if own { current.show() } else { self.app.customers.for_operators(current.row())? };
        let (calls, activeflows) = self.app.store.customer_counts(id).await?;
        let watches = self.app.hub.watches_of(id);
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (calls, activeflows, watches) = (count(calls), count(activeflows), count(watches as u64));
        let usage = CustomerUse { calls, activeflows, watches, ..self.used_today(id).await? };
        Ok(proto::GetCustomerUseResponse { customer: Some(customer), usage: Some(usage) })
    }

    /// Returns what a customer has used today (UTC).
    async fn used_today(&self, customer_id: Uuid) -> Result<CustomerUse> {
        let used = self.app.usage.today(customer_id).await?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(CustomerUse {
            history_bytes: count(used.history_bytes),
            recording_bytes: count(used.recording_bytes),
            messages: count(used.messages),
            mails: count(used.mails),
            requests: count(used.requests),
            provider_calls: i64::from(self.app.carriers.calls_of(customer_id)),
            provider_call_seconds: count(used.call_seconds),
            ..CustomerUse::default()
        })
    }

    /// Changes a customer, and has it apply to credentials at once.
    pub async fn change(&self, id: Uuid, change: OperatorChange, expected: Expected) -> Result<proto::Customer> {
        let mut tries = Tries::default();
        loop {
            let current = self.app.customers.current(id).await?;
            expected.check(current.revision())?;
            let outcome = self.app.customers.operate(current, &change).await;
            // Even if it failed: it may have been written nevertheless.
            self.authenticator.forget();
            if let Some(changed) = outcome? {
                return Ok(changed);
            }
            tries.again().await?;
        }
    }

    /// Suspends a customer. With `stop_running`, what runs is stopped in the background, also after a restart.
    pub async fn suspend(
        &self,
        id: Uuid,
        stop_running: bool,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::SuspendCustomerResponse> {
        if let Some(before) = idempotency::replay(self.store(), &idempotency, Clock::now()).await? {
            return Ok(before);
        }
        if stop_running {
            self.app.customers.current(id).await?;
            // Stored first, so that it is not forgotten if the server dies in between. It waits for the suspension.
            self.app.store.add_customer_task(id, CustomerTask::Stop).await?;
        }
        let outcome = self.change(id, OperatorChange::Suspend, Expected::ANY).await;
        if outcome.is_err() && stop_running {
            // A later suspension need not stop anything.
            self.app.store.end_customer_task(id, CustomerTask::Stop).await?;
        }
        let customer = outcome?;
        self.app.care.notify_one();
        self.answer(idempotency, proto::SuspendCustomerResponse { customer: Some(customer) }).await
    }

    pub async fn resume(
        &self,
        id: Uuid,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::ResumeCustomerResponse> {
        if let Some(before) = idempotency::replay(self.store(), &idempotency, Clock::now()).await? {
            return Ok(before);
        }
        let customer = self.change(id, OperatorChange::Resume, Expected::ANY).await?;
        self.app.store.end_customer_task(id, CustomerTask::Stop).await?;
        self.answer(idempotency, proto::ResumeCustomerResponse { customer: Some(customer) }).await
    }

    /// Deletes a customer. Its data is deleted in the background, also after a restart.
    pub async fn delete(&self, id: Uuid, expected: Expected) -> Result<proto::Customer> {
        let current = self.app.customers.current(id).await?;
        expected.check(current.revision())?;
        current.check_deletable()?;
        // Stored first, so that the data is deleted even if the server dies in between. It waits for the deletion.
        self.app.store.add_customer_task(id, CustomerTask::Delete).await?;
        let customer = self.change(id, OperatorChange::Delete, expected).await?;
        self.app.care.notify_one();
        Ok(customer)
    }

    /// Keeps the response to a request that has the same effect when it is repeated.
    async fn answer<R: Message + Default>(&self, idempotency: Option<IdempotentRequest>, response: R) -> Result<R> {
        if idempotency.is_none() {
            return Ok(response);
        }
        match idempotency::commit(self.store(), &idempotency, Commit::default(), &response, Clock::now()).await? {
            Done::Now(_) => Ok(response),
            Done::Before(before) => Ok(before),
        }
    }

    fn store(&self) -> &dyn Store {
        &*self.app.store
    }
}

/// The RPC whose stored responses contain a key.
pub const CREATE: &str = "/ringdown.v1.CustomerService/CreateCustomer";

/// Returns a stored response with its key sealed by the current secret key. None: it is, or it has none.
pub(super) fn resealed(response: &[u8], sealer: &Sealer) -> Result<Option<Vec<u8>>> {
    let CreateCustomerResponse { customer, access_key } = idempotency::read(response)?;
    let access_key = access_key.map(|it| access_keys::resealed_key(it, sealer)).transpose()?.flatten();
    Ok(access_key.map(|it| CreateCustomerResponse { customer, access_key: Some(it) }.encode_to_vec()))
}
