//! The part of the port that serves sealed secrets: reading and replacing the rows that hold them.

use super::{Answer, Customer, Result};
use async_trait::async_trait;
use uuid::Uuid;

#[async_trait]
pub trait SecretRows: Send + Sync {
    /// Returns the value of a setting of the server, if it has one.
    async fn find_setting(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Replaces the value of a setting if it still is `before`. Returns whether it was replaced.
    async fn replace_setting(&self, name: &str, before: &[u8], value: Vec<u8>) -> Result<bool>;
    /// Returns customers with an id above `after`, ordered by id.
    async fn customers_by_id(&self, after: Uuid, limit: u32) -> Result<Vec<Customer>>;
    /// Returns the answers kept for an RPC, with their row numbers, which are above `after`, ordered by row number.
    async fn answers_of(&self, rpc: &str, after: i64, limit: u32) -> Result<Vec<(i64, Answer)>>;
    /// Replaces the response of an answer if it still is `before`. Returns whether it was replaced.
    async fn replace_answer(&self, row: i64, before: &[u8], response: Vec<u8>) -> Result<bool>;
    /// Removes from the files of the database what rows held before they were changed or deleted. Rewrites the database,
    /// which takes as long as copying it, and holds up commits meanwhile.
    async fn scrub(&self) -> Result<()>;
}
