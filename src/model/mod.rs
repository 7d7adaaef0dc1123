//! Plain data: flows, calls and activeflows. No behaviour except reading and building values.

pub mod amounts;
pub mod call;
pub mod codec;
pub mod event;
pub mod flow;
pub mod limits;
pub mod outcome;
pub mod outgoing;
pub mod program;
pub mod projection;
pub mod quality;
pub mod recording;
pub mod run;
pub mod sound;
pub mod standing;
pub mod telephony;
pub mod time;
pub mod variables;
pub mod view;
pub mod weight;
