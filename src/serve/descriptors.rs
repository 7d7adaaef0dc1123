//! The limit of open files, and how many of them connections may use.

/// The most connections by default: each may hold a few hundred KiB for a moment.
const MOST: usize = 20_000;
/// The descriptors that are kept for the database, files and outbound requests, if there are enough; and the part of all
/// that is kept in any case.
const RESERVE: usize = 512;
const RESERVED_PART: usize = 4;
/// The limit where the operating system has none to tell.
const UNKNOWN: usize = 1_024;

/// The limit of open files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptors {
    /// What the process had at first, and what it has now.
    pub before: usize,
    pub now: usize,
    /// Those that calls with audio need.
    pub calls: usize,
}

/// Raises the limit of open files to what the operating system allows this process.
pub fn raise() -> Descriptors {
    let before = limit().unwrap_or(UNKNOWN);
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if limit.current != limit.maximum
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
    }
    Descriptors { before, now: limit().unwrap_or(UNKNOWN), calls: 0 }
}

#[cfg(unix)]
fn limit() -> Option<usize> {
    // None is no limit at all.
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    Some(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)))
}

#[cfg(not(unix))]
fn limit() -> Option<usize> {
    None
}

impl Descriptors {
    /// Keeps two for each of this number of calls with audio. Warns if there are too few.
    pub fn for_calls(self, calls: usize) -> Descriptors {
        let kept = Descriptors { calls: calls.saturating_mul(2), ..self };
        if kept.left() < kept.calls {
            tracing::warn!(
                calls_by_sip = calls,
                room_for = kept.left() / 2,
                open_files = self.now,
                "the limit of open files is too low for so many calls (--max-calls, --rtp-ports); raise it (ulimit -n)"
            );
        }
        kept
    }

    /// Returns how many connections leave enough for everything else. Calls leave them half of what they would have.
    pub fn for_connections(self) -> usize {
        let reserve = RESERVE.min(self.now / 2).max(self.now / RESERVED_PART);
        let free = self.now - reserve;
        free.saturating_sub(self.calls).max(free / 2).clamp(1, MOST)
    }

    /// Returns what connections and the rest of the server leave for calls.
    fn left(self) -> usize {
        self.now.saturating_sub(self.for_connections().saturating_add(RESERVE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        let check =
            |now, expect| assert_eq!(Descriptors { before: now, now, calls: 0 }.for_connections(), expect, "{now}");
        check(256, 128);
        check(1_024, 512);
        check(4_096, 3_072);
        check(1 << 20, MOST);
        check(usize::MAX, MOST);
        check(0, 1);
    }

    #[test]
    fn connections_give_way_to_calls_up_to_half() {
        let check = |now, calls, expect| {
            let kept = Descriptors { before: now, now, calls: 0 }.for_calls(calls);
            assert_eq!((kept.for_connections(), kept.left()), expect, "{now} {calls}");
        };
        check(1_024, 0, (512, 0));
        check(1_024, 5_000, (256, 256));
        check(20_000, 5_000, (7_500, 11_988));
        check(65_536, 5_000, (MOST, 45_024));
        check(usize::MAX, usize::MAX, (MOST, usize::MAX - MOST - RESERVE));
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_raised_to_what_is_allowed() {
        let raised = raise();
        assert!(raised.now >= raised.before);
        assert_eq!(raise().before, raised.now);
    }
}
