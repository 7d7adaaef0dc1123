//! Someone who pastes commands, fills in what is asked for, and has another terminal open.

use crate::receiver::{Mode, Receiver};
use crate::server::{Home, Rest, Server, binary, text, until};
use crate::tools;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where the answer to a command tells what a later one asks for: a part of the command, a JSON pointer, what is asked for.
const TOLD: &[(&str, &str, &str)] = &[
    ("curl $url/flows ", "/id", "<the id of the flow>"),
    ("curl $url/activeflows ", "/id", "activeflows/<its id>"),
    ("CallService/CreateCalls", "/calls/0/activeflowId", "<an activeflow>"),
    ("status=dead", "/result/0/id", "webhook_deliveries/<its id>"),
    ("/recording_start ", "/recording_id", "<the recording_id>"),
];

pub struct Reader {
    server: Server,
    home: Home,
    rest: Rest,
    /// Says to every webhook that it wants no more.
    receiver: Receiver,
    /// What later commands stand on: variables of the shell.
    kept: Vec<String>,
    /// What is asked for, and what it is.
    known: HashMap<&'static str, String>,
    /// `ringdown watch`, and servers that were started beside.
    running: Vec<Child>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Reader {
    pub async fn new() -> Reader {
        let home = Home::new(&["--outbound-allow", "127.0.0.1"]);
        let server = home.start();
        let rest = server.rest();
        // The contract lies in a checkout.
        let checkout = env!("CARGO_MANIFEST_DIR");
        std::os::unix::fs::symlink(format!("{checkout}/proto"), home.path().join("proto")).unwrap();
        let receiver = Receiver::start(Mode::Answer(410)).await;
        Reader { server, home, rest, receiver, kept: Vec::new(), known: HashMap::new(), running: Vec::new() }
    }

    /// Whether it is a setting, which is kept, or a command that goes on in another terminal, which is started.
    pub fn keeps(&mut self, command: &str) -> bool {
        if command.starts_with("export RINGDOWN_KEY=rd_") {
            self.kept.push(format!("export RINGDOWN_KEY={}", self.server.key));
        } else if command.starts_with("auth=") || command.starts_with("url=") {
            self.kept.push(self.filled(command));
        } else if command.starts_with("ringdown watch ") {
            self.start(command, "watch.log");
        } else {
            return false;
        }
        true
    }

    /// What a command shows. None: what it is run with is not here.
    pub async fn run(&mut self, command: &str) -> Option<String> {
        if command.starts_with("ringdown serve ") {
            return Some(self.serve(command).await);
        }
        if !is_there(command.split(' ').next().unwrap()) {
            return None;
        }
        self.prepare(command).await;
        let output = self.shell(&self.filled(command)).output().unwrap();
        let mut said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{command}\n{said}{}", String::from_utf8_lossy(&output.stderr));
        if let Some((_, file)) = command.split_once(" -o ") {
            said = String::from_utf8_lossy(&std::fs::read(self.home.path().join(file)).unwrap()).into_owned();
        }
        self.learn(command, &said);
        Some(said)
    }

    /// Waits until `ringdown watch` has shown this.
    pub async fn sees_in_the_other_terminal(&self, part: &str) {
        let log = self.home.path().join("watch.log");
        until(part, async || std::fs::read_to_string(&log).unwrap().contains(part).then_some(())).await;
    }

    /// A command with all that it asks for, to this server and this receiver.
    fn filled(&self, command: &str) -> String {
        let address = self.server.url.strip_prefix("http://").unwrap();
        let receiver = self.receiver.url.strip_prefix("http://").unwrap().strip_suffix("/hook").unwrap();
        let mut command = command.replace("127.0.0.1:8080", address).replace("127.0.0.1:9000", receiver);
        for (asked, known) in &self.known {
            let before = asked.split('<').next().unwrap();
            command = command.replace(asked, &format!("{before}{known}"));
        }
        assert!(!command.contains('<'), "what is meant is not known yet: {command}");
        command
    }

    /// A shell in a directory of its own, in which all that was kept holds.
    fn shell(&self, command: &str) -> Command {
        let programs = ["GRPCURL", "BUF"].into_iter().filter_map(|it| std::env::var(it).ok()).map(PathBuf::from);
        let mut paths: Vec<PathBuf> =
            programs.chain([binary()]).filter_map(|it| Some(it.parent()?.to_path_buf())).collect();
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut shell = Command::new("bash");
        // An answer that is an error is a failure, and nobody waits for ever.
        let curl = "curl() { command curl --silent --show-error --fail-with-body --max-time 30 \"$@\"; }";
        let before = self.kept.join("\n");
        shell.arg("-c").arg(format!("set -eu\n{curl}\n{before}\n{command}"));
        shell.current_dir(self.home.path()).env("PATH", std::env::join_paths(paths).unwrap());
        shell.env("RINGDOWN_SERVER", &self.server.url).env_remove("RINGDOWN_KEY").stdin(Stdio::null());
        shell
    }

    /// Starts a command that goes on, and keeps what it shows in a file.
    fn start(&mut self, command: &str, log: &str) {
        let log = std::fs::File::create(self.home.path().join(log)).unwrap();
        let mut shell = self.shell(&format!("exec {command}"));
        self.running.push(shell.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
    }

    /// A server with these options beside the one that runs, until it has said where it listens.
    async fn serve(&mut self, command: &str) -> String {
        let own = format!("serve-{}", self.running.len());
        self.start(&format!("{command} --listen 127.0.0.1:0 --database sqlite://{own}.db"), &own);
        let log = self.home.path().join(&own);
        let said = until(command, async || {
            let said = std::fs::read_to_string(&log).unwrap();
            said.contains("listens on").then_some(said)
        });
        let said = said.await;
        let mut server = self.running.pop().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
        said
    }

    /// What has happened before a reader comes to a command.
    async fn prepare(&mut self, command: &str) {
        if command.contains("status=dead") {
            self.rest.ok("POST", "/v1.0/activeflows", Some(json!({"actions": [{"type": "stop"}]}))).await;
            self.rest.wait("/v1.0/webhook_deliveries?status=dead", "result/0/status", "dead").await;
        } else if command.contains("/recording_start ") {
            let call = self.rest.call_at(json!([{"type": "block"}]), "block").await;
            self.known.insert("calls/<its id>", text(&call, "id"));
        } else if command.contains("/file ") {
            self.rest.ok("POST", &format!("/v1.0/calls/{}/hangup", self.known["calls/<its id>"]), None).await;
            let recording = format!("/v1.0/recordings/{}", self.known["<the recording_id>"]);
            self.rest.wait(&recording, "status", "ended").await;
        }
    }

    fn learn(&mut self, command: &str, said: &str) {
        for (_, pointer, asked) in TOLD.iter().filter(|(part, ..)| command.contains(part)) {
            let answer: Value = serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {said}"));
            let told = answer.pointer(pointer).and_then(Value::as_str);
            self.known.insert(asked, told.unwrap_or_else(|| panic!("no {pointer}: {said}")).to_owned());
        }
    }
}

/// Whether the program is there that a command begins with.
fn is_there(program: &str) -> bool {
    match program {
        "curl" => Command::new("curl").arg("--version").output().is_ok() || tools::lacks("curl is needed"),
        _ => tools::path(&program.to_uppercase()).is_some(),
    }
}
