//! `webhook_send`: sends a request to a web server, and waits for the response if `sync` is set.

use super::Control;
use super::fetch::{LONGEST_MS, TIMEOUT_MS};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::spending::Budget;
use crate::engine::{SentWebhook, variables};
use crate::model::outgoing::{HttpRequest, OutboxPayload};
use crate::model::run::{Wait, WaitKind};
use crate::model::telephony::OperationId;
use crate::model::variables::MAX_VALUE;
use crate::proto::WebhookSendOption;

pub fn check(option: &WebhookSendOption, checker: &mut Checker) {
    checker.required_text("uri", &option.uri, 2_048);
    checker.optional_http_url("uri", &option.uri);
    checker.one_of("method", &option.method, &["POST", "GET", "PUT", "DELETE"]);
    checker.text("data_type", &option.data_type, 128);
    checker.text("data", &option.data, MAX_VALUE);
    checker.number("timeout_ms", option.timeout_ms, 1..=LONGEST_MS);
}

pub fn begin(machine: &mut Machine, option: &WebhookSendOption) -> Control {
    if let Err(reason) = machine.spend(Budget::Requests, 1) {
        return Control::Limit(reason);
    }
    // A variable may have made it empty.
    let data_type = option.data_type.as_deref().filter(|data_type| !data_type.is_empty());
    let request = HttpRequest {
        method: option.method.clone().unwrap_or_else(|| "POST".to_owned()),
        uri: option.uri.clone().unwrap_or_default(),
        data_type: data_type.unwrap_or("application/json").to_owned(),
        data: option.data.clone().unwrap_or_default(),
        timeout_ms: option.timeout_ms.unwrap_or(TIMEOUT_MS),
    };
    if option.sync != Some(true) {
        machine.send(OutboxPayload::Webhook(request));
        return Control::DONE;
    }
    let operation = machine.ask(&request);
    Control::wait(WaitKind::Send { operation, request: Box::new(request) })
}

/// Handles the response, or the reason why there is none. Variables that cannot be stored fail the action, although the
/// request was sent.
pub fn sent(machine: &mut Machine, operation: OperationId, answer: Result<SentWebhook, String>) {
    let wait = machine.run.wait.as_ref();
    if !matches!(wait, Some(Wait { kind: WaitKind::Send { operation: awaited, .. }, .. }) if *awaited == operation) {
        return;
    }
    let control = match answer {
        // An earlier response must not be mistaken for this one's.
        Err(reason) => {
            machine.set_system(&[("voipbin.webhook.status", ""), ("voipbin.webhook.body", "")]);
            Control::failed(reason)
        }
        Ok(SentWebhook { status, body, variables }) => {
            machine.set_system(&[("voipbin.webhook.status", &status.to_string()), ("voipbin.webhook.body", &body)]);
            let set = if variables.is_empty() { Ok(()) } else { variables::set(machine, &variables) };
            match (set, (200..300).contains(&status)) {
                (Err(problem), _) => Control::failed(problem),
                (Ok(()), true) => Control::DONE,
                (Ok(()), false) => Control::failed(format!("status: the server answered {status}")),
            }
        }
    };
    machine.conclude(control);
}
