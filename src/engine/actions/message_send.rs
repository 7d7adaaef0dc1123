//! `message_send`: a text message to each destination, by the message provider.

use super::Turn;
use crate::engine::check::Checker;
use crate::engine::machine::Machine;
use crate::model::call::Address;
use crate::model::outgoing::Parcel;
use crate::proto::MessageSendOption;

pub fn check(option: &MessageSendOption, checker: &mut Checker) {
    match &option.source {
        Some(source) => checker.address("source", source),
        None => checker.option("source", "is required: the address that it comes from"),
    }
    if option.destinations.is_empty() || option.destinations.len() > 20 {
        checker.option("destinations", "expected 1 to 20 addresses");
    }
    for (at, destination) in option.destinations.iter().enumerate() {
        checker.address(&format!("destinations[{at}]"), destination);
    }
    checker.required_text("text", &option.text, 1_600);
}

/// The flow goes on at once: how a message fares stands with the message.
pub fn begin(machine: &mut Machine, option: &MessageSendOption) -> Turn {
    let Some(Ok(source)) = option.source.as_ref().map(Address::from_proto) else {
        return Turn::failed("source: is required");
    };
    let destinations: Vec<Address> = option.destinations.iter().filter_map(|a| Address::from_proto(a).ok()).collect();
    let text = option.text.clone().unwrap_or_default();
    let ids: Vec<String> = destinations
        .into_iter()
        .map(|destination| {
            let message = Parcel::Message { source: source.clone(), destination, text: text.clone() };
            machine.send(message).to_string()
        })
        .collect();
    machine.set_system(&[("voipbin.message.sent_ids", &ids.join(","))]);
    Turn::DONE
}
