//! The memory that this process can have: that of the machine or of its control group, whichever is less.

use std::fs;
use std::path::{Path, PathBuf};

/// Where nothing is known, as on a system other than Linux: 2 GiB.
const UNKNOWN: u64 = 2 * 1024 * 1024 * 1024;

/// Returns the memory that this process can have, in bytes.
pub fn available() -> u64 {
    available_below(Path::new("/"))
}

/// Does the same with the files below a directory.
fn available_below(root: &Path) -> u64 {
    let machine = fs::read_to_string(root.join("proc/meminfo")).ok().and_then(|text| of_machine(&text));
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().filter_map(directories).flatten();
    let limit = limits.filter_map(|file| fs::read_to_string(root.join(file)).ok()?.trim().parse().ok()).min();
    match (machine, limit) {
        (Some(machine), Some(limit)) => machine.min(limit),
        (machine, limit) => machine.or(limit).unwrap_or(UNKNOWN),
    }
}

/// Reads `MemTotal` of `/proc/meminfo`.
fn of_machine(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Returns the files with the limits of a group and of those around it, from a line of `/proc/self/cgroup` (cgroups(7)).
/// Inside a container only the root may be visible.
fn directories(line: &str) -> Option<Vec<PathBuf>> {
    let mut parts = line.splitn(3, ':');
    let (_, controllers, group) = (parts.next()?, parts.next()?, parts.next()?);
    let (mount, file) = match controllers {
        "" => ("sys/fs/cgroup", "memory.max"),
        names if names.split(',').any(|name| name == "memory") => ("sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        _ => return None,
    };
    let group = Path::new(group.trim_start_matches('/'));
    Some(group.ancestors().map(|around| Path::new(mount).join(around).join(file)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(files: &[(&str, &str)]) -> u64 {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        available_below(root.path())
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal:        8000000 kB\nMemFree:  1 kB\n");

    #[test]
    fn the_machine_is_the_limit_without_a_group() {
        assert_eq!(machine(&[MEMINFO]), 8_000_000 * 1024);
        assert_eq!(machine(&[]), UNKNOWN);
        let group = ("proc/self/cgroup", "0::/\n");
        assert_eq!(machine(&[MEMINFO, group, ("sys/fs/cgroup/memory.max", "max\n")]), 8_000_000 * 1024);
    }

    #[test]
    fn the_least_of_all_groups_counts() {
        let group = ("proc/self/cgroup", "0::/system.slice/ringdown.service\n");
        let own = ("sys/fs/cgroup/system.slice/ringdown.service/memory.max", "max\n");
        let around = ("sys/fs/cgroup/system.slice/memory.max", "536870912\n");
        assert_eq!(machine(&[MEMINFO, group, own, around]), 512 << 20);
        let old = ("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/7\n");
        let limit = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
        assert_eq!(machine(&[MEMINFO, old, limit]), 1 << 30);
        let unlimited = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(machine(&[MEMINFO, old, unlimited]), 8_000_000 * 1024);
    }
}
