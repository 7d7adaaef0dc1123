//! Someone who pastes commands, fills in what is asked for, and has another terminal open.

use crate::receiver::{Mode, Receiver};
use crate::server::{Home, Rest, Server, binary, secret_key, text, until};
use crate::tools;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where the answer to a command has what a later one asks for: a part of the command, a JSON pointer, what is asked for.
const ANSWERS: &[(&str, &str, &str)] = &[
    ("curl $url/flows ", "/id", "<flow-id>"),
    ("curl $url/calls ", "/0/id", "<call-id>"),
    ("curl $url/activeflows ", "/id", "<activeflow-id>"),
    ("CallService/CreateCalls", "/calls/0/activeflowId", "<call-activeflow-id>"),
    ("status=dead", "/result/0/id", "<delivery-id>"),
    ("/recording_start", "/recording_id", "<recording-id>"),
];

/// What every page takes for granted: the settings of the tour.
const SETTINGS: [&str; 2] = ["auth=\"Authorization: Bearer $RINGDOWN_KEY\"", "url=http://127.0.0.1:8080/v1.0"];

pub struct Reader {
    /// None: it was killed and not yet started again.
    server: Option<Server>,
    /// Where it listens, as `127.0.0.1:PORT`.
    address: String,
    /// Its first key.
    key: String,
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
        let home = Home::new(&["--outbound-allow", "127.0.0.1:*"]);
        let server = home.start();
        let rest = server.rest();
        // The contract and the examples lie in a checkout.
        for name in ["proto", "examples"] {
            let there = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
            std::os::unix::fs::symlink(there, home.path().join(name)).unwrap();
        }
        let receiver = Receiver::start(Mode::Answer(410)).await;
        let (address, key) = (server.url.strip_prefix("http://").unwrap().to_owned(), server.key.clone());
        let (known, running) = (HashMap::new(), Vec::new());
        let mut reader =
            Reader { server: Some(server), address, key, home, rest, receiver, kept: Vec::new(), known, running };
        reader.kept = SETTINGS.iter().map(|setting| reader.filled(setting)).collect();
        reader
    }

    /// Whether it is a setting, which is kept, or a command of another terminal, which is done there.
    pub async fn keeps(&mut self, command: &str) -> bool {
        if command.starts_with("export RINGDOWN_KEY=rd_") {
            self.kept.push(format!("export RINGDOWN_KEY={}", self.key));
        } else if command.starts_with("auth=") || command.starts_with("url=") {
            self.kept.push(self.filled(command));
        } else if command.starts_with("export PATH=") {
            // The binary that is tested is on the path in any case.
        } else if command.starts_with("ringdown watch --all") {
            self.start(command, "watch.log");
            let metrics = format!("http://{}/metrics", self.address);
            until("the watch has begun", async || {
                let text = self.rest.http.get(&metrics).send().await.unwrap().text().await.unwrap();
                text.lines().any(|line| line.starts_with("ringdown_watchers{") && line.ends_with(" 1")).then_some(())
            })
            .await;
        } else if command.starts_with("kill -9 ") {
            // Readers look at what they have done before they go on.
            self.sees_in_the_other_terminal("You are with sales.").await;
            self.server.take().expect("it runs").kill();
        } else if command.starts_with("cargo run --release ") {
            self.server = Some(self.home.start_at(&self.address));
        } else {
            return false;
        }
        true
    }

    /// What a command shows, which fails if it should. None: what it is run with is not here.
    pub async fn run(&mut self, command: &str, fails: bool) -> Option<String> {
        if command.starts_with("ringdown serve ") {
            return Some(self.serve(command).await);
        }
        if !is_there(command.split(' ').next().unwrap()) {
            return None;
        }
        self.prepare(command).await;
        let output = self.shell(&self.filled(command)).output().unwrap();
        let mut said = String::from_utf8(output.stdout).unwrap();
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() != fails, "{command}\n{said}{failed}");
        if let Some((_, file)) = command.split_once(" -o ") {
            said = String::from_utf8_lossy(&std::fs::read(self.home.path().join(file)).unwrap()).into_owned();
        }
        if !fails {
            self.learn(command, &said);
        }
        Some(said)
    }

    /// Waits until `ringdown watch` has shown this.
    pub async fn sees_in_the_other_terminal(&self, part: &str) {
        let log = self.home.path().join("watch.log");
        until(part, async || std::fs::read_to_string(&log).unwrap().contains(part).then_some(())).await;
    }

    /// A command with all that it asks for, to this server and this receiver.
    fn filled(&self, command: &str) -> String {
        let receiver = self.receiver.url.strip_prefix("http://").unwrap().strip_suffix("/hook").unwrap();
        let mut command = command.replace("127.0.0.1:8080", &self.address).replace("127.0.0.1:9000", receiver);
        for (asked, known) in &self.known {
            command = command.replace(asked, known);
        }
        assert!(!command.contains('<'), "a placeholder stands for nothing yet: {command}");
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
        shell.env("RINGDOWN_SERVER", format!("http://{}", self.address));
        if self.home.database().starts_with("postgres") {
            shell.env("RINGDOWN_SECRET_KEY_FILE", secret_key());
        }
        shell.env("RINGDOWN_DATABASE", self.home.database()).env("RINGDOWN_KEY", &self.key).stdin(Stdio::null());
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
        } else if command.contains("/digits") {
            self.rest.wait(&format!("/v1.0/calls/{}", self.known["<call-id>"]), "action/type", "talk").await;
        } else if command.contains("/recording_start") {
            let call = self.rest.call_at(json!([{"type": "block"}]), "block").await;
            self.known.insert("<call-id>", text(&call, "id"));
        } else if command.contains("/file") {
            self.rest.ok("POST", &format!("/v1.0/calls/{}/hangup", self.known["<call-id>"]), None).await;
            let recording = format!("/v1.0/recordings/{}", self.known["<recording-id>"]);
            self.rest.wait(&recording, "status", "ended").await;
        }
    }

    fn learn(&mut self, command: &str, said: &str) {
        for (_, pointer, asked) in ANSWERS.iter().filter(|(part, ..)| command.contains(part)) {
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
        "ringdown" => true,
        _ => tools::path(&program.to_uppercase()).is_some(),
    }
}
