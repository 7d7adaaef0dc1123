//! Links between the pages lead somewhere.

use super::blocks::{page, pages};
use std::path::Path;

/// Where the links of a page lead that stay in this repository.
fn targets(document: &str) -> impl Iterator<Item = &str> {
    let parts = document.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    parts.filter(|target| !target.starts_with("http"))
}

/// A heading as links name it.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn links_lead_to_files_and_headings_that_are_there() {
    let mut wrong = Vec::new();
    for from in pages() {
        let folder = Path::new(&from).parent().unwrap();
        for target in targets(&page(&from)) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let to = if file.is_empty() { from.clone() } else { folder.join(file).to_str().unwrap().to_owned() };
            let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(&to).exists();
            let has = |text: &str| {
                text.lines().any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#')) == heading)
            };
            if !there || !heading.is_empty() && !has(&page(&to)) {
                wrong.push(format!("{from}: {target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
