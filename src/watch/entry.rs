//! One row of the log as its watchers are told it: each event encoded once, however many watch.

use super::token::Token;
use crate::error::{Error, Result};
use crate::model::codec;
use crate::model::event::{Kind, Record};
use crate::model::projection::project;
use crate::model::run::RunInfo;
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, WatchType};
use crate::store::{LogRecord, LogRow, Position};
use bytes::Bytes;
use prost::Message;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// A frame of a watch of activeflows, with what decides who is told.
pub struct ActiveflowFrame {
    /// How many events of the row are told with this one.
    pub events: u32,
    pub ended: bool,
    pub bytes: Bytes,
}

/// What could be read of a row.
enum Read {
    Record(Arc<Record>),
    /// A newer version wrote it: no more than whose it is, if that, and why.
    Unreadable(Option<Box<RunInfo>>, String),
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
    /// Bytes of the record, for the bound of what is kept at hand.
    pub size: usize,
    read: Read,
    log: Uuid,
    activeflows: OnceLock<Vec<ActiveflowFrame>>,
    calls: OnceLock<Vec<CallFrame>>,
}

/// The record of a row of the log, which is decoded where this process did not write it a moment ago.
pub fn read_record(record: &LogRecord) -> Result<Arc<Record>> {
    match &record.decoded {
        Some(decoded) => Ok(decoded.clone()),
        None => codec::from_bytes(&record.bytes).map(Arc::new).map_err(Error::newer),
    }
}

impl Entry {
    /// A row that cannot be read is one too: the others are told all the same.
    pub fn read(row: &LogRow, log: Uuid) -> Entry {
        let read = match read_record(&row.record) {
            Ok(record) => Read::Record(record),
            Err(error) => {
                let why = error.source.map(|it| it.to_string()).unwrap_or_default();
                Read::Unreadable(codec::run_info_of(&row.record.bytes).ok().map(Box::new), why)
            }
        };
        let (activeflows, calls) = (OnceLock::new(), OnceLock::new());
        Entry { position: row.position, size: row.record.bytes.len(), read, log, activeflows, calls }
    }

    /// Fails where a newer version wrote it: whoever it is for must not go past it.
    pub fn record(&self) -> Result<&Record> {
        match &self.read {
            Read::Record(record) => Ok(record),
            Read::Unreadable(_, why) => Err(Error::newer(why.clone())),
        }
    }

    /// None where not even that can be read.
    pub fn info(&self) -> Option<&RunInfo> {
        match &self.read {
            Read::Record(record) => Some(&record.info),
            Read::Unreadable(info, _) => info.as_deref(),
        }
    }
    pub fn activeflow_frames(&self) -> Result<&[ActiveflowFrame]> {
        let record = self.record()?;
        Ok(self.activeflows.get_or_init(|| self.encode_activeflows(record)))
    }

    pub fn call_frames(&self) -> Result<&[CallFrame]> {
        let record = self.record()?;
        Ok(self.calls.get_or_init(|| self.encode_calls(record)))
    }

    fn token(&self, events: u32) -> String {
        Token::After { position: self.position, events }.print(self.log)
    }

    fn encode_activeflows(&self, record: &Record) -> Vec<ActiveflowFrame> {
        project(record, |it| {
            let event = view::activeflow_event(record, it.at)?;
            let events = it.at as u32 + 1;
            let frame = proto::ActiveflowFrame {
                resume_token: self.token(events),
                r#type: watch_type(&it.event().kind).into(),
                activeflow: Some(it.activeflow()),
                event: Some(event),
            };
            let ended = matches!(it.event().kind, Kind::Ended { .. } | Kind::Deleted);
            Some(ActiveflowFrame { events, ended, bytes: frame.encode_to_vec().into() })
        })
    }

    fn encode_calls(&self, record: &Record) -> Vec<CallFrame> {
        project(record, |it| {
            let (call, event) = view::call_event(record, it.at)?;
            let events = it.at as u32 + 1;
            let shown = it.show_call(call);
            let direction = shown.direction;
            let frame = proto::CallFrame {
                resume_token: self.token(events),
                r#type: watch_type(&it.event().kind).into(),
                call: Some(shown),
                event: Some(event),
            };
            let (ended, at) = (call.tm_hangup.is_some(), it.event().at);
            Some(CallFrame { events, call_id: call.id, direction, at, ended, bytes: frame.encode_to_vec().into() })
        })
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
