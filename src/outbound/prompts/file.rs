//! Fetches audio files and decodes them.

use super::super::audio::{self, Fault, MAX_BYTES, Pieces};
use super::super::http::{Account, Http, Oversize, Pace, Purpose, Request};
use super::shelf::{Charge, Shelf};
use crate::memory::Turns;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The time limit of a file, and between two pieces of it.
const TIMEOUT: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(10);

/// Knows what the requests of customers may reach.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Returns on whose behalf requests of a customer are sent, or why that is not known.
    async fn account(&self, customer_id: Uuid) -> Result<Account, String>;
}

/// Where files come from.
pub struct Files {
    pub http: Arc<Http>,
    pub accounts: Arc<dyn Accounts>,
    /// Of the threads that decode.
    pub decoding: Turns,
}

impl Files {
    /// Fetches a file and passes on what it sounds like. `charge` counts the memory for the file, until it is decoded. An error
    /// is a word and a sentence, as those of `fetch`.
    pub async fn load(
        &self,
        customer_id: Uuid,
        url: &str,
        shelf: &Shelf,
        charge: Charge,
        pieces: Pieces,
    ) -> Result<(), String> {
        let bad = |fault: Fault| format!("bad_media: The file {fault}.");
        let (file, charge) = self.fetch(customer_id, url, shelf, charge).await?;
        let turn = self.decoding.take(customer_id).await.map_err(|_| "busy: Too many files wait to be decoded.")?;
        audio::decode(file, pieces, (turn, charge)).await.map_err(bad)
    }

    async fn fetch(
        &self,
        customer_id: Uuid,
        url: &str,
        shelf: &Shelf,
        mut charge: Charge,
    ) -> Result<(Vec<u8>, Charge), String> {
        let account = self.accounts.account(customer_id).await?;
        let request = Request {
            account,
            purpose: Purpose::Flow,
            method: Method::GET,
            url: url.to_owned(),
            headers: vec![(header::ACCEPT, "audio/wav, audio/mpeg, audio/*;q=0.8, */*;q=0.1".to_owned())],
            body: Bytes::new(),
            timeout: TIMEOUT,
            max_response_bytes: MAX_BYTES,
            oversize: Oversize::Refuse,
        };
        let mut answer = self.http.open(request, Pace { idle: IDLE, total: TIMEOUT }).await?;
        if answer.status != 200 {
            return Err(format!("status: The server answered with status {}.", answer.status));
        }
        let mut file = Vec::new();
        while let Some(piece) = answer.next().await? {
            let (needed, capacity) = (file.len() + piece.len(), file.capacity());
            if needed > capacity {
                // As it would grow by itself, but counted before.
                let grown = needed.max(2 * capacity);
                let no_memory = |fault: Fault| format!("no_memory: The file {fault}.");
                shelf.grow(&mut charge, grown - capacity).map_err(no_memory)?;
                file.reserve_exact(grown - file.len());
            }
            file.extend_from_slice(&piece);
        }
        Ok((file, charge))
    }
}
