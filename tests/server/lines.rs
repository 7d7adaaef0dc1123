//! The program as people run it.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

struct Program {
    directory: tempfile::TempDir,
    address: String,
}

impl Program {
    fn new() -> Program {
        // Free a moment ago: a program cannot tell which port it was given before somebody reads what it prints.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Program { directory: tempfile::tempdir().unwrap(), address: free.to_string() }
    }

    fn command(&self, line: &[&str]) -> Command {
        command(self.directory.path(), line)
    }

    /// Serves, and has written its greeting into `greeting` when this returns.
    fn serve(&self) -> Running {
        let greeting = self.directory.path().join("greeting");
        let out = std::fs::File::create(&greeting).unwrap();
        let line = ["--listen", &self.address, "--drain-timeout", "1s"];
        let child = self.command(&line).stdout(out).spawn().unwrap();
        wait_for(|| std::fs::read_to_string(&greeting).unwrap().contains("grpcurl"));
        Running(child)
    }

    fn greeting(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("greeting")).unwrap()
    }
}

fn command(directory: &Path, line: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringdown"));
    // What the environment of a developer says is not what is tested.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RINGDOWN_")) {
        command.env_remove(name);
    }
    command.args(line).current_dir(directory).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// Killed where a test fails.
struct Running(Child);

impl Running {
    fn stop(mut self) {
        assert!(Command::new("kill").arg(self.0.id().to_string()).status().unwrap().success());
        assert!(self.0.wait().unwrap().success(), "it was told to stop, and that is no failure");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_demo_shows_a_call_and_ends() {
    let program = Program::new();
    let output = program.command(&["demo", "--sim-speed", "0"]).output().unwrap();
    let told = text(&output);
    assert!(output.status.success(), "{told}");
    for word in ["ringing", "progressing", "action_started", "talk", "ended", "hangup"] {
        assert!(told.contains(word), "{word} is not in\n{told}");
    }
    assert!(!told.contains('\x1b'), "plain in a pipe");
}

/// A program that a server can find, and that nothing runs before somebody calls.
#[cfg(unix)]
fn voice(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let path = directory.join("espeak-ng");
    std::fs::write(&path, "#!/bin/sh\nexit 1\n").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn the_demo_for_phones_says_what_to_dial_or_what_to_install() {
    let program = Program::new();
    let demo = || {
        let mut command = program.command(&["demo", "--phone", "--sip-listen", "127.0.0.1:0"]);
        command.env("PATH", program.directory.path());
        command
    };
    let output = demo().stderr(Stdio::piped()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("apt install espeak-ng"), "{told}");
    voice(program.directory.path());
    let seen = program.directory.path().join("seen");
    let running = Running(demo().stdout(std::fs::File::create(&seen).unwrap()).spawn().unwrap());
    let told = || std::fs::read_to_string(&seen).unwrap();
    wait_for(|| told().contains("Ctrl-C"));
    let told = told();
    let uri = told.lines().find_map(|line| line.trim().strip_prefix("sip:+15557654321@")).expect("what to dial");
    assert!(told.contains(&format!("/dial sip:+15557654321@{uri}\"")), "{told}");
    let phone = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    phone.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let via = format!("SIP/2.0/UDP {};branch=z9hG4bK1;rport", phone.local_addr().unwrap());
    let options = format!(
        "OPTIONS sip:{uri} SIP/2.0\r\nVia: {via}\r\nFrom: <sip:me@127.0.0.1>;tag=1\r\nTo: <sip:{uri}>\r\n\
         Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    phone.send_to(options.as_bytes(), uri).unwrap();
    let mut answer = [0; 2_048];
    let size = phone.recv(&mut answer).expect("an answer");
    assert!(answer[..size].starts_with(b"SIP/2.0 200 "), "{}", String::from_utf8_lossy(&answer[..size]));
    running.stop();
}

#[test]
fn a_first_start_greets_with_a_key_and_a_second_does_not() {
    let program = Program::new();
    let server = program.serve();
    let greeting = program.greeting();
    assert!(greeting.lines().count() <= 12 && greeting.contains("export RINGDOWN_KEY=rd_"), "{greeting}");
    let second = program.command(&["--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!second.status.success(), "two servers on one file");
    server.stop();
    let server = program.serve();
    assert!(!program.greeting().contains("rd_"));
    server.stop();
}

#[test]
fn token_prints_a_token_and_nothing_else() {
    let program = Program::new();
    assert!(!program.command(&["token"]).output().unwrap().status.success(), "there is no database yet");
    let server = program.serve();
    let token = text(&program.command(&["token", "--ttl", "1m"]).output().unwrap());
    assert!(token.ends_with('\n') && token.trim().split('.').count() == 3, "{token}");
    let made = text(&program.command(&["customer", "create", "Second"]).output().unwrap());
    let id = made.lines().next().unwrap().strip_prefix("customer ").unwrap();
    assert!(made.lines().nth(1).unwrap().starts_with("key rd_"), "{made}");
    let other = text(&program.command(&["token", "--customer", id]).output().unwrap());
    assert!(other.trim().split('.').count() == 3 && other != token);
    server.stop();
}

#[test]
fn openapi_prints_the_document() {
    let output = Program::new().command(&["openapi"]).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

/// A watch of everything sees a flow that sleeps through a restart of the server begin and end, each once.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_invisible_to_a_watcher() {
    let program = Program::new();
    let server = program.serve();
    let key = text(&program.command(&["token"]).output().unwrap()).trim().to_owned();
    let url = format!("http://{}", program.address);
    let seen = program.directory.path().join("seen");
    let line = ["watch", "--all", "--server", &url, "--key", &key];
    let _watch = Running(program.command(&line).stdout(std::fs::File::create(&seen).unwrap()).spawn().unwrap());
    let http = crate::server::http();
    let body = serde_json::json!({"actions": [{"type": "sleep", "option": {"duration": 1_500}}]});
    let create = async || {
        let request = http.post(format!("{url}/v1.0/activeflows")).bearer_auth(&key).json(&body);
        assert_eq!(request.send().await.unwrap().status(), 200);
    };
    // What was made before the watch began is not seen: the first one that is will do.
    while !std::fs::read_to_string(&seen).unwrap().contains("created") {
        create().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::task::block_in_place(|| server.stop());
    let server = program.serve();
    let count = |word: &str| std::fs::read_to_string(&seen).unwrap().matches(word).count();
    let over = || count("flow  ended") > 0 && count("flow  ended") == count("flow  created");
    tokio::task::block_in_place(|| wait_for(over));
    assert_eq!(count("flow  action_started"), count("flow  created"));
    assert_eq!(count("flow  action_finished"), count("flow  created"));
    tokio::task::block_in_place(|| server.stop());
}
