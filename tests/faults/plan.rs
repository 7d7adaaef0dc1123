//! What befalls whom, and when.

use super::proxy::Cut;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use std::fmt;
use std::time::Duration;

/// How a disk is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Files may not be larger (EFBIG).
    OfSize,
    /// The file system has no block left (ENOSPC); where none of its own can be had, as above.
    OfBlocks,
}

/// What befalls a server, or the database.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// As the power goes. It is started again after this time.
    Kill(Duration),
    /// Stopped (SIGSTOP) for this time.
    Stop(Duration),
    /// As an operator restarts it.
    Restart,
    /// Every connection of its clients is cut.
    CutClients,
    /// No disk is left for this time; then it is killed, or not.
    Full { how: Lack, time: Duration, killed: bool },
    /// Its connections to the database are cut, and for this time it gets no others.
    CutDatabase(Duration),
    /// The connection that commits next is cut there.
    CutCommit(Cut),
    /// The database is restarted in this mode of pg_ctl.
    RestartDatabase(&'static str),
    /// The database crashes.
    CrashDatabase,
}

impl Fault {
    /// How long it takes, roughly.
    fn time(self) -> Duration {
        match self {
            Fault::Kill(time) | Fault::Stop(time) | Fault::Full { time, .. } | Fault::CutDatabase(time) => time,
            Fault::Restart | Fault::RestartDatabase(_) | Fault::CrashDatabase => Duration::from_secs(1),
            Fault::CutClients | Fault::CutCommit(_) => Duration::ZERO,
        }
    }
}

/// A fault, some time after the one before it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub after: Duration,
    pub fault: Fault,
}

/// What befalls each server, one after the other, and what befalls the database meanwhile.
pub struct Plan {
    pub servers: Vec<Vec<Step>>,
    pub database: Vec<Step>,
}

fn ms(dice: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(dice.random_range(range))
}

/// One of each of what can befall the only server on a file.
fn alone(dice: &mut StdRng) -> Vec<Fault> {
    vec![
        Fault::Kill(ms(dice, 0..500)),
        Fault::Stop(ms(dice, 100..2_500)),
        Fault::Restart,
        Fault::CutClients,
        Fault::Full { how: Lack::OfBlocks, time: ms(dice, 100..1_500), killed: false },
        Fault::Kill(Duration::ZERO),
        Fault::Full { how: Lack::OfBlocks, time: ms(dice, 0..500), killed: true },
        Fault::Full { how: Lack::OfSize, time: ms(dice, 0..1_500), killed: dice.random() },
    ]
}

/// One of each of what can befall a server beside others. A lease holds for 5 s.
fn shared(dice: &mut StdRng) -> Vec<Fault> {
    let cut = [Cut::Before, Cut::Under, Cut::After][dice.random_range(0..3)];
    vec![
        Fault::Kill(ms(dice, 0..2_000)),
        Fault::Stop(ms(dice, 6_000..8_000)),
        Fault::Stop(ms(dice, 100..3_000)),
        Fault::Restart,
        Fault::CutClients,
        Fault::CutCommit(cut),
        Fault::CutDatabase(ms(dice, 0..2_000)),
        Fault::CutDatabase(ms(dice, 4_000..7_000)),
    ]
}

fn database(_: &mut StdRng) -> Vec<Fault> {
    vec![Fault::RestartDatabase("fast"), Fault::RestartDatabase("immediate"), Fault::CrashDatabase]
}

/// Draws from a shuffled set, and anew when it is empty, until the time is over.
fn steps(
    dice: &mut StdRng,
    time: Duration,
    pause: std::ops::Range<u64>,
    set: fn(&mut StdRng) -> Vec<Fault>,
) -> Vec<Step> {
    let (mut steps, mut drawn, mut now) = (Vec::new(), Vec::new(), Duration::ZERO);
    loop {
        if drawn.is_empty() {
            drawn = set(dice);
            drawn.shuffle(dice);
        }
        let (after, fault) = (ms(dice, pause.clone()), drawn.pop().expect("a set has something"));
        now += after + fault.time();
        if now > time {
            return steps;
        }
        steps.push(Step { after, fault });
    }
}

impl Plan {
    /// For a server on SQLite.
    pub fn alone(seed: u64, time: Duration) -> Plan {
        let dice = &mut StdRng::seed_from_u64(seed);
        Plan { servers: vec![steps(dice, time, 100..1_500, alone)], database: Vec::new() }
    }

    /// For so many servers on PostgreSQL.
    pub fn shared(seed: u64, time: Duration, count: usize) -> Plan {
        let dice = &mut StdRng::seed_from_u64(seed);
        // In some rounds there is hardly a moment in which all is well.
        let calm = dice.random_range(1..4);
        let servers = (0..count).map(|_| steps(dice, time, 100..1_500 * calm, shared)).collect();
        Plan { servers, database: steps(dice, time, 1_000..6_000 * calm, database) }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers = self.servers.iter().enumerate().map(|(n, steps)| (format!("server {n}"), steps));
        for (name, steps) in servers.chain([("database".to_owned(), &self.database)]) {
            writeln!(f, "{name}:")?;
            for Step { after, fault } in steps {
                writeln!(f, "  {after:>7.1?} later: {fault:?}")?;
            }
        }
        Ok(())
    }
}
