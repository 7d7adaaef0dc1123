//! Environment variables that have been renamed. The old name is still read if the new one is not set.

use clap::Command;
use std::env;

/// An option, by its id in clap, with the old and the new name of its environment variable.
struct Renamed {
    option: &'static str,
    old: &'static str,
    new: &'static str,
}

const RENAMED: [Renamed; 3] = [
    Renamed { option: "durability", old: "RINGDOWN_SYNCHRONOUS", new: "RINGDOWN_DURABILITY" },
    Renamed { option: "recordings_dir", old: "RINGDOWN_RECORDINGS", new: "RINGDOWN_RECORDINGS_DIR" },
    Renamed {
        option: "database_statement_timeout",
        old: "RINGDOWN_DATABASE_TIMEOUT",
        new: "RINGDOWN_DATABASE_STATEMENT_TIMEOUT",
    },
];

fn in_use() -> impl Iterator<Item = &'static Renamed> {
    RENAMED.iter().filter(|it| env::var_os(it.old).is_some() && env::var_os(it.new).is_none())
}

/// Makes the options of `ringdown serve` read the old variables that are in use.
pub fn accept(command: Command) -> Command {
    in_use().fold(command, |command, it| command.mut_arg(it.option, |arg| arg.env(it.old)))
}

/// Returns one sentence for each old variable in use, for the log.
pub fn warnings() -> impl Iterator<Item = String> {
    in_use().map(|it| format!("{} is deprecated and will be removed; use {}.", it.old, it.new))
}
