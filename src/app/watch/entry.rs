//! One row of the log as its watchers are told it: each event encoded once, however many watch.

use super::token::Token;
use crate::app::rows;
use crate::error::Result;
use crate::model::event::{Kind, Record};
use crate::model::run::Head;
use crate::model::time::Time;
use crate::model::view::{self, Owner};
use crate::proto::{self, WatchType};
use crate::store::{LogRow, Position};
use bytes::Bytes;
use prost::Message;
use std::sync::OnceLock;
use uuid::Uuid;

/// A frame of a watch of activeflows, with what decides who is told.
pub struct ActiveflowFrame {
    /// How many events of the row are told with this one.
    pub events: u32,
    pub ended: bool,
    pub bytes: Bytes,
}

/// A frame of a watch of calls.
pub struct CallFrame {
    pub events: u32,
    pub call_id: Uuid,
    pub direction: i32,
    pub at: Time,
    pub ended: bool,
    pub bytes: Bytes,
}

pub struct Entry {
    pub position: Position,
    /// The run's revision after this row.
    pub revision: u64,
    /// Bytes of the record, for the bound of what is kept at hand.
    pub size: usize,
    record: Record,
    log: Uuid,
    activeflows: OnceLock<Vec<ActiveflowFrame>>,
    calls: OnceLock<Vec<CallFrame>>,
}

impl Entry {
    pub fn read(row: &LogRow, log: Uuid) -> Result<Entry> {
        let record = rows::read_record(&row.record)?;
        Ok(Entry {
            position: row.position,
            revision: record.revision,
            size: row.record.len(),
            record,
            log,
            activeflows: OnceLock::new(),
            calls: OnceLock::new(),
        })
    }

    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn head(&self) -> &Head {
        &self.record.head
    }

    /// When it happened.
    pub fn at(&self) -> Time {
        self.record.events.last().map_or(self.record.head.tm_create, |event| event.at)
    }

    pub fn activeflow_frames(&self) -> &[ActiveflowFrame] {
        self.activeflows.get_or_init(|| self.encode_activeflows())
    }

    pub fn call_frames(&self) -> &[CallFrame] {
        self.calls.get_or_init(|| self.encode_calls())
    }

    fn token(&self, events: u32) -> String {
        Token::After { position: self.position, events }.print(self.log)
    }

    fn encode_activeflows(&self) -> Vec<ActiveflowFrame> {
        let record = &self.record;
        let mut shown = record.before.clone();
        let mut frames = Vec::new();
        for (at, event) in record.events.iter().enumerate() {
            shown.follow(event);
            let Some(told) = view::activeflow_event(record, at) else { continue };
            let events = at as u32 + 1;
            let frame = proto::ActiveflowFrame {
                resume_token: self.token(events),
                r#type: watch_type(&event.kind).into(),
                activeflow: Some(view::activeflow(&record.head, record.revision, &shown)),
                event: Some(told),
            };
            let ended = matches!(event.kind, Kind::Ended { .. } | Kind::Deleted);
            frames.push(ActiveflowFrame { events, ended, bytes: frame.encode_to_vec().into() });
        }
        frames
    }

    fn encode_calls(&self) -> Vec<CallFrame> {
        let record = &self.record;
        let mut shown = record.before.clone();
        let mut frames = Vec::new();
        for (at, event) in record.events.iter().enumerate() {
            shown.follow(event);
            let Some((call, told)) = view::call_event(record, at) else { continue };
            let events = at as u32 + 1;
            let own = call.id == record.head.reference_id;
            let action = shown.current_action.as_ref().filter(|_| own).map(|written| (*written.0).clone());
            let ended = call.tm_hangup.is_some();
            let shown = view::call(call, Owner::from(&record.head), action);
            let direction = shown.direction;
            let frame = proto::CallFrame {
                resume_token: self.token(events),
                r#type: watch_type(&event.kind).into(),
                call: Some(shown),
                event: Some(told),
            };
            frames.push(CallFrame {
                events,
                call_id: call.id,
                direction,
                at: event.at,
                ended,
                bytes: frame.encode_to_vec().into(),
            });
        }
        frames
    }
}

fn watch_type(kind: &Kind) -> WatchType {
    use crate::model::event::CallKind;
    match kind {
        Kind::Created | Kind::Call { kind: CallKind::Created, .. } => WatchType::Created,
        Kind::Deleted | Kind::Call { kind: CallKind::Deleted, .. } => WatchType::Deleted,
        _ => WatchType::Updated,
    }
}
