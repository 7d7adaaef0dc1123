//! Which fields are shown depends on where a message stands: in a list, inside the option of an action, or anywhere else.
//!
//! serde hands nothing down to nested messages, so the place is kept beside it, for this thread, while a value is written.

use serde::{Serialize, Serializer};
use std::cell::Cell;

#[derive(Clone, Copy, PartialEq)]
enum Context {
    Anywhere,
    List,
    Option,
}

thread_local! {
    static CONTEXT: Cell<Context> = const { Cell::new(Context::Anywhere) };
}

/// Puts the place back when it goes, however writing ends.
struct Guard(Context);

impl Drop for Guard {
    fn drop(&mut self) {
        CONTEXT.set(self.0);
    }
}

fn within<T>(context: Context, write: impl FnOnce() -> T) -> T {
    let _guard = Guard(CONTEXT.replace(context));
    write()
}

/// Writes what stands in a list: fields of a resource that are shown only with it alone are absent.
pub fn listed<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    within(Context::List, || value.serialize(serializer))
}

/// Writes the option of an action: it holds what was given.
pub fn in_option<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    within(Context::Option, || value.serialize(serializer))
}

/// Whether a field is left out that is shown only with a single resource.
pub fn absent_in_lists<T>(_: &T) -> bool {
    CONTEXT.get() == Context::List
}

/// Whether a field is left out because it is empty, inside the option of an action.
pub fn empty_in_option(value: &str) -> bool {
    value.is_empty() && CONTEXT.get() == Context::Option
}
