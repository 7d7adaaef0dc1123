//! SIPp, with the scenarios beside this file.

use crate::peers::{run, scenario};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The longest that a scenario may take.
const TIMEOUT: &str = "40s";

fn command(path: &str, at: SocketAddr) -> Command {
    let mut command = Command::new("sipp");
    let (ip, port) = (at.ip().to_string(), at.port().to_string());
    command.args(["-sf", path, "-i", &ip, "-mi", &ip, "-p", &port]);
    command.args(["-timeout", TIMEOUT, "-timeout_error", "-nostdin", "-trace_err", "-error_file", "/dev/stderr"]);
    command
}

/// Makes calls to a number, each as the scenario says. All of them must succeed.
pub fn calls(file: &str, to: SocketAddr, number: &str, calls: u32, more: &[&str]) -> String {
    let mut command = command(&scenario(file), crate::peers::free());
    command.args([&to.to_string(), "-s", number, "-r", "50", "-m", &calls.to_string()]).args(more);
    run(&mut command)
}

/// Like [`calls`], where some may fail.
pub fn try_calls(file: &str, to: SocketAddr, number: &str, calls: u32, more: &[&str]) -> bool {
    let mut command = command(&scenario(file), crate::peers::free());
    command.args([&to.to_string(), "-s", number, "-r", "50", "-m", &calls.to_string()]).args(more);
    command.output().unwrap().status.success()
}

/// Takes calls, each as the scenario says. It also answers OPTIONS.
pub struct Callee {
    child: Child,
    _scenario: Option<tempfile::NamedTempFile>,
}

impl Callee {
    pub fn start(file: &str, at: SocketAddr) -> Callee {
        Callee::run(&scenario(file), at, None)
    }

    /// Refuses one call with a status, which SIPp wants to read in the scenario itself.
    pub fn refusing(code: u16, at: SocketAddr) -> Callee {
        let text = std::fs::read_to_string(scenario("uas_refuses.xml")).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text.replace("[code]", &code.to_string())).unwrap();
        let path = file.path().display().to_string();
        Callee::run(&path, at, Some(file))
    }

    fn run(path: &str, at: SocketAddr, scenario: Option<tempfile::NamedTempFile>) -> Callee {
        let mut command = command(path, at);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("sipp starts");
        wait_for(at);
        Callee { child, _scenario: scenario }
    }

    /// Waits until all calls went as the scenario says.
    pub fn finish(self) {
        let end = Command::new("kill").args(["-USR1", &self.child.id().to_string()]).status().unwrap();
        assert!(end.success());
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success(), "sipp: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Waits until somebody has bound this port.
pub fn wait_for(at: SocketAddr) {
    let port = format!(":{:04X} ", at.port());
    for _ in 0..1_000 {
        let bound = std::fs::read_to_string(Path::new("/proc/net/udp")).unwrap_or_default();
        if bound.contains(&port) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nobody listens on {at}");
}
