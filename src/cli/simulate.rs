//! `ringdown simulate`: runs a flow against a script, without a server.

use super::Failure;
use ringdown::engine::Ids;
use ringdown::engine::check::{Problem, check_actions};
use ringdown::model::flow::Revision;
use ringdown::model::time::Time;
use ringdown::model::variables::Variables;
use ringdown::proto::CreateFlowRequest;
use ringdown::proto::json::{self, Faults};
use ringdown::simulation::{Play, Played, Script, Trace, UnreadableLines, play, response, show};
use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use uuid::Uuid;

/// Exit code: an expectation failed.
const FAILED: u8 = 1;
/// Exit code: the flow or the script is invalid.
const BAD_INPUT: u8 = 2;
/// The maximum number of problems listed per file.
const MAX_LISTED: usize = 50;

#[derive(clap::Args)]
pub struct Args {
    /// Flow: the JSON that CreateFlow accepts (`{"actions": […]}`), or a list of actions.
    flow: PathBuf,

    /// Script of the remote party and of the expectations. Its grammar: docs/simulate.md.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,

    /// Another flow that the flow refers to, as `id=file`. Repeatable.
    #[arg(long = "flow", value_name = "ID=FILE", value_parser = named)]
    flows: Vec<(Uuid, PathBuf)>,

    /// Initial variable, as `name=value`. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    variables: Vec<String>,

    /// Prints the trace as JSON, in the format of SimulateFlow.
    #[arg(long)]
    json: bool,
}

fn named(text: &str) -> Result<(Uuid, PathBuf), String> {
    let (id, file) = text.split_once('=').ok_or("expected ID=FILE")?;
    let id = Uuid::parse_str(id).map_err(|_| "expected a UUID before the =")?;
    Ok((id, PathBuf::from(file)))
}

pub fn run(args: Args) -> Result<ExitCode, Failure> {
    let trace = match simulate(&args) {
        Ok(trace) => trace,
        Err(problem) => {
            writeln!(std::io::stderr(), "ringdown: {problem}")?;
            return Ok(ExitCode::from(BAD_INPUT));
        }
    };
    let text = match args.json {
        true => serde_json::to_string_pretty(&response(&trace))? + "\n",
        false => show(&trace),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(if trace.passed() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn simulate(args: &Args) -> Result<Trace, String> {
    let mut it = read(args).map_err(|problems| problems.join("\n"))?;
    loop {
        match play(&it)? {
            Played::Over(trace) => return Ok(*trace),
            // A flow that was not passed does not exist.
            Played::Needs(id) => drop(it.flows.insert(id, None)),
        }
    }
}

/// Reads the input, or returns all problems in it.
fn read(args: &Args) -> Result<Play, Vec<String>> {
    let mut problems = Vec::new();
    let revision = read_flow(&args.flow, Uuid::nil()).map_err(|problem| problems.push(problem)).ok();
    let script = match &args.script {
        Some(file) => read_script(file).map_err(|problem| problems.push(problem)).ok(),
        None => Some(Script::default()),
    };
    let mut variables = Variables::default();
    for pair in &args.variables {
        let set = pair.split_once('=').ok_or_else(|| format!("--set {pair}: expected NAME=VALUE"));
        problems.extend(set.and_then(|(name, value)| variables.set(name, value)).err());
    }
    let mut flows = HashMap::new();
    for (id, file) in &args.flows {
        match read_flow(file, *id) {
            Ok(revision) => drop(flows.insert(*id, Some(revision))),
            Err(problem) => problems.push(problem),
        }
    }
    match (revision, script) {
        (Some(revision), Some(script)) if problems.is_empty() => {
            Ok(Play { variables, flows, ..Play::new(revision, script) })
        }
        _ => Err(problems),
    }
}

fn read_script(file: &Path) -> Result<Script, String> {
    let wrong = |UnreadableLines(lines): UnreadableLines| match lines.as_slice() {
        [line] => format!("{}: {line}", file.display()),
        lines => format!("{}: {}", file.display(), listed("the script cannot be read", lines.iter())),
    };
    Script::read(&read_text(file)?).map_err(wrong)
}

fn read_text(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn read_flow(file: &Path, id: Uuid) -> Result<Arc<Revision>, String> {
    let at = |problem: String| format!("{}: {problem}", file.display());
    let value: serde_json::Value = serde_json::from_str(&read_text(file)?).map_err(|error| at(error.to_string()))?;
    let value = if value.is_array() { serde_json::json!({"actions": value}) } else { value };
    let flow: CreateFlowRequest = json::read(value).map_err(|Faults(faults)| match faults.as_slice() {
        [fault] => at(fault.to_string()),
        faults => at(listed("the flow cannot be read", faults.iter())),
    })?;
    let mut ids = Ids::new(Time(0), id.as_u128());
    let actions = check_actions(&flow.actions, "actions", || ids.next_id()).map_err(|problems| {
        let problem = |it: &Problem| format!("{}: {}", it.path, it.description);
        at(listed("the flow cannot run", problems.iter().map(problem)))
    })?;
    let on_complete = Uuid::parse_str(&flow.on_complete_flow_id).unwrap_or_default();
    Ok(Arc::new(Revision::new(ids.next_id(), id, 1, on_complete, actions)))
}

/// Lists the problems, one per line, up to `MAX_LISTED`.
fn listed<P: Display>(title: &str, problems: impl ExactSizeIterator<Item = P>) -> String {
    let more = problems.len().saturating_sub(MAX_LISTED);
    let mut text = problems.take(MAX_LISTED).fold(title.to_owned(), |text, it| format!("{text}\n  {it}"));
    if more > 0 {
        text += &format!("\n  and {more} more");
    }
    text
}
