//! `ringdown demo`: makes the call of the quickstart on an in-memory server.

mod phone;

use super::Failure;
use super::connect::Server;
use super::timeline::{Moment, Timeline};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use ringdown::config::Config;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::*;
use ringdown::{Ready, telemetry};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tonic::Request;

/// The request of the quickstart, with numbers in place of its placeholders.
const QUICKSTART: &str = r#"{
    "source": {
        "type": "tel",
        "target": "+821028286521"
    },
    "destinations": [
        {
            "type": "tel",
            "target": "+821021656521"
        }
    ],
    "actions": [
        {
            "type": "talk",
            "option": {
                "text": "Hello. This is voipbin test. The voipbin provides ready to go CPaaS service. Thank you, bye.",
                "gender": "female",
                "language": "en-US"
            }
        }
    ]
}"#;

/// The time limit for the demo.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Two streams report the same moment: events that arrive within this time are sorted before they are shown.
const SETTLE: Duration = Duration::from_millis(60);

#[derive(clap::Args)]
pub struct Args {
    /// Speed of simulated time.
    #[arg(long, default_value = "1")]
    sim_speed: f64,

    /// Waits for calls by SIP instead, and says what to dial from a softphone on this machine.
    #[arg(long, conflicts_with = "sim_speed")]
    phone: bool,

    /// Address and port for SIP.
    #[arg(long, default_value = "127.0.0.1:5060", requires = "phone", value_name = "ADDRESS")]
    sip_listen: SocketAddr,
}

/// An update from a watch.
enum Update {
    Happened(Moment),
    /// The activeflow has ended, for this reason.
    Ended(EndReason),
    /// The call has ended, for this reason.
    Over(HangupReason),
    Lost(tonic::Status),
}

pub async fn run(args: Args) -> Result<(), Failure> {
    if args.phone {
        return phone::run(args.sip_listen).await;
    }
    telemetry::start_quiet_log();
    let listen: SocketAddr = "127.0.0.1:0".parse()?;
    let config =
        Config { listen, database: "sqlite::memory:".to_owned(), sim_speed: args.sim_speed, ..Config::default() };
    let listener = TcpListener::bind(listen)?;
    let ((stop, stopped), (update, ready)) = (oneshot::channel::<()>(), oneshot::channel());
    let shutdown = async {
        // A dropped sender also stops the server.
        let _ = stopped.await;
    };
    let server = tokio::spawn(ringdown::run(config, listener, shutdown, |ready| drop(update.send(ready))));
    let outcome = match ready.await {
        Ok(ready) => {
            tokio::time::timeout(TIMEOUT, play(ready)).await.unwrap_or_else(|_| Err("it took too long".into()))
        }
        // The error of the server says why.
        Err(_) => Ok(()),
    };
    drop(stop);
    server.await??;
    outcome
}

/// Makes the call and shows what happens until it is over.
async fn play(ready: Ready) -> Result<(), Failure> {
    let key = ready.first_key.ok_or("a new database must have a first key")?;
    let url = format!("http://{}", ready.address);
    say(&format!("A server in memory listens on {url}.\n"))?;
    let server = Server::new(url, key.clone());
    // The watches open before the call is made, so that they miss nothing.
    let mut update = watch(&server).await?;
    say("POST /v1.0/calls, as in the quickstart:")?;
    let calls = post(ready.address, &key, "/v1.0/calls", QUICKSTART).await?;
    let id = calls[0]["id"].as_str().ok_or("the response contains no call")?;
    say(&format!("200, call {id}, {}. Watched over gRPC:\n", calls[0]["status"].as_str().unwrap_or_default()))?;
    let (end, over) = show(&mut update).await?;
    match (end, over) {
        (EndReason::Finished, HangupReason::Normal) => {
            say("\nThat was a call. Start a server with `ringdown` to make your own.")?;
            Ok(())
        }
        (end, over) => Err(format!("the call ended in an unexpected way: {end:?}, {over:?}").into()),
    }
}

pub fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

/// Sends a request over HTTP/1.1, as curl does.
pub async fn post(address: SocketAddr, key: &str, path: &str, body: &str) -> Result<serde_json::Value, Failure> {
    let io = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    tokio::spawn(connection);
    let request = http::Request::post(path)
        .header(HOST, address.to_string())
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {key}"))
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    match status.is_success() {
        true => Ok(serde_json::from_slice(&body)?),
        false => Err(format!("POST {path}: {status} {}", String::from_utf8_lossy(&body)).into()),
    }
}

/// Watches activeflows and calls from now on.
async fn watch(server: &Server) -> Result<mpsc::Receiver<Update>, Failure> {
    let (sender, update) = mpsc::channel(64);
    let (channel, authorization) = (server.channel()?, server.authorization()?);
    let mut request = Request::new(WatchActiveflowsRequest::default());
    request.metadata_mut().insert("authorization", authorization.clone());
    let flows = ActiveflowServiceClient::new(channel.clone()).watch_activeflows(request).await?.into_inner();
    let mut request = Request::new(WatchCallsRequest::default());
    request.metadata_mut().insert("authorization", authorization);
    let calls = CallServiceClient::new(channel).watch_calls(request).await?.into_inner();
    tokio::spawn(hand_on(flows, sender.clone(), |frame: &ActiveflowFrame| {
        let end = frame.activeflow.as_ref().filter(|it| it.status() == ActiveflowStatus::Ended);
        (Moment::of_activeflow(frame), end.map(|it| Update::Ended(it.end_reason())))
    }));
    tokio::spawn(hand_on(calls, sender, |frame: &CallFrame| {
        let end = frame.call.as_ref().filter(|it| it.status() == CallStatus::Hangup);
        (Moment::of_call(frame), end.map(|it| Update::Over(it.hangup_reason())))
    }));
    Ok(update)
}

/// Forwards the updates of a watch until its subject has ended.
async fn hand_on<F: prost::Message + Default + Clone>(
    mut stream: tonic::Streaming<Shared<F>>,
    sender: mpsc::Sender<Update>,
    read: impl Fn(&F) -> (Option<Moment>, Option<Update>),
) {
    loop {
        let update = match stream.message().await {
            Ok(Some(frame)) => match frame.message() {
                Ok(frame) => read(&frame),
                Err(error) => (None, Some(Update::Lost(tonic::Status::internal(error.to_string())))),
            },
            Ok(None) => (None, Some(Update::Lost(tonic::Status::unavailable("the watch ended")))),
            Err(status) => (None, Some(Update::Lost(status))),
        };
        let (moment, last) = update;
        for update in moment.map(Update::Happened).into_iter() {
            if sender.send(update).await.is_err() {
                return;
            }
        }
        if let Some(last) = last {
            // Nobody receives this if the other watch was lost.
            let _ = sender.send(last).await;
            return;
        }
    }
}

/// Shows the updates, in order, until the activeflow and the call have ended.
async fn show(update: &mut mpsc::Receiver<Update>) -> Result<(EndReason, HangupReason), Failure> {
    let timeline = Timeline::new(false);
    let (mut end, mut over, mut moments) = (None, None, Vec::new());
    loop {
        match tokio::time::timeout(SETTLE, update.recv()).await {
            Ok(Some(Update::Happened(moment))) => moments.push(moment),
            Ok(Some(Update::Ended(reason))) => end = Some(reason),
            Ok(Some(Update::Over(reason))) => over = Some(reason),
            Ok(Some(Update::Lost(status))) => return Err(format!("the watch was lost: {}", status.message()).into()),
            quiet => {
                moments.sort_by(|one: &Moment, other| one.order().cmp(&other.order()));
                for moment in moments.drain(..) {
                    timeline.show(&moment)?;
                }
                if let (Some(end), Some(over)) = (end, over) {
                    return Ok((end, over));
                }
                if quiet.is_ok() {
                    return Err("the watches ended early".into());
                }
            }
        }
    }
}
