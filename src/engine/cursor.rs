//! The cursor: which action is next, and where a target leads.

use super::actions::{self, Mode};
use crate::model::flow::reserved;
use crate::model::program::{ActionRef, Program};
use crate::model::run::{Frame, Run, WaitKind};
use std::collections::VecDeque;
use uuid::Uuid;

/// Where the frames stand now; None when they are used up.
fn here(program: &Program, frames: &[Frame]) -> Option<ActionRef> {
    let frame = frames.last()?;
    let within = usize::from(frame.place) < program.revision(frame.slot).actions.len();
    within.then_some(ActionRef { slot: frame.slot, place: frame.place })
}

/// True when a jump to this target is possible from these frames.
pub fn can_reach(program: &Program, frames: &[Frame], target: Uuid) -> bool {
    reserved::is_reserved(target) || frames.iter().any(|frame| program.revision(frame.slot).position(target).is_some())
}

/// Moves to the action that follows, or to a target if one is given; None past the last action of the outermost frame.
///
/// A target is looked up in the current frame, then outwards; the frames inside of it are left for good. One that is
/// nowhere is treated as none: the actions check before they jump.
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
            frame.place = frame.place.saturating_add(1);
        }
        if let Some(at) = here(program, frames) {
            return Some(at);
        }
        frames.pop();
        // The enclosing frame goes on after the action at which it was left, as that action says.
        let left = frames.last().filter(|frame| !frame.ahead).and_then(|_| here(program, frames));
        target = left.map_or(Uuid::nil(), |at| program.action(at).next_id);
    }
}

fn jump(program: &Program, frames: &mut Vec<Frame>, target: Uuid) -> bool {
    let found = (0..frames.len()).rev().find_map(|depth| {
        let place = match target == reserved::START {
            true => 0,
            false => program.revision(frames[depth].slot).position(target)?,
        };
        Some((depth, place))
    });
    let Some((depth, place)) = found else { return false };
    frames.truncate(depth + 1);
    frames[depth].place = place as u16;
    frames[depth].ahead = false;
    true
}

/// Enters a list of actions. False when it is empty, and then nothing was entered.
pub fn enter(program: &Program, frames: &mut Vec<Frame>, slot: u16) -> bool {
    if program.revision(slot).actions.is_empty() {
        return false;
    }
    frames.push(Frame::new(slot));
    true
}

/// Enters the lists that were pushed from outside; false when there was nothing in them.
fn enter_pushed(program: &Program, frames: &mut Vec<Frame>, pushed: &mut VecDeque<u16>) -> bool {
    let mut entered = false;
    // The first to run goes in last: it ends up innermost.
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

/// The cursor stands at an action that has not begun: lists pushed from outside run before it.
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

/// The current action is over: on to a list pushed from outside if there is one, else to a target if one was decided,
/// else as the action says.
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

/// The target that follows the current action: a jump that was decided, else what the action says.
fn after(run: &Run) -> Option<Uuid> {
    match run.forward_id.is_nil() {
        false => Some(run.forward_id),
        true => Some(run.program.action(run.current?).next_id),
    }
}

/// What would run next, in order, if nothing jumps; at most `limit` actions.
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

/// After this action nothing runs any more.
fn ends(run: &Run, at: ActionRef) -> bool {
    let spec = actions::spec(run.program.action(at).option.type_name());
    spec.mode == Mode::Ends && (run.call().is_some() || !spec.needs_call)
}
