//! The cursor: which action is next, and where a target leads.

use super::actions::{self, Mode};
use crate::model::flow::reserved;
use crate::model::program::{ActionRef, Program};
use crate::model::run::{Frame, Run, WaitKind};
use std::collections::VecDeque;
use uuid::Uuid;

/// Returns the action that the frames point to; None at the end of the innermost list.
fn here(program: &Program, frames: &[Frame]) -> Option<ActionRef> {
    let frame = frames.last()?;
    let within = usize::from(frame.index) < program.revision(frame.slot).actions.len();
    within.then_some(ActionRef { slot: frame.slot, index: frame.index })
}

/// Returns whether a jump to this target is possible from these frames.
pub fn can_reach(program: &Program, frames: &[Frame], target: Uuid) -> bool {
    reserved::is_reserved(target) || frames.iter().any(|frame| program.revision(frame.slot).position(target).is_some())
}

/// Moves to the next action, or to a target if one is given. Returns None past the last action of the outermost frame.
///
/// A target is looked up in the current frame, then outwards; the frames inside the one that holds it are discarded. A
/// target that is not found counts as none: the actions check before they jump.
fn advance(program: &Program, frames: &mut Vec<Frame>, target: Uuid) -> Option<ActionRef> {
    let mut target = target;
    loop {
        if target == reserved::FINISH {
            frames.clear();
            return None;
        }
        if target != reserved::NEXT && !target.is_nil() && jump(program, frames, target) {
            return here(program, frames);
        }
        let frame = frames.last_mut()?;
        if !std::mem::take(&mut frame.ahead) {
            frame.index = frame.index.saturating_add(1);
        }
        if let Some(at) = here(program, frames) {
            return Some(at);
        }
        frames.pop();
        // The enclosing frame continues after the action at which it was left, with that action's `next_id`.
        let left = frames.last().filter(|frame| !frame.ahead).and_then(|_| here(program, frames));
        target = left.map_or(Uuid::nil(), |at| program.action(at).next_id);
    }
}

fn jump(program: &Program, frames: &mut Vec<Frame>, target: Uuid) -> bool {
    let found = (0..frames.len()).rev().find_map(|depth| {
        let index = match target == reserved::START {
            true => 0,
            false => program.revision(frames[depth].slot).position(target)?,
        };
        Some((depth, index))
    });
    let Some((depth, index)) = found else { return false };
    frames.truncate(depth + 1);
    frames[depth].index = index as u16;
    frames[depth].ahead = false;
    true
}

/// Enters a list of actions. Returns false, and enters nothing, when the list is empty.
pub fn enter(program: &Program, frames: &mut Vec<Frame>, slot: u16) -> bool {
    if program.revision(slot).actions.is_empty() {
        return false;
    }
    frames.push(Frame::new(slot));
    true
}

/// Enters the lists that were pushed from outside; returns false when they were all empty.
fn enter_pushed(program: &Program, frames: &mut Vec<Frame>, pushed: &mut VecDeque<u16>) -> bool {
    let mut entered = false;
    // The list that runs first is entered last, so that it is innermost.
    while let Some(slot) = pushed.pop_back() {
        let depth = frames.len();
        if enter(program, frames, slot) {
            if entered {
                frames[depth - 1].ahead = true;
            }
            entered = true;
        }
    }
    entered
}

/// Returns the action to begin, where the current action has not begun: lists pushed from outside run before it.
pub fn arrive(run: &mut Run) -> Option<ActionRef> {
    arrive_in(&run.program, &mut run.frames, &mut run.pushed)
}

fn arrive_in(program: &Program, frames: &mut Vec<Frame>, pushed: &mut VecDeque<u16>) -> Option<ActionRef> {
    let depth = frames.len();
    if enter_pushed(program, frames, pushed) {
        frames[depth - 1].ahead = true;
    }
    here(program, frames)
}

/// Moves on after the current action: to a list pushed from outside if there is one, else to the target of a jump, else
/// to the action's `next_id`.
pub fn proceed(run: &mut Run) -> Option<ActionRef> {
    let target = after(run)?;
    proceed_in(&run.program, &mut run.frames, &mut run.pushed, target)
}

fn proceed_in(
    program: &Program,
    frames: &mut Vec<Frame>,
    pushed: &mut VecDeque<u16>,
    target: Uuid,
) -> Option<ActionRef> {
    match enter_pushed(program, frames, pushed) {
        true => here(program, frames),
        false => advance(program, frames, target),
    }
}

/// Returns the target after the current action: the target of a jump, else the action's `next_id`.
fn after(run: &Run) -> Option<Uuid> {
    match run.forward_id.is_nil() {
        false => Some(run.forward_id),
        true => Some(run.program.action(run.current?).next_id),
    }
}

/// Returns the actions that would run next, in order, if nothing jumps; at most `limit` actions.
pub fn pending(run: &Run, limit: usize) -> Vec<ActionRef> {
    let mut pending = Vec::new();
    let (mut frames, mut pushed) = (run.frames.clone(), run.pushed.clone());
    let mut at = match run.wait.as_ref().map(|wait| &wait.kind) {
        Some(WaitKind::Start { .. } | WaitKind::Yield) => arrive_in(&run.program, &mut frames, &mut pushed),
        _ => after(run).and_then(|target| proceed_in(&run.program, &mut frames, &mut pushed, target)),
    };
    while let Some(next) = at.filter(|_| pending.len() < limit) {
        pending.push(next);
        at = match ends(run, next) {
            true => None,
            false => advance(&run.program, &mut frames, run.program.action(next).next_id),
        };
    }
    pending
}

/// Returns whether the activeflow ends with this action.
fn ends(run: &Run, at: ActionRef) -> bool {
    let spec = actions::spec(run.program.action(at).option.type_name());
    spec.mode == Mode::Ends && (run.call().is_some() || !spec.needs_call)
}
