//! The history of an activeflow, read from the log.

use super::App;
use super::page::{MAX_BYTES, Page};
use crate::error::{Error, Reason, Result};
use crate::model::view;
use crate::proto;
use crate::store::Position;
use crate::watch::{Present, read_record};
use prost::Message;
use uuid::Uuid;

/// Rows of the log read at a time, and bytes of them at most.
const ROWS: u32 = 200;
const BYTES: usize = 1024 * 1024;

impl App {
    /// Newest first. `token` is an earlier page's; the size is the page's.
    pub async fn list_events(
        &self,
        customer_id: Uuid,
        id: Uuid,
        size: i32,
        token: &str,
    ) -> Result<proto::ListActiveflowEventsResponse> {
        let size = Page::of(size, "")?.size as usize;
        let from = if token.is_empty() { None } else { Some(EventPageToken::parse(token)?) };
        let loaded = self.runner.run_of(customer_id, id).await?;
        let (mut events, mut total) = (Vec::new(), 0);
        // The row of the place itself is read again: what stands in it before the place is still to be told.
        let after =
            |place: EventPageToken| Position { sequence: place.position.sequence.saturating_add(1), ..place.position };
        let mut before = from.map(after);
        loop {
            let page = self.store.history(loaded.key, before, ROWS, BYTES).await?;
            let Some(last) = page.last().map(|row| row.position) else { break };
            for row in &page {
                let record = read_record(&row.record)?;
                let limit = match from {
                    Some(place) if place.position == row.position => place.at,
                    _ => record.events.len(),
                };
                for at in (0..limit.min(record.events.len())).rev() {
                    let Some(event) = view::activeflow_event(&record, at) else { continue };
                    total += event.encoded_len();
                    if events.len() == size || (total > MAX_BYTES && !events.is_empty()) {
                        let next = EventPageToken { position: row.position, at: at + 1 };
                        return Ok(proto::ListActiveflowEventsResponse { events, next_page_token: next.print() });
                    }
                    events.push(event);
                }
            }
            before = Some(last);
        }
        Ok(proto::ListActiveflowEventsResponse { events, next_page_token: String::new() })
    }
}

/// Where a page ended: the first `at` events of a row of the log are still to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EventPageToken {
    position: Position,
    at: usize,
}

impl EventPageToken {
    fn print(self) -> String {
        format!("{:x}-{:x}-{:x}", self.position.epoch, self.position.sequence, self.at)
    }

    fn parse(token: &str) -> Result<EventPageToken> {
        let wrong =
            || Error::field(Reason::InvalidPageToken, "page_token", "expected the next_page_token of a page of events");
        let mut parts = token.split('-').map(|part| u64::from_str_radix(part, 16));
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(epoch)), Some(Ok(sequence)), Some(Ok(at)), None) => {
                Ok(EventPageToken { position: Position { epoch, sequence }, at: at.min(1 << 32) as usize })
            }
            _ => Err(wrong()),
        }
    }
}
