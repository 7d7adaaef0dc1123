//! Writes what the OpenAPI document says of the REST routes, beside the schemas: their comments, and what goes where.

use crate::contract::{Contract, comment_at};
use crate::routes::is_download;
use prost_reflect::{MethodDescriptor, ServiceDescriptor};
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let mut out = String::from("/// The services and what they are for.\npub const SERVICES: &[(&str, &str)] = &[\n");
    for service in contract.services() {
        let about = comment_at(&service.parent_file(), service.path());
        writeln!(out, "    ({:?}, {about:?}),", service.name()).unwrap();
    }
    out += "];\n\n/// Every RPC that REST reaches.\npub const OPERATIONS: &[Operation] = &[\n";
    for service in contract.services() {
        for method in service.methods() {
            out += &operation(contract, &service, &method);
        }
    }
    out + "];\n"
}

fn operation(contract: &Contract, service: &ServiceDescriptor, method: &MethodDescriptor) -> String {
    let Some(rule) = contract.rule(method) else { return String::new() };
    let fields = || method.input().fields().collect::<Vec<_>>().into_iter();
    let single = fields().find_map(|field| Some((contract.text(&field, "single")?, field.name().to_owned())));
    let header = fields().find_map(|field| {
        let about = comment_at(&field.parent_message().parent_file(), field.path());
        Some((contract.text(&field, "header")?, about))
    });
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
        stream: {},
        download: {},
    }},
",
        method.name(),
        service.name(),
        comment_at(&method.parent_service().parent_file(), method.path()),
        rule.verb,
        rule.path,
        !rule.body.is_empty(),
        method.input().name(),
        method.output().name(),
        Some(&rule.response_body).filter(|field| !field.is_empty()),
        method.is_server_streaming() && !is_download(method),
        is_download(method),
    )
}
