//! `recording_start` and `recording_stop`: record both directions of the call into a file.

use super::Control;
use crate::engine::calls;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::model::event::CallKind;
use crate::model::recording::{BYTES_PER_MS, HEADER_BYTES, Recording, Status};
use crate::model::telephony::Command;
use crate::proto::RecordingStartOption;
use uuid::Uuid;

/// The longest recording in seconds: as long as the longest call.
const LONGEST_S: i32 = 4 * 60 * 60;
/// A recording that ends with less of the budget left has used it up: its length is rounded.
const NOTHING_MS: i64 = 20;

pub fn check(option: &RecordingStartOption, checker: &mut Checker) {
    checker.one_of("format", &option.format, &["wav"]);
    checker.number("end_of_silence", option.end_of_silence, 0..=3_600);
    checker.one_of("end_of_key", &option.end_of_key, &["", "none", "any", "*", "#"]);
    checker.number("duration", option.duration, 0..=LONGEST_S);
    checker.optional_id("on_end_flow_id", &option.on_end_flow_id);
}

pub fn begin(machine: &mut Machine, option: &RecordingStartOption, call_id: Uuid) -> Control {
    if machine.run.recording.is_some() {
        return Control::failed("this call is already being recorded");
    }
    start(machine, option, call_id).map_or_else(Control::failed, |()| Control::DONE)
}

/// Starts a recording that is at most as long as the budget of the activeflow permits. Fails with the reason if nothing is
/// left of it.
pub fn start(machine: &mut Machine, option: &RecordingStartOption, call_id: Uuid) -> Result<(), String> {
    let left_ms = longest_ms(machine.recording_bytes_left()?).ok_or_else(|| machine.recordings_used_up())?;
    let id = machine.ids.next_id();
    let seconds = |value: Option<i32>| i64::from(value.unwrap_or_default()) * 1_000;
    machine.command(
        call_id,
        Command::Record {
            recording_id: id,
            end_of_silence_ms: seconds(option.end_of_silence),
            end_of_key: match option.end_of_key.as_deref() {
                Some("any") => crate::engine::checker::KEYS.to_owned(),
                Some(key @ ("*" | "#")) => key.to_owned(),
                _ => String::new(),
            },
            duration_ms: seconds(option.duration.filter(|seconds| *seconds > 0).or(Some(LONGEST_S))).min(left_ms),
            beep: option.beep_start == Some(true),
        },
    );
    let recording = Recording {
        id,
        customer_id: machine.run.info.customer_id,
        activeflow_id: machine.run.info.id,
        call_id,
        format: "wav".to_owned(),
        status: Status::Recording,
        error: String::new(),
        on_end_flow_id: super::target(&option.on_end_flow_id),
        duration_ms: 0,
        size: 0,
        tm_start: machine.now,
        tm_end: None,
        tm_delete: None,
    };
    machine.record(recording.clone());
    machine.run.recording = Some(Box::new(recording));
    machine.set_system(&[
        ("voipbin.recording.id", &id.to_string()),
        ("voipbin.recording.format", "wav"),
        ("voipbin.recording.reference_id", &call_id.to_string()),
    ]);
    if let Some(leg) = calls::leg_mut(machine, call_id) {
        leg.call.recording_id = id;
        leg.call.record(id);
    }
    calls::emit(machine, call_id, CallKind::RecordingStarted { recording_id: id });
    Ok(())
}

/// Stops the recording; does nothing if none is running.
pub fn stop(machine: &mut Machine, call_id: Uuid) -> Control {
    if let Some(recording_id) = running(machine, call_id).map(|recording| recording.id) {
        machine.command(call_id, Command::StopRecording { recording_id });
    }
    Control::DONE
}

/// Returns the duration of the longest recording of this size. None for a size that holds none.
fn longest_ms(bytes: u64) -> Option<i64> {
    let ms = bytes.saturating_sub(HEADER_BYTES) / BYTES_PER_MS;
    i64::try_from(ms).ok().or(Some(i64::MAX)).filter(|ms| *ms > 0)
}

fn running<'m>(machine: &'m Machine, call_id: Uuid) -> Option<&'m Recording> {
    machine.run.recording.as_deref().filter(|recording| recording.call_id == call_id)
}

/// Handles a call that ended without a report about its recording, because its process died.
pub fn lost(machine: &mut Machine, call_id: Uuid) {
    if let Some(recording) = running(machine, call_id) {
        let (id, lasted) = (recording.id, machine.now.ms_since(recording.tm_start));
        finished(machine, id, lasted, 0, Some("the call ended before its recording was saved".to_owned()));
    }
}

/// Handles the end of a recording: its file is complete, or never will be.
pub fn finished(machine: &mut Machine, recording_id: Uuid, duration_ms: i64, size: u64, error: Option<String>) {
    let Some(mut recording) = machine.run.recording.take_if(|recording| recording.id == recording_id) else { return };
    recording.status = if error.is_some() { Status::Failed } else { Status::Ended };
    machine.run.used.recording_bytes = machine.run.used.recording_bytes.saturating_add(size);
    let cut_short = machine.recording_bytes_left().ok().and_then(longest_ms).is_none_or(|ms| ms < NOTHING_MS);
    recording.error = error.unwrap_or_else(|| if cut_short { machine.recordings_used_up() } else { String::new() });
    recording.duration_ms = duration_ms;
    recording.size = size;
    recording.tm_end = Some(machine.now);
    let (call_id, ended, flow_id) = (recording.call_id, recording.status == Status::Ended, recording.on_end_flow_id);
    machine.record(*recording);
    if let Some(leg) = calls::leg_mut(machine, call_id) {
        leg.call.recording_id = Uuid::nil();
    }
    calls::emit(machine, call_id, CallKind::RecordingFinished { recording_id });
    if ended && !flow_id.is_nil() {
        machine.follow(flow_id);
    }
}
