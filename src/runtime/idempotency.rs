//! Idempotency: a request that is sent again under the same key does nothing again and gets the first answer.
//!
//! The answer is kept by the very commit that does the work, so there is no moment at which only one of the two is there.
//! Requests that race are all decided; the store lets one of them in, and the others find its answer.

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

/// A request that is to be done once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotentRequest {
    pub customer_id: Uuid,
    /// The RPC, as `/ringdown.v1.CallService/CreateCalls`.
    pub rpc: Cow<'static, str>,
    pub key: String,
    /// SHA-256 of the request as canonical protobuf, without the key.
    pub request: [u8; 32],
}

/// What became of a commit.
#[derive(Debug)]
pub enum Done<R> {
    /// It was applied.
    Now(Committed),
    /// The request was answered before, with this. Nothing was written.
    Before(R),
}

impl IdempotentRequest {
    /// Takes the key out of a request. None: it has none, and is done each time that it comes.
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
        // Maps are ordered in Rust, so the same request is the same bytes (build.rs).
        let request = Sha256::digest(request.encode_to_vec()).into();
        Ok(Some(IdempotentRequest { customer_id, rpc: Cow::Borrowed(rpc), key, request }))
    }

    /// The response that was given before, encoded, if it was to this request.
    pub fn again(&self, answer: Answer) -> Result<Vec<u8>> {
        if answer.request != self.request {
            let message = "this idempotency key was used for another request, up to 24 hours ago";
            return Err(Error::field(Reason::IdempotencyKeyReused, "idempotency_key", message));
        }
        Ok(answer.response)
    }

    /// What a commit keeps so that this request is answered the same again.
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

/// The response that was given to this request before, encoded. Asked for before any work, so that a request that could not
/// be done twice (its call has ended since) still gets its answer.
pub async fn find(store: &dyn Store, idempotency: &Option<IdempotentRequest>, now: Time) -> Result<Option<Vec<u8>>> {
    let Some(idempotency) = idempotency else { return Ok(None) };
    let since = now.0.saturating_sub(ANSWERS_KEPT);
    let answer = store.answer(idempotency.customer_id, &idempotency.rpc, &idempotency.key, since).await?;
    answer.map(|answer| idempotency.again(answer)).transpose()
}

/// As [`find`], read.
pub async fn replay<R: Message + Default>(
    store: &dyn Store,
    idempotency: &Option<IdempotentRequest>,
    now: Time,
) -> Result<Option<R>> {
    find(store, idempotency, now).await?.map(|response| read(&response)).transpose()
}

/// Reads a response that was kept.
pub fn read<R: Message + Default>(response: &[u8]) -> Result<R> {
    R::decode(response).map_err(Error::internal)
}

/// What a commit keeps so that its request is answered the same again.
fn answer(idempotency: &Option<IdempotentRequest>, response: &impl Message, now: Time) -> Option<Answer> {
    idempotency.as_ref().map(|idempotency| idempotency.answer(response.encode_to_vec(), now))
}

/// Commits the work of a request together with its answer.
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

/// What a commit's outcome means for a request: a key that was used gives the answer of its first use.
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
    fn a_used_key_gives_the_first_answer_to_the_same_request_alone() {
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
