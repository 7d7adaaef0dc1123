//! The results, as a table or as JSON.

use super::Failure;
use super::bare::Bare;
use super::load::Measured;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// One result.
#[derive(Debug, Serialize)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    p50_us: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_us: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_us: Option<f64>,
    /// The baseline of the machine, and what it measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    bare: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bare_name: Option<&'static str>,
    /// The value divided by the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

pub struct Report {
    pub bare: Option<Bare>,
    figures: Vec<Figure>,
}

impl Report {
    pub fn new(bare: Option<Bare>) -> Report {
        Report { bare, figures: Vec::new() }
    }

    /// Adds a rate with its latencies, and a baseline if there is one.
    pub fn rate(&mut self, name: impl Into<String>, measured: &Measured, bare: Option<(&'static str, f64)>) {
        let us = |at: Duration| Some(at.as_secs_f64() * 1e6);
        self.figures.push(Figure {
            name: name.into(),
            value: measured.rate,
            unit: "/s",
            p50_us: us(measured.p50),
            p99_us: us(measured.p99),
            max_us: us(measured.max),
            bare: bare.map(|(_, rate)| rate),
            bare_name: bare.map(|(name, _)| name),
            ratio: bare.map(|(_, rate)| measured.rate / rate),
        });
    }

    pub fn value(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let (name, none) = (name.into(), None);
        let (p50_us, p99_us, max_us, bare, ratio) = (none, none, none, none, none);
        self.figures.push(Figure { name, value, unit, p50_us, p99_us, max_us, bare, bare_name: None, ratio });
    }

    pub fn print(&self, json: bool) -> Result<(), Failure> {
        let text = match json {
            true => serde_json::to_string_pretty(&serde_json::json!({ "figures": self.figures }))? + "\n",
            false => self.table(),
        };
        Ok(std::io::stdout().write_all(text.as_bytes())?)
    }

    fn table(&self) -> String {
        let mut table = format!(
            "{:<52} {:>12} {:>9} {:>9} {:>9}  {}\n",
            "",
            "",
            "p50",
            "p99",
            "worst",
            if self.bare.is_some() { "of the bare limit" } else { "" }
        );
        for it in &self.figures {
            let value = if it.value < 100.0 { format!("{:.1}", it.value) } else { format!("{:.0}", it.value) };
            let bare = it.ratio.zip(it.bare).zip(it.bare_name);
            let bare = bare.map(|((ratio, bare), name)| format!("{:.0} % of {bare:.0}/s, {name}", ratio * 100.0));
            let row = format!(
                "{:<52} {:>12} {:>9} {:>9} {:>9}  {}",
                it.name,
                value + it.unit,
                micros(it.p50_us),
                micros(it.p99_us),
                micros(it.max_us),
                bare.unwrap_or_default()
            );
            table += row.trim_end();
            table += "\n";
        }
        table
    }
}

fn micros(us: Option<f64>) -> String {
    match us {
        None => String::new(),
        Some(us) if us < 1_000.0 => format!("{us:.0} µs"),
        Some(us) => format!("{:.1} ms", us / 1_000.0),
    }
}

/// Shows on a terminal what is being measured and its progress; shows nothing in a pipe.
pub struct Progress {
    name: String,
    shown: bool,
}

/// Width of the bar, in characters.
const BAR: usize = 24;

impl Progress {
    pub fn of(name: impl Into<String>) -> Progress {
        Progress { name: name.into(), shown: std::io::stderr().is_terminal() }
    }

    /// Shows the progress; `done` is a fraction from 0 to 1.
    pub fn show(&self, done: f64) {
        if self.shown {
            let full = (done.clamp(0.0, 1.0) * BAR as f64) as usize;
            eprint!("\r\x1b[K[{}{}] {}", "=".repeat(full), " ".repeat(BAR - full), self.name);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_ratios() {
        let mut report = Report::new(None);
        let ms = Duration::from_millis;
        let measured = Measured { rate: 500.0, p50: ms(1), p99: ms(2), max: ms(30) };
        report.rate("events, 1 in flight", &measured, Some(("bare commits", 1_000.0)));
        report.value("at rest", 12.34, " MiB");
        let table = report.table();
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].contains("500/s") && lines[1].ends_with("50 % of 1000/s, bare commits"), "{table}");
        assert!(lines[2].contains("12.3 MiB"), "{table}");
    }
}
