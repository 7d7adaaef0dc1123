//! Customers, their access keys and numbers, and what operators read and delete of customers.

use super::{Micros, Result};
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

/// The part of the port that is about customers as a whole.
#[async_trait]
pub trait CustomerStore: Send + Sync {
    /// Stores when access keys were last used. It does not change their revisions, and a time before the stored one has no
    /// effect.
    async fn note_key_uses(&self, uses: &[(Uuid, Micros)]) -> Result<()>;
    /// Returns when access keys were last used, for those that were.
    async fn key_uses(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Micros)>>;
}
