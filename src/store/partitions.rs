//! Partitions of the outbox, grouped by customer.
//!
//! The upper 32 bits of a partition are its group: a hash of the customer. So the partitions of a customer are adjacent in
//! the index, and a scan can jump to the next customer. The lower 32 bits are a hash of the customer and the receiver.
//! Rows of earlier versions have a hash of both in all bits, so each of their partitions is a group.

use super::Micros;

/// The bits of a partition that are not its group.
const WITHIN: i64 = 0xffff_ffff;

/// Returns the partition of a receiver, from a hash of the customer and a hash of the customer and the receiver.
pub const fn partition(customer: u32, receiver: u32) -> i64 {
    ((customer as i64) << 32) | receiver as i64
}

/// Returns the group of a partition: all partitions of a customer have the same one.
pub const fn group(partition: i64) -> i32 {
    (partition >> 32) as i32
}

/// Returns the last partition of the group of a partition.
pub const fn group_end(partition: i64) -> i64 {
    partition | WITHIN
}

/// Which partitions to look at.
#[derive(Debug, Clone, Copy)]
pub struct PartitionScan {
    /// The first and the last partition of the range.
    pub from: i64,
    pub to: i64,
    /// How many partitions of a group are looked at before the scan jumps to the next group.
    pub per_group: u32,
    /// How many are looked at in all.
    pub limit: u32,
}

impl PartitionScan {
    /// Looks at all partitions.
    pub const ALL: PartitionScan = PartitionScan { from: i64::MIN, to: i64::MAX, per_group: u32::MAX, limit: u32::MAX };
}

/// The result of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedPartitions {
    /// The partitions that have a waiting row that is due, in order.
    pub due: Vec<i64>,
    /// Of each group that may have more partitions than were looked at, the last one that was.
    pub cut: Vec<i64>,
    /// Where a scan of the rest begins. `None`: there is none.
    pub next: Option<i64>,
}

impl ScannedPartitions {
    /// Sorts out what a store found: partitions in order, each with the time at which its first row is due.
    pub(super) fn of(found: &[(i64, Micros)], now: Micros, scan: PartitionScan) -> ScannedPartitions {
        let of_group = found.chunk_by(|(one, _), (other, _)| group(*one) == group(*other));
        let cut = of_group.filter(|lanes| lanes.len() >= scan.per_group as usize);
        let cut: Vec<i64> = cut.filter_map(|lanes| Some(lanes.last()?.0)).collect();
        let next = found.last().filter(|_| found.len() >= scan.limit as usize).and_then(|(last, _)| {
            let looked_at = if cut.last() == Some(last) { group_end(*last) } else { *last };
            looked_at.checked_add(1).filter(|next| *next <= scan.to)
        });
        let due = found.iter().filter(|(_, due)| *due <= now).map(|(partition, _)| *partition).collect();
        ScannedPartitions { due, cut, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_of_a_customer_are_adjacent() {
        for (customer, receiver) in [(0, 0), (0, u32::MAX), (7, 9), (u32::MAX, 0), (0x8000_0000, 1)] {
            let partition = partition(customer, receiver);
            assert_eq!(group(partition), customer.cast_signed());
            assert_eq!(group_end(partition), super::partition(customer, u32::MAX));
        }
        assert!(partition(u32::MAX, u32::MAX) < partition(0, 0), "as the index sorts them");
        assert_eq!(group_end(i64::MAX), i64::MAX);
    }
}
