//! Prints events, one per line: in colours on a terminal, plain in a pipe.

use ringdown::proto::json::time;
use ringdown::proto::*;
use serde_json::Value;
use std::io::{IsTerminal, Write};

const DIM: &str = "2";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const CYAN: &str = "36";

/// The length at which texts are cut off.
const MAX_TEXT: usize = 60;

/// How lines are formatted.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    colours: bool,
    /// Whether each line contains the id of its activeflow or call.
    ids: bool,
}

/// An event to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// In UTC, in the format of REST.
    time: String,
    /// The kind of subject: `flow` or `call`.
    subject: &'static str,
    id: String,
    what: String,
    detail: String,
    colour: &'static str,
}

impl Timeline {
    /// Prints to standard output. `NO_COLOR` (no-color.org) disables colours.
    pub fn new(ids: bool) -> Timeline {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
        Timeline { colours: std::io::stdout().is_terminal() && !plain, ids }
    }

    pub fn show(&self, moment: &Moment) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", self.line(moment))?;
        // Flush, so that the reader of a pipe sees each event at once.
        out.flush()
    }

    fn line(&self, moment: &Moment) -> String {
        let id = if self.ids { format!("{}  ", moment.id) } else { String::new() };
        let Moment { time, subject, what, detail, colour, .. } = moment;
        let line = match self.colours {
            true => {
                // On a terminal the date is not shown.
                let time = time.split_once(' ').map_or(time.as_str(), |(_, clock)| &clock[..clock.len().min(12)]);
                format!("\x1b[{DIM}m{time}  {id}{subject}\x1b[0m  \x1b[{colour}m{what:<16}\x1b[0m {detail}")
            }
            false => format!("{time}  {id}{subject}  {what:<16} {detail}"),
        };
        line.trim_end().to_owned()
    }
}

impl Moment {
    /// Returns `None` if the frame has no event.
    pub fn of_activeflow(frame: &ActiveflowFrame) -> Option<Moment> {
        let activeflow = frame.activeflow.as_ref()?;
        let moment = |time: &Option<prost_types::Timestamp>, what: &str, detail: String, colour| Moment {
            time: shown(time),
            subject: "flow",
            id: activeflow.id.clone(),
            what: what.to_owned(),
            detail: plain(&detail),
            colour,
        };
        let Some(event) = &frame.event else {
            let at = activeflow.current_action.as_ref().map(action).unwrap_or_default();
            let (what, detail) = match activeflow.status() {
                ActiveflowStatus::Ended => ("has ended", ended(activeflow.end_reason(), &activeflow.error)),
                _ => ("runs", at),
            };
            return Some(moment(&activeflow.tm_update.or(activeflow.tm_create), what, detail, DIM));
        };
        let word = short(event.r#type().as_str_name(), "ACTIVEFLOW_EVENT_TYPE_");
        Some(moment(&event.tm_create, &word, detail(activeflow, event), colour(event)))
    }

    /// Returns `None` if the frame has no event.
    pub fn of_call(frame: &CallFrame) -> Option<Moment> {
        let call = frame.call.as_ref()?;
        let target = |address: &Option<Address>| address.as_ref().map(|it| it.target.clone()).unwrap_or_default();
        let status = short(call.status().as_str_name(), "CALL_STATUS_");
        let (time, what) = match &frame.event {
            Some(event) => (event.tm_create, short(event.r#type().as_str_name(), "CALL_EVENT_TYPE_")),
            None => (call.tm_update.or(call.tm_create), status),
        };
        let (detail, colour) = match (what.as_str(), &frame.event) {
            ("created", _) => (format!("{} calls {}", target(&call.source), target(&call.destination)), CYAN),
            ("progressing", _) => (String::new(), GREEN),
            ("hangup", event) => {
                (hangup(call, event), if call.hangup_reason() == HangupReason::Normal { GREEN } else { RED })
            }
            (_, Some(event)) => (format!("{} {}", event.digits, event.message), YELLOW),
            _ => (String::new(), DIM),
        };
        let (id, detail) = (call.id.clone(), plain(detail.trim()));
        Some(Moment { time: shown(&time), subject: "call", id, what, detail, colour })
    }

    /// Returns the sort key: the time, and for events at the same time calls before flows, because calls drive flows.
    pub fn order(&self) -> (&str, &str) {
        (&self.time, self.subject)
    }
}

fn shown(at: &Option<prost_types::Timestamp>) -> String {
    at.as_ref().map(time::format).unwrap_or_else(|| time::UNSET.to_owned())
}

/// Returns an enum name without its prefix, in lower case as in REST: `ACTION_OUTCOME_DONE` becomes `done`.
fn short(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase()
}

fn colour(event: &ActiveflowEvent) -> &'static str {
    use ActiveflowEventType as Type;
    match (event.r#type(), event.outcome(), event.end_reason()) {
        (Type::ActionFinished, ActionOutcome::Failed | ActionOutcome::Timeout, _) => RED,
        (Type::ActionFinished, ActionOutcome::Done, _) => GREEN,
        (Type::Ended, _, EndReason::Failed | EndReason::Limit) => RED,
        (Type::Ended, ..) => GREEN,
        (Type::Created, ..) => CYAN,
        _ => YELLOW,
    }
}

fn detail(activeflow: &Activeflow, event: &ActiveflowEvent) -> String {
    use ActiveflowEventType as Type;
    let at = || event.action.as_ref().map(action).unwrap_or_default();
    match event.r#type() {
        Type::Created => format!("flow {}", activeflow.flow_id),
        Type::ActionFinished => {
            let outcome = short(event.outcome().as_str_name(), "ACTION_OUTCOME_");
            let name = event.action.as_ref().map(type_of).unwrap_or_default();
            let took = event.duration_ms as f64 / 1e3;
            format!("{name} {outcome} after {took} s {}", event.error)
        }
        Type::Forwarded => format!("to {}", event.target_id),
        Type::VariablesSet => event.variables.iter().map(|(name, value)| format!("{name}={value} ")).collect(),
        Type::DigitsReceived => format!("{} {}", event.digits, event.message),
        Type::ActionsPushed => {
            format!("{} {}", event.actions.iter().map(type_of).collect::<Vec<_>>().join(", "), event.message)
        }
        Type::Ended => ended(event.end_reason(), &event.error),
        Type::Noted => event.message.clone(),
        _ => at(),
    }
}

fn ended(reason: EndReason, error: &str) -> String {
    format!("{} {error}", short(reason.as_str_name(), "END_REASON_"))
}

fn hangup(call: &Call, event: &Option<CallEvent>) -> String {
    let reason = short(call.hangup_reason().as_str_name(), "HANGUP_REASON_");
    let ended = match call.hangup_by() {
        HangupBy::Unspecified => reason,
        by => format!("{reason}, by {}", short(by.as_str_name(), "HANGUP_BY_")),
    };
    // What was wrong with its audio.
    match event.as_ref().filter(|event| !event.message.is_empty()) {
        Some(event) => format!("{ended}; {}", event.message),
        None => ended,
    }
}

fn type_of(action: &Action) -> String {
    let shown = serde_json::to_value(action).unwrap_or_default();
    shown["type"].as_str().unwrap_or_default().to_owned()
}

/// Describes an action in a few words: its type, and its text or the plain values of its option.
fn action(action: &Action) -> String {
    let shown = serde_json::to_value(action).unwrap_or_default();
    let name = shown["type"].as_str().unwrap_or_default();
    let option = match &shown["option"] {
        Value::Object(option) => option,
        _ => return name.to_owned(),
    };
    if let Some(text) = option.get("text").and_then(Value::as_str) {
        return format!("{name} “{}”", cut(text));
    }
    let values = option.iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some(format!("{name}={}", cut(text))),
        Value::Number(_) | Value::Bool(_) => Some(format!("{name}={value}")),
        _ => None,
    });
    std::iter::once(name.to_owned()).chain(values).collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Replaces control characters: callers choose texts, which must not control the terminal.
fn plain(text: &str) -> String {
    text.trim().chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Timeline = Timeline { colours: false, ids: false };

    fn activeflow(event: ActiveflowEvent) -> ActiveflowFrame {
        let activeflow = Activeflow { id: "a1".into(), flow_id: "f1".into(), ..Activeflow::default() };
        let tm_create = Some(prost_types::Timestamp { seconds: 1_680_792_792, nanos: 569_073_000 });
        ActiveflowFrame {
            activeflow: Some(activeflow),
            event: Some(ActiveflowEvent { tm_create, ..event }),
            ..ActiveflowFrame::default()
        }
    }

    fn talk(text: &str) -> Action {
        let option = action::Option::Talk(TalkOption { text: Some(text.to_owned()), ..TalkOption::default() });
        Action { option: Some(option), ..Action::default() }
    }

    #[track_caller]
    fn check(event: ActiveflowEvent, expect: &str) {
        let line = PLAIN.line(&Moment::of_activeflow(&activeflow(event)).unwrap());
        assert_eq!(line, format!("2023-04-06 14:53:12.569073  flow  {expect}"));
    }

    #[test]
    fn events_are_told_in_a_line() {
        use ActiveflowEventType as Type;
        let of = |kind: Type| ActiveflowEvent { r#type: kind.into(), ..ActiveflowEvent::default() };
        check(of(Type::Created), "created          flow f1");
        check(
            ActiveflowEvent { action: Some(talk("Hello.")), ..of(Type::ActionStarted) },
            "action_started   talk “Hello.”",
        );
        let finished =
            ActiveflowEvent { duration_ms: 1_500, outcome: 3, error: "GONE: no".into(), ..of(Type::ActionFinished) };
        check(
            ActiveflowEvent { action: Some(talk("")), ..finished },
            "action_finished  talk failed after 1.5 s GONE: no",
        );
        check(ActiveflowEvent { end_reason: 1, ..of(Type::Ended) }, "ended            finished");
        check(
            ActiveflowEvent { digits: "1\x1b[2J".into(), ..of(Type::DigitsReceived) },
            "digits_received  1\u{fffd}[2J",
        );
    }

    #[test]
    fn nothing_happened_is_not_told() {
        assert_eq!(Moment::of_activeflow(&ActiveflowFrame::default()), None);
        assert_eq!(Moment::of_call(&CallFrame::default()), None);
    }

    #[test]
    fn a_call_is_told_in_a_line() {
        let address = |target: &str| Some(Address { target: target.into(), ..Address::default() });
        let mut call = Call { source: address("+1"), destination: address("+2"), ..Call::default() };
        let frame = |call: &Call, kind: CallEventType| CallFrame {
            call: Some(call.clone()),
            event: Some(CallEvent { r#type: kind.into(), ..CallEvent::default() }),
            ..CallFrame::default()
        };
        let line = |frame| PLAIN.line(&Moment::of_call(&frame).unwrap());
        assert!(line(frame(&call, CallEventType::Created)).ends_with("call  created          +1 calls +2"));
        call.hangup_reason = HangupReason::Busy.into();
        call.hangup_by = HangupBy::Remote.into();
        assert!(line(frame(&call, CallEventType::Hangup)).ends_with("call  hangup           busy, by remote"));
        let mut bad = frame(&call, CallEventType::Hangup);
        bad.event.as_mut().unwrap().message = "one-way audio".into();
        assert!(line(bad).ends_with("busy, by remote; one-way audio"));
    }
}
