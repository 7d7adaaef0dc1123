//! `digits_receive`: collects keys.

use super::Control;
use crate::engine::checker::{Checker, KEYS};
use crate::engine::machine::Machine;
use crate::model::event::Outcome;
use crate::model::run::{Wait, WaitKind};
use crate::model::variables::MAX_VALUE;
use crate::proto::DigitsReceiveOption;

const DURATION_MS: i32 = 5_000;
const LENGTH: i32 = 1;

pub fn check(option: &DigitsReceiveOption, checker: &mut Checker) {
    checker.number("duration", option.duration, 1..=i32::MAX);
    checker.number("length", option.length, 0..=crate::engine::MAX_DIGITS as i32);
    checker.keys("key", &option.key, 0..=16);
}

/// Begins to collect; earlier unread keys count. The time limit covers the whole collection, not each key.
pub fn begin(machine: &mut Machine, option: &DigitsReceiveOption) -> Control {
    let length = option.length.unwrap_or(LENGTH) as u32;
    let stop = option.key.clone().unwrap_or_default();
    let mut collected = String::new();
    if collect(&mut machine.run.digits, &mut collected, length, &stop) {
        return over(machine, collected, Outcome::Done);
    }
    let due = machine.now.plus_ms(option.duration.unwrap_or(DURATION_MS).into());
    Control::Wait(Wait { kind: WaitKind::Digits { collected, length, stop }, due: Some(due) })
}

/// Handles a key that arrives while the action waits.
pub fn read(machine: &mut Machine) {
    let run = &mut *machine.run;
    let Some(Wait { kind: WaitKind::Digits { collected, length, stop }, .. }) = run.wait.as_mut() else { return };
    if collect(&mut run.digits, collected, *length, stop) {
        let collected = std::mem::take(collected);
        let control = over(machine, collected, Outcome::Done);
        machine.conclude(control);
    }
}

/// Keeps the keys collected so far, even if there are none.
pub fn expired(machine: &mut Machine, collected: String) -> Control {
    over(machine, collected, Outcome::Timeout)
}

/// Moves keys over one by one; returns true when the collection is complete. A stop key is included. Without a length
/// the collection ends at the longest value of a variable.
fn collect(kept: &mut String, collected: &mut String, length: u32, stop: &str) -> bool {
    while !kept.is_empty() {
        let key = kept.remove(0);
        collected.push(key);
        let full = if length > 0 { length as usize } else { MAX_VALUE };
        if stop.contains(key) || collected.len() >= full {
            return true;
        }
    }
    debug_assert!(collected.chars().all(|key| KEYS.contains(key)));
    false
}

fn over(machine: &mut Machine, collected: String, outcome: Outcome) -> Control {
    machine.set_system(&[("voipbin.call.digits", &collected)]);
    Control::Over(outcome)
}
