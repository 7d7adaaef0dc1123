//! `docs/errors.md` has a row for each reason of the error table, with its gRPC code and its HTTP status.

use crate::table::{page, quoted, rows, same_names};
use ringdown::error::Reason;
use ringdown::http::code::code_name;

const PAGE: &str = "errors.md";

/// All reasons: serde lists every variant when it refuses an unknown one.
fn reasons() -> Vec<Reason> {
    let refused = serde_json::from_str::<Reason>("\"\"").unwrap_err().to_string();
    let names = quoted(&refused).into_iter().filter(|name| !name.is_empty());
    names.map(|name| serde_json::from_value(name.into()).unwrap()).collect()
}

#[test]
fn every_reason_has_a_row_and_every_row_is_a_reason() {
    let written: Vec<String> = rows(&page(PAGE)).into_iter().map(|row| row[0].clone()).collect();
    let reasons: Vec<String> = reasons().into_iter().map(|reason| reason.name().to_owned()).collect();
    assert!(reasons.len() > 40, "serde lists the reasons: {reasons:?}");
    same_names(PAGE, &written, &reasons);
}

/// `| reason | gRPC code | HTTP status | retry | meaning | what to do |`. The status may be followed by a remark.
#[test]
fn codes_and_statuses_are_those_of_the_table() {
    for row in rows(&page(PAGE)) {
        let [name, code, status, retry, meaning, advice] = &row[..] else { panic!("{row:?} has not six cells") };
        let reason = reasons().into_iter().find(|reason| reason.name() == name).unwrap();
        let number = status.split(' ').next().unwrap();
        let wanted = (code_name(reason.code()), reason.http().to_string());
        assert_eq!((code.trim_matches('`'), number.to_owned()), wanted, "{name}");
        assert!(["Yes", "No", "Later"].iter().any(|word| retry.starts_with(word)), "{name}: {retry:?}");
        assert!(meaning.ends_with('.') && advice.ends_with('.'), "{name} says what it means and what to do");
    }
}
