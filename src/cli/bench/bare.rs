//! Baselines of the machine: an RPC that does nothing, and a handler that returns a constant. Each runs in the process
//! of the load generator, on separate threads. For baselines of the databases: `cargo bench --bench events`.

use super::Failure;
use super::load::{self, Recorder};
use super::reads;
use axum::{Json, Router, routing};
use std::time::Duration;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const WORKERS: usize = 64;

/// Baselines, in requests per second.
pub struct Bare {
    pub rpc: f64,
    pub json: f64,
}

pub async fn measure(time: Duration) -> Result<Bare, Failure> {
    Ok(Bare { rpc: rpc(time).await?, json: json(time).await? })
}

/// Measures the check of gRPC's health service, which reads a map.
async fn rpc(time: Duration) -> Result<f64, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = apart(async move {
        let (_reporter, service) = tonic_health::server::health_reporter();
        listener.set_nonblocking(true)?;
        let incoming = TcpIncoming::from(TcpListener::from_std(listener)?).with_nodelay(Some(true));
        Ok(Server::builder().add_service(service).serve_with_incoming(incoming).await?)
    })?;
    let channels: Vec<Channel> = (0..8)
        .map(|_| Ok(Endpoint::from_shared(format!("http://{address}"))?.connect_lazy()))
        .collect::<Result<_, Failure>>()?;
    let work = |number: usize, mut recorder: Recorder| {
        let mut client = HealthClient::new(channels[number % channels.len()].clone());
        async move {
            while !recorder.is_over() {
                recorder.time(client.check(HealthCheckRequest::default())).await?;
            }
            Ok(recorder)
        }
    };
    let measured = load::together("bare: a no-op RPC", WORKERS, time, work).await?;
    server.stop();
    Ok(measured.rate)
}

async fn json(time: Duration) -> Result<f64, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = apart(async move {
        let hello = routing::get(async || Json(serde_json::json!({"hello": "world"})));
        listener.set_nonblocking(true)?;
        Ok(axum::serve(TcpListener::from_std(listener)?, Router::new().route("/", hello)).await?)
    })?;
    let name = "bare: a hello-JSON handler";
    let measured = reads::http(name, &address.to_string(), "/", "Bearer nobody", time).await?;
    server.stop();
    Ok(measured.rate)
}

/// A server on separate threads, as if it were a separate process.
struct SeparateServer(tokio::runtime::Runtime);

impl SeparateServer {
    fn stop(self) {
        self.0.shutdown_background();
    }
}

fn apart(server: impl Future<Output = Result<(), Failure>> + Send + 'static) -> Result<SeparateServer, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.spawn(async move {
        if let Err(error) = server.await {
            eprintln!("ringdown: a baseline server failed: {error}");
        }
    });
    Ok(SeparateServer(runtime))
}
