//! `ringdown demo --phone`: a server that a softphone on this machine can call.

use super::{post, say};
use crate::cli::connect::Server;
use crate::cli::{Failure, stop, watch};
use ringdown::config::{Config, Telephony};
use ringdown::{Ready, telemetry};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::sync::oneshot;

/// The number that a phone dials.
const NUMBER: &str = "+15557654321";

/// The program that speaks, and its options.
const VOICE: &str = "espeak-ng";
const VOICE_OPTIONS: &str = "-v {language} -f {text_file} -w {wav_file}";

/// What a caller hears.
const FLOW: &str = r#"{
    "name": "demo",
    "actions": [
        {"type": "answer"},
        {"id": "10000000-0000-4000-8000-000000000010", "type": "talk", "option": {
            "text": "Hello. This is Ringdown, on your own machine. Press 1 to hear your own voice, or 2 to end the call.",
            "language": "en-US", "digits_handle": "next"}},
        {"type": "digits_receive", "option": {"length": 1, "duration": 10000}},
        {"type": "branch", "option": {
            "target_ids": {
                "1": "10000000-0000-4000-8000-000000000020",
                "2": "10000000-0000-4000-8000-000000000030"
            },
            "default_target_id": "10000000-0000-4000-8000-000000000040"}},
        {"id": "10000000-0000-4000-8000-000000000020", "type": "talk", "option": {
            "text": "Speak now, for ten seconds.", "language": "en-US"}},
        {"type": "echo", "option": {"duration": 10000},
            "next_id": "10000000-0000-4000-8000-000000000040"},
        {"id": "10000000-0000-4000-8000-000000000030", "type": "talk", "option": {
            "text": "Goodbye.", "language": "en-US"}},
        {"type": "hangup"},
        {"id": "10000000-0000-4000-8000-000000000040", "type": "goto", "option": {
            "target_id": "10000000-0000-4000-8000-000000000010", "loop_count": 5}}
    ]
}"#;

/// Runs until the command is interrupted.
pub async fn run(sip_listen: SocketAddr) -> Result<(), Failure> {
    telemetry::start_quiet_log();
    let listen: SocketAddr = "127.0.0.1:0".parse()?;
    let mut config = Config {
        listen,
        database: "sqlite::memory:".to_owned(),
        telephony: Telephony::Sip,
        drain_timeout: Some(Duration::ZERO),
        ..Config::default()
    };
    config.sip.sip_listen = sip_listen;
    config.speech.speech_command = Some(voice()?.parse()?);
    let listener = TcpListener::bind(listen)?;
    let interrupted = stop::on_signal()?;
    let ((stop, stopped), (update, ready)) = (oneshot::channel::<()>(), oneshot::channel());
    let shutdown = async {
        // A dropped sender also stops the server.
        let _ = stopped.await;
    };
    let server = tokio::spawn(ringdown::run(config, listener, shutdown, |ready| drop(update.send(ready))));
    let outcome = match ready.await {
        Ok(ready) => tokio::select! {
            outcome = show(ready) => outcome,
            () = interrupted => Ok(()),
        },
        // The error of the server says why.
        Err(_) => Ok(()),
    };
    drop(stop);
    server.await??;
    outcome
}

/// Returns the command that speaks, or which package to install.
fn voice() -> Result<String, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    match std::env::split_paths(&path).any(|directory| directory.join(VOICE).is_file()) {
        true => Ok(format!("{VOICE} {VOICE_OPTIONS}")),
        false => Err(format!(
            "the flow of the demo speaks, and there is no voice. Install the package {VOICE} (apt install {VOICE}, \
             dnf install {VOICE} or brew install {VOICE}) and run this again."
        )
        .into()),
    }
}

/// Creates the flow and its number, says what to dial, and shows what happens.
async fn show(ready: Ready) -> Result<(), Failure> {
    let key = ready.first_key.ok_or("a new database must have a first key")?;
    let sip = ready.sip_address.ok_or("a server with SIP must have an address for it")?;
    let flow = post(ready.address, &key, "/v1.0/flows", FLOW).await?;
    let number = serde_json::json!({"number": NUMBER, "call_flow_id": flow["id"]});
    post(ready.address, &key, "/v1.0/numbers", &number.to_string()).await?;
    let url = format!("http://{}", ready.address);
    say(&format!("A server in memory listens on {url}, and for SIP on {sip}.\n"))?;
    say("Dial this from a softphone on this machine. It need not register.\n")?;
    say(&format!("  sip:{NUMBER}@{sip}\n"))?;
    say("With baresip (apt install baresip):\n")?;
    say(&format!("  {}\n", baresip(sip)))?;
    say("What happens, until you press Ctrl-C:\n")?;
    watch::run(watch::Args::all(Server::new(url, key))).await
}

/// Returns the command line of a call.
fn baresip(sip: SocketAddr) -> String {
    // It dials nothing without an account, not even one that does not register.
    format!("baresip -e \"/uanew <sip:demo@{sip}>;regint=0\" -e \"/dial sip:{NUMBER}@{sip}\"")
}
