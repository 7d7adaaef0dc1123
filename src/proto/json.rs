//! The JSON shape of REST. The build script names these modules in serde attributes on the generated types.

mod action;
mod enums;
mod read_error;
mod reader;
mod values;
mod view;

pub mod time;

pub use enums::{EnumName, ShortNames};
pub use read_error::{Faults, ReadError, ReadErrorKind};
pub use reader::read;
pub use values::{NIL, optional_number, optional_uuid, or_empty, raw, uuid};
pub use view::{absent_in_lists, empty_in_option, listed};
