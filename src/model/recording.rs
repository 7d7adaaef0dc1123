//! A recording of both directions of one call, in a file.

use super::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Bytes of a millisecond of audio: 8 kHz, mono, 16 bit PCM.
pub const BYTES_PER_MS: u64 = 16;
/// Bytes of a file before the audio.
pub const HEADER_BYTES: u64 = 44;

/// Returns the name of the file in the directory of recordings.
pub fn file_name(id: Uuid) -> String {
    format!("{id}.wav")
}

/// Returns the name of the file while it is incomplete.
pub fn part_name(id: Uuid) -> String {
    format!("{id}.wav.part")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Recording,
    /// The file is complete.
    Ended,
    /// There is no file, or it is incomplete: the disk was full, or the process died.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub activeflow_id: Uuid,
    pub call_id: Uuid,
    /// `wav`
    pub format: String,
    pub status: Status,
    /// Why it failed, or why it was cut short; empty otherwise.
    pub error: String,
    /// The flow that runs after the recording has ended; nil for none.
    pub on_end_flow_id: Uuid,
    pub duration_ms: i64,
    /// Bytes of the file.
    pub size: u64,
    pub tm_start: Time,
    pub tm_end: Option<Time>,
    pub tm_delete: Option<Time>,
}
