//! Legs that move from one worker to another, and the order of commands meanwhile.
//!
//! A command to a leg that is on its way waits until the leg is there, and so does every later command to the legs that it
//! names: they are carried out in the order in which they came.

use crate::telephony::media::leg::LegId;
use std::collections::{HashMap, HashSet, VecDeque};

/// Commands that wait for one leg. A driver has at most 64 unread commands a call.
const MAX_WAITING: usize = 256;

/// A command, and the legs that it is about.
pub trait About {
    fn legs(&self) -> [Option<LegId>; 2];
}

/// The legs that are to arrive, with the commands that wait for them.
pub struct Transfers<C> {
    expected: HashMap<LegId, VecDeque<C>>,
    /// Legs that are here, and whose commands wait for another leg.
    behind: HashMap<LegId, LegId>,
    /// Legs that were faster than the command to expect them.
    early: HashSet<LegId>,
}

impl<C> Default for Transfers<C> {
    fn default() -> Transfers<C> {
        Transfers { expected: HashMap::new(), behind: HashMap::new(), early: HashSet::new() }
    }
}

impl<C: About> Transfers<C> {
    /// A leg is on its way, or has come already.
    pub fn expect(&mut self, leg: LegId) {
        if !self.early.remove(&leg) {
            self.expected.entry(leg).or_default();
        }
    }

    /// Returns the command if it can be carried out now. Otherwise it waits; if too many do, it is lost.
    pub fn pass(&mut self, command: C) -> Option<C> {
        let legs = command.legs();
        let awaited = legs.iter().flatten().find_map(|leg| match self.behind.get(leg) {
            Some(awaited) => Some(*awaited),
            None => self.expected.contains_key(leg).then_some(*leg),
        });
        let Some(awaited) = awaited else { return Some(command) };
        for leg in legs.into_iter().flatten().filter(|leg| *leg != awaited) {
            self.behind.entry(leg).or_insert(awaited);
        }
        match self.expected.get_mut(&awaited) {
            Some(waiting) if waiting.len() < MAX_WAITING => waiting.push_back(command),
            _ => tracing::error!(leg = awaited.0, "a command to a leg that moves between workers is lost"),
        }
        None
    }

    /// A leg has arrived, or is gone and will not. Returns the commands that waited: each has to [`pass`](Self::pass) again.
    pub fn arrived(&mut self, leg: LegId) -> VecDeque<C> {
        self.behind.retain(|_, awaited| *awaited != leg);
        let waiting = self.expected.remove(&leg);
        if waiting.is_none() {
            self.early.insert(leg);
        }
        waiting.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ab` is a command about the legs `a` and `b`.
    #[derive(Debug, PartialEq)]
    struct Command(&'static str);

    fn leg(name: char) -> LegId {
        LegId(name as u64)
    }

    impl About for Command {
        fn legs(&self) -> [Option<LegId>; 2] {
            let mut names = self.0.chars().filter(|it| it.is_alphabetic());
            [names.next().map(leg), names.next().map(leg)]
        }
    }

    /// Carries out what can be: returns the commands in the order in which they were.
    fn run(transfers: &mut Transfers<Command>, commands: impl IntoIterator<Item = Command>) -> String {
        let done: Vec<&str> = commands.into_iter().filter_map(|it| transfers.pass(it)).map(|it| it.0).collect();
        done.join(" ")
    }

    #[test]
    fn commands_wait_for_their_legs_in_order() {
        let mut transfers = Transfers::default();
        transfers.expect(leg('b'));
        let commands = ["a1", "ab2", "a3", "b4", "c5", "ac6", "c7"].map(Command);
        assert_eq!(run(&mut transfers, commands), "a1 c5");
        let waiting = transfers.arrived(leg('b'));
        assert_eq!(run(&mut transfers, waiting), "ab2 a3 b4 ac6 c7");
        assert_eq!(run(&mut transfers, [Command("ab8")]), "ab8");
    }

    #[test]
    fn those_that_wait_for_two_legs_wait_for_both() {
        let mut transfers = Transfers::default();
        transfers.expect(leg('b'));
        transfers.expect(leg('c'));
        assert_eq!(run(&mut transfers, ["ab1", "ac2", "a3"].map(Command)), "");
        let waiting = transfers.arrived(leg('b'));
        assert_eq!(run(&mut transfers, waiting), "ab1", "a3 comes behind ac2");
        let waiting = transfers.arrived(leg('c'));
        assert_eq!(run(&mut transfers, waiting), "ac2 a3");
    }

    #[test]
    fn a_leg_may_be_faster_than_the_command_to_expect_it() {
        let mut transfers = Transfers::default();
        assert!(transfers.arrived(leg('b')).is_empty());
        transfers.expect(leg('b'));
        assert_eq!(run(&mut transfers, ["ab1", "b2"].map(Command)), "ab1 b2");
        transfers.expect(leg('b'));
        assert_eq!(run(&mut transfers, ["b3"].map(Command)), "", "it moves again");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut transfers = Transfers::default();
        transfers.expect(leg('a'));
        assert_eq!(run(&mut transfers, (0..1_000).map(|_| Command("a"))), "");
        assert_eq!(transfers.arrived(leg('a')).len(), MAX_WAITING);
    }
}
