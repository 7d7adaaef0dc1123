//! The programs at the other end, and a server that they can reach.

use crate::server::{Home, Rest, Server, text};
use serde_json::{Value, json};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// The number that leads to a flow in most tests.
pub const NUMBER: &str = "+15557654321";

/// Returns whether a program is installed. If it must be, its absence fails the test.
pub fn installed(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_missing = |program: &&&str| !std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    let missing: Vec<_> = programs.iter().filter(is_missing).collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var("RINGDOWN_PEERS").is_ok_and(|it| it == "required");
    assert!(!required, "{missing:?} must be installed");
    eprintln!("skipped: {missing:?} not installed");
    false
}

/// Waits until no other test listens to audio: on a busy machine a peer sends and plays late.
pub async fn quiet() -> tokio::sync::MutexGuard<'static, ()> {
    static QUIET: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    QUIET.lock().await
}

/// Returns an address of this machine whose UDP port is free.
pub fn free() -> SocketAddr {
    // Ports that were given out are not given out again at once.
    static LAST: Mutex<Vec<u16>> = Mutex::new(Vec::new());
    loop {
        let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut last = LAST.lock().unwrap();
        if !last.contains(&address.port()) {
            last.push(address.port());
            return address;
        }
    }
}

/// A server with SIP on a port of its own.
pub struct Phones {
    pub server: Server,
    pub rest: Rest,
    pub sip: SocketAddr,
    pub home: Home,
}

impl Phones {
    /// Starts it with these options besides.
    pub fn start(more: &[&str]) -> Phones {
        let sip = free();
        let listen = sip.to_string();
        let voice = "espeak-ng -v {language} -f {text_file} -w {wav_file}";
        let options = ["--telephony", "sip", "--sip-listen", &listen, "--speech-command", voice];
        let home = Home::new(&[&options, more].concat());
        let server = home.start();
        Phones { rest: server.rest(), server, sip, home }
    }

    /// Gives a number a flow with these actions.
    pub async fn number(&self, number: &str, actions: Value) {
        let flow = self.rest.ok("POST", "/v1.0/flows", Some(json!({"name": "phone", "actions": actions}))).await;
        let number = json!({"number": number, "call_flow_id": text(&flow, "id")});
        self.rest.ok("POST", "/v1.0/numbers", Some(number)).await;
    }

    /// Calls a number, with these actions for the call.
    pub async fn call(&self, number: &str, actions: Value) -> Value {
        let call = json!({
            "source": {"type": "tel", "target": "+15550009999"},
            "destination": {"type": "tel", "target": number},
            "actions": actions,
        });
        self.rest.ok("POST", "/v1.0/calls", Some(call)).await
    }

    /// All calls, the last one first.
    pub async fn calls(&self) -> Vec<Value> {
        self.rest.ok("GET", "/v1.0/calls?page_size=1000", None).await["result"].as_array().unwrap().clone()
    }

    /// Waits until a call has ended.
    pub async fn ended(&self, call: &Value) -> Value {
        self.rest.wait(&format!("/v1.0/calls/{}", text(call, "id")), "status", "hangup").await
    }
}

/// Runs a program to its end, and shows what it said if it failed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

pub fn scenario(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/scenarios").join(name).display().to_string()
}
