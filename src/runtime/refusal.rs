//! Refusals of the engine as errors of the API.

use crate::engine::check::{Problem, ProblemKind};
use crate::engine::{MAX_LISTS, Refusal};
use crate::error::{Error, Reason, Violation};

/// Returns the error for a request that does not fit the state of the run.
pub fn to_error(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Ended => Error::new(Reason::ActiveflowEnded, "the activeflow has ended"),
        Refusal::NotBlocked => Error::new(Reason::ActiveflowNotBlocked, "the activeflow is not at a `block` action"),
        Refusal::Stale(current) if current.is_nil() => {
            Error::new(Reason::StaleAction, "the activeflow has not begun its first action")
        }
        Refusal::Stale(current) => {
            Error::new(Reason::StaleAction, format!("the activeflow is at the action {current}"))
        }
        Refusal::CallEnded => Error::new(Reason::CallEnded, "the call has ended"),
        Refusal::CallNotUp => Error::new(Reason::CallNotAnswered, "the call has not been answered yet"),
        Refusal::RecordingRuns => {
            Error::new(Reason::RecordingRunning, "this activeflow's call is already being recorded")
        }
        Refusal::TooManyFrames => {
            Error::field(Reason::InvalidArgument, "actions", "too many lists of actions wait in this activeflow")
        }
        Refusal::ListsTooLarge => {
            let limit = MAX_LISTS / (1024 * 1024);
            let description = format!("the lists of actions in this activeflow would take over {limit} MiB of memory");
            Error::field(Reason::InvalidArgument, "actions", description)
        }
        Refusal::Variables(limit) => Error::field(Reason::InvalidVariables, "variables", limit),
        Refusal::BudgetUsedUp(budget) => Error::new(Reason::BudgetUsedUp, sentence(&budget)),
    }
}

/// Returns a problem without the name of its reason.
fn sentence(problem: &str) -> &str {
    problem.split_once(": ").map_or(problem, |(_, sentence)| sentence)
}

/// Returns the error for a list of actions: all of its problems, under the reason of the first.
pub fn problems(mut problems: Vec<Problem>) -> Error {
    // What this server does not have or does not allow is no mistake of the caller: it comes after all mistakes.
    problems.sort_by_key(|problem| match problem.fault {
        ProblemKind::NotAvailable => 2,
        ProblemKind::Destination => 1,
        _ => 0,
    });
    let reason = reason(problems.first().map_or(ProblemKind::Option, |problem| problem.fault));
    let violations = problems.into_iter().map(|it| Violation { field: it.path, description: it.description });
    Error::fields(reason, violations.collect())
}

/// Returns the reason of one problem.
pub fn reason(fault: ProblemKind) -> Reason {
    match fault {
        ProblemKind::Type => Reason::InvalidActionType,
        ProblemKind::Id => Reason::InvalidId,
        ProblemKind::Target => Reason::DanglingTarget,
        ProblemKind::Address => Reason::InvalidAddress,
        ProblemKind::Option => Reason::InvalidActionOption,
        ProblemKind::Destination => Reason::DestinationNotAllowed,
        ProblemKind::NotAvailable => Reason::ActionNotAvailable,
    }
}
