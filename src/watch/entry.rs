//! One row of the log as it is delivered to watchers: each event is encoded once for all of them.

use super::token::Token;
use crate::error::{Error, Result};
use crate::model::codec;
use crate::model::event::{Kind, Record};
use crate::model::projection::project;
use crate::model::run::RunInfo;
use crate::model::time::Time;
use crate::model::view;
use crate::model::weight::record_weight;
use crate::proto::{self, WatchType};
use crate::store::{self, Damage, LogRow, Position};
use bytes::Bytes;
use prost::Message;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// A frame of a watch of activeflows, with what is needed to filter it.
pub struct ActiveflowFrame {
    /// How many events of the row are delivered up to and including this frame.
    pub events: u32,
    pub ended: bool,
    pub bytes: Bytes,
}

/// What could be decoded of a row.
enum Read {
    Record(Arc<Record>),
    /// A newer version wrote it, or it is damaged: only its run is known, if even that.
    Unreadable(Option<Box<RunInfo>>, Unreadable),
}

/// Why a row cannot be decoded.
enum Unreadable {
    Newer(String),
    Damaged { key: String, why: String },
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
    /// Its weight in memory, counted against the hub's bound.
    pub size: usize,
    read: Read,
    log: Uuid,
    activeflows: OnceLock<Vec<ActiveflowFrame>>,
    calls: OnceLock<Vec<CallFrame>>,
}

/// Returns the record of a row of the log. Decodes it unless this process has just written it.
pub fn read_record(row: &LogRow, damage: &Damage) -> Result<Arc<Record>> {
    match &row.record.decoded {
        Some(decoded) => Ok(decoded.clone()),
        None => {
            let key = format_args!("{}/{}", row.position.epoch, row.position.sequence);
            Ok(Arc::new(damage.read("log", key, &row.record.bytes)?))
        }
    }
}

impl Entry {
    /// Reads a row. One that cannot be decoded becomes an entry too, so that watchers of other runs continue.
    pub fn read(row: &LogRow, log: Uuid, damage: &Damage) -> Entry {
        let read = match read_record(row, damage) {
            Ok(record) => Read::Record(record),
            Err(error) => {
                let why = error.source.as_ref().map(|it| it.to_string()).unwrap_or_default();
                let why = match error.is_damage() {
                    true => Unreadable::Damaged { key: row.position.sequence.to_string(), why },
                    false => Unreadable::Newer(why),
                };
                Read::Unreadable(codec::run_info_of(&row.record.bytes).ok().map(Box::new), why)
            }
        };
        let (activeflows, calls) = (OnceLock::new(), OnceLock::new());
        let bytes = row.record.bytes.len();
        let size = match &read {
            Read::Record(record) => record_weight(record, bytes),
            Read::Unreadable(..) => bytes,
        };
        Entry { position: row.position, size: size + std::mem::size_of::<Entry>(), read, log, activeflows, calls }
    }

    /// Returns the record. Fails if a newer version wrote it: a watcher that it is for must not skip it. Fails with
    /// [`Error::is_damage`] if it is damaged: nobody will ever read it, so everybody passes over it.
    pub fn record(&self) -> Result<&Record> {
        match &self.read {
            Read::Record(record) => Ok(record),
            Read::Unreadable(_, Unreadable::Newer(why)) => Err(Error::newer(why.clone())),
            Read::Unreadable(_, Unreadable::Damaged { key, why }) => {
                Err(store::Error::Damaged { table: "log", key: key.clone(), why: why.clone() }.into())
            }
        }
    }

    /// Returns the info of the row's run; None if not even that can be decoded.
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
