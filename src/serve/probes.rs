//! Health, readiness and metrics endpoints.

use super::Components;
use super::readiness::Readiness;
use crate::api::App;
use crate::error::{Error, Reason};
use crate::http::client_address::ClientAddress;
use crate::rest::Envelope;
use crate::telemetry::{CONTENT_TYPE, Metrics};
use axum::Extension;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, header};
use std::sync::Arc;

pub fn router(components: &Components) -> Router {
    let alive = Router::new().route("/healthz", get(|| async { "ok\n" }));
    alive.merge(Router::new().route("/readyz", get(ready)).with_state((components.app.clone(), Arc::default())))
}

/// Serves the metrics on the main port, to clients on this machine only.
pub fn metrics_for_this_machine(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(local_metrics)).with_state(metrics)
}

/// Serves the metrics on a separate listener, to everyone who can reach it.
pub fn metrics_for_anyone(metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/metrics", get(|State(metrics): State<Arc<Metrics>>| async move { exposition(&metrics) }))
        .with_state(metrics)
}

/// With `?verbose` also tells clients on this machine what is wrong although the server is ready, a sentence a line. The
/// sentences name sessions and users of the database.
async fn ready(
    State((app, readiness)): State<(Arc<App>, Arc<Readiness>)>,
    Extension(client): Extension<ClientAddress>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let verbose = query.is_some_and(|query| query.split('&').any(|it| it == "verbose" || it.starts_with("verbose=")));
    match readiness.check(async || app.ready().await).await {
        Ok(()) if verbose && client.is_local(&headers) => {
            let lines = ["ready".to_owned()].into_iter().chain(app.notes());
            lines.map(|line| line + "\n").collect::<String>().into_response()
        }
        Ok(()) => "ready\n".into_response(),
        Err(error) => Envelope::of(error.into()).into_response(),
    }
}

async fn local_metrics(
    State(metrics): State<Arc<Metrics>>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
) -> Response {
    match client.is_local(&headers) {
        true => exposition(&metrics),
        // Does not reveal that the endpoint exists.
        false => Envelope::of(Error::new(Reason::RouteNotFound, "no route for GET /metrics").into()).into_response(),
    }
}

fn exposition(metrics: &Metrics) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text()).into_response()
}
