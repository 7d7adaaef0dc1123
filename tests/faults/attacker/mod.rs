//! A customer that does, while servers suffer and others work, what `tests/adversary/` found to be harmful.
//!
//! What it does and in which order follows from the seed; how much, from its limits and from the bounds of each attack.
//! Whatever a server refuses is held against a table, and everything that it shows must be the attacker's own.

mod account;
mod api;
mod raw;
mod table;

pub use account::Account;
pub use table::Attack;

use super::checker::Log;
use super::clients;
use super::promises::Promised;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use ringdown::model::event::Kind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::ERRORS;
use tokio::task::JoinSet;

/// Attacks at the same time.
const AT_ONCE: usize = 3;
/// The most attacks of a round.
const MOST: usize = 150;
/// The longest pause between the beginnings of two attacks, in milliseconds.
const PAUSE: u64 = 400;
/// How long an attack may take; then it is given up.
const LONGEST: Duration = Duration::from_secs(8);

/// Attacks until then, each kind in turn; each is made once at least.
pub async fn attack(account: Arc<Account>, seed: u64, until: Instant) {
    let mut dice = StdRng::seed_from_u64(seed ^ 0xa77a_c4e7);
    let (mut under_way, mut drawn) = (JoinSet::new(), Vec::new());
    for number in 0..MOST {
        if number >= Attack::ALL.len() && Instant::now() >= until {
            break;
        }
        if drawn.is_empty() {
            drawn = Attack::ALL.to_vec();
            drawn.shuffle(&mut dice);
        }
        let attack = drawn.pop().expect("there are some");
        if under_way.len() == AT_ONCE {
            under_way.join_next().await.expect("there are some").expect("an attack does not panic");
        }
        let (account, own) = (account.clone(), StdRng::seed_from_u64(dice.random()));
        under_way.spawn(async move {
            account.note(attack);
            if tokio::time::timeout(LONGEST, account.make(attack, own)).await.is_err() {
                account.count("attacks that took too long");
            }
        });
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..PAUSE))).await;
    }
    while let Some(ended) = under_way.join_next().await {
        ended.expect("an attack does not panic");
    }
}

/// Lets go of everything and ends what still runs.
pub async fn leave(account: &Account) {
    account.drop_held();
    account.stop_all().await;
    clients::all_over(account, &Promised::default()).await;
}

/// What is wrong with what happened to the attacker, by its own part of the log.
pub fn check(account: &Account, log: &Log) -> Vec<String> {
    let mut wrong = account.complaints();
    let events = || log.records.iter().flat_map(|record| record.events.iter().map(move |event| (record, event)));
    for (record, event) in events() {
        let error = match &event.kind {
            Kind::ActionFinished { outcome, .. } => outcome.error(),
            Kind::Ended { error, .. } => error,
            Kind::NotStarted { reason } => reason,
            _ => "",
        };
        let word = error.split([':', ' ']).next().unwrap_or_default();
        if word.is_empty() {
            continue;
        }
        match ERRORS.contains(&word) {
            true => account.count(&format!("the attacker's actions that failed with {word}")),
            false => wrong.push(format!("an action of the attacker's activeflow {} failed: {error}", record.info.id)),
        }
    }
    for attack in Attack::ALL {
        if account.made(attack) == 0 {
            wrong.push(format!("no {} were tried", attack.name()));
        }
    }
    account.sum_up(events().count(), log.records.iter().filter(|record| record.revision == 1).count());
    wrong
}
