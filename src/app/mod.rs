//! NOTE from the lead: clock.rs, once.rs and page.rs are written already (as in main). Use them as they are; add only
//! your own modules (doors.rs, access_keys.rs, …) and the `pub mod` lines you need here. `From<store::Error> for Error`
//! is written in main at the end of src/error.rs; put the same there if you need it before the merge.

pub mod clock;
pub mod once;
pub mod page;
