//! Whose turn it is.

use super::*;
use crate::store::partitions::partition;

#[test]
fn customers_take_turns() {
    let due = || {
        let first = (0..4).map(|receiver| partition(1, receiver));
        first.chain([partition(2, 9), partition(3, 8), partition(3, 9)]).collect::<Vec<_>>()
    };
    let mut partitions = Partitions::default();
    let turns = partitions.in_turns(due());
    let customers: Vec<i32> = turns.iter().copied().map(group).collect();
    assert_eq!(customers, [1, 2, 3, 1, 3, 1, 1]);
    assert_eq!(partitions.begin(partition(1, 3)), Begun::Now { suspect: false });
    let customers: Vec<i32> = partitions.in_turns(due()).into_iter().map(group).collect();
    assert_eq!(customers, [2, 3, 1, 3, 1, 1, 1]);
    partitions.last = partition(3, 9);
    assert_eq!(group(partitions.in_turns(due())[0]), 1);
}

#[test]
fn a_customer_leaves_permits_to_others() {
    let shared = Arc::new(Mutex::new(Partitions::default()));
    let begin = |customer, receiver| lock(&shared).begin(partition(customer, receiver));
    let mut permits: Vec<PartitionPermit> = Vec::new();
    for receiver in 0..100 {
        if let Begun::Now { suspect } = begin(1, receiver) {
            permits.push(PartitionPermit::new(shared.clone(), partition(1, receiver), suspect));
        }
    }
    assert_eq!(permits.len(), HEALTHY_OF_CUSTOMER);
    assert_eq!((begin(1, 0), begin(2, 0)), (Begun::Before, Begun::Now { suspect: false }));
    // Those that are slow return their permits, and count all the same.
    permits.clear();
    let mut begun = HEALTHY_OF_CUSTOMER;
    for receiver in 100..1_000 {
        if let Begun::Now { suspect } = begin(1, receiver) {
            drop(PartitionPermit::new(shared.clone(), partition(1, receiver), suspect));
            begun += 1;
        }
    }
    assert_eq!(begun, BUSY_OF_CUSTOMER);
    let mut partitions = lock(&shared);
    for receiver in 0..1_000 {
        partitions.end(partition(1, receiver), Some(false));
    }
    let begun = (0..1_000).filter(|receiver| partitions.begin(partition(1, *receiver)) == Begun::Now { suspect: true });
    assert_eq!(begun.count(), SUSPECTS_OF_CUSTOMER);
}

#[test]
fn what_is_done_is_forgotten() {
    let shared = Arc::new(Mutex::new(Partitions::default()));
    assert_eq!(lock(&shared).begin(7), Begun::Now { suspect: false });
    drop(PartitionPermit::new(shared.clone(), 7, false));
    lock(&shared).end(7, Some(true));
    let partitions = lock(&shared);
    assert!(partitions.by_customer.is_empty() && partitions.used == Used::default() && partitions.busy() == 0);
}
