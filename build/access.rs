//! Generates the table of who may call each RPC, from the options `role` and `operators`.

use crate::contract::Contract;
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let mut rows = Vec::new();
    for method in contract.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let (role, operators) = contract.access(&method);
        let role = match role {
            0 => "None",
            1 => "Some(Role::Read)",
            2 => "Some(Role::Operate)",
            3 => "Some(Role::Full)",
            other => panic!("{}: {other} is not a role", method.full_name()),
        };
        assert!(role != "None" || operators, "{}: nobody may call it; set its role", method.full_name());
        let name = format!("{}/{}", method.parent_service().full_name(), method.name());
        rows.push(format!("    ({name:?}, Access {{ customers: {role}, operators: {operators} }}),"));
    }
    rows.sort();
    let mut out =
        String::from("/// Every RPC and who may call it, sorted by name.\npub const RPCS: &[(&str, Access)] = &[\n");
    for row in rows {
        writeln!(out, "{row}").unwrap();
    }
    out + "];\n"
}
