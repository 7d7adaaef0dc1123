//! Which fields are shown depends on the context of a message: in a list, inside the option of an action, or anywhere
//! else.
//!
//! serde cannot pass a context to nested messages, so a thread-local variable holds it while a value is written.

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

/// Restores the context when dropped, even if writing fails or panics.
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

/// Writes an element of a list: fields that are shown only with a single resource are absent.
pub fn listed<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    within(Context::List, || value.serialize(serializer))
}

/// Writes the option of an action: only the fields that were given.
pub fn in_option<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    within(Context::Option, || value.serialize(serializer))
}

/// Returns whether to leave out a field that is shown only with a single resource.
pub fn absent_in_lists<T>(_: &T) -> bool {
    CONTEXT.get() == Context::List
}

/// Returns whether to leave out a field because it is empty, inside the option of an action.
pub fn empty_in_option(value: &str) -> bool {
    value.is_empty() && CONTEXT.get() == Context::Option
}
