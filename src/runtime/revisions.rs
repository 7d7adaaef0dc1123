//! A cache of revisions: they never change, so a cached one stays valid.

use crate::error::{Error, Result};
use crate::model::flow::{Flow, Revision};
use crate::model::run::Run;
use crate::model::time::Time;
use crate::proto;
use crate::store::{self, Damage, Store};
use crate::supervisor::lock;
use lru::LruCache;
use prost::Message;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// The most revisions that are cached.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");

pub struct Revisions {
    store: Arc<dyn Store>,
    kept: Mutex<LruCache<Uuid, Arc<Revision>>>,
}

impl Revisions {
    pub fn new(store: Arc<dyn Store>) -> Revisions {
        Revisions { store, kept: Mutex::new(LruCache::new(KEPT)) }
    }

    /// Reports rows that cannot be read.
    pub fn damage(&self) -> &Damage {
        self.store.damage()
    }

    /// Caches a revision that was just created.
    pub fn keep(&self, revision: &Arc<Revision>) {
        lock(&self.kept).put(revision.id, revision.clone());
    }

    pub async fn get(&self, id: Uuid) -> Result<Arc<Revision>> {
        if let Some(revision) = lock(&self.kept).get(&id) {
            return Ok(revision.clone());
        }
        let row = self.store.revision(id).await?;
        let row = row.ok_or_else(|| Error::internal(format!("the revision {id} is not in the store")))?;
        let revision = Arc::new(read_revision(&row, self.damage())?);
        self.keep(&revision);
        Ok(revision)
    }

    /// Adds to a run that was read the revisions that its program refers to.
    pub async fn fill(&self, run: &mut Run) -> Result<()> {
        let missing: Vec<Uuid> = run.program.missing().collect();
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
    // A revision of a newer version can be decoded, but holds actions that this version does not know.
    let newer = || proto::Flow::decode(row.body.as_slice()).is_ok();
    read.map_err(|why| match newer() {
        true => Error::newer(why),
        false => damage.found("revision", row.id, why).into(),
    })
}
