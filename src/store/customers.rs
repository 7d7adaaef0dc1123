//! Customers, their access keys and numbers, and what operators read and delete of customers.

use super::{Error, Micros, Page, Result};
use async_trait::async_trait;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// SHA-256 of the key.
    pub hash: [u8; 32],
    /// The revision that was read, 0 for a new key. A commit compares it and increments it.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: Uuid,
    pub name: String,
    /// Works like an access key's.
    pub revision: u64,
    pub tm_create: Micros,
    /// Settings such as the webhook of its events; empty while nothing is set.
    pub body: Vec<u8>,
}

/// A telephone number that leads to flows. Unique among the numbers that are not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub number: String,
    /// Works like an access key's.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// Work for a customer that takes longer than a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CustomerTask {
    /// Stop everything that runs.
    Stop = 1,
    /// Stop everything that runs, and delete all data.
    Delete = 2,
}

impl TryFrom<i64> for CustomerTask {
    type Error = Error;

    fn try_from(number: i64) -> Result<CustomerTask> {
        match number {
            1 => Ok(CustomerTask::Stop),
            2 => Ok(CustomerTask::Delete),
            other => Err(Error::Broken(format!("{other} is no task of a customer"))),
        }
    }
}

/// The part of the port that is about customers as a whole.
#[async_trait]
pub trait CustomerStore: Send + Sync {
    /// Stores when access keys were last used. It does not change their revisions, and a time before the stored one has no
    /// effect.
    async fn note_key_uses(&self, uses: &[(Uuid, Micros)]) -> Result<()>;
    /// Returns when access keys were last used, for those that were.
    async fn key_uses(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Micros)>>;

    /// Lists all customers, deleted ones included, whatever customer the page names.
    async fn customers(&self, page: Page) -> Result<Vec<Customer>>;
    /// Returns how many calls of a customer are not hung up, and how many of its runs have not ended. Deleted ones do not
    /// count.
    async fn customer_counts(&self, customer_id: Uuid) -> Result<(u64, u64)>;

    /// Stores that work for a customer is to be done. A customer has one task: deleting replaces stopping.
    async fn add_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()>;
    /// Returns tasks by the ids of their customers, those greater than `after`.
    async fn customer_tasks(&self, after: Uuid, limit: u32) -> Result<Vec<(Uuid, CustomerTask)>>;
    /// Removes a task that is done, unless another one has replaced it.
    async fn end_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()>;
    /// Returns recordings of a customer, deleted ones included. Their files must be deleted before their rows.
    async fn recordings_of(&self, customer_id: Uuid, limit: u32) -> Result<Vec<Uuid>>;
    /// Deletes about `limit` rows of a customer: in the end all but its recordings, its own row and its task last. The
    /// customer's runs must have ended. `from` is 0 at first, then what the last call returned; `None` is the end.
    async fn forget_customer(&self, customer_id: Uuid, from: usize, limit: u32) -> Result<Option<usize>>;
}
