//! Generates the REST routes: for each RPC with a `google.api.http` rule, how its request is read and which method
//! handles it.

use crate::contract::{Contract, PACKAGE, Rule, is_mask, message_of, rust_field, snake};
use prost_reflect::{FieldDescriptor, Kind, MethodDescriptor, ServiceDescriptor};
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let mut out: String = contract.services().map(|service| routes_of(contract, &service)).collect();
    out += "/// Registers every message of the contract with the generator.\n";
    out += "pub fn describe_all(generator: &mut schemars::SchemaGenerator) {\n";
    for message in contract.messages() {
        let name = crate::frames::rust_name(&message).rsplit('.').next().expect("a name").to_owned();
        writeln!(out, "    generator.subschema_for::<proto::{name}>();").unwrap();
    }
    out + "}\n"
}

fn routes_of(contract: &Contract, service: &ServiceDescriptor) -> String {
    let module = snake(service.name());
    let mut routes = String::new();
    for method in service.methods() {
        for rule in contract.rules(&method) {
            writeln!(routes, "        .route({:?}, {})", rule.path, route(contract, &method, &rule)).unwrap();
        }
    }
    format!(
        "/// The routes of {name}.
pub fn {module}<S: proto::{module}_server::{name}>(service: &std::sync::Arc<S>) -> axum::Router {{
    axum::Router::new()
{routes}}}
",
        name = service.name()
    )
}

fn route(contract: &Contract, method: &MethodDescriptor, rule: &Rule) -> String {
    let download = is_download(method);
    let query = if download { String::new() } else { query(contract, method, rule) };
    let request = format!(
        "&const {{ Route::<proto::{}> {{ rpc: {:?}, verb: axum::routing::MethodFilter::{}, body: {}, query: &[{}], single: {:?}, header: {}, expected: {}, mask: {} }} }}",
        method.input().name(),
        format!("{}/{}", method.parent_service().full_name(), method.name()),
        rule.verb.to_ascii_uppercase(),
        !rule.body.is_empty(),
        query,
        single(contract, method),
        header(contract, method),
        expected(contract, method),
        mask(contract, method, rule),
    );
    let call = format!(
        "|service: std::sync::Arc<S>, request| async move {{ service.{}(request).await }}",
        snake(method.name())
    );
    if download {
        format!("download({request}, service)")
    } else if method.is_server_streaming() {
        format!("watch({request}, service, {call})")
    } else {
        format!("unary({request}, service, {call}, {})", answer(contract, method, rule))
    }
}

/// Returns whether an RPC streams the bytes of a file. In REST these are the body, and the header `Range` selects them.
pub fn is_download(method: &MethodDescriptor) -> bool {
    method.is_server_streaming() && method.output().fields().any(|field| field.kind() == Kind::Bytes)
}

/// Generates the function that turns the response into the body.
fn answer(contract: &Contract, method: &MethodDescriptor, rule: &Rule) -> String {
    if rule.response_body.is_empty() {
        return "|answer, _| json(&answer)".to_owned();
    }
    let field = method.output().get_field_by_name(&rule.response_body).expect("response_body names a field");
    let name = rust_field(field.name());
    if let Some(media_type) = contract.text(&field, "media_type") {
        return format!("|answer, _| file(answer.{name}, {media_type:?})");
    }
    match (field.is_list(), single(contract, method).is_some()) {
        (true, true) => format!("|answer, single| list_or_single(&answer.{name}, single)"),
        (true, false) => format!("|answer, _| json(&answer.{name})"),
        (false, _) => match contract.etag(method, rule) {
            Some(etag) => {
                let revision = rust_field(etag.name());
                format!("|answer, _| {{ let it = answer.{name}.unwrap_or_default(); tagged(&it, it.{revision}) }}")
            }
            None => format!("|answer, _| json(&answer.{name}.unwrap_or_default())"),
        },
    }
}

/// Generates the parameters of the query and how their text is parsed, for a request without a body.
fn query(contract: &Contract, method: &MethodDescriptor, rule: &Rule) -> String {
    if !rule.body.is_empty() {
        return String::new();
    }
    let in_query = |field: &FieldDescriptor| !rule.has_in_path(field) && contract.text(field, "header").is_none();
    let parameter = |field: FieldDescriptor| {
        let name = contract.text(&field, "name").unwrap_or_else(|| field.name().to_owned());
        format!("({name:?}, Parameter::{}), ", kind(&field))
    };
    method.input().fields().filter(in_query).map(parameter).collect()
}

fn kind(field: &FieldDescriptor) -> &'static str {
    match field.kind() {
        Kind::String if field.is_list() => "List",
        _ if field.is_list() || message_of(field).is_some() => {
            panic!("{} cannot be a query parameter", field.full_name())
        }
        Kind::Int32 | Kind::Int64 => "Integer",
        Kind::Bool => "Boolean",
        _ => "Text",
    }
}

/// Returns, for a list that may be given as a single element, the key of the element and that of the list.
fn single(contract: &Contract, method: &MethodDescriptor) -> Option<(String, String)> {
    method.input().fields().find_map(|field| Some((contract.text(&field, "single")?, field.name().to_owned())))
}

/// Generates the header that fills a field, and the function that fills it.
fn header(contract: &Contract, method: &MethodDescriptor) -> String {
    let found = method.input().fields().find_map(|field| Some((contract.text(&field, "header")?, field)));
    match found {
        Some((header, field)) => {
            format!("Some(({header:?}, |request, value| request.{} = value))", rust_field(field.name()))
        }
        None => "None".to_owned(),
    }
}

/// Generates access to the field that `If-Match` fills.
fn expected(contract: &Contract, method: &MethodDescriptor) -> String {
    match contract.flagged(&method.input(), "if_match") {
        Some(field) => format!("Some(|request| &mut request.{})", rust_field(field.name())),
        None => "None".to_owned(),
    }
}

/// Generates the keys of the body that PATCH changes, and the function that sets the request's mask to those present.
fn mask(contract: &Contract, method: &MethodDescriptor, rule: &Rule) -> String {
    let input = method.input();
    let mask = input.fields().find(is_mask).filter(|_| rule.verb == "patch");
    let Some(mask) = mask else { return "None".to_owned() };
    let changes = |field: &FieldDescriptor| {
        let apart = is_mask(field) || contract.flag(field, "if_match") || contract.text(field, "header").is_some();
        !apart && !rule.has_in_path(field)
    };
    let fields = input.fields().filter(changes).inspect(|field| {
        assert!(contract.text(field, "name").is_none(), "{}: PATCH knows keys by their fields", field.full_name());
    });
    let keys: Vec<String> = fields.flat_map(|field| paths(&field)).collect();
    let fill = format!("request.{} = Some(prost_types::FieldMask {{ paths }})", rust_field(mask.name()));
    format!("Some((&{keys:?}, |request, paths| {fill}))")
}

/// Returns the paths under which a mask names a field: its own and, if it is a message of the contract, those of the
/// fields within.
fn paths(field: &FieldDescriptor) -> Vec<String> {
    let own = field.name().to_owned();
    let single = !field.is_list() && !field.is_map();
    let within = message_of(field).filter(|message| single && message.package_name() == PACKAGE);
    let within = within.into_iter().flat_map(|message| message.fields().collect::<Vec<_>>());
    let within: Vec<String> = within.map(|inner| format!("{own}.{}", inner.name())).collect();
    std::iter::once(own).chain(within).collect()
}
