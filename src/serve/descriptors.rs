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
    Descriptors { before, now: limit().unwrap_or(UNKNOWN) }
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
    /// Warns if this number of calls with audio, which have two each, leaves too few for everything else.
    pub fn check_calls(self, calls: usize) {
        if calls > self.for_calls() {
            tracing::warn!(
                calls_by_sip = calls,
                room_for = self.for_calls(),
                open_files = self.now,
                "the limit of open files is too low for so many calls (--max-calls, --rtp-ports); raise it (ulimit -n)"
            );
        }
    }

    /// Returns how many calls with audio there is room for next to connections.
    fn for_calls(self) -> usize {
        let others = self.for_connections().saturating_add(RESERVE);
        self.now.saturating_sub(others) / 2
    }

    /// Returns how many connections leave enough for everything else.
    pub fn for_connections(self) -> usize {
        let reserve = RESERVE.min(self.now / 2).max(self.now / RESERVED_PART);
        (self.now - reserve).clamp(1, MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        let check = |now, expect| assert_eq!(Descriptors { before: now, now }.for_connections(), expect, "{now}");
        check(256, 128);
        check(1_024, 512);
        check(4_096, 3_072);
        check(1 << 20, MOST);
        check(usize::MAX, MOST);
        check(0, 1);
    }

    #[test]
    fn calls_use_what_connections_leave() {
        let check = |now, expect| assert_eq!(Descriptors { before: now, now }.for_calls(), expect, "{now}");
        check(1_024, 0);
        check(8_192, 768);
        check(65_536, 22_512);
        check(0, 0);
        check(usize::MAX, (usize::MAX - MOST - RESERVE) / 2);
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_raised_to_what_is_allowed() {
        let raised = raise();
        assert!(raised.now >= raised.before);
        assert_eq!(raise().before, raised.now);
    }
}
