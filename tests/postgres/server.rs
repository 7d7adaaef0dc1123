//! A PostgreSQL server of the tests' own, one for each test binary, with a database for each case.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the server in a directory and waits for its own standard input to end, which is when the test binary does, however
/// it does. Then it stops the server, which may have been restarted, and removes the directory.
const KEEP: &str = r#"
    "$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$2" \
        -c max_connections=300 -c shared_buffers=64MB -c fsync=on -c idle_session_timeout=0 \
        >"$2/log" 2>&1 </dev/null &
    cat >/dev/null
    "$1/pg_ctl" -D "$2/data" -m immediate -w stop
    wait
    cd /
    rm -rf "$2"
"#;

/// A running server.
pub struct Server {
    bin: PathBuf,
    directory: PathBuf,
    pub port: u16,
    databases: AtomicU32,
    /// Its standard input keeps the server alive.
    _keeper: Child,
}

/// The server of this test binary. None where PostgreSQL is not installed; where it must be, that is a failure.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| bin().map(Server::start));
    if server.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "PostgreSQL is needed: POSTGRES_BIN names its programs");
        let _ = writeln!(std::io::stderr(), "skipped: PostgreSQL is not installed (POSTGRES_BIN names its programs)");
    }
    server.as_ref()
}

/// Where the programs of PostgreSQL 15 or later are.
pub fn bin() -> Option<PathBuf> {
    let named = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut packaged: Vec<_> = packaged.map(|entry| entry.path()).collect();
    packaged.sort_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let packaged = packaged.into_iter().rev().map(|path| path.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<_> = std::env::split_paths(&path).collect();
    named
        .into_iter()
        .chain(packaged)
        .chain(path)
        .find(|bin| bin.join("postgres").exists() && bin.join("initdb").exists())
}

/// A command as a user that PostgreSQL takes: it refuses to run as root.
fn command(program: &str) -> Command {
    let root = Path::new("/proc/self").metadata().is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut command = Command::new(if root { "runuser" } else { program });
    if root {
        command.args(["-u", "postgres", "--", program]);
    }
    command.current_dir("/").env_remove("PGDATA");
    command
}

impl Server {
    pub fn start(bin: PathBuf) -> Server {
        let made = command("mktemp").args(["-d", "/tmp/ringdown-postgres-XXXXXX"]).output().expect("mktemp runs");
        let directory = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
        assert!(directory.is_dir(), "{}", String::from_utf8_lossy(&made.stderr));
        let initdb = command(bin.join("initdb").to_str().unwrap())
            .args(["-A", "trust", "-U", "ringdown", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(directory.join("data"))
            .output()
            .expect("initdb runs");
        assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
        for _ in 0..5 {
            // Somebody else may be given the port before the server listens there.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let keeper = keep(&bin, &directory, port);
            let (bin, directory) = (bin.clone(), directory.clone());
            let server = Server { bin, directory, port, databases: 0.into(), _keeper: keeper };
            if server.answers() {
                return server;
            }
        }
        panic!("the server does not start: {}", std::fs::read_to_string(directory.join("log")).unwrap_or_default());
    }

    /// Kills one of its processes, upon which it ends all others and recovers; comes back when it answers again.
    pub fn crash(&self) {
        let killed = self.try_sql("postgres", "copy (select 1) to program 'kill -KILL $PPID'");
        assert!(killed.is_err(), "it lives: {killed:?}");
        assert!(self.answers(), "it does not recover");
    }

    /// Stops it as `mode` says (fast, immediate) and starts it again; comes back when it answers.
    pub fn restart(&self, mode: &str) {
        let log = self.directory.join("log");
        let mut restarting = command(self.bin.join("pg_ctl").to_str().unwrap());
        restarting.arg("-D").arg(self.directory.join("data")).arg("-l").arg(log).args(["-m", mode, "-w", "restart"]);
        // What it starts must not keep an end of a pipe of ours.
        let done = restarting.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(done.expect("pg_ctl runs").success(), "it does not restart ({mode})");
        assert!(self.answers(), "it does not answer after it was restarted ({mode})");
    }

    /// A file in the server's own directory, for its own eyes.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.directory.join("data").join(name);
        let mut writing = command("sh");
        writing.args(["-c", "umask 077; cat >\"$1\"", "write"]).arg(path).stdin(Stdio::piped());
        let mut child = writing.spawn().expect("sh runs");
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn answers(&self) -> bool {
        let patience = Instant::now() + PATIENCE;
        while Instant::now() < patience {
            let open = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            if open && self.try_sql("postgres", "select 1").is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// A new database, empty: its URL.
    pub fn database(&self) -> String {
        let name = self.fresh("template1");
        self.url(&name)
    }

    /// The name of a new copy of a database. Whoever uses that one is thrown out.
    pub fn fresh(&self, template: &str) -> String {
        let used = format!("from pg_stat_activity where datname = '{template}' and pid <> pg_backend_pid()");
        self.sql("postgres", &format!("select pg_terminate_backend(pid, 10000) {used}"));
        let name = format!("case_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name} template {template}"));
        name
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://ringdown@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Runs SQL in a database and gives what it answers.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a script that `dump` made, in one transaction.
    pub fn load(&self, database: &str, script: &Path) {
        let mut psql = self.client("psql", database);
        psql.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f"]).arg(script);
        let output = psql.output().expect("psql runs");
        assert!(output.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
    }

    /// A script that makes a database like this one.
    pub fn dump(&self, database: &str) -> String {
        let output = self.client("pg_dump", database).args(["-O", "-x"]).output().expect("pg_dump runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A program that speaks to a database of this server.
    fn client(&self, program: &str, database: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.args(["-h", "127.0.0.1", "-U", "ringdown", "-p", &self.port.to_string(), "-d", database]);
        command
    }

    fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = self.client("psql", database);
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        let output = psql.output().expect("psql runs");
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

fn keep(bin: &Path, directory: &Path, port: u16) -> Child {
    let mut keeper = command("sh");
    keeper.args(["-c", KEEP, "keep"]).arg(bin).arg(directory).arg(port.to_string());
    keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the keeper starts")
}
