//! Generates the operations of the OpenAPI document: the comments of the REST routes, and where each part of a request
//! goes.

use crate::contract::{Contract, Rule, comment_at};
use crate::routes::is_download;
use prost_reflect::{MethodDescriptor, ServiceDescriptor};
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let mut out = String::from("/// The services and what they are for.\npub const SERVICES: &[(&str, &str)] = &[\n");
    for service in contract.services() {
        let about = comment_at(&service.parent_file(), service.path());
        writeln!(out, "    ({:?}, {about:?}),", service.name()).unwrap();
    }
    out += "];\n\n/// Every REST route of an RPC.\npub const OPERATIONS: &[Operation] = &[\n";
    for service in contract.services() {
        for method in service.methods() {
            for rule in contract.rules(&method) {
                out += &operation(contract, &service, &method, &rule);
            }
        }
    }
    out + "];\n"
}

fn operation(contract: &Contract, service: &ServiceDescriptor, method: &MethodDescriptor, rule: &Rule) -> String {
    let fields = || method.input().fields().collect::<Vec<_>>().into_iter();
    let single = fields().find_map(|field| Some((contract.text(&field, "single")?, field.name().to_owned())));
    let header = fields().find_map(|field| {
        let about = comment_at(&field.parent_message().parent_file(), field.path());
        Some((contract.text(&field, "header")?, about))
    });
    let body = method.output().get_field_by_name(&rule.response_body);
    let file = body.and_then(|field| contract.text(&field, "media_type"));
    format!(
        "    Operation {{
        name: {:?},
        service: {:?},
        about: {:?},
        verb: {:?},
        path: {:?},
        body: {},
        request: {:?},
        response: {:?},
        answer: {:?},
        single: {single:?},
        header: {header:?},
        etag: {},
        if_match: {},
        stream: {},
        download: {},
        file: {file:?},
    }},
",
        name(method, rule),
        service.name(),
        comment_at(&method.parent_service().parent_file(), method.path()),
        rule.verb,
        rule.path,
        !rule.body.is_empty(),
        method.input().name(),
        method.output().name(),
        Some(&rule.response_body).filter(|field| !field.is_empty()),
        contract.etag(method, rule).is_some(),
        contract.flagged(&method.input(), "if_match").is_some(),
        method.is_server_streaming() && !is_download(method),
        is_download(method),
    )
}

/// Returns the name of the operation: that of the RPC, or `PatchFlow` for the PATCH of UpdateFlow.
fn name(method: &MethodDescriptor, rule: &Rule) -> String {
    match method.name().strip_prefix("Update") {
        Some(resource) if rule.verb == "patch" => format!("Patch{resource}"),
        _ => method.name().to_owned(),
    }
}
