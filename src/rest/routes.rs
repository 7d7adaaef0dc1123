//! The routes, as the build script writes them (`build/routes.rs`).

use super::answer::{json, list_or_single, tagged};
use super::download::download;
use super::route::{Parameter, Route};
use super::sse::watch;
use super::unary::unary;
use crate::proto;

include!(concat!(env!("OUT_DIR"), "/routes.rs"));
