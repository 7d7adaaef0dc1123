//! A clock that cannot be set.

/// Microseconds of a clock that only ever runs forward, at the same rate: nobody can set it. On Linux it also counts
/// while the machine sleeps (`CLOCK_BOOTTIME`, clock_gettime(2)); elsewhere that depends on the system. Comparable
/// within one process only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uptime(pub i64);

impl Uptime {
    /// Later than every time that is reached.
    pub const NEVER: Uptime = Uptime(i64::MAX);

    #[cfg(target_os = "linux")]
    pub fn now() -> Uptime {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Uptime(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)
    }

    #[cfg(not(target_os = "linux"))]
    pub fn now() -> Uptime {
        use std::sync::LazyLock;
        use std::time::Instant;
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        Uptime(i64::try_from(BEGAN.elapsed().as_micros()).unwrap_or(i64::MAX))
    }

    /// Returns this time plus microseconds, capped at the ends of the range.
    pub fn plus(self, micros: i64) -> Uptime {
        Uptime(self.0.saturating_add(micros))
    }

    /// Returns the microseconds since `earlier`, negative if that is later.
    pub fn since(self, earlier: Uptime) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_forward() {
        let one = Uptime::now();
        assert!(Uptime::now() >= one && one < Uptime::NEVER);
        assert_eq!((one.plus(5).since(one), one.since(one.plus(5))), (5, -5));
        assert_eq!(one.plus(i64::MAX), Uptime::NEVER);
    }
}
