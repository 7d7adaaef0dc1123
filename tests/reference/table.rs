//! Reads the Markdown tables of the pages in `docs/`.

use std::path::Path;

/// The text of a page.
pub fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of each row whose first cell is a name in code quotes (`` `NAME` ``), which are removed from it.
pub fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let mut cells: Vec<String> = row.split(" | ").map(|cell| cell.trim().to_owned()).collect();
        cells[0] = cells[0].strip_prefix('`')?.strip_suffix('`')?.to_owned();
        Some(cells)
    };
    page.lines().filter_map(cells).collect()
}

/// The parts of a cell that are in code quotes.
pub fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Fails unless both lists have the same names, each once.
#[track_caller]
pub fn same_names(page: &str, written: &[String], expected: &[String]) {
    let missing: Vec<_> = expected.iter().filter(|name| !written.contains(name)).collect();
    let extra: Vec<_> = written.iter().filter(|name| !expected.contains(name)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{page} lacks {missing:?}, and has {extra:?} that do not exist");
    assert_eq!(written.len(), expected.len(), "{page} has a row twice");
}
