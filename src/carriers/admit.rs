//! Whether an outgoing call may begin, and for how long it may last.

use super::minutes::Timed;
use super::room::{Slot, in_words};
use super::{Carriers, Over, Provider};
use crate::error::{Error, Reason, Result};
use crate::model::limits::CustomerLimits;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// One outgoing call of a customer through providers. Its room is free again when this is dropped, which must be when the
/// call has ended.
pub struct CallPermit {
    _slot: Slot,
    timed: Timed,
    over: watch::Receiver<Option<Over>>,
}

/// One call at a provider. The room is free again when this is dropped.
pub struct ProviderPermit {
    _slot: Slot,
}

impl Carriers {
    /// Admits an outgoing call of a customer, once for all its attempts. Fails with `BUDGET_USED_UP` if the customer has
    /// used up its minutes of the day, and with `TOO_MANY_CALLS` if it has too many calls or begins too many.
    pub async fn admit(&self, customer_id: Uuid, limits: &CustomerLimits) -> Result<CallPermit> {
        let daily = limits.daily_provider_minutes.saturating_mul(60);
        if self.usage.today(customer_id).await?.call_seconds >= daily {
            let minutes = limits.daily_provider_minutes;
            let message = format!("the customer has used up its {minutes} minutes of today (daily_provider_minutes)");
            return Err(Error::new(Reason::BudgetUsedUp, message));
        }
        let slot = self.customers.take(customer_id, limits.provider_calls, Instant::now()).map_err(|held| {
            let message = format!("the customer has {held} calls through providers (provider_calls); try again later");
            Error::new(Reason::TooManyCalls, message)
        })?;
        let per_second = limits.provider_calls_per_second;
        self.rates.take(customer_id, per_second, 1).map_err(|_| {
            let message =
                format!("over {per_second} new calls through providers per second (provider_calls_per_second)");
            Error::new(Reason::TooManyCalls, format!("{message}; try again later"))
        })?;
        let longest = Duration::from_secs(limits.provider_call_seconds);
        let (timed, over) = self.minutes.add(self.usage.clone(), customer_id, longest, daily);
        Ok(CallPermit { _slot: slot, timed, over })
    }

    /// Takes room at a provider for one attempt, and waits for the attempt's turn, at most the provider's `max_wait_ms`.
    /// Fails at once with `TOO_MANY_CALLS` if there is no room, or would be none in that time; the next provider may have
    /// some. A caller that stops waiting loses its turn.
    pub async fn enter(&self, provider: &Provider) -> Result<ProviderPermit> {
        let (id, sip) = (provider.id, provider.sip());
        let (max_calls, max_cps) = (u64::try_from(sip.max_calls), u64::try_from(sip.max_cps));
        let longest = Duration::from_millis(u64::try_from(sip.max_wait_ms).unwrap_or_default());
        let slot = self.providers.take(id, max_calls.unwrap_or_default(), Instant::now()).map_err(|held| {
            let message = format!("the provider {} has {held} calls (max_calls)", provider.name());
            Error::new(Reason::TooManyCalls, message)
        })?;
        let wait = self.paces.reserve(id, max_cps.unwrap_or_default(), longest).map_err(|wait| {
            self.providers.refuse(id, Instant::now());
            let (name, wait, longest) = (provider.name(), in_words(wait), in_words(longest));
            let message = format!("a call to the provider {name} would wait {wait}, over {longest} (max_wait_ms)");
            Error::new(Reason::TooManyCalls, message)
        })?;
        if !wait.is_zero() {
            let _waiting = slot.wait();
            tokio::time::sleep(wait).await;
        }
        Ok(ProviderPermit { _slot: slot })
    }
}

impl CallPermit {
    /// Begins to count the time of the call.
    pub fn answered(&self) {
        self.timed.answered(Instant::now());
    }

    /// Returns when the call must end, and why. Checked each second.
    pub async fn over(&mut self) -> Over {
        let over = self.over.wait_for(Option::is_some).await.map(|over| *over);
        match over {
            Ok(Some(over)) => over,
            // The sender lives as long as this permit.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
#[path = "admit_tests.rs"]
pub(super) mod tests;
