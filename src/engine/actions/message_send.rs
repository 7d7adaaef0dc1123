//! `message_send`: sends a text message to each destination through the message provider.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::spending::Budget;
use crate::engine::variables;
use crate::model::call::{Address, AddressType};
use crate::model::outgoing::OutboxPayload;
use crate::proto::MessageSendOption;

pub fn check(option: &MessageSendOption, checker: &mut Checker) {
    // The default is our own side of the call or message, which is known only at run time.
    if let Some(source) = &option.source {
        checker.address("source", source);
    }
    if option.destinations.is_empty() || option.destinations.len() > 20 {
        checker.option("destinations", "expected 1 to 20 addresses");
    }
    for (at, destination) in option.destinations.iter().enumerate() {
        checker.address(&format!("destinations[{at}]"), destination);
    }
    checker.required_text("text", &option.text, 1_600);
}

/// Returns our own side: the number that was called or texted, or for an outgoing call the number that it uses. It is
/// read from the variables, so that a flow that follows a call still has it.
fn own_side(machine: &Machine) -> Option<Address> {
    let value = |name: &str| variables::lookup(machine.run, name).unwrap_or_default().into_owned();
    let (side, kind) = match value("voipbin.call.direction").as_str() {
        "incoming" => ("voipbin.call.destination", value("voipbin.call.destination.type")),
        "outgoing" => ("voipbin.call.source", value("voipbin.call.source.type")),
        _ => ("voipbin.message.destination", AddressType::Tel.word().to_owned()),
    };
    let field = |name: &str| value(&format!("{side}.{name}"));
    let (target, target_name, name, detail) = (field("target"), field("target_name"), field("name"), field("detail"));
    Address::from_proto(&crate::proto::Address { r#type: kind, target, target_name, name, detail }).ok()
}

/// Queues the messages and continues immediately: the status of each delivery is kept with its message.
pub fn begin(machine: &mut Machine, option: &MessageSendOption) -> Control {
    let given = option.source.as_ref().and_then(|source| Address::from_proto(source).ok());
    let Some(source) = given.or_else(|| own_side(machine)) else {
        return Control::failed("source: is required where there is neither a call nor a message");
    };
    let destinations: Vec<Address> = option.destinations.iter().filter_map(|a| Address::from_proto(a).ok()).collect();
    if let Err(reason) = machine.spend(Budget::Messages, destinations.len()) {
        return Control::Limit(reason);
    }
    let text = option.text.clone().unwrap_or_default();
    let ids: Vec<String> = destinations
        .into_iter()
        .map(|destination| {
            let message = OutboxPayload::Message { source: source.clone(), destination, text: text.clone() };
            machine.send(message).to_string()
        })
        .collect();
    machine.set_system(&[("voipbin.message.sent_ids", &ids.join(","))]);
    Control::DONE
}
