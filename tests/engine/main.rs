//! The engine, held to what the actions are to do: scenarios, the door, and what must hold whatever happens.

mod allowance;
mod calls;
mod connect;
mod control;
mod cursor;
mod digits;
mod limits;
mod line;
mod media;
mod outside;
mod property;
mod random;
mod requests;
mod saving;
mod script;
mod stored;
mod transcript;
mod warnings;
mod world;
