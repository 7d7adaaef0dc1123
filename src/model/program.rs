//! The program of a run: the revisions that its frames and its executed actions refer to.

use super::flow::{Action, Revision};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// A reference to an action of a run's program. It is small, also when stored, because a run remembers its last
/// hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u16, u16)", into = "(u16, u16)")]
pub struct ActionRef {
    pub slot: u16,
    pub index: u16,
}

impl From<(u16, u16)> for ActionRef {
    fn from((slot, index): (u16, u16)) -> ActionRef {
        ActionRef { slot, index }
    }
}

impl From<ActionRef> for (u16, u16) {
    fn from(at: ActionRef) -> (u16, u16) {
        (at.slot, at.index)
    }
}

/// The revisions of a run, each in a slot. Slots that are no longer referred to are reused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Program {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Slot {
    id: Uuid,
    /// Set when the run is loaded, before the engine uses it.
    #[serde(skip)]
    revision: Option<Arc<Revision>>,
}

impl PartialEq for Slot {
    fn eq(&self, other: &Slot) -> bool {
        self.id == other.id
    }
}

impl Program {
    /// Returns the slot of a revision, and adds the revision if it is missing. `used` returns whether a slot is still
    /// referred to.
    pub fn add(&mut self, revision: Arc<Revision>, used: impl Fn(u16) -> bool) -> u16 {
        let id = revision.id;
        if let Some(slot) = self.slots.iter().position(|slot| slot.id == id) {
            return slot as u16;
        }
        // Every free slot gets the new revision, so that none keeps an old one in memory. Slots cannot be empty: earlier
        // versions look up the revision of each.
        let mut place = None;
        for at in (0..self.slots.len()).filter(|slot| !used(*slot as u16)) {
            self.slots[at] = Slot { id, revision: Some(revision.clone()) };
            place.get_or_insert(at);
        }
        let place = place.unwrap_or_else(|| {
            self.slots.push(Slot { id, revision: Some(revision) });
            self.slots.len() - 1
        });
        place as u16
    }

    /// Returns the revisions, each once.
    pub(super) fn distinct(&self) -> impl Iterator<Item = &Arc<Revision>> {
        let first = |at: &usize| self.slots[..*at].iter().all(|slot| slot.id != self.slots[*at].id);
        (0..self.slots.len()).filter(first).filter_map(|at| self.slots[at].revision.as_ref())
    }

    /// Returns the weight of the revisions in the slots for which `used` returns true, each counted once.
    pub fn weight_of(&self, used: impl Fn(u16) -> bool) -> usize {
        let mut seen: Vec<Uuid> = Vec::new();
        let mut weight = 0;
        for (_, slot) in self.slots.iter().enumerate().filter(|(at, _)| used(*at as u16)) {
            if !seen.contains(&slot.id) {
                seen.push(slot.id);
                weight += slot.revision.as_ref().map_or(0, |revision| revision.weight());
            }
        }
        weight
    }

    /// Returns the id of the revision in a slot.
    pub fn revision_id(&self, slot: u16) -> Option<Uuid> {
        self.slots.get(usize::from(slot)).map(|slot| slot.id)
    }

    /// Returns whether this revision is in a slot.
    pub fn has(&self, id: Uuid) -> bool {
        self.slots.iter().any(|slot| slot.id == id)
    }

    /// Returns the revisions that must be put in before the run can continue.
    pub fn missing(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.slots.iter().filter(|slot| slot.revision.is_none()).map(|slot| slot.id)
    }

    pub fn put(&mut self, revision: Arc<Revision>) {
        for slot in self.slots.iter_mut().filter(|slot| slot.id == revision.id) {
            slot.revision = Some(revision.clone());
        }
    }

    /// Returns the revision of a slot. Panics if it was not put in: loading a run puts in all revisions that `missing`
    /// returns.
    pub fn revision(&self, slot: u16) -> &Arc<Revision> {
        self.slots[usize::from(slot)].revision.as_ref().expect("a run is loaded with all its revisions")
    }

    pub fn action(&self, at: ActionRef) -> &Action {
        &self.revision(at.slot).actions[usize::from(at.index)]
    }
}
