//! Converts a trace to the message of the contract.

use super::trace::{Happened, Ran, Sent, Step, Trace};
use crate::engine::variables;
use crate::model::event::Outcome;
use crate::model::run::Run;
use crate::model::view;
use crate::proto::{self, SimulationStepType as Type};

pub fn response(trace: &Trace) -> proto::SimulateFlowResponse {
    let failures = trace.failures.iter().map(|failure| proto::SimulationFailure {
        line: failure.line as i32,
        text: failure.text.clone(),
        message: failure.message.clone(),
    });
    proto::SimulateFlowResponse {
        passed: trace.passed(),
        failures: failures.collect(),
        steps: trace.steps.iter().map(|it| step(trace, it)).collect(),
        runs: trace.runs.iter().enumerate().map(|(at, it)| run(at, it)).collect(),
        limit: trace.limit.clone().unwrap_or_default(),
    }
}

fn run(at: usize, run: &Run) -> proto::SimulationRun {
    let shown = run.shown();
    let view = view::activeflow(&run.info, run.revision, &shown);
    proto::SimulationRun {
        run: at as i32 + 1,
        flow_id: view.flow_id,
        status: view.status,
        end_reason: view.end_reason,
        error: view.error,
        variables: variables::all(run),
    }
}

fn step(trace: &Trace, step: &Step) -> proto::SimulationStep {
    let response = proto::SimulationStep {
        time_ms: step.at.ms_since(trace.began),
        run: step.run as i32 + 1,
        ..Default::default()
    };
    let of = |kind: Type, text: String| proto::SimulationStep { r#type: kind.into(), text, ..response.clone() };
    match &step.kind {
        Happened::Line { number, text } => {
            proto::SimulationStep { line: *number as i32, ..of(Type::Script, text.clone()) }
        }
        Happened::Action(ran) => action(of(Type::Action, ran.type_name().to_owned()), ran),
        Happened::Call { leg: 0, text, .. } => of(Type::Call, format!("call {text}")),
        Happened::Call { leg, text, .. } => of(Type::Call, format!("leg {leg} {text}")),
        Happened::Sent(Sent { kind, to, text }) => proto::SimulationStep {
            sent: (*kind).to_owned(),
            sent_to: to.clone(),
            sent_text: text.clone(),
            ..of(Type::Sent, (*kind).to_owned())
        },
        Happened::Variables(variables) => {
            proto::SimulationStep { variables: variables.clone(), ..of(Type::Variables, String::new()) }
        }
        Happened::Started(why) => of(Type::Started, why.clone()),
        Happened::Noted(text) => of(Type::Noted, text.clone()),
        Happened::Ended { reason, error } => {
            let word = reason.as_str_name().trim_start_matches("END_REASON_").to_lowercase();
            proto::SimulationStep { error: error.clone(), ..of(Type::Ended, word) }
        }
    }
}

fn action(step: proto::SimulationStep, ran: &Ran) -> proto::SimulationStep {
    let outcome = match &ran.outcome {
        None => proto::ActionOutcome::Unspecified,
        Some(Outcome::Done) => proto::ActionOutcome::Done,
        Some(Outcome::Skipped) => proto::ActionOutcome::Skipped,
        Some(Outcome::Failed(_)) => proto::ActionOutcome::Failed,
        Some(Outcome::Timeout) => proto::ActionOutcome::Timeout,
        Some(Outcome::Gone) => proto::ActionOutcome::Gone,
    };
    proto::SimulationStep {
        action: Some(ran.action.clone()),
        outcome: outcome.into(),
        error: ran.outcome.as_ref().map_or("", Outcome::error).to_owned(),
        duration_ms: ran.duration_ms,
        variables: ran.variables.clone(),
        target_id: view::id(ran.target_id),
        ..step
    }
}
