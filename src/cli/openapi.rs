//! `ringdown openapi`.

use super::Failure;
use std::io::Write;

pub fn run() -> Result<(), Failure> {
    let document = serde_json::to_string_pretty(&ringdown::rest::openapi::document())?;
    Ok(writeln!(std::io::stdout(), "{document}")?)
}
