//! Relays the head of the log to the watchers of each core, through one task per core.
//!
//! Waking a task of another core costs a system call, so that a thousand watchers would cost a thousand of them for every
//! event. Instead one task of each core is woken up, and wakes the others there.

use crate::store::Position;
use crate::supervisor::{Stage, Supervisor, Task, lock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::runtime::{self, Handle};
use tokio::sync::watch;

#[derive(Default)]
pub struct Relays(Mutex<HashMap<runtime::Id, watch::Receiver<Position>>>);

impl Relays {
    /// Returns a receiver that follows `head` a moment later, for tasks of the runtime that this is called on.
    pub fn here(&self, head: &watch::Sender<Position>, supervisor: &Supervisor) -> watch::Receiver<Position> {
        let here = Handle::current();
        let mut relays = lock(&self.0);
        // A runtime that has ended has dropped its task.
        relays.retain(|_, position| position.has_changed().is_ok());
        let position = relays.entry(here.id()).or_insert_with(|| {
            let (sender, position) = watch::channel(*head.borrow());
            let (head, sender) = (head.subscribe(), Arc::new(sender));
            supervisor.spawn(Stage::Log, "watch_relay", move |task| relay(head.clone(), sender.clone(), task));
            position
        });
        position.clone()
    }
}

async fn relay(mut head: watch::Receiver<Position>, here: Arc<watch::Sender<Position>>, task: Task) {
    loop {
        here.send_replace(*head.borrow_and_update());
        tokio::select! {
            // The sender lives in the hub, which outlives its watchers.
            _ = head.changed() => task.failpoint().await,
            () = task.closing() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_runtime_has_one_relay() {
        let (relays, head) = (Relays::default(), watch::Sender::new(Position::default()));
        let supervisor = Supervisor::default();
        let (mut one, mut other) = (relays.here(&head, &supervisor), relays.here(&head, &supervisor));
        let next = Position { epoch: 0, sequence: 7 };
        head.send_replace(next);
        for position in [&mut one, &mut other] {
            position.wait_for(|position| *position == next).await.unwrap();
        }
        supervisor.stop(Stage::Log).await;
        while one.changed().await.is_ok() {}
        assert!(other.has_changed().is_err(), "it ends with the hub");
    }
}
