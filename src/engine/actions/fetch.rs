//! `fetch`: requests the next actions from a web server.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::spending::Budget;
use crate::model::flow::Revision;
use crate::model::outgoing::HttpRequest;
use crate::model::run::{Wait, WaitKind};
use crate::model::telephony::OperationId;
use crate::proto::FetchOption;
use std::sync::Arc;

/// Why a list that was fetched or loaded does not run.
pub const TOO_LARGE: &str = "too_large: the lists of this activeflow would take over 8 MiB of memory";
pub const TIMEOUT_MS: i32 = 10_000;
pub const LONGEST_MS: i32 = 60_000;

pub fn check(option: &FetchOption, checker: &mut Checker) {
    checker.required_text("event_url", &option.event_url, 2_048);
    checker.optional_http_url("event_url", &option.event_url);
    checker.one_of("event_method", &option.event_method, &["POST", "GET"]);
    checker.number("timeout_ms", option.timeout_ms, 1..=LONGEST_MS);
}

/// Begins the request. Its body is created when it is sent and shows the activeflow at that moment.
pub fn begin(machine: &mut Machine, option: &FetchOption) -> Control {
    if let Err(reason) = machine.spend(Budget::Requests, 1) {
        return Control::Limit(reason);
    }
    let request = HttpRequest {
        method: option.event_method.clone().unwrap_or_else(|| "POST".to_owned()),
        uri: option.event_url.clone().unwrap_or_default(),
        data_type: "application/json".to_owned(),
        data: String::new(),
        timeout_ms: option.timeout_ms.unwrap_or(TIMEOUT_MS),
    };
    let operation = machine.fetch(&request);
    Control::wait(WaitKind::Fetch { operation, request: Box::new(request) })
}

/// Handles the response: actions that were checked like a flow, or the reason why there are none.
pub fn fetched(machine: &mut Machine, operation: OperationId, answer: Result<Arc<Revision>, String>) {
    let wait = machine.run.wait.as_ref();
    if !matches!(wait, Some(Wait { kind: WaitKind::Fetch { operation: awaited, .. }, .. }) if *awaited == operation) {
        return;
    }
    let control = match answer {
        Ok(revision) if !machine.make_room(&revision) => Control::failed(TOO_LARGE),
        Ok(revision) => Control::Nest(machine.add_list(revision)),
        Err(reason) => Control::failed(reason),
    };
    machine.conclude(control);
}
