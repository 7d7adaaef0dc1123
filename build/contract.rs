//! The compiled contract and its custom options.

use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, ExtensionDescriptor, FieldDescriptor, FileDescriptor, Kind,
    MessageDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor, Value,
};
use std::error::Error;

pub const PACKAGE: &str = "ringdown.v1";

pub struct Contract {
    bytes: Vec<u8>,
    pool: DescriptorPool,
}

/// A rule of `google.api.http`.
pub struct Rule {
    pub verb: &'static str,
    pub path: String,
    pub body: String,
    pub response_body: String,
}

impl Rule {
    fn of(rule: &DynamicMessage) -> Option<Rule> {
        let text = |name: &str| {
            let value = rule.get_field_by_name(name).expect("HttpRule has this field");
            value.as_str().expect("it is a string").to_owned()
        };
        let verb = ["get", "put", "post", "delete", "patch"].into_iter().find(|verb| !text(verb).is_empty())?;
        Some(Rule { verb, path: text(verb), body: text("body"), response_body: text("response_body") })
    }

    /// Returns whether a field of the request is part of the path.
    pub fn has_in_path(&self, field: &FieldDescriptor) -> bool {
        self.path.contains(&format!("{{{}}}", field.name()))
    }
}

impl Contract {
    pub fn compile(root: &str) -> Result<Contract, Box<dyn Error>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(format!("{root}/{}", PACKAGE.replace('.', "/")))? {
            files.push(entry?.path());
        }
        files.sort();
        let mut compiler = protox::Compiler::new([root])?;
        compiler.include_imports(true).include_source_info(true).open_files(files)?;
        // Encoded by protox: a `FileDescriptorSet` of prost-types would drop our options.
        let bytes = compiler.encode_file_descriptor_set();
        let pool = DescriptorPool::decode(bytes.as_slice())?;
        Ok(Contract { bytes, pool })
    }

    /// Returns all files, encoded, with their comments and options.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn message(&self, name: &str) -> MessageDescriptor {
        let name = format!("{PACKAGE}.{name}");
        self.pool.get_message_by_name(&name).unwrap_or_else(|| panic!("{name} is not in the contract"))
    }

    pub fn messages(&self) -> impl Iterator<Item = MessageDescriptor> {
        self.pool.all_messages().filter(|message| message.package_name() == PACKAGE && !message.is_map_entry())
    }

    pub fn enums(&self) -> impl Iterator<Item = EnumDescriptor> {
        self.pool.all_enums().filter(|it| it.package_name() == PACKAGE)
    }

    pub fn services(&self) -> impl Iterator<Item = ServiceDescriptor> {
        self.pool.services().filter(|service| service.package_name() == PACKAGE)
    }

    /// Returns the HTTP rules of an RPC: the main one, then the additional ones.
    pub fn rules(&self, method: &MethodDescriptor) -> Vec<Rule> {
        let http = self.extension("google.api.http");
        let options = method.options();
        if !options.has_extension(&http) {
            return Vec::new();
        }
        let value = options.get_extension(&http);
        let first = value.as_message().expect("http is a message");
        let additional = first.get_field_by_name("additional_bindings").expect("HttpRule has this field").into_owned();
        let additional = additional.as_list().expect("it is a list").iter().filter_map(Value::as_message);
        std::iter::once(first).chain(additional).filter_map(Rule::of).collect()
    }

    /// Returns who may call an RPC: the least role of a customer's key (0: none may), and whether operators may.
    pub fn access(&self, method: &MethodDescriptor) -> (i32, bool) {
        let option = |name: &str| {
            let extension = self.extension(&format!("ringdown.rest.v1.{name}"));
            method.options().get_extension(&extension).into_owned()
        };
        (option("role").as_enum_number().unwrap_or_default(), option("operators").as_bool().unwrap_or_default())
    }

    /// Returns the members of the oneof that holds the option of an action, one for each type of action.
    pub fn action_types(&self) -> Vec<FieldDescriptor> {
        let action = self.message("Action");
        action.oneofs().find(|oneof| self.is_tagged(oneof)).expect("Action has a tagged oneof").fields().collect()
    }

    /// Returns the options of actions and the messages inside them, except for nested actions.
    pub fn messages_inside_options(&self) -> Vec<MessageDescriptor> {
        let mut found: Vec<MessageDescriptor> = Vec::new();
        let mut open: Vec<MessageDescriptor> = self.action_types().iter().filter_map(message_of).collect();
        while let Some(message) = open.pop() {
            if message.name() != "Action" && !found.contains(&message) {
                open.extend(message.fields().filter_map(|field| message_of(&field)));
                found.push(message);
            }
        }
        found.retain(|message| !message.is_map_entry());
        found.sort_by(|a, b| a.name().cmp(b.name()));
        found
    }

    pub fn is_tagged(&self, oneof: &OneofDescriptor) -> bool {
        oneof.options().has_extension(&self.extension("ringdown.rest.v1.tagged"))
    }

    pub fn is_brief(&self, message: &MessageDescriptor) -> bool {
        message.options().get_extension(&self.extension("ringdown.rest.v1.brief")).as_bool() == Some(true)
    }

    /// Returns whether a boolean option of a field, such as `uuid`, is set.
    pub fn flag(&self, field: &FieldDescriptor, option: &str) -> bool {
        self.rest_option(field, option).as_bool() == Some(true)
    }

    /// Returns the first field of a message with a boolean option such as `etag`.
    pub fn flagged(&self, message: &MessageDescriptor, option: &str) -> Option<FieldDescriptor> {
        message.fields().find(|field| self.flag(field, option))
    }

    /// Returns the field of the response's body from which its `ETag` is made. The response to a delete has none.
    pub fn etag(&self, method: &MethodDescriptor, rule: &Rule) -> Option<FieldDescriptor> {
        let body = method.output().get_field_by_name(&rule.response_body)?;
        let shown = message_of(&body).filter(|_| !body.is_list() && rule.verb != "delete")?;
        self.flagged(&shown, "etag")
    }

    /// Returns the text of an option of a field, such as `name`.
    pub fn text(&self, field: &FieldDescriptor, option: &str) -> Option<String> {
        self.rest_option(field, option).as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn rest_option(&self, field: &FieldDescriptor, option: &str) -> Value {
        field.options().get_extension(&self.extension(&format!("ringdown.rest.v1.{option}"))).into_owned()
    }

    fn extension(&self, name: &str) -> ExtensionDescriptor {
        self.pool.get_extension_by_name(name).unwrap_or_else(|| panic!("{name} is not in the contract"))
    }
}

/// Returns the type of a message field; for a map, that of its entries.
pub fn message_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) => Some(message),
        _ => None,
    }
}

/// Returns the comment of a message, in one line.
pub fn comment(message: &MessageDescriptor) -> String {
    comment_at(&message.parent_file(), message.path())
}

/// Returns the comment of the element at this path of a file, in one line.
pub fn comment_at(file: &FileDescriptor, path: &[i32]) -> String {
    let info = file.file_descriptor_proto().source_code_info.as_ref().expect("compiled with source info");
    let place = info.location.iter().find(|location| location.path == path);
    let text = place.map(|location| location.leading_comments()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Converts `digits_receive` into Rust's name of a variant: `DigitsReceive`.
pub fn camel(name: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.split('_').map(word).collect()
}

/// Converts `CreateCalls` into Rust's name of a method: `create_calls`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Returns Rust's name of a field, keywords escaped.
pub fn rust_field(name: &str) -> String {
    match name {
        "type" | "async" => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// Returns whether a field is a field mask, which lists the fields to change.
pub fn is_mask(field: &FieldDescriptor) -> bool {
    message_of(field).is_some_and(|message| message.full_name() == "google.protobuf.FieldMask")
}
