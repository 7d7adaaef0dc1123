//! The built binary, run as a user runs it: started, spoken to by both faces, killed and started again.

use ringdown::proto::access_key_service_client::AccessKeyServiceClient;
use ringdown::proto::action_service_client::ActionServiceClient;
use ringdown::proto::activeflow_service_client::ActiveflowServiceClient;
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::customer_service_client::CustomerServiceClient;
use ringdown::proto::flow_service_client::FlowServiceClient;
use ringdown::proto::message_service_client::MessageServiceClient;
use ringdown::proto::number_service_client::NumberServiceClient;
use ringdown::proto::provider_service_client::ProviderServiceClient;
use ringdown::proto::recording_service_client::RecordingServiceClient;
use ringdown::proto::route_service_client::RouteServiceClient;
use ringdown::proto::simulator_service_client::SimulatorServiceClient;
use ringdown::proto::webhook_service_client::WebhookServiceClient;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

/// How long a server may take to say that it listens.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to stop, as docs/operations.md promises: the drain timeout, 30 s by default, plus a minute. It does
/// where its database comes and goes and the receivers of its webhooks are slow.
const STOP: Duration = Duration::from_secs(90);

#[allow(dead_code)]
#[path = "../postgres/server.rs"]
pub mod postgres;

/// A directory with a database, and how to start servers on it.
pub struct Home {
    dir: tempfile::TempDir,
    database: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
    binary: PathBuf,
    /// What a shell does before it becomes the binary; "" without one.
    before: String,
    /// From the first start; it is shown once.
    key: Mutex<String>,
}

impl Home {
    pub fn new(args: &[&str]) -> Home {
        let dir = tempfile::tempdir().unwrap();
        // The suite runs once on each database.
        let elsewhere = if env!("CARGO_CRATE_NAME") == "e2e_postgres" { postgres::server() } else { None };
        let database = match elsewhere {
            Some(server) => server.database(),
            None => format!("sqlite://{}", dir.path().join("ringdown.db").display()),
        };
        // A server that is started again goes on at once with what the one before it had.
        Home::on(dir, database, args).env("RINGDOWN_NODE_NAME", "the only one")
    }

    /// With this database.
    pub fn on(dir: tempfile::TempDir, database: String, args: &[&str]) -> Home {
        let args = args.iter().map(|arg| arg.to_string()).collect();
        Home { dir, database, args, env: Vec::new(), binary: binary(), before: String::new(), key: Default::default() }
    }

    /// Servers and commands of another binary, as that of an earlier version.
    pub fn by(mut self, binary: PathBuf) -> Home {
        self.binary = binary;
        self
    }

    /// Servers that a shell prepares, as by limits.
    pub fn before(mut self, commands: &str) -> Home {
        self.before = commands.to_owned();
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Home {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn database(&self) -> String {
        self.database.clone()
    }

    /// A command of the binary on this database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self.before.is_empty() {
            true => Command::new(&self.binary),
            false => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("{}; exec \"$0\" \"$@\"", self.before)]).arg(&self.binary);
                shell
            }
        };
        command.args(arguments).current_dir(self.dir.path()).env_remove("RINGDOWN_KEY");
        command.env("RINGDOWN_DATABASE", self.database());
        if self.database.starts_with("postgres") {
            command.env("RINGDOWN_SECRET_KEY_FILE", secret_key());
        }
        command
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }

    /// What the servers on this database have written to standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Runs a command of the binary and gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A new customer, made beside the server that runs: its id and its key.
    pub fn customer(&self) -> (String, String) {
        let said = self.run(&["customer", "create", "somebody"]);
        let word = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        (word("customer "), word("key "))
    }

    pub fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// Starts a server on a free port and waits until it says where it listens.
    pub fn start_with(&self, env: &[(&str, &str)]) -> Server {
        self.try_start(env).unwrap_or_else(|said| panic!("the server did not start: {said}{}", self.log()))
    }

    /// Starts a server where an earlier one listened, as `127.0.0.1:PORT`.
    pub fn start_at(&self, address: &str) -> Server {
        self.try_start_at(address, &[]).unwrap_or_else(|said| panic!("the server did not start: {said}{}", self.log()))
    }

    /// The same where it may be in vain; then what it said. A server that dies is not waited for.
    pub fn try_start(&self, env: &[(&str, &str)]) -> Result<Server, String> {
        self.try_start_at("127.0.0.1:0", env)
    }

    fn try_start_at(&self, address: &str, env: &[(&str, &str)]) -> Result<Server, String> {
        let mut command = self.command(&["serve", "--listen", address]);
        let log = std::fs::File::options().create(true).append(true).open(self.log_path()).unwrap();
        command.args(&self.args).stdout(Stdio::piped()).stderr(log).env("RINGDOWN_LOG", "warn");
        command.envs(self.env.iter().map(|(name, value)| (name, value))).envs(env.iter().copied());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = child.stdout.take().unwrap();
        let (told, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = told.send(line);
            }
        });
        let mut said = String::new();
        // The greeting ends with the command for grpcurl.
        while !said.contains("grpcurl") {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                let _ = child.wait();
                return Err(said);
            };
            said += &line;
            said += "\n";
        }
        let url = find(&said, "http").expect("the greeting says where the server listens");
        if let Some(key) = find(&said, "rd_") {
            *self.key.lock().unwrap() = key;
        }
        Ok(Server { child, url, said, key: self.key.lock().unwrap().clone() })
    }
}

/// The key of all databases in PostgreSQL: servers with directories of their own share one.
pub fn secret_key() -> PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secret-{}.key", env!("CARGO_CRATE_NAME")));
        // Databases do not outlive the test binary, and neither does the key of the last one.
        let _ = std::fs::remove_file(&path);
        ringdown::seal::create(&path, &ringdown::seal::Keys::random()).unwrap();
        path
    };
    FILE.get_or_init(make).clone()
}

/// An HTTP client. The server's own, in the same build, brings no cryptography by default, so it is named here.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_ringdown"))
}

/// The first word of a text that begins so.
fn find(text: &str, start: &str) -> Option<String> {
    let from = text.find(start)?;
    let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ')' | '`' | '?');
    Some(text[from..].split(stop).next().unwrap_or_default().trim_end_matches(['/', '.']).to_owned())
}

pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// What it printed when it started.
    pub said: String,
    pub key: String,
}

impl Server {
    /// Ends the process as a crash does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// True when the process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process as an operator does, and waits for it.
    pub fn stop(mut self) -> std::process::ExitStatus {
        self.terminate();
        self.wait()
    }

    /// Asks the process to end (SIGTERM).
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal, as TERM, STOP or CONT.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process has ended.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let patience = Instant::now() + STOP;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < patience, "the server does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub async fn channel(&self) -> Channel {
        Endpoint::from_shared(self.url.clone()).unwrap().connect().await.unwrap()
    }

    /// The gRPC clients with this server's first key.
    pub async fn grpc(&self) -> Grpc {
        Grpc::new(self.channel().await, &self.key)
    }

    pub fn rest(&self) -> Rest {
        Rest { url: self.url.clone(), key: self.key.clone(), http: http() }
    }
}

impl Drop for Home {
    /// Shows what the servers of a failed test logged.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("log of {}:\n{}", self.dir.path().display(), self.log());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that the tests share, each as a customer of its own. It ends with the last of them.
pub struct Common {
    pub server: Server,
    pub home: Home,
}

static COMMON: Mutex<Weak<Common>> = Mutex::new(Weak::new());

impl Common {
    fn get() -> Arc<Common> {
        let mut common = COMMON.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(common) = common.upgrade() {
            return common;
        }
        let home = Home::new(&["--outbound-allow", "127.0.0.1:*"]);
        let fresh = Arc::new(Common { server: home.start(), home });
        *common = Arc::downgrade(&fresh);
        fresh
    }
}

/// A customer of the common server.
pub struct Guest {
    pub common: Arc<Common>,
    pub customer_id: String,
    pub rest: Rest,
    pub grpc: Grpc,
}

impl Guest {
    pub async fn new() -> Guest {
        Guest::of(Common::get()).await
    }

    /// Another customer of the same server.
    pub async fn stranger(&self) -> Guest {
        Guest::of(self.common.clone()).await
    }

    async fn of(common: Arc<Common>) -> Guest {
        let (customer_id, key) = common.home.customer();
        let rest = Rest { url: common.server.url.clone(), key: key.clone(), http: http() };
        let grpc = Grpc::new(common.server.channel().await, &key);
        Guest { common, customer_id, rest, grpc }
    }
}

/// Asks again until there is an answer.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < patience, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Puts the caller's credential on every request.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: tonic::Request<()>) -> Result<tonic::Request<()>, tonic::Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

type Spoken = InterceptedService<Channel, Bearer>;

/// A client of each service.
#[derive(Clone)]
pub struct Grpc {
    pub flows: FlowServiceClient<Spoken>,
    pub calls: CallServiceClient<Spoken>,
    pub activeflows: ActiveflowServiceClient<Spoken>,
    pub actions: ActionServiceClient<Spoken>,
    pub recordings: RecordingServiceClient<Spoken>,
    pub simulator: SimulatorServiceClient<Spoken>,
    pub access_keys: AccessKeyServiceClient<Spoken>,
    pub messages: MessageServiceClient<Spoken>,
    pub numbers: NumberServiceClient<Spoken>,
    pub customers: CustomerServiceClient<Spoken>,
    pub webhooks: WebhookServiceClient<Spoken>,
    pub providers: ProviderServiceClient<Spoken>,
    pub routes: RouteServiceClient<Spoken>,
}

impl Grpc {
    pub fn new(channel: Channel, credential: &str) -> Grpc {
        let bearer = Bearer(format!("Bearer {credential}").parse().unwrap());
        let spoken = || InterceptedService::new(channel.clone(), bearer.clone());
        Grpc {
            flows: FlowServiceClient::new(spoken()),
            calls: CallServiceClient::new(spoken()),
            activeflows: ActiveflowServiceClient::new(spoken()),
            actions: ActionServiceClient::new(spoken()),
            recordings: RecordingServiceClient::new(spoken()),
            simulator: SimulatorServiceClient::new(spoken()),
            access_keys: AccessKeyServiceClient::new(spoken()),
            messages: MessageServiceClient::new(spoken()),
            numbers: NumberServiceClient::new(spoken()),
            customers: CustomerServiceClient::new(spoken()),
            webhooks: WebhookServiceClient::new(spoken()),
            providers: ProviderServiceClient::new(spoken()),
            routes: RouteServiceClient::new(spoken()),
        }
    }
}

/// A REST client.
#[derive(Clone)]
pub struct Rest {
    pub url: String,
    pub key: String,
    pub http: reqwest::Client,
}

/// Status, and body as JSON in the order in which it was written.
pub type Answer = (u16, serde_json::Value);

impl Rest {
    pub async fn send(&self, verb: &str, path: &str, body: Option<&serde_json::Value>) -> Answer {
        self.send_with(verb, path, body, &[]).await
    }

    pub async fn send_with(
        &self,
        verb: &str,
        path: &str,
        body: Option<&serde_json::Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.send_bytes(verb, path, body, headers).await
    }

    /// A body that need not be JSON.
    pub async fn send_raw(&self, verb: &str, path: &str, body: Vec<u8>) -> Answer {
        self.send_bytes(verb, path, body, &[]).await
    }

    async fn send_bytes(&self, verb: &str, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            self.http.request(verb.parse().unwrap(), format!("{}{path}", self.url)).bearer_auth(&self.key);
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{verb} {path}: {error}: {text}")))
    }

    pub async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send("POST", path, Some(&body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }
}

impl Rest {
    /// The body of an answer that must be a success.
    pub async fn ok(&self, verb: &str, path: &str, body: Option<serde_json::Value>) -> serde_json::Value {
        let (status, answer) = self.send(verb, path, body.as_ref()).await;
        assert_eq!(status, 200, "{verb} {path}: {answer}");
        answer
    }

    /// Waits until a resource has, under a key (`a/b` is `b` within `a`), this text.
    pub async fn wait(&self, path: &str, key: &str, text: &str) -> serde_json::Value {
        until(&format!("{path}: {key} is {text}"), async || {
            let found = self.ok("GET", path, None).await;
            (found.pointer(&format!("/{key}")).and_then(|it| it.as_str()) == Some(text)).then_some(found)
        })
        .await
    }

    /// A call to a number that answers and listens, which runs these actions, once it is at the action of this type.
    pub async fn call_at(&self, actions: serde_json::Value, kind: &str) -> serde_json::Value {
        let call = serde_json::json!({
            "source": {"type": "tel", "target": "+15550001000"},
            "destination": {"type": "tel", "target": "+15550000001"},
            "actions": actions,
        });
        let call = self.ok("POST", "/v1.0/calls", Some(call)).await;
        self.wait(&format!("/v1.0/calls/{}", call["id"].as_str().unwrap()), "action/type", kind).await
    }
}

/// The text under a key.
pub fn text(value: &serde_json::Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no text under {key}: {value}")).to_owned()
}
