//! The short names of enum values, as REST writes them: `CALL_STATUS_HANGUP` is `hangup`.

use crate::contract::Contract;
use std::fmt::Write;

pub fn generate(contract: &Contract) -> String {
    let mut out = String::new();
    for it in contract.enums() {
        let zero = it.get_value(0).expect("an enum begins at 0");
        let prefix = zero.name().strip_suffix("UNSPECIFIED").expect("the first value is unspecified").to_owned();
        let mut names = Vec::new();
        for value in it.values() {
            assert_eq!(
                value.number() as usize,
                names.len(),
                "{}: the values are not numbered in order",
                it.full_name()
            );
            let name = value.name().strip_prefix(&prefix).expect("values have the prefix of their enum");
            names.push(if value.number() == 0 { String::new() } else { name.to_ascii_lowercase() });
        }
        writeln!(out, "impl crate::proto::json::ShortNames for crate::proto::{} {{", it.name()).unwrap();
        writeln!(out, "    const SHORT_NAMES: &'static [&'static str] = &{names:?};\n}}").unwrap();
    }
    out
}
