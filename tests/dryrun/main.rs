//! The dry run: its scripts, what it makes of every type of action, the examples, and its bounds.

mod bounds;
mod examples;
mod play;
mod random;
mod scripts;
mod table;
mod table_connect;
mod table_control;
mod table_outside;
mod table_voice;
