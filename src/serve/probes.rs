//! What machines ask a server about itself: is it alive, does it take requests, how is it doing.

use super::Components;
use crate::api::App;
use crate::error::{Error, Reason};
use crate::rest::Envelope;
use crate::telemetry::{CONTENT_TYPE, Metrics};
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, header};
use std::net::SocketAddr;
use std::sync::Arc;

/// What a proxy adds to what it hands on.
const HANDED_ON: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

pub fn router(components: &Components) -> Router {
    let alive = Router::new().route("/healthz", get(|| async { "ok\n" }));
    alive.merge(Router::new().route("/readyz", get(ready)).with_state(components.app.clone()))
}

/// The metrics beside everything else: for callers on this machine.
pub fn metrics_for_this_machine(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(local_metrics)).with_state(metrics)
}

/// The metrics on a listener of their own: whoever can reach it may read them.
pub fn metrics_for_anyone(metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/metrics", get(|State(metrics): State<Arc<Metrics>>| async move { exposition(&metrics) }))
        .with_state(metrics)
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => Envelope::of(error.into()).into_response(),
    }
}

async fn local_metrics(
    State(metrics): State<Arc<Metrics>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    // Behind a proxy on this machine everyone comes from here.
    let handed_on = HANDED_ON.iter().any(|name| headers.contains_key(*name));
    match peer.ip().to_canonical().is_loopback() && !handed_on {
        true => exposition(&metrics),
        // Not a word on what is there for others.
        false => Envelope::of(Error::new(Reason::RouteNotFound, "there is no GET /metrics").into()).into_response(),
    }
}

fn exposition(metrics: &Metrics) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text()).into_response()
}
