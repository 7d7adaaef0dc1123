//! A cache of revisions: they never change, so a cached one stays valid. It is bounded by the weight of what it keeps.

use crate::error::{Error, Result};
use crate::memory::{Share, Weighed};
use crate::model::flow::{self, Action, Flow, Revision};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::proto;
use crate::store::{self, Damage, Store};
use crate::supervisor::lock;
use prost::Message;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// The most revisions that are cached.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");

/// A list caches revisions of at most this many stored bytes.
const SMALL: usize = 8 * 1024;

pub struct Revisions {
    store: Arc<dyn Store>,
    kept: Mutex<Weighed<Uuid, Arc<Revision>>>,
}

impl Revisions {
    pub fn new(store: Arc<dyn Store>, share: Share) -> Revisions {
        Revisions { store, kept: Mutex::new(Weighed::new(share, KEPT)) }
    }

    /// Reports rows that cannot be read.
    pub fn damage(&self) -> &Damage {
        self.store.damage()
    }

    /// Caches a revision that was just created.
    pub fn keep(&self, revision: &Arc<Revision>) {
        lock(&self.kept).put(revision.id, revision.clone(), revision.weight());
    }

    pub async fn get(&self, id: Uuid) -> Result<Arc<Revision>> {
        if let Some(revision) = self.kept(id) {
            return Ok(revision);
        }
        let revision = Arc::new(read_revision(&self.row(id).await?, self.damage())?);
        self.keep(&revision);
        Ok(revision)
    }

    fn kept(&self, id: Uuid) -> Option<Arc<Revision>> {
        lock(&self.kept).get(&id).cloned()
    }

    async fn row(&self, id: Uuid) -> Result<store::Revision> {
        let row = self.store.revision(id).await?;
        row.ok_or_else(|| Error::internal(format!("the revision {id} is not in the store")))
    }

    /// Returns the action that a run is at, for a list of runs. Reads the revision from the store if it is not cached. Of a
    /// large one it builds no other action and caches nothing: a list would replace the whole cache.
    pub async fn current_action(&self, run: &Run) -> Result<Option<proto::Action>> {
        let Some(at) = run.current else { return Ok(None) };
        let missing = |id| Error::internal(format!("revision {id:?} has no action {}", at.index));
        let id = run.program.revision_id(at.slot).ok_or_else(|| missing(None))?;
        let of = |revision: &Revision| revision.actions.get(usize::from(at.index)).map(Action::to_proto);
        let action = match self.kept(id) {
            Some(revision) => of(&revision),
            None => match self.row(id).await? {
                row if row.body.len() <= SMALL => {
                    let revision = Arc::new(read_revision(&row, self.damage())?);
                    self.keep(&revision);
                    of(&revision)
                }
                row => flow::action_in(&row.body, at.index).map_err(|why| unreadable(&row, self.damage(), why))?,
            },
        };
        action.map(Some).ok_or_else(|| missing(Some(id)))
    }

    /// Adds to a run that was read the revisions that its program refers to.
    pub async fn fill(&self, run: &mut Run) -> Result<()> {
        let missing: HashSet<Uuid> = run.program.missing().collect();
        for id in missing {
            run.program.put(self.get(id).await?);
        }
        Ok(())
    }

    /// Returns a flow of this customer that is not deleted.
    pub async fn flow(&self, customer_id: Uuid, id: Uuid) -> Result<Option<Flow>> {
        let row = self.store.flow(id).await?;
        let row = row.filter(|row| row.customer_id == customer_id && row.tm_delete.is_none());
        row.map(|row| read_flow(&row, self.damage())).transpose()
    }

    /// Returns the current revision of a flow of this customer.
    pub async fn current(&self, customer_id: Uuid, flow_id: Uuid) -> Result<Option<Arc<Revision>>> {
        match self.flow(customer_id, flow_id).await? {
            Some(flow) => Ok(Some(self.get(flow.revision_id).await?)),
            None => Ok(None),
        }
    }
}

pub fn read_flow(row: &store::Flow, damage: &Damage) -> Result<Flow> {
    Ok(damage.read("flow", row.id, &row.body)?)
}

pub fn revision_row(revision: &Revision, now: Time) -> store::Revision {
    store::Revision {
        id: revision.id,
        flow_id: revision.flow_id,
        number: revision.number,
        tm_create: now.0,
        body: revision.to_bytes(),
    }
}

pub fn read_revision(row: &store::Revision, damage: &Damage) -> Result<Revision> {
    let read = Revision::from_bytes(row.id, row.flow_id, row.number, &row.body);
    read.map_err(|why| unreadable(row, damage, why))
}

/// A revision of a newer version can be decoded, but holds actions that this version does not know.
fn unreadable(row: &store::Revision, damage: &Damage, why: String) -> Error {
    match proto::Flow::decode(row.body.as_slice()) {
        Ok(_) => Error::newer(why),
        Err(_) => damage.found("revision", row.id, why).into(),
    }
}
