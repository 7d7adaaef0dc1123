//! Adds serde and schemars attributes to the generated types: the JSON shape of REST (`src/proto/json`).

use crate::contract::{Contract, is_mask, message_of};
use crate::frames;
use prost_build::Config;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

const DERIVE: &str = "#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]";
const JSON: &str = "crate::proto::json";

pub fn apply(contract: &Contract, config: &mut Config) {
    let inside_options = contract.messages_inside_options();
    for message in contract.messages() {
        let path = format!(".{}", frames::rust_name(&message));
        if let Some(oneof) = message.oneofs().find(|oneof| contract.is_tagged(oneof)) {
            // The message itself is written and read by hand (json/action.rs): serde's flatten would read an unknown
            // type as a missing one.
            config
                .enum_attribute(format!("{path}.{}", oneof.name()), "#[derive(serde::Serialize)]\n#[serde(untagged)]");
            continue;
        }
        config.message_attribute(&path, DERIVE);
        config.message_attribute(&path, "#[serde(default, deny_unknown_fields)]");
        if frames::is_shared(&message) {
            config.message_attribute(&path, format!("#[schemars(rename = \"{}\")]", message.name()));
        }
        let place = Place::of(contract, &message, inside_options.contains(&message));
        for field in message.fields() {
            for attribute in attributes(contract, place, &field) {
                config.field_attribute(format!("{path}.{}", field.name()), attribute);
            }
        }
    }
}

/// The place of a message in the JSON, which decides which of its empty fields are shown.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// All fields are shown, always.
    Resource,
    /// As a resource, but an absent message is null: the parts of a watch.
    Wrapper,
    /// Fields that were not given are not shown.
    Option,
    /// As a resource outside of options, as an option inside of one.
    Brief,
}

impl Place {
    fn of(contract: &Contract, message: &MessageDescriptor, inside_options: bool) -> Place {
        match () {
            () if contract.is_brief(message) => Place::Brief,
            () if inside_options => Place::Option,
            () if message.name().ends_with("Response") => Place::Wrapper,
            () => Place::Resource,
        }
    }
}

fn attributes(contract: &Contract, place: Place, field: &FieldDescriptor) -> Vec<String> {
    if contract.text(field, "header").is_some() || is_mask(field) {
        return vec!["#[serde(skip)]".to_owned()];
    }
    let mut attributes = Vec::new();
    if let Some(name) = contract.text(field, "name") {
        attributes.push(format!("#[serde(rename = \"{name}\")]"));
    }
    if let Some(condition) = absent_when(contract, place, field) {
        attributes.push(format!("#[serde(skip_serializing_if = \"{condition}\")]"));
    }
    if contract.flag(field, "listed") {
        attributes.push(format!("#[serde(serialize_with = \"{JSON}::listed\")]"));
    } else if let Some((with, schema)) = written_as(contract, place, field) {
        attributes.push(format!("#[serde(with = \"{JSON}::{with}\")]"));
        attributes.push(format!("#[schemars(with = \"{schema}\")]"));
    }
    attributes
}

/// Returns the condition under which a field is left out.
fn absent_when(contract: &Contract, place: Place, field: &FieldDescriptor) -> Option<String> {
    if contract.flag(field, "detail") {
        return Some(format!("{JSON}::absent_in_lists"));
    }
    let condition = match place {
        Place::Brief => format!("{JSON}::empty_in_option"),
        _ if is_optional_scalar(field) => "::core::option::Option::is_none".to_owned(),
        Place::Option if field.is_map() => "::std::collections::BTreeMap::is_empty".to_owned(),
        Place::Option if field.is_list() => "::std::vec::Vec::is_empty".to_owned(),
        Place::Option => "::core::option::Option::is_none".to_owned(),
        Place::Resource | Place::Wrapper => return None,
    };
    Some(condition)
}

/// Returns the module that writes and reads a field, and the type whose JSON Schema it has.
fn written_as(contract: &Contract, place: Place, field: &FieldDescriptor) -> Option<(String, String)> {
    let own = |name: &str, schema: &str| Some((name.to_owned(), schema.to_owned()));
    if contract.flag(field, "uuid") {
        // In the option of an action it may be `${variable}`, which becomes a UUID only when the action runs.
        return match is_optional_scalar(field) {
            true => own("optional_uuid", "::std::string::String"),
            false => own("uuid", "::uuid::Uuid"),
        };
    }
    if contract.flag(field, "json") {
        return own("raw", "::serde_json::Map<String, ::serde_json::Value>");
    }
    match field.kind() {
        Kind::Enum(kind) => {
            assert!(!field.is_list() && !is_optional_scalar(field), "{} has no JSON shape yet", field.full_name());
            let shape = format!("EnumName::<{}>", kind.name());
            Some((shape.clone(), format!("{JSON}::{shape}")))
        }
        Kind::Double if is_optional_scalar(field) => own("optional_number", "f64"),
        Kind::Message(_) if field.is_list() || field.is_map() => None,
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            Some(("time".to_owned(), format!("{JSON}::time::Time")))
        }
        Kind::Message(message) if place == Place::Resource => own("or_empty", message.name()),
        _ => None,
    }
}

fn is_optional_scalar(field: &FieldDescriptor) -> bool {
    field.field_descriptor_proto().proto3_optional() && message_of(field).is_none()
}
