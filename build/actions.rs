//! Generates, from the descriptors of the options of actions, what the engine needs to know about them.

use crate::contract::{Contract, camel, comment, message_of, rust_field};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let types: Vec<ActionType> = contract.action_types().iter().map(ActionType::of).collect();
    let mut out = catalogue(&types);
    out += &option_methods(&types);
    for message in contract.messages_inside_options() {
        out += &strings_of(&message);
    }
    out
}

struct ActionType {
    name: String,
    variant: String,
    message: String,
    about: String,
}

impl ActionType {
    fn of(member: &FieldDescriptor) -> ActionType {
        let message = message_of(member).expect("the option of an action is a message");
        let name = member.name().to_owned();
        ActionType { variant: camel(&name), message: message.name().to_owned(), about: comment(&message), name }
    }
}

fn catalogue(types: &[ActionType]) -> String {
    let mut out = String::from("/// Every type of action, by name.\npub const ACTION_TYPES: &[ActionTypeDoc] = &[\n");
    for it in types {
        writeln!(out, "    ActionTypeDoc {{ name: {:?}, about: {:?} }},", it.name, it.about).unwrap();
    }
    out + "];\n"
}

fn option_methods(types: &[ActionType]) -> String {
    let arms = |arm: &dyn Fn(&ActionType) -> String| -> String {
        types.iter().map(|it| format!("            {}\n", arm(it))).collect()
    };
    let names = arms(&|it| format!("Self::{}(_) => {:?},", it.variant, it.name));
    let strings = arms(&|it| format!("Self::{}(option) => option.for_each_string(visit),", it.variant));
    let empties = arms(&|it| format!("{:?} => Self::{}(Default::default()),", it.name, it.variant));
    let reads = arms(&|it| format!("{:?} => {}::deserialize(from).map(Self::{}),", it.name, it.message, it.variant));
    let schemas = arms(&|it| format!("{:?} => generator.subschema_for::<{}>(),", it.name, it.message));
    format!(
        "impl action::Option {{
    /// Returns the type of the action: the name of the member.
    pub fn type_name(&self) -> &'static str {{
        match self {{
{names}        }}
    }}

    /// Visits every string in the option that may hold `${{variable}}`. Skips the keys of maps, and the actions nested
    /// in `call`, whose `${{variable}}` is resolved in the calls that run them.
    pub fn for_each_string(&mut self, visit: &mut dyn FnMut(&mut String)) {{
        match self {{
{strings}        }}
    }}

    /// Returns the empty option of an action of this type, or `None` if there is no such type.
    pub fn empty(type_name: &str) -> Option<Self> {{
        Some(match type_name {{
{empties}            _ => return None,
        }})
    }}

    /// Reads the option of an action of this type. Returns `None` if there is no such type.
    pub(crate) fn read<'de, D: serde::Deserializer<'de>>(type_name: &str, from: D) -> Option<Result<Self, D::Error>> {{
        use serde::Deserialize;
        Some(match type_name {{
{reads}            _ => return None,
        }})
    }}

    /// Returns the JSON Schema of the option of an action of this type, or `None` if there is no such type.
    pub fn schema(type_name: &str, generator: &mut schemars::SchemaGenerator) -> Option<schemars::Schema> {{
        Some(match type_name {{
{schemas}            _ => return None,
        }})
    }}
}}
"
    )
}

/// Generates `for_each_string` of one message.
fn strings_of(message: &MessageDescriptor) -> String {
    let visits: String = message.fields().filter_map(|field| visit(&field)).collect();
    let unused = if visits.is_empty() { "_" } else { "" };
    format!(
        "impl {} {{
    /// Visits every string that may hold `${{variable}}`.
    pub fn for_each_string(&mut self, {unused}visit: &mut dyn FnMut(&mut String)) {{
{visits}    }}
}}
",
        message.name()
    )
}

fn visit(field: &FieldDescriptor) -> Option<String> {
    let name = rust_field(field.name());
    if field.is_map() {
        let entry = message_of(field).expect("a map has entries");
        let value = entry.map_entry_value_field();
        assert_eq!(value.kind(), Kind::String, "{}: options may only have maps of strings", field.full_name());
        return Some(format!("        self.{name}.values_mut().for_each(&mut *visit);\n"));
    }
    let many = field.is_list() || field.supports_presence();
    match field.kind() {
        Kind::String if many => Some(format!("        self.{name}.iter_mut().for_each(&mut *visit);\n")),
        Kind::String => Some(format!("        visit(&mut self.{name});\n")),
        Kind::Message(message) if message.name() == "Action" => None,
        Kind::Message(_) => Some(format!("        self.{name}.iter_mut().for_each(|it| it.for_each_string(visit));\n")),
        _ => None,
    }
}
