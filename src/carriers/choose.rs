//! The choice of routes: which providers a call tries, and in which order. Pure.

use super::ranges::{self, Range};
use super::{EVERYBODY, MAX_HOPS};
use crate::proto::ProviderHealth;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The target of a route to all destinations.
pub const ALL: &str = "all";

/// A route, as the choice needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub route_id: Uuid,
    pub customer_id: Uuid,
    pub provider_id: Uuid,
    /// 1 is first.
    pub priority: i32,
    /// `+` and digits, or [`ALL`].
    pub target: String,
}

/// Whether a provider answers, as far as this server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Unknown,
    Healthy,
    Unhealthy,
}

impl From<Status> for ProviderHealth {
    fn from(status: Status) -> ProviderHealth {
        match status {
            Status::Unknown => ProviderHealth::Unknown,
            Status::Healthy => ProviderHealth::Healthy,
            Status::Unhealthy => ProviderHealth::Unhealthy,
        }
    }
}

/// Why a call has no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    NoRoute,
    /// There are routes, but none names this range.
    Named(&'static Range),
}

/// All routes, by customer and target.
#[derive(Debug, Default)]
pub struct Routes(HashMap<Uuid, HashMap<String, Vec<Rule>>>);

impl Routes {
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Routes {
        let mut routes: HashMap<Uuid, HashMap<String, Vec<Rule>>> = HashMap::new();
        for rule in rules {
            routes.entry(rule.customer_id).or_default().entry(rule.target.clone()).or_default().push(rule);
        }
        for rules in routes.values_mut().flat_map(|targets| targets.values_mut()) {
            // The id decides between routes of one priority, so that all servers choose alike.
            rules.sort_by_key(|rule| (rule.priority, rule.route_id));
        }
        Routes(routes)
    }

    /// Returns the routes that a call tries, at most [`MAX_HOPS`], each to another provider.
    ///
    /// First come the customer's own routes, then those of everybody; of each, the longest target first and [`ALL`] last;
    /// of routes with the same target, the lowest priority number first. Providers that do not answer are left out unless
    /// none answers. `health` returns `None` for a provider that does not exist.
    pub fn choose(
        &self,
        customer_id: Uuid,
        destination: &str,
        health: impl Fn(Uuid) -> Option<Status>,
    ) -> Result<Vec<Rule>, Refused> {
        let range = ranges::of(destination);
        let (mut chosen, mut seen, mut unnamed) = (Vec::new(), HashSet::new(), false);
        let owners = [customer_id, EVERYBODY];
        let owners = if customer_id == EVERYBODY { &owners[..1] } else { &owners[..] };
        for rule in owners.iter().flat_map(|owner| self.matching(*owner, destination)) {
            let Some(status) = health(rule.provider_id) else { continue };
            if range.is_some_and(|range| !rule.target.starts_with(range.prefix)) {
                unnamed = true;
            } else if seen.insert(rule.provider_id) {
                chosen.push((rule, status));
            }
        }
        if chosen.iter().any(|(_, status)| *status != Status::Unhealthy) {
            chosen.retain(|(_, status)| *status != Status::Unhealthy);
        }
        match (chosen.is_empty(), range.filter(|_| unnamed)) {
            (false, _) => Ok(chosen.into_iter().take(MAX_HOPS).map(|(rule, _)| rule.clone()).collect()),
            (true, Some(range)) => Err(Refused::Named(range)),
            (true, None) => Err(Refused::NoRoute),
        }
    }

    /// Returns the routes of one owner whose target a destination begins with, in order.
    fn matching<'a>(&'a self, owner: Uuid, destination: &'a str) -> impl Iterator<Item = &'a Rule> {
        let targets = self.0.get(&owner);
        // A target has at least `+` and one digit. Destinations are ASCII; any other has no prefixes.
        let prefixes = (2..=destination.len()).rev().filter_map(move |end| destination.get(..end)).chain([ALL]);
        prefixes.filter_map(move |target| targets?.get(target)).flatten()
    }
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
