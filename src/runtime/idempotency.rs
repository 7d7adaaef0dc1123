//! Idempotency: a request that is repeated under the same key is not done again and returns the first response.
//!
//! The response is stored by the commit that does the work, so there is never one without the other. Concurrent requests
//! with the same key are all processed; the store accepts one of them, and the others return its response.

use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::store::{self, ANSWERS_KEPT, Answer, Commit, Committed, Store};
use prost::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use uuid::Uuid;

/// The longest key.
const MAX_KEY: usize = 128;

/// A request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotentRequest {
    pub customer_id: Uuid,
    /// The RPC, as `/ringdown.v1.CallService/CreateCalls`.
    pub rpc: Cow<'static, str>,
    pub key: String,
    /// SHA-256 of the request as canonical protobuf, without the key.
    pub request: [u8; 32],
}

/// The outcome of a commit.
#[derive(Debug)]
pub enum Done<R> {
    /// It was applied.
    Now(Committed),
    /// The request was done before, with this response. Nothing was written.
    Before(R),
}

impl IdempotentRequest {
    /// Takes the key out of a request. None: it has none, and is done each time it is sent.
    pub fn take<M: Message>(
        customer_id: Uuid,
        rpc: &'static str,
        request: &mut M,
        key: impl FnOnce(&mut M) -> &mut String,
    ) -> Result<Option<IdempotentRequest>> {
        let key = std::mem::take(key(request));
        if key.is_empty() {
            return Ok(None);
        }
        if key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let description = format!("expected 1 to {MAX_KEY} visible ASCII characters");
            return Err(Error::field(Reason::InvalidArgument, "idempotency_key", description));
        }
        // Maps of the generated types are ordered (build.rs), so equal requests have equal bytes.
        let request = Sha256::digest(request.encode_to_vec()).into();
        Ok(Some(IdempotentRequest { customer_id, rpc: Cow::Borrowed(rpc), key, request }))
    }

    /// Returns the encoded response that was given before, if it was to this request.
    pub fn again(&self, answer: Answer) -> Result<Vec<u8>> {
        if answer.request != self.request {
            let message = "this idempotency key was used for another request, up to 24 hours ago";
            return Err(Error::field(Reason::IdempotencyKeyReused, "idempotency_key", message));
        }
        Ok(answer.response)
    }

    /// Returns what a commit stores so that a repetition of this request gets the same response.
    pub fn answer(&self, response: Vec<u8>, now: Time) -> Answer {
        Answer {
            customer_id: self.customer_id,
            rpc: self.rpc.clone().into_owned(),
            key: self.key.clone(),
            request: self.request,
            response,
            tm_create: now.0,
        }
    }
}

/// Returns the encoded response that this request got before. Called before any work, so that a request that could not be
/// done again (its call has ended since) still gets its response.
pub async fn find(store: &dyn Store, idempotency: &Option<IdempotentRequest>, now: Time) -> Result<Option<Vec<u8>>> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    let since = now.0.saturating_sub(ANSWERS_KEPT);
    let answer = store.answer(idempotency.customer_id, &idempotency.rpc, &idempotency.key, since).await?;
    answer.map(|answer| idempotency.again(answer)).transpose()
}

/// Does the same as [`find`], and decodes the response.
pub async fn replay<R: Message + Default>(
    store: &dyn Store,
    idempotency: &Option<IdempotentRequest>,
    now: Time,
) -> Result<Option<R>> {
    find(store, idempotency, now).await?.map(|response| read(&response)).transpose()
}

/// Decodes a stored response.
pub fn read<R: Message + Default>(response: &[u8]) -> Result<R> {
    R::decode(response).map_err(Error::internal)
}

/// Returns what a commit stores so that a repetition of its request gets the same response.
fn answer(idempotency: &Option<IdempotentRequest>, response: &impl Message, now: Time) -> Option<Answer> {
    idempotency.as_ref().map(|idempotency| idempotency.answer(response.encode_to_vec(), now))
}

/// Commits the work of a request together with its response.
pub async fn commit<R: Message + Default>(
    store: &dyn Store,
    idempotency: &Option<IdempotentRequest>,
    mut commit: Commit,
    response: &R,
    now: Time,
) -> Result<Done<R>> {
    commit.answer = answer(idempotency, response, now);
    settle(idempotency, store.commit(commit).await)
}

/// Turns the outcome of a commit into the one of its request: a used key returns the response of its first use.
fn settle<R: Message + Default>(
    idempotency: &Option<IdempotentRequest>,
    outcome: store::Result<Committed>,
) -> Result<Done<R>> {
    match (outcome, idempotency) {
        (Ok(committed), _) => Ok(Done::Now(committed)),
        (Err(store::Error::KeyUsed(answer)), Some(idempotency)) => read(&idempotency.again(*answer)?).map(Done::Before),
        (Err(error), _) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{CreateAccessKeyRequest, CreateAccessKeyResponse};

    fn idempotency(key: &str, name: &str) -> Result<Option<IdempotentRequest>> {
        let mut request = CreateAccessKeyRequest {
            name: name.to_owned(),
            idempotency_key: key.to_owned(),
            ..CreateAccessKeyRequest::default()
        };
        IdempotentRequest::take(Uuid::nil(), "/rpc", &mut request, |it| &mut it.idempotency_key)
    }

    #[test]
    fn keys_are_visible_characters() {
        for key in ["a", "018f-x!~", &"k".repeat(128)] {
            assert_eq!(idempotency(key, "").unwrap().unwrap().key, key);
        }
        assert_eq!(idempotency("", "").unwrap(), None);
        for key in [" ", "a b", "a\0", "é", "a\n", &"k".repeat(129)] {
            let error = idempotency(key, "").unwrap_err();
            assert_eq!(
                (error.reason, error.violations[0].field.as_str()),
                (Reason::InvalidArgument, "idempotency_key")
            );
        }
    }

    #[test]
    fn the_key_is_no_part_of_the_request() {
        let hash = |key, name| idempotency(key, name).unwrap().unwrap().request;
        assert_eq!(hash("a", "x"), hash("b", "x"));
        assert_ne!(hash("a", "x"), hash("a", "y"));
    }

    #[test]
    fn a_used_key_returns_the_first_response_only_for_the_same_request() {
        let mut response = CreateAccessKeyResponse::default();
        response.access_key.get_or_insert_default().name = "first".to_owned();
        let (first, other) = (idempotency("a", "x").unwrap(), idempotency("a", "y").unwrap());
        let used = || Err(store::Error::KeyUsed(Box::new(answer(&first, &response, Time(7)).unwrap())));
        match settle::<CreateAccessKeyResponse>(&first, used()).unwrap() {
            Done::Before(earlier) => assert_eq!(earlier, response),
            Done::Now(_) => panic!("it was done before"),
        }
        let error = settle::<CreateAccessKeyResponse>(&other, used()).unwrap_err();
        assert_eq!(error.reason, Reason::IdempotencyKeyReused);
        assert_eq!(settle::<CreateAccessKeyResponse>(&None, used()).unwrap_err().reason, Reason::Internal);
    }
}
