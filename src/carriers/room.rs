//! How many calls go through each provider, or belong to each customer, on this server.

use crate::supervisor::lock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The seconds of which refusals are counted.
const SECONDS: usize = 60;

/// Counts by id. An id that has no calls and was not refused takes no memory.
pub struct Room {
    began: Instant,
    counts: Mutex<HashMap<Uuid, Count>>,
}

struct Count {
    held: u32,
    waiting: u32,
    /// Refusals, by the second modulo [`SECONDS`], each with its second.
    refused: [(u64, u32); SECONDS],
}

/// What an id uses now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    pub held: u32,
    pub waiting: u32,
    pub refused_last_minute: u32,
}

/// Room for one call, free again when it is dropped.
pub struct Slot {
    room: Arc<Room>,
    id: Uuid,
}

/// A place in a queue, left when it is dropped.
pub struct Waiting<'a>(&'a Slot);

impl Room {
    pub fn new() -> Arc<Room> {
        Arc::new(Room { began: Instant::now(), counts: Mutex::default() })
    }

    /// Takes room for a call, unless `most` calls have room. Returns how many have it if there is none.
    pub fn take(self: &Arc<Room>, id: Uuid, most: u64, now: Instant) -> Result<Slot, u32> {
        let mut counts = lock(&self.counts);
        let count = counts.entry(id).or_default();
        if u64::from(count.held) >= most {
            count.refuse(self.second(now));
            return Err(count.held);
        }
        count.held += 1;
        Ok(Slot { room: self.clone(), id })
    }

    /// Counts a call that found no room.
    pub fn refuse(&self, id: Uuid, now: Instant) {
        lock(&self.counts).entry(id).or_default().refuse(self.second(now));
    }

    pub fn use_of(&self, id: Uuid, now: Instant) -> Use {
        let second = self.second(now);
        let counts = lock(&self.counts);
        let Some(count) = counts.get(&id) else { return Use::default() };
        Use { held: count.held, waiting: count.waiting, refused_last_minute: count.refused_since(second) }
    }

    /// Forgets the refusals of ids that `keep` does not name and that have no calls.
    pub fn retain(&self, keep: impl Fn(Uuid) -> bool) {
        lock(&self.counts).retain(|id, count| count.held > 0 || keep(*id));
    }

    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.began).as_secs()
    }

    fn free(&self, id: Uuid) {
        let mut counts = lock(&self.counts);
        let Some(count) = counts.get_mut(&id) else { return };
        count.held = count.held.saturating_sub(1);
        if count.held == 0 && count.refused.iter().all(|(_, refused)| *refused == 0) {
            counts.remove(&id);
        }
    }
}

impl Default for Count {
    fn default() -> Count {
        Count { held: 0, waiting: 0, refused: [(0, 0); SECONDS] }
    }
}

impl Count {
    fn refuse(&mut self, second: u64) {
        let place = usize::try_from(second % SECONDS as u64).unwrap_or_default();
        let Some((at, refused)) = self.refused.get_mut(place) else { return };
        if *at != second {
            (*at, *refused) = (second, 0);
        }
        *refused = refused.saturating_add(1);
    }

    fn refused_since(&self, second: u64) -> u32 {
        let within = |at: u64| at <= second && second - at < SECONDS as u64;
        self.refused.iter().filter(|(at, _)| within(*at)).map(|(_, refused)| *refused).sum()
    }
}

impl Slot {
    /// Shows that the call waits for its turn.
    pub fn wait(&self) -> Waiting<'_> {
        self.change_waiting(|waiting| waiting.saturating_add(1));
        Waiting(self)
    }

    fn change_waiting(&self, change: impl Fn(u32) -> u32) {
        if let Some(count) = lock(&self.room.counts).get_mut(&self.id) {
            count.waiting = change(count.waiting);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.room.free(self.id);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.change_waiting(|waiting| waiting.saturating_sub(1));
    }
}

/// Returns a duration in the words of an error.
pub fn in_words(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn room_is_taken_and_free_again() {
        let (room, now) = (Room::new(), Instant::now());
        let (Ok(first), Ok(second)) = (room.take(ONE, 2, now), room.take(ONE, 2, now)) else { panic!("no room") };
        assert_eq!(room.take(ONE, 2, now).err(), Some(2));
        assert!(room.take(OTHER, 1, now).is_ok() && room.take(OTHER, 0, now).is_err(), "each has its own");
        let waiting = second.wait();
        assert_eq!(room.use_of(ONE, now), Use { held: 2, waiting: 1, refused_last_minute: 1 });
        drop(waiting);
        drop(first);
        assert_eq!(room.use_of(ONE, now), Use { held: 1, waiting: 0, refused_last_minute: 1 });
        drop(second);
        room.retain(|_| false);
        assert!(lock(&room.counts).is_empty());
    }

    #[test]
    fn refusals_are_those_of_a_minute() {
        let (room, start) = (Room::new(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        for (seconds, times) in [(1, 3), (30, 2), (59, 1)] {
            (0..times).for_each(|_| room.refuse(ONE, after(seconds)));
        }
        let refused = |seconds| room.use_of(ONE, after(seconds)).refused_last_minute;
        assert_eq!((refused(59), refused(60), refused(61), refused(90), refused(500)), (6, 6, 3, 1, 0));
        room.refuse(ONE, after(121));
        assert_eq!(refused(121), 1, "the place of an old second is used again");
    }

    #[test]
    fn customers_that_do_nothing_take_no_memory() {
        let room = Room::new();
        for number in 0..1_000 {
            drop(room.take(Uuid::from_u128(number), 1, Instant::now()));
        }
        assert!(lock(&room.counts).is_empty());
    }
}
