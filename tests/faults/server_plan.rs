//! What befalls one server, in its order.

use super::disk;
use super::fixture::{Fixture, Node};
use super::footprint;
use super::plan::{Fault, Lack, Step};
use super::promises::Promised;
use super::server::{self, Server};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Servers that found that others went on with what they had.
const GIVEN_UP: &str = "servers that were given up";
/// How often it is looked whether a server has ended by itself.
const LOOK: Duration = Duration::from_millis(50);
/// How long a server that nobody attacks any more may take to say that it is well.
const ANSWER: Duration = Duration::from_secs(5);

pub struct ServerPlan {
    fixture: Arc<Fixture>,
    number: usize,
    server: Option<Server>,
    /// What the faults themselves brought about.
    promised: Promised,
}

impl ServerPlan {
    /// Starts the server.
    pub async fn start(fixture: Arc<Fixture>, number: usize) -> ServerPlan {
        let mut server_plan = ServerPlan { fixture, number, server: None, promised: Promised::default() };
        server_plan.revive().await;
        server_plan
    }

    fn node(&self) -> &Node {
        &self.fixture.nodes[self.number]
    }

    /// Suffers all of it; the server lives in the end, and nothing is in its way any more.
    pub async fn live(mut self, steps: Vec<Step>) -> ServerPlan {
        for Step { after, fault } in steps {
            self.wait(after).await;
            self.revive().await;
            self.fixture.tally.tell(format!("{}: {fault:?}", self.node().name));
            self.suffer(fault).await;
        }
        self.revive().await;
        self
    }

    /// Stops the server as an operator does. One that was taken for dead may end by itself first, and says so.
    pub async fn stop(mut self) -> Promised {
        self.look_after_it().await;
        if !self.stop_server().is_none_or(|ended| ended.success()) && !self.was_given_up() {
            self.complain("does not stop in order");
        }
        self.promised
    }

    /// Stops the server, if there is one and it has not ended by itself. Returns how it ended.
    fn stop_server(&mut self) -> Option<std::process::ExitStatus> {
        let mut server = self.server.take()?;
        Some(tokio::task::block_in_place(|| if server.has_ended() { server.wait() } else { server.stop() }))
    }

    /// Notes a server that was given up: more of them said so than were noted.
    fn was_given_up(&self) -> bool {
        let said = self.fixture.home.log().matches("this node lost its lease").count();
        let given_up = said > self.fixture.tally.of(GIVEN_UP);
        if given_up {
            self.fixture.tally.note(GIVEN_UP, &self.node().name);
        }
        given_up
    }

    /// For this time, and looks meanwhile whether the server lives.
    pub async fn wait(&mut self, time: Duration) {
        let until = Instant::now() + time;
        loop {
            self.revive().await;
            if Instant::now() >= until {
                return;
            }
            sleep(LOOK.min(until - Instant::now())).await;
        }
    }

    /// Starts the server where there is none. Only one that was given up has a reason to end by itself.
    async fn revive(&mut self) {
        if self.server.as_mut().is_some_and(Server::has_ended) {
            if !self.was_given_up() {
                self.complain("has ended by itself");
            }
            self.server = None;
        }
        if self.server.is_none() {
            let (fixture, number) = (self.fixture.clone(), self.number);
            let start = move || fixture.start(&fixture.nodes[number]);
            self.server = Some(tokio::task::spawn_blocking(start).await.expect("it starts"));
        }
    }

    fn complain(&mut self, what: &str) {
        let sentence = format!("{} {what}", self.node().name);
        self.promised.complaints.push(sentence);
    }

    /// The server answers at once and takes no more of its machine than it may, whatever was done to it.
    async fn look_after_it(&mut self) {
        self.measure();
        if let Some(server) = &self.server
            && let Some(problem) = footprint::settled(server, &self.fixture.tally).await
        {
            self.complain(&problem);
        }
        let url = format!("http://127.0.0.1:{}/healthz", self.node().front.port);
        let answer = server::http().get(url).timeout(ANSWER).send().await;
        let lives = self.server.as_mut().is_some_and(|server| !server.has_ended());
        if lives && !answer.as_ref().is_ok_and(|answer| answer.status() == 200) {
            self.complain(&format!("does not say that it is well: {answer:?}"));
        }
    }

    /// Looks how much memory the server has had, as long as it is there.
    fn measure(&mut self) {
        let problem = self.server.as_ref().and_then(|server| footprint::memory(server, &self.fixture.tally));
        if let Some(problem) = problem {
            self.complain(&problem);
        }
    }

    async fn suffer(&mut self, fault: Fault) {
        self.measure();
        let name = self.node().name.clone();
        let note = |what| self.fixture.tally.note(what, &name);
        match fault {
            Fault::Kill(time) => {
                note("kills (SIGKILL)");
                self.kill();
                sleep(time).await;
            }
            Fault::Stop(time) => {
                note("stops (SIGSTOP)");
                self.signal("STOP");
                sleep(time).await;
                self.signal("CONT");
            }
            Fault::Restart => {
                note("restarts (SIGTERM)");
                self.stop_server();
            }
            Fault::CutClients => {
                note("cuts of all clients");
                self.node().front.cut();
            }
            Fault::Full { how, time, killed } => {
                note("full disks");
                self.fill(how, time, killed).await;
            }
            Fault::CutDatabase(time) => {
                note("cuts from the database");
                let Some((back, _)) = &self.node().back else { return };
                back.close();
                sleep(time).await;
                back.open();
            }
            Fault::CutCommit(cut) => {
                note("cuts of commits");
                if let Some((back, _)) = &self.node().back {
                    back.plan(cut);
                }
            }
            Fault::RestartDatabase(_) | Fault::CrashDatabase => unreachable!("that befalls the database"),
        }
    }

    fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    fn signal(&self, name: &str) {
        if let Some(server) = &self.server {
            server.signal(name);
        }
    }

    async fn fill(&mut self, how: Lack, time: Duration, killed: bool) {
        let fixture = self.fixture.clone();
        let Some(server) = &self.server else { return };
        disk::fill(&fixture, server, how);
        let (promised, again) = disk::until_refused(&fixture, self.number).await;
        self.promised.add(promised);
        sleep(time).await;
        if killed {
            self.kill();
        }
        disk::empty(&fixture, self.server.as_ref(), how);
        self.revive().await;
        for key in again {
            self.promised.add(disk::once_more(&fixture, &key).await);
        }
    }
}

/// What befalls the database, in its order.
pub async fn database(fixture: Arc<Fixture>, steps: Vec<Step>) {
    let Some(database) = fixture.database else { return };
    for Step { after, fault } in steps {
        sleep(after).await;
        let (what, suffer): (_, fn(_)) = match fault {
            Fault::RestartDatabase("fast") => ("restarts of the database", |it| Database::restart(it, "fast")),
            Fault::RestartDatabase(_) => ("hard restarts of the database", |it| Database::restart(it, "immediate")),
            _ => ("crashes of the database", Database::crash),
        };
        fixture.tally.note(what, "database");
        tokio::task::spawn_blocking(move || suffer(database)).await.expect("it comes back");
        fixture.tally.tell("database: answers again".to_owned());
    }
}

type Database = super::server::postgres::Server;
