//! Idempotency keys: the same request under the same key is done once and answered alike ever after (for a day).

use crate::error::{Error, Reason, Result};
use crate::model::time::Time;
use crate::store::{self, Answer, Store};
use prost::Message;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One request under a caller's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    pub customer_id: Uuid,
    /// The RPC, `/ringdown.v1.CallService/CreateCalls`.
    pub rpc: &'static str,
    pub key: String,
    /// SHA-256 of the request as canonical protobuf, without the key.
    pub request: [u8; 32],
}

impl Once {
    /// None without a key. `request` is the message with its key taken out.
    pub fn new(customer_id: Uuid, rpc: &'static str, key: String, request: &impl Message) -> Result<Option<Once>> {
        if key.is_empty() {
            return Ok(None);
        }
        if key.len() > 128 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let expected = "expected 1 to 128 visible characters of ASCII";
            return Err(Error::field(Reason::InvalidArgument, "idempotency_key", expected));
        }
        let request = Sha256::digest(request.encode_to_vec()).into();
        Ok(Some(Once { customer_id, rpc, key, request }))
    }

    /// What is remembered, with the commit that does the work.
    pub fn answer(&self, response: Vec<u8>, now: Time) -> Answer {
        Answer {
            customer_id: self.customer_id,
            rpc: self.rpc.to_owned(),
            key: self.key.clone(),
            request: self.request,
            response,
            tm_create: now.0,
        }
    }

    /// The response given before, unless the key was used for something else.
    pub fn again(&self, used: Answer) -> Result<Vec<u8>> {
        match used.request == self.request {
            true => Ok(used.response),
            false => Err(Error::field(
                Reason::IdempotencyKeyReused,
                "idempotency_key",
                "this key was used within the last 24 hours for another request",
            )),
        }
    }
}

/// The response that is remembered for this request, if there is one.
pub async fn find(store: &dyn Store, once: &Option<Once>, now: Time) -> Result<Option<Vec<u8>>> {
    let Some(once) = once else { return Ok(None) };
    let since = now.0 - store::ANSWERS_KEPT;
    let used = store.answer(once.customer_id, once.rpc, &once.key, since).await?;
    used.map(|used| once.again(used)).transpose()
}

/// As [`find`], read as the response that it is.
pub async fn replay<R: Message + Default>(store: &dyn Store, once: &Option<Once>, now: Time) -> Result<Option<R>> {
    find(store, once, now).await?.map(|bytes| read(&bytes)).transpose()
}

/// Reads a remembered response.
pub fn read<R: Message + Default>(bytes: &[u8]) -> Result<R> {
    R::decode(bytes).map_err(Error::internal)
}

/// Commits work that has `response` as its answer. Where another request under the same key came first, nothing is done and
/// its response is returned: `Err` holds it.
pub async fn commit<R: Message + Default>(
    store: &dyn Store,
    mut commit: store::Commit,
    once: &Option<Once>,
    response: &R,
    now: Time,
) -> Result<std::result::Result<store::Committed, R>> {
    commit.answer = once.as_ref().map(|once| once.answer(response.encode_to_vec(), now));
    match (store.commit(commit).await, once) {
        (Ok(committed), _) => Ok(Ok(committed)),
        (Err(store::Error::KeyUsed(used)), Some(once)) => read(&once.again(*used)?).map(Err),
        (Err(error), _) => Err(error.into()),
    }
}
