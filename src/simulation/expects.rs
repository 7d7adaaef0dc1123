//! Expectations of a script, checked against the trace.

use super::script::Expect;
use super::stage::Stage;
use super::trace::{Happened, Ran, Step};
use crate::engine::variables;
use crate::model::event::Outcome;
use crate::proto;

/// Maximum number of items that a failure lists instead of the expected one.
const SHOWN: usize = 5;

impl Stage<'_> {
    /// Returns true when the expectation is met; the next one of its kind is then looked for after this item.
    pub fn finds(&mut self, run: usize, expect: &Expect) -> bool {
        let Some(actor) = self.actors.get_mut(run) else { return false };
        let steps = || self.trace.steps.iter().enumerate().filter(|(_, step)| step.run == run);
        match expect {
            Expect::Action { kind, text, outcome, error } => {
                let fits = |ran: &Ran| {
                    let how = outcome.is_none_or(|word| ran.outcome.as_ref().is_some_and(|it| it.word() == word));
                    let why = contains(ran.outcome.as_ref().map_or("", Outcome::error), error);
                    ran.type_name() == *kind && says(ran, text) && how && why
                };
                // An action that was found before it was over may match again for its outcome.
                let (seen, open) = (actor.seen, actor.open.filter(|_| outcome.is_some()));
                let found = steps().filter(|(at, _)| *at >= seen || Some(*at) == open);
                let found = found.filter_map(|(at, step)| Some((at, step.ran()?))).find(|(_, ran)| fits(ran));
                if let Some((at, ran)) = found {
                    actor.seen = at + 1;
                    actor.open = ran.outcome.is_none().then_some(at);
                }
                found.is_some()
            }
            Expect::NoAction { kind, text } => {
                !steps().any(|(_, step)| step.ran().is_some_and(|ran| ran.type_name() == *kind && says(ran, text)))
            }
            Expect::Variable { name, value } => {
                variables::lookup(&actor.run, name).is_some_and(|is| is.as_ref() == value.as_str())
            }
            Expect::Call { leg, status, reason } => steps().any(|(_, step)| match &step.kind {
                Happened::Call { leg: of, status: is, reason: why, .. } => {
                    of == leg && is == status && (reason.is_none() || why == reason)
                }
                _ => false,
            }),
            Expect::Sent { kind, to, text } => {
                let fits = |step: &Step| match &step.kind {
                    Happened::Sent(sent) => sent.kind == *kind && contains(&sent.to, to) && contains(&sent.text, text),
                    _ => false,
                };
                let found = steps().skip_while(|(at, _)| *at < actor.seen_sent).find(|(_, step)| fits(step));
                if let Some((at, _)) = found {
                    actor.seen_sent = at + 1;
                }
                found.is_some()
            }
            Expect::Ended { reason, error } => {
                actor.run.end_reason == Some(*reason) && contains(&actor.run.error, error)
            }
        }
    }

    /// Describes what happened instead.
    pub fn instead(&self, run: usize, expect: &Expect) -> String {
        let Some(actor) = self.actors.get(run) else { return format!("activeflow {} never began", run + 1) };
        let steps = self.trace.steps.iter().enumerate().filter(|(_, step)| step.run == run);
        match expect {
            Expect::NoAction { .. } => "it ran".to_owned(),
            Expect::Variable { name, .. } => match variables::lookup(&actor.run, name) {
                Some(value) => format!("at the end it was \"{value}\""),
                None => "it was never set".to_owned(),
            },
            Expect::Ended { .. } => match actor.run.end_reason {
                Some(_) => steps.map(|(_, step)| step).rev_ended().unwrap_or_default(),
                None => "it had not ended when the simulation ended".to_owned(),
            },
            Expect::Action { .. } => {
                listed(steps.filter(|(at, _)| *at >= actor.seen).filter_map(|(_, step)| step.ran().map(brief)))
            }
            Expect::Call { .. } => listed(steps.filter_map(|(_, step)| match &step.kind {
                Happened::Call { leg: 0, text, .. } => Some(format!("call {text}")),
                Happened::Call { leg, text, .. } => Some(format!("leg {leg} {text}")),
                _ => None,
            })),
            Expect::Sent { .. } => {
                listed(steps.filter(|(at, _)| *at >= actor.seen_sent).filter_map(|(_, step)| match &step.kind {
                    Happened::Sent(sent) => Some(format!("{} {:?} {:?}", sent.kind, sent.to, sent.text)),
                    _ => None,
                }))
            }
        }
    }
}

impl Step {
    fn ran(&self) -> Option<&Ran> {
        match &self.kind {
            Happened::Action(ran) => Some(ran),
            _ => None,
        }
    }
}

trait Endings<'s> {
    /// Describes how the activeflow ended.
    fn rev_ended(self) -> Option<String>;
}

impl<'s, I: Iterator<Item = &'s Step>> Endings<'s> for I {
    fn rev_ended(mut self) -> Option<String> {
        self.find_map(|step| match &step.kind {
            Happened::Ended { reason, error } => {
                let reason = reason.as_str_name().trim_start_matches("END_REASON_").to_lowercase();
                let error = if error.is_empty() { String::new() } else { format!(": {error}") };
                Some(format!("it ended {reason}{error}"))
            }
            _ => None,
        })
    }
}

fn listed(mut things: impl Iterator<Item = String>) -> String {
    let shown: Vec<String> = things.by_ref().take(SHOWN).collect();
    let more = if things.next().is_some() { ", …" } else { "" };
    match shown.is_empty() {
        true => "found nothing of this kind".to_owned(),
        false => format!("found {}{more}", shown.join(", ")),
    }
}

/// `talk "Welcome" done`
fn brief(ran: &Ran) -> String {
    let outcome = ran.outcome.as_ref().map_or(String::new(), |outcome| match outcome.error() {
        "" => format!(" {}", outcome.word()),
        error => format!(" {} ({error})", outcome.word()),
    });
    let text = telling_text(&ran.action).map(|text| format!(" {text:?}")).unwrap_or_default();
    format!("{}{text}{outcome}", ran.type_name())
}

/// Returns the most descriptive string of an option: the longest that is not an id.
pub fn telling_text(action: &proto::Action) -> Option<String> {
    let mut telling: Option<String> = None;
    let mut option = action.option.clone()?;
    option.for_each_string(&mut |text| {
        let longest = telling.as_ref().map_or(0, String::len);
        if text.len() > longest && uuid::Uuid::parse_str(text).is_err() {
            telling = Some(text.clone());
        }
    });
    telling
}

fn says(ran: &Ran, text: &Option<String>) -> bool {
    let Some(text) = text else { return true };
    let Some(mut option) = ran.action.option.clone() else { return false };
    let mut found = false;
    option.for_each_string(&mut |string| found |= string.contains(text.as_str()));
    found
}

fn contains(text: &str, part: &Option<String>) -> bool {
    part.as_deref().is_none_or(|part| text.contains(part))
}
