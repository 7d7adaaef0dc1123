//! `docs/operations.md` has all options of `ringdown serve`, and no others.

use super::blocks::page;
use crate::server::binary;
use std::collections::BTreeSet;
use std::process::Command;

/// The options that a text names, as `--listen`.
fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    words.filter(|word| word.starts_with("--") && word.len() > 2).collect()
}

#[test]
fn the_operations_have_every_option_of_serve() {
    let output = Command::new(binary()).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    // `      --listen <LISTEN>` and `  -h, --help`.
    let lines = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let known: BTreeSet<&str> = lines.flat_map(options).filter(|option| *option != "--help").collect();
    let page = page("docs/operations.md");
    let missing: Vec<_> = known.difference(&options(&page)).copied().collect();
    assert!(known.len() > 20 && missing.is_empty(), "docs/operations.md says nothing of {missing:?}");

    let rows = page.lines().filter(|line| line.starts_with("| `--"));
    let named: BTreeSet<&str> = rows.filter_map(|row| row.split('|').nth(1)).flat_map(options).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "docs/operations.md has options that `ringdown serve` does not have: {unknown:?}");
}
