//! The history of an activeflow, read from the log.

use super::App;
use super::page::{MAX_BYTES, Page};
use crate::error::{Error, Reason, Result, all, unless_damaged};
use crate::model::view;
use crate::proto;
use crate::store::Position;
use crate::watch::{Present, read_record};
use prost::Message;
use uuid::Uuid;

/// The number of log rows read at a time, and the limit of their total size in bytes.
const ROWS: u32 = 200;
const BYTES: usize = 1024 * 1024;

/// The page of a history that a caller requests.
#[derive(Debug, Clone, Copy)]
pub struct EventPage {
    size: usize,
    from: Option<EventPageToken>,
}

impl EventPage {
    /// Parses `page_size` and `page_token` of a request.
    pub fn of(page_size: i32, page_token: &str) -> Result<EventPage> {
        let from = match page_token {
            "" => Ok(None),
            token => EventPageToken::parse(token).map(Some),
        };
        let (size, from) = all((Page::size(page_size), from))?;
        Ok(EventPage { size: size as usize, from })
    }
}

impl App {
    /// Lists the events, newest first.
    pub async fn list_events(
        &self,
        customer_id: Uuid,
        id: Uuid,
        page: EventPage,
    ) -> Result<proto::ListActiveflowEventsResponse> {
        let EventPage { size, from } = page;
        let key = self.runner.glimpse_of(customer_id, id).await?.key();
        let (mut events, mut total) = (Vec::new(), 0);
        // The row of the page token is read again: the events in it before the token's place are still to be returned.
        let after = |page_token: EventPageToken| Position {
            sequence: page_token.position.sequence.saturating_add(1),
            ..page_token.position
        };
        let mut before = from.map(after);
        loop {
            let page = self.store.history(key, before, ROWS, BYTES).await?;
            let Some(last) = page.last().map(|row| row.position) else { break };
            for row in &page {
                let Some(record) = unless_damaged(read_record(row, self.store.damage()))? else { continue };
                let limit = match from {
                    Some(page_token) if page_token.position == row.position => page_token.at,
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

/// The end of a page: the first `at` events of this log row are still to be returned.
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
