//! The cursor: which action is next, and where a target leads.

use crate::model::flow::reserved;
use crate::model::program::{ActionRef, Program};
use crate::model::run::{Frame, Run, What};
use uuid::Uuid;

/// Where the frames stand now; None when they are used up.
pub fn here(program: &Program, frames: &[Frame]) -> Option<ActionRef> {
    let frame = frames.last()?;
    let within = usize::from(frame.place) < program.revision(frame.slot).actions.len();
    within.then_some(ActionRef { slot: frame.slot, place: frame.place })
}

/// True when a jump to this target is possible from these frames.
pub fn can_reach(program: &Program, frames: &[Frame], target: Uuid) -> bool {
    reserved::is_reserved(target) || frames.iter().any(|frame| program.revision(frame.slot).place(target).is_some())
}

/// Moves to the action that follows, or to a target if one is given; None past the last action of the outermost frame.
///
/// A target is looked up in the current frame, then outwards; the frames inside of it are left for good. One that is
/// nowhere is treated as none: the actions check before they jump.
pub fn advance(program: &Program, frames: &mut Vec<Frame>, target: Uuid) -> Option<ActionRef> {
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
        frame.place = frame.place.saturating_add(1);
        if let Some(at) = here(program, frames) {
            return Some(at);
        }
        frames.pop();
        // The enclosing frame goes on after the action that pushed this one, as that action says.
        target = here(program, frames).map_or(Uuid::nil(), |at| program.action(at).next_id);
    }
}

fn jump(program: &Program, frames: &mut Vec<Frame>, target: Uuid) -> bool {
    let found = (0..frames.len()).rev().find_map(|depth| {
        let place = program.revision(frames[depth].slot).place(target)?;
        Some((depth, place))
    });
    let Some((depth, place)) = found else { return false };
    frames.truncate(depth + 1);
    frames[depth].place = place as u16;
    true
}

/// Enters a list of actions. False when it is empty, and then nothing was entered.
pub fn enter(program: &Program, frames: &mut Vec<Frame>, slot: u16) -> bool {
    if program.revision(slot).actions.is_empty() {
        return false;
    }
    frames.push(Frame { slot, place: 0, jumps: Default::default() });
    true
}

/// What would run next, in order, if nothing jumps; at most `limit` actions.
pub fn pending(run: &Run, limit: usize) -> Vec<ActionRef> {
    let mut pending = Vec::new();
    let mut frames = run.frames.clone();
    for slot in &run.pushed {
        let places = 0..run.program.revision(*slot).actions.len() as u16;
        pending.extend(places.map(|place| ActionRef { slot: *slot, place }));
    }
    let mut at = match run.current {
        // The flow has not begun: it will with the first action.
        None => here(&run.program, &frames),
        Some(_) if run.wait.as_ref().is_some_and(|wait| wait.what == What::Yield) => here(&run.program, &frames),
        Some(current) => advance(&run.program, &mut frames, after(run, current)),
    };
    while let Some(next) = at.filter(|_| pending.len() < limit) {
        pending.push(next);
        at = advance(&run.program, &mut frames, run.program.action(next).next_id);
    }
    pending.truncate(limit);
    pending
}

/// The target that follows the current action: a jump that was decided, else what the action says.
pub fn after(run: &Run, current: ActionRef) -> Uuid {
    match run.forward_id.is_nil() {
        false => run.forward_id,
        true => run.program.action(current).next_id,
    }
}
