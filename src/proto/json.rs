//! The JSON shape of REST. The build script names these modules in serde attributes on the generated types.

mod action;
mod enums;
mod fault;
mod values;
mod view;

pub mod time;

pub use action::NIL;
pub use enums::{EnumName, ShortNames};
pub use fault::{Fault, FaultKind, read};
pub use values::{optional_number, optional_uuid, or_empty, raw, uuid};
pub use view::{absent_in_lists, empty_in_option, listed};
