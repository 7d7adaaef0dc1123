//! Disks without room: writes fail halfway, and nothing else does.

use super::clients;
use super::fixture::Fixture;
use super::plan::Lack;
use super::promises::Promised;
use super::server::Server;
use super::servers::may_pass;
use ringdown::proto::CreateActiveflowRequest;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic_types::StatusExt;

/// What the servers may still write of their own log; the database's files are larger, or soon are.
const LOG: u64 = 256 << 10;
/// The size of a disk: several times what a round writes.
const SIZE: &str = "size=192m";
/// How long it may take until a server without disk says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small file system of a round's own, in memory.
pub struct Disk(TempDir);

impl Disk {
    /// None where we may not mount one.
    pub fn new() -> Option<Disk> {
        let place = tempfile::tempdir().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "ringdown-faults"]).arg(place.path()).output();
        mounted.is_ok_and(|it| it.status.success()).then_some(Disk(place))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Leaves no block of it.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).unwrap();
        for size in [1 << 20, 4 << 10] {
            let block = vec![1; size];
            while filler.write_all(&block).is_ok() {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A server of a round that failed may still be there.
        let gone = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(
            gone.is_ok_and(|status| status.success()) || std::thread::panicking(),
            "{:?} stays mounted",
            self.path()
        );
    }
}

/// The largest file that a server may write; None for any.
fn limit(server: &Server, bytes: Option<u64>) {
    let soft = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let pid = server.pid().to_string();
    let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={soft}:")]).status();
    assert!(set.expect("prlimit runs").success(), "the limit of {pid} cannot be set");
}

/// Takes the disk away from a server.
pub fn fill(fixture: &Fixture, server: &Server, how: Lack) {
    match (how, &fixture.disk) {
        (Lack::OfBlocks, Some(disk)) => disk.fill(),
        _ => limit(server, Some(fixture.home.log().len() as u64 + LOG)),
    }
}

/// Gives it back; a server that was started since never lacked anything but blocks.
pub fn empty(fixture: &Fixture, server: Option<&Server>, how: Lack) {
    match (how, &fixture.disk) {
        (Lack::OfBlocks, Some(disk)) => disk.empty(),
        _ => server.into_iter().for_each(|server| limit(server, None)),
    }
}

/// Something that takes room: files that are there already are written anew before they grow.
fn request(key: &str) -> CreateActiveflowRequest {
    let variables = (0..6).map(|n| (format!("v{n}"), "x".repeat(30 << 10))).collect();
    let idempotency_key = key.to_owned();
    CreateActiveflowRequest { actions: vec![clients::sleep(10)], variables, idempotency_key, ..Default::default() }
}

/// Asks a server without disk for something until it says that it cannot. Gives what was promised until then, and the keys of
/// requests to ask again when there is room: they were refused, or it is not known what became of them.
pub async fn until_refused(fixture: &Fixture, number: usize) -> (Promised, Vec<String>) {
    let (mut promised, mut again) = (Promised::default(), Vec::new());
    let (name, until) = (&fixture.nodes[number].name, Instant::now() + PATIENCE);
    while Instant::now() < until {
        let key = format!("full-{}", uuid::Uuid::now_v7());
        let mut grpc = fixture.grpc_of(number);
        let answer = tokio::time::timeout(PATIENCE, grpc.activeflows.create_activeflow(request(&key))).await;
        let status = match answer {
            Ok(Ok(made)) => {
                promised.activeflows.push(made.into_inner().activeflow.unwrap().id.parse().unwrap());
                continue;
            }
            Ok(Err(status)) => status,
            Err(_) => {
                promised.complaints.push(format!("without disk {name} says nothing for {PATIENCE:?}"));
                again.push(key);
                return (promised, again);
            }
        };
        again.push(key);
        // A connection may break at any time, which tells nothing.
        if let Some(info) = status.get_error_details().error_info() {
            if !may_pass(&status) {
                promised.complaints.push(format!("without disk {name} says {status}"));
            }
            fixture.tally.note("refusals for want of disk", name);
            fixture.tally.tell(format!("{name}: {}", info.reason));
            return (promised, again);
        }
    }
    promised.complaints.push(format!("without disk {name} goes on for {PATIENCE:?}"));
    (promised, again)
}

/// The same request again, until it is answered.
pub async fn once_more(fixture: &Fixture, key: &str) -> Promised {
    let made = clients::create(fixture, &request(key)).await;
    Promised { activeflows: vec![made.id.parse().unwrap()], ..Promised::default() }
}
