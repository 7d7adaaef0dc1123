//! Divides the memory of `--memory` among the caches and queues.

use super::Failure;
use crate::config::Config;
use crate::memory::{self, MIN, Memory};
use crate::telemetry::Metrics;
use std::sync::Arc;

const MIB: u64 = 1024 * 1024;

/// Returns the memory of a server, and logs how much it is.
pub fn divide(config: &Config, metrics: &Arc<Metrics>) -> Result<Memory, Failure> {
    let available = memory::available();
    let total = match config.memory.memory {
        Some(size) => size.bytes(available),
        None => memory::default_total(),
    };
    if total < MIN {
        let problem = format!("--memory must be at least {} MiB; it is {} MiB.", MIN / MIB, total / MIB);
        return Err(Failure::Config(vec![problem]));
    }
    if total > available {
        tracing::warn!("--memory is {} MiB, and this process can have {} MiB", total / MIB, available / MIB);
    }
    tracing::info!(memory_mib = total / MIB, available_mib = available / MIB, "memory for caches and queues");
    Ok(Memory::new(total, metrics.clone()))
}
