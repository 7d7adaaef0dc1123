//! What operators change of customers, and whether a customer may still act.

use super::{Current, Customers, Profile, show};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result};
use crate::model::limits::LimitChanges;
use crate::model::standing::Standing;
use crate::model::time::Time;
use crate::proto;
use crate::store;
use uuid::Uuid;

/// An operator's change of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorChange {
    /// Sets the named limits.
    Limits(Box<LimitChanges>, Vec<String>),
    Suspend,
    Resume,
    /// The customer must be suspended.
    Delete,
}

impl Profile {
    pub fn standing(&self) -> Standing {
        Standing { tm_suspend: self.tm_suspend, tm_delete: self.tm_delete }
    }

    /// Returns whether nothing new may begin for the customer.
    pub fn suspended(&self) -> bool {
        self.standing().is_suspended()
    }

    fn check_deletable(&self) -> Result<()> {
        match self.tm_suspend {
            Some(_) => Ok(()),
            None => Err(Error::new(Reason::CustomerNotSuspended, "the customer is not suspended; suspend it first")),
        }
    }

    fn operate(&mut self, change: &OperatorChange, now: Time) -> Result<()> {
        match change {
            OperatorChange::Limits(limits, names) => {
                self.limits = self.limits.replaced(limits, |name| names.iter().any(|it| it == name));
            }
            OperatorChange::Suspend => self.tm_suspend = self.tm_suspend.or(Some(now)),
            OperatorChange::Resume => self.tm_suspend = None,
            OperatorChange::Delete => {
                self.check_deletable()?;
                self.tm_delete = Some(now);
            }
        }
        self.tm_update = Some(now);
        Ok(())
    }
}

impl Current {
    /// Checks that the customer is suspended, and so may be deleted.
    pub fn check_deletable(&self) -> Result<()> {
        self.profile.check_deletable()
    }
}

impl Customers {
    /// Checks that something new may begin for a customer.
    pub async fn admit(&self, id: Uuid) -> Result<()> {
        match self.profile(id).await?.suspended() {
            true => Err(Error::new(Reason::CustomerSuspended, "the customer is suspended: nothing new begins")),
            false => Ok(()),
        }
    }

    /// Changes what was read, as an operator. Returns None if another change came first, and nothing was written.
    pub async fn operate(&self, current: Current, change: &OperatorChange) -> Result<Option<proto::Customer>> {
        let Current { mut row, mut profile, .. } = current;
        profile.operate(change, Clock::now())?;
        let written = self.write(&mut row, &profile).await?;
        Ok(written.then(|| for_operators(show(&row, &profile, self.limits_of(&profile)))))
    }

    /// Returns how an operator sees a customer.
    pub fn for_operators(&self, row: &store::Customer) -> Result<proto::Customer> {
        let profile = self.read(row)?;
        Ok(for_operators(show(row, &profile, self.limits_of(&profile))))
    }
}

/// Leaves out what is the customer's own. An address of webhooks may contain a secret.
fn for_operators(customer: proto::Customer) -> proto::Customer {
    let empty = String::new;
    proto::Customer { detail: empty(), webhook_uri: empty(), webhook_method: empty(), ..customer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_suspended_customer_is_deleted() {
        let mut profile = Profile::default();
        let early = profile.operate(&OperatorChange::Delete, Time(1)).unwrap_err();
        assert_eq!((early.reason, profile.suspended()), (Reason::CustomerNotSuspended, false));
        for at in [2, 3] {
            profile.operate(&OperatorChange::Suspend, Time(at)).unwrap();
        }
        assert_eq!(profile.standing().tm_suspend, Some(Time(2)), "since the first time");
        profile.operate(&OperatorChange::Resume, Time(4)).unwrap();
        assert!(!profile.suspended());
        profile.operate(&OperatorChange::Suspend, Time(5)).unwrap();
        profile.operate(&OperatorChange::Delete, Time(6)).unwrap();
        let stored = Standing::read(&crate::model::codec::to_bytes(&profile)).unwrap();
        assert_eq!(stored, Standing { tm_suspend: Some(Time(5)), tm_delete: Some(Time(6)) });
        assert_eq!(stored, profile.standing());
    }

    #[test]
    fn only_named_limits_change() {
        let mut profile = Profile::default();
        let limits = LimitChanges { calls: Some(7), watches: Some(8), ..LimitChanges::default() };
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        profile.operate(&OperatorChange::Limits(Box::new(limits), named(&["calls"])), Time(1)).unwrap();
        assert_eq!(profile.limits, LimitChanges { calls: Some(7), ..LimitChanges::default() });
        profile.operate(&OperatorChange::Limits(Box::default(), named(&["calls"])), Time(2)).unwrap();
        assert_eq!(profile.limits, LimitChanges::default());
    }
}
