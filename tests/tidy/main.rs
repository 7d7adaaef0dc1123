//! What the house promises of its own code: who may import whom, how long a file may be, what nobody may write, and that
//! every RPC is called by a test.

mod circles;

use prost_reflect::DescriptorPool;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may import what of this crate, besides itself. A name stands for the module and all below it.
///
/// This is the map of `src/lib.rs`. Config and telemetry are open to all but the engine and what it stands on.
const MAP: &[(&str, &[&str])] = &[
    ("proto", &[]),
    // Options that are read as what they mean.
    (
        "config",
        &[
            "outbound::guard::Allowed",
            "outbound::mail::Server",
            "outbound::audio::RATES",
            "outbound::speech::Template",
            "outbound::speech::VoiceRule",
            "outbound::speech::is_language",
            "model::limits",
        ],
    ),
    ("telemetry", &["config"]),
    ("memory", &["telemetry"]),
    ("failpoint", &[]),
    ("supervisor", &["failpoint", "telemetry"]),
    ("model", &["proto"]),
    ("clock", &["model::time", "telemetry"]),
    // The table of errors is told how the port below it fails, so that everyone above says it alike.
    ("error", &["store::Error"]),
    ("engine", &["model", "proto"]),
    ("simulation", &["engine", "model", "proto"]),
    ("store", &["model", "config", "memory", "supervisor", "telemetry"]),
    // Secrets in the database are sealed above the store, which does not interpret what it stores.
    ("seal", &["clock", "error", "store"]),
    ("telephony", &["model", "config", "telemetry"]),
    // Calls hear what is fetched and spoken here.
    ("outbound", &["memory", "model", "config", "telemetry", "telephony::media::codec", "telephony::sounds"]),
    ("usage", &["model", "error", "store", "clock", "supervisor"]),
    ("watch", &["model", "error", "proto", "store", "clock", "config", "memory", "supervisor", "telemetry"]),
    // Whoever acts for a node asks its lease first.
    (
        "delivery",
        &[
            "memory",
            "model",
            "error",
            "proto",
            "store",
            "seal",
            "outbound",
            "usage",
            "watch",
            "cluster::lease",
            "clock",
            "failpoint",
            "supervisor",
            "telemetry",
        ],
    ),
    (
        "runtime",
        &[
            "memory",
            "model",
            "error",
            "proto",
            "engine",
            "store",
            "telephony",
            "outbound",
            "usage",
            "watch",
            "delivery",
            "cluster::lease",
            "clock",
            "failpoint",
            "config",
            "supervisor",
            "telemetry",
        ],
    ),
    (
        "cluster",
        &[
            "model",
            "error",
            "engine",
            "store",
            "usage",
            "watch",
            "delivery",
            "runtime",
            "clock",
            "supervisor",
            "telemetry",
        ],
    ),
    ("auth", &["model", "error", "proto", "store", "seal", "clock"]),
    // One kind of token bucket serves customers' calls and providers'.
    (
        "carriers",
        &[
            "model",
            "error",
            "proto",
            "store",
            "seal",
            "usage",
            "runtime::rates",
            // What a SIP driver asks of carriers.
            "telephony::directory",
            "clock",
            "config::SipProvider",
            "supervisor",
            "telemetry",
        ],
    ),
    ("doctor", &["model", "error", "proto", "store", "delivery"]),
    (
        "api",
        &[
            "memory",
            "model",
            "error",
            "proto",
            "engine",
            "simulation",
            "store",
            "seal",
            "telephony",
            "outbound",
            "usage",
            "watch",
            "delivery",
            "runtime",
            "cluster",
            "auth",
            "carriers",
            "clock",
            "config",
            "supervisor",
            "telemetry",
        ],
    ),
    ("http", &["auth", "error", "proto", "telemetry"]),
    // Filters of lists go from a request to the store untouched.
    (
        "grpc",
        &[
            "api",
            "auth::Sessions",
            // What a request may set, checked as the server's own options are.
            "carriers::defaults",
            "carriers::network",
            "carriers::EVERYBODY",
            "http",
            "model",
            "error",
            "engine",
            "simulation",
            "proto",
            "config",
            "telemetry",
            "store::RunFilter",
            "store::CallFilter",
            "store::MessageFilter",
            "store::RecordingFilter",
        ],
    ),
    ("rest", &["grpc", "http", "error", "proto", "config", "telemetry"]),
    (
        "serve",
        &[
            "memory",
            "api",
            "auth",
            "carriers",
            "cluster",
            "delivery",
            "runtime",
            "clock",
            "http",
            "grpc",
            "rest",
            "store",
            "seal",
            "telephony",
            "outbound",
            "usage",
            "model",
            "error",
            "proto",
            "config",
            "supervisor",
            "telemetry",
        ],
    ),
];

/// Concrete adapters, which only `serve` and they themselves may name.
const ADAPTERS: &[&str] = &["store::sqlite", "store::postgres", "telephony::simulated", "telephony::sip"];

/// The most lines of a file.
const MAX_LINES: usize = 500;

/// What nobody may write, and where it may stand all the same.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    // What is not done is left out, not stubbed; the log is `tracing`.
    (&["todo!", "unimplemented!", "dbg!"], &[]),
    (&["println!", "print!", "eprintln!", "eprint!"], &["src/cli/"]),
    // A step that asks the machine for the time or for luck cannot be replayed.
    (&["Utc::now", "SystemTime::now", "rand::", "Uuid::now_v7"], &["src/clock.rs", "src/cli/"]),
    // The SIP crate changes its API with every minor version.
    // Its log is quiet.
    (&["rsipstack"], &["src/telephony/sip/wire.rs", "src/telephony/sip/convert.rs", "src/telemetry.rs"]),
    // The name of a request, of a log and of a database in memory are nobody's state.
    (&["Uuid::new_v4"], &["src/clock.rs", "src/cli/", "src/http/request_id.rs", "src/store/"]),
];

/// A file and its text.
struct File {
    /// From the root of the package, with slashes.
    path: String,
    text: String,
}

impl File {
    /// The part that is not tests: those may look behind every curtain.
    fn code(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        match name == "tests.rs" || name.ends_with("_tests.rs") {
            true => "",
            false => self.text.split("#[cfg(test)]").next().unwrap_or_default(),
        }
    }

    /// The module of the crate that it belongs to: `api` for `src/api/page.rs`.
    fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        Some(below.split('/').next()?.trim_end_matches(".rs"))
    }
}

fn files(under: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut directories: Vec<PathBuf> = vec![root.join(under)];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.push(File { path, text });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Lines without what is said about the code.
fn lines(code: &str) -> impl Iterator<Item = &str> {
    code.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The paths behind every `crate::`, in `use` lines and elsewhere; groups in braces are taken apart.
fn imports(code: &str) -> BTreeSet<String> {
    let code: String = lines(code).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|it| !it.is_alphanumeric() && it != '_' && it != '$') {
            paths(&code[at + "crate::".len()..], String::new(), &mut found);
        }
    }
    found
}

/// Adds the paths that begin here, below `prefix`, and gives what stands behind them.
fn paths<'a>(code: &'a str, prefix: String, found: &mut BTreeSet<String>) -> &'a str {
    let end = code.find(|it: char| !it.is_alphanumeric() && it != '_' && it != ':').unwrap_or(code.len());
    let path = format!("{prefix}{}", &code[..end]);
    let mut rest = &code[end..];
    if !rest.starts_with('{') {
        found.insert(path.trim_end_matches(':').to_owned());
        return rest;
    }
    loop {
        rest = paths(rest[1..].trim_start(), path.clone(), found).trim_start();
        // `as name` and the comma behind the last one.
        rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
        match rest.strip_prefix(',').map(str::trim_start) {
            Some(after) if !after.starts_with('}') => {}
            Some(after) => return &after[1..],
            None => return rest.get(1..).unwrap_or_default(),
        }
    }
}

fn is_below(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// What of an import is against the map.
fn breach(module: &str, import: &str) -> Option<&'static str> {
    let Some((_, allowed)) = MAP.iter().find(|(name, _)| *name == module) else {
        return Some("the map does not know the module");
    };
    let own = is_below(import, module);
    if !own && !allowed.iter().any(|name| is_below(import, name)) {
        return Some("the map forbids it");
    }
    let adapter = ADAPTERS.iter().any(|name| is_below(import, name));
    (adapter && !own && module != "serve").then_some("an adapter is named by serve alone")
}

#[test]
fn every_module_keeps_to_the_map() {
    let mut breaches = Vec::new();
    for file in files("src") {
        let Some(module) = file.module().filter(|it| !["lib", "main", "cli"].contains(it)) else { continue };
        for import in imports(file.code()) {
            if let Some(why) = breach(module, &import) {
                breaches.push(format!("{}: crate::{import}: {why}", file.path));
            }
        }
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let long = ["src", "build", "tests", "benches"].into_iter().flat_map(files).filter_map(|file| {
        let count = file.text.lines().count();
        (count > MAX_LINES).then(|| format!("{}: {count} lines", file.path))
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn nothing_forbidden_is_written() {
    let mut written = Vec::new();
    for file in files("src") {
        for (words, places) in FORBIDDEN {
            if places.iter().any(|place| file.path.starts_with(place)) {
                continue;
            }
            for (at, line) in lines(file.code()).enumerate() {
                let word = words.iter().find(|word| begins(line, word));
                written.extend(word.map(|word| format!("{}:{}: {word}", file.path, at + 1)));
            }
        }
    }
    assert!(written.is_empty(), "\n{}", written.join("\n"));
}

/// Whether a word stands in a line and not as the end of a longer one.
fn begins(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && it != '_')
    })
}

#[test]
fn every_rpc_is_called_by_a_test() {
    let pool = DescriptorPool::decode(ringdown::proto::DESCRIPTOR).unwrap();
    let tests: Vec<File> = files("tests").into_iter().filter(|file| !file.path.ends_with("rest/fake.rs")).collect();
    let mut missing = Vec::new();
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let call = format!(".{}(", snake(method.name()));
        let path = format!("{}/{}", method.parent_service().full_name(), method.name());
        if !tests.iter().any(|file| file.text.contains(&call) || file.text.contains(&path)) {
            missing.push(path);
        }
    }
    assert!(missing.is_empty(), "no test calls\n{}", missing.join("\n"));
}

/// What the contract names and nothing sets misleads whoever waits for it: it is deprecated, or gone.
#[test]
fn every_value_of_the_contract_is_told_or_read() {
    let pool = DescriptorPool::decode(ringdown::proto::DESCRIPTOR).unwrap();
    let code: String = files("src").iter().map(File::code).collect();
    let mut missing = Vec::new();
    for kind in pool.all_enums().filter(|kind| kind.package_name() == "ringdown.v1") {
        for value in kind.values().filter(|value| value.number() != 0) {
            let options = &value.enum_value_descriptor_proto().options;
            let variant = variant(value.name(), kind.name());
            let named = [kind.name(), "Type"].iter().any(|name| code.contains(&format!("{name}::{variant}")));
            if !named && !options.as_ref().is_some_and(|options| options.deprecated()) {
                missing.push(value.name().to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "nothing sets\n{}", missing.join("\n"));
}

/// `CALL_STATUS_HANGUP` of `CallStatus` as it is named in Rust.
fn variant(value: &str, kind: &str) -> String {
    let words = value.to_ascii_lowercase();
    let words = words.strip_prefix(&format!("{}_", snake(kind))).unwrap_or(&words);
    words.split('_').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

/// Whoever follows the page finds what it names.
#[test]
fn the_page_of_the_architecture_names_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let quoted: Vec<&str> = page.split('`').skip(1).step_by(2).collect();
    let places = ["src/", "tests/", "proto/", "build/", "migrations/"];
    let named = quoted.iter().filter(|it| places.iter().any(|place| it.starts_with(place)) && !it.contains('*'));
    let missing: Vec<_> = named.clone().filter(|path| !root.join(path).exists()).collect();
    assert!(named.count() > 30 && missing.is_empty(), "docs/architecture.md: {missing:?}");
}

/// `GetCall` as its method is named in Rust.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[test]
fn the_checks_see_what_they_are_for() {
    let code = "use crate::{api::{self, page::Page as Pages,}, error::Error};\n\
                fn f() { crate::store::sqlite::open() } // crate::rest\nuse $crate::proto;";
    let found: Vec<String> = imports(code).into_iter().collect();
    assert_eq!(found, ["api::page::Page", "api::self", "error::Error", "store::sqlite::open"]);
    assert!(breach("engine", "store::Store").is_some() && breach("engine", "model::run::Run").is_none());
    assert!(breach("api", "store::sqlite::Sqlite").is_some() && breach("serve", "store::sqlite::Sqlite").is_none());
    assert!(breach("grpc", "store::RunFilter").is_none() && breach("grpc", "store::Run").is_some());
    assert!(breach("attic", "api").is_some());
    assert!(begins("    todo!()", "todo!") && !begins("not_todo!()", "todo!") && !begins("operand::x", "rand::"));
}
