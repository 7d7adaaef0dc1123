//! No circle of modules, inside rooms too: whoever reads a module finds below it all that it stands on. A parent and its own
//! children may name each other.

use crate::{File, files, lines, paths};
use std::collections::{BTreeMap, BTreeSet};

/// Modules by their paths, `watch::hub`, each with those that it names.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// The modules of the crate, and what stands under another name in a parent: `watch::Hub` is `watch::hub`'s.
struct Modules<'a> {
    code: BTreeMap<String, &'a str>,
    renamed: BTreeMap<String, String>,
}

impl<'a> Modules<'a> {
    fn of(files: &'a [File]) -> Modules<'a> {
        let code: BTreeMap<String, &str> = files.iter().map(|file| (path(&file.path), file.code())).collect();
        let mut renamed = BTreeMap::new();
        for (module, code) in &code {
            for used in exports(code) {
                let own = format!("{module}::{used}");
                if let Some((from, name)) = own.rsplit_once("::") {
                    renamed.insert(format!("{module}::{name}"), from.to_owned());
                }
            }
        }
        renamed.retain(|_, from| code.contains_key(from));
        Modules { code, renamed }
    }

    /// The module that a path of the crate leads to.
    fn target<'p>(&'p self, path: &'p str) -> Option<&'p str> {
        let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
        let prefixes: Vec<&str> = ends.map(|end| &path[..end]).collect();
        let renamed = prefixes.iter().find_map(|prefix| self.renamed.get(*prefix)).map(String::as_str);
        renamed.or_else(|| prefixes.into_iter().rev().find(|prefix| self.code.contains_key(*prefix)))
    }

    fn edges(&self) -> Edges {
        let named = |(module, code): (&String, &&str)| {
            let related = |other: &str| is_within(other, module) || is_within(module, other);
            let targets = used(module, code).into_iter().filter_map(|path| Some(self.target(&path)?.to_owned()));
            (module.clone(), targets.filter(|target| !related(target)).collect())
        };
        self.code.iter().map(named).collect()
    }
}

/// `watch::hub` for `src/watch/hub.rs`.
fn path(file: &str) -> String {
    let below = file.trim_start_matches("src/").trim_end_matches(".rs");
    below.strip_suffix("/mod").unwrap_or(below).replace('/', "::")
}

fn is_within(module: &str, parent: &str) -> bool {
    module == parent || module.strip_prefix(parent).is_some_and(|rest| rest.starts_with("::"))
}

/// What a module shows of its children under its own name.
fn exports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(" use ") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        if line.starts_with("pub") {
            paths(code[at + " use ".len()..].trim_start_matches("self::"), String::new(), &mut found);
        }
    }
    found.retain(|path| path.contains("::") && !path.starts_with("crate::") && !path.starts_with("super::"));
    found
}

/// The paths of the crate that a module names.
fn used(module: &str, code: &str) -> BTreeSet<String> {
    let plain = without_inline_modules(code);
    let mut found = BTreeSet::new();
    for word in ["crate::", "super::"] {
        for (at, _) in plain.match_indices(word) {
            let before = plain[..at].chars().next_back();
            if before.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '_' | '$' | ':')) {
                paths(&plain[at..], String::new(), &mut found);
            }
        }
    }
    found.iter().map(|path| absolute(module, path)).collect()
}

fn absolute(module: &str, path: &str) -> String {
    let (mut module, mut path) = (module, path);
    if let Some(rest) = path.strip_prefix("crate::") {
        return rest.to_owned();
    }
    while let Some(rest) = path.strip_prefix("super::") {
        module = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        path = rest;
    }
    format!("{module}::{path}").trim_start_matches("::").to_owned()
}

/// To a module in braces `super` is the file that it stands in.
fn without_inline_modules(code: &str) -> String {
    let mut inside = false;
    let mut plain = String::new();
    for line in lines(code) {
        let first = line.split_whitespace().find(|word| !word.starts_with("pub"));
        inside |= !line.starts_with(' ') && first == Some("mod") && line.ends_with('{');
        if !inside {
            plain.push_str(line);
            plain.push('\n');
        }
        inside &= line != "}";
    }
    plain
}

/// A circle, from one of its modules to the same again.
fn circle(edges: &Edges) -> Option<Vec<&str>> {
    let mut done = BTreeSet::new();
    edges.keys().find_map(|module| walk(module, edges, &mut Vec::new(), &mut done))
}

fn walk<'e>(
    module: &'e str,
    edges: &'e Edges,
    way: &mut Vec<&'e str>,
    done: &mut BTreeSet<&'e str>,
) -> Option<Vec<&'e str>> {
    if let Some(at) = way.iter().position(|before| *before == module) {
        return Some(way[at..].iter().copied().chain([module]).collect());
    }
    if done.contains(module) {
        return None;
    }
    way.push(module);
    let found = edges[module].iter().find_map(|next| walk(next, edges, way, done));
    way.pop();
    done.insert(module);
    found
}

#[test]
fn no_modules_stand_in_a_circle() {
    let files: Vec<File> = files("src").into_iter().filter(|file| !file.path.starts_with("src/cli/")).collect();
    let edges = Modules::of(&files).edges();
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 500, "the imports are found");
    if let Some(circle) = circle(&edges) {
        panic!("a circle: {}", circle.join(" -> "));
    }
}

#[test]
fn a_circle_is_seen() {
    let check = |files: &[(&str, &str)], expected: Option<&str>| {
        let file = |(path, text): &(&str, &str)| File { path: format!("src/{path}.rs"), text: (*text).to_owned() };
        let files: Vec<File> = files.iter().map(file).collect();
        let edges = Modules::of(&files).edges();
        assert_eq!(circle(&edges).map(|circle| circle.join(" ")).as_deref(), expected);
    };
    let child = ("a/b", "use super::c::C;\nuse super::{A, d};");
    check(&[("a/mod", "mod b;\npub use b::B;"), child, ("a/c", "use crate::e::E;"), ("a/d", ""), ("e", "")], None);
    check(&[("a/mod", "pub use b::B;"), child, ("a/c", "use super::B;"), ("a/d", "")], Some("a::b a::c a::b"));
    check(
        &[("a", "fn f() { crate::b::g() }"), ("b", "use crate::{c::C, d};"), ("c", "use super::a;")],
        Some("a b c a"),
    );
    check(&[("a/b", "mod tests {\n    use super::super::c;\n}"), ("a/c", "use super::b;")], None);
    check(&[("a", "// crate::b\n#[cfg(test)]\nuse crate::b;"), ("b", "use crate::a;")], None);
}
