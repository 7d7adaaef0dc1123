//! Formats a trace for display.

use super::expects::telling_text;
use super::trace::{Happened, Ran, Step, Trace};
use crate::model::event::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Maximum number of characters shown of a text.
const SHOWN: usize = 60;

/// Returns a line for each step and a line for each failure.
pub fn show(trace: &Trace) -> String {
    let several = trace.runs.len() > 1;
    let mut out = String::new();
    for step in &trace.steps {
        let seconds = step.at.ms_since(trace.began) as f64 / 1_000.0;
        let run = if several { format!("{:>3} ", step.run + 1) } else { String::new() };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{seconds:>9.3} {run} {}", line(step).replace('\n', " "));
    }
    if let Some(limit) = &trace.limit {
        let _ = writeln!(out, "stopped early: {limit}");
    }
    for failure in &trace.failures {
        let _ = writeln!(out, "line {}: `{}` failed: {}", failure.line, failure.text, failure.message);
    }
    out
}

fn line(step: &Step) -> String {
    match &step.kind {
        Happened::Line { text, .. } => format!("> {text}"),
        Happened::Action(ran) => action(ran),
        Happened::Call { leg: 0, text, .. } => format!("    call {text}"),
        Happened::Call { leg, text, .. } => format!("    leg {leg} {text}"),
        Happened::Sent(sent) => format!("    sent {} {} {:?}", sent.kind, sent.to, short(&sent.text)),
        Happened::Variables(variables) => format!("    {}", set(variables)),
        Happened::Started(why) => format!("started {why}"),
        Happened::Noted(text) => format!("    {text}"),
        Happened::Ended { reason, error } => {
            let word = reason.as_str_name().trim_start_matches("END_REASON_").to_lowercase();
            let error = if error.is_empty() { String::new() } else { format!(": {error}") };
            format!("ended {word}{error}")
        }
    }
}

fn action(ran: &Ran) -> String {
    let mut text = format!("  {}", ran.type_name());
    if let Some(telling) = telling_text(&ran.action) {
        let _ = write!(text, " {:?}", short(&telling));
    }
    match &ran.outcome {
        None => text.push_str(" …"),
        Some(Outcome::Failed(why)) => drop(write!(text, " failed: {why}")),
        Some(outcome) => drop(write!(text, " {}", outcome.word())),
    }
    if ran.duration_ms > 0 {
        let _ = write!(text, " {} ms", ran.duration_ms);
    }
    if !ran.target_id.is_nil() {
        let _ = write!(text, " -> {}", ran.target_id);
    }
    if !ran.variables.is_empty() {
        let _ = write!(text, "  {}", set(&ran.variables));
    }
    text
}

fn set(variables: &BTreeMap<String, String>) -> String {
    variables.iter().map(|(name, value)| format!("{name}={:?}", short(value))).collect::<Vec<_>>().join(" ")
}

fn short(text: &str) -> String {
    match text.chars().count() > SHOWN {
        true => text.chars().take(SHOWN).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
