//! Measures GetActiveflow over both protocols.

use super::Failure;
use super::load::{self, Recorder};
use super::report::Report;
use super::target::Target;
use super::writes::{action, create, make_flow};
use http::header::{AUTHORIZATION, HOST};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use ringdown::proto::*;
use std::time::Duration;
use tokio::net::TcpStream;

const WORKERS: usize = 64;

pub async fn measure(target: &Target, time: Duration, report: &mut Report) -> Result<(), Failure> {
    let flow_id = make_flow(target, vec![action(action::Option::Block(BlockOption::default()))]).await?;
    let id = create(&mut target.activeflows()?, &flow_id).await?;
    let connections = target.connections(WORKERS)?;
    let work = |number: usize, mut recorder: Recorder| {
        let (mut client, id) = (connections[number % connections.len()].clone(), id.clone());
        async move {
            while !recorder.is_over() {
                let request = GetActiveflowRequest { id: id.clone() };
                recorder.time(client.get_activeflow(request)).await?;
            }
            Ok(recorder)
        }
    };
    let name = format!("GetActiveflow by gRPC, {WORKERS} in flight");
    let measured = load::together(&name, WORKERS, time, work).await?;
    report.rate(name, &measured, report.bare.as_ref().map(|bare| ("a no-op RPC", bare.rpc)));

    if let Some(authority) = target.url().strip_prefix("http://") {
        let path = format!("/v1.0/activeflows/{id}");
        let name = format!("GET {} by REST, {WORKERS} in flight", "/v1.0/activeflows/{id}");
        let measured = http(&name, authority, &path, target.authorization()?.to_str()?, time).await?;
        report.rate(name, &measured, report.bare.as_ref().map(|bare| ("a hello-JSON handler", bare.json)));
    }
    Ok(())
}

/// Requests a path repeatedly, with one connection per worker.
pub async fn http(
    name: &str,
    authority: &str,
    path: &str,
    authorization: &str,
    time: Duration,
) -> Result<load::Measured, Failure> {
    let work = |_, mut recorder: Recorder| {
        let request = http::Request::get(path).header(HOST, authority).header(AUTHORIZATION, authorization);
        let (request, authority) = (request.body(Empty::<Bytes>::new()), authority.to_owned());
        async move {
            let request = request?;
            let io = TokioIo::new(TcpStream::connect(authority).await?);
            let (mut sender, connection) = handshake(io).await?;
            tokio::spawn(connection);
            while !recorder.is_over() {
                recorder.time(get(&mut sender, request.clone())).await?;
            }
            Ok(recorder)
        }
    };
    load::together(name, WORKERS, time, work).await
}

async fn get(sender: &mut SendRequest<Empty<Bytes>>, request: http::Request<Empty<Bytes>>) -> Result<(), Failure> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    response.into_body().collect().await?;
    match status.is_success() {
        true => Ok(()),
        false => Err(format!("the server answered {status}").into()),
    }
}
