//! Tests are data: a list of actions as JSON, and a transcript. Lines that begin with `>` say what happens; the lines under
//! each say what the engine makes of it, written by hand from what the actions are to do.
//!
//! What happens: `> up` (an outgoing call that was answered just now), `> out` (one that is dialled), `> in` (an incoming
//! one) or `> api`, each with `name=value` variables and `on_complete @flow`; then
//!
//! - of the call, or with `leg 2` before it of the second leg: `ring`, `answer`, `early media`, `digits 12#`, `hangup`,
//!   `busy`, `noanswer`, `reject`, `hung up` (our hang-up is confirmed), `bridged`, `unbridged`, `refused` (never dialled),
//!   `human`, `machine` (the driver has told who answered), `holds`, `unholds`, `quality` (measured at the end);
//! - of the awaited operation: `finished`, `finished with <error>` (an error 488 is that of the last hold), `gone`;
//! - `wait 5s`, `loaded [actions]`, `loaded nothing`, `resume`, `died`, `follow` (the run that this one started);
//! - requests: `stop`, `continue @action`, `push [actions]`, `push interrupt [actions]`, `set name=value`, `delete`,
//!   `ask hangup`, `ask talk <text>`, `ask digits 12`, `ask hold`, `ask unhold`, `ask mute in`, `ask unmute in`, `ask delete`.
//!
//! `"@menu"` is an id. What the engine tells: events as they are, commands to the network with `!` before them.

use crate::world::{START, World};
use ringdown::engine::{Effect, Input, Output, Refusal, Request, Start, check::check_actions};
use ringdown::model::call::{Address, AddressType, Call, Direction, HangupBy, HangupReason, MuteDirection, Status};
use ringdown::model::flow::Revision;
use ringdown::model::quality::Quality;
use ringdown::model::run::WaitKind;
use ringdown::model::telephony::{Media, Signal};
use ringdown::model::variables::Variables;
use ringdown::proto;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Runs a scenario and compares every line.
#[track_caller]
pub fn check(actions: &str, transcript: &str) {
    compare(&play(actions, transcript), transcript);
}

/// Runs a scenario and compares its last lines: for what is too long to write down.
#[track_caller]
pub fn check_end(actions: &str, happens: &str, last_lines: &str) {
    let told = play(actions, happens);
    let wanted = lines(last_lines);
    let last: Vec<&str> = told.lines().skip(told.lines().count().saturating_sub(wanted.len())).collect();
    compare(&last.join("\n"), last_lines);
}

#[track_caller]
fn compare(told: &str, wanted: &str) {
    let (told, wanted) = (lines(told), lines(wanted));
    let same = told.iter().zip(&wanted).take_while(|(one, other)| one == other).count();
    if same < told.len().max(wanted.len()) {
        let rest = |of: &[String]| of[same..].join("\n    ");
        panic!("{}\n  told:\n    {}\n  wanted:\n    {}", wanted[..same].join("\n"), rest(&told), rest(&wanted));
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The id that `@name` stands for.
pub fn named(name: &str) -> Uuid {
    let mut bytes = [b' '; 16];
    let name = name.trim_start_matches('@').as_bytes();
    bytes[..name.len()].copy_from_slice(name);
    uuid::Builder::from_bytes(bytes).into_uuid()
}

/// What `@name` stood for, or one of the reserved ids.
fn name_of(id: Uuid) -> String {
    match std::str::from_utf8(id.as_bytes()) {
        Ok(name) if id.as_u128() > 3 => format!("@{}", name.trim_end()),
        _ if id.as_u128() <= 3 => ["none", "start", "finish", "next"][id.as_u128() as usize].to_owned(),
        _ => String::new(),
    }
}

/// Reads a list of actions; `"@name"` becomes an id.
pub fn read_actions(json: &str) -> Vec<proto::Action> {
    let mut text = String::new();
    let mut rest = json;
    while let Some(at) = rest.find("\"@") {
        let end = at + 2 + rest[at + 2..].find('"').expect("an id that ends");
        text.push_str(&format!("{}\"{}\"", &rest[..at], named(&rest[at + 1..end])));
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    proto::json::read(value).unwrap_or_else(|fault| panic!("{fault} in {text}"))
}

/// A revision of these actions, as it stands behind the door.
pub fn revision(json: &str, seed: u128) -> Arc<Revision> {
    let mut made = seed << 64;
    // No text: `name_of` leaves it out.
    let make_id = || {
        made += 1;
        Uuid::from_u128(u128::MAX - made)
    };
    let actions =
        check_actions(&read_actions(json), "actions", make_id).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(Revision::new(Uuid::from_u128(u128::MAX - (seed << 64)), named("flow"), 1, Uuid::nil(), actions))
}

fn tel(target: &str) -> Address {
    let none = String::new;
    Address { kind: AddressType::Tel, target: target.to_owned(), target_name: none(), name: none(), detail: none() }
}

/// What runs in a scenario.
struct Stage {
    world: World,
    spawned: Option<World>,
    told: Vec<String>,
    lists: u128,
}

fn play(actions: &str, transcript: &str) -> String {
    let mut happens = lines(transcript).into_iter().filter_map(|line| line.strip_prefix("> ").map(str::to_owned));
    let first = happens.next().expect("a scenario begins");
    let mut stage = begin(actions, &first);
    for line in happens {
        stage.told.push(format!("> {line}"));
        stage.happen(&line);
    }
    stage.told.join("\n")
}

fn begin(actions: &str, line: &str) -> Stage {
    let mut words = line.split(' ');
    let how = words.next().unwrap_or_default();
    let (mut variables, mut on_complete_flow_id) = (Variables::default(), Uuid::nil());
    let mut early = false;
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((name, value)) => variables.set(name, value).unwrap(),
            None if word == "early" => early = true,
            None => on_complete_flow_id = named(words.next().expect("on_complete names a flow")),
        }
    }
    let outgoing = Call {
        id: named("call"),
        source: tel("+15550000009"),
        destination: tel("+15550000001"),
        tm_create: START,
        ..Call::blank()
    };
    let incoming = Call { direction: Direction::Incoming, status: Status::Ringing, ..outgoing.clone() };
    let call = match how {
        "up" | "out" => Some(outgoing),
        "in" => Some(incoming),
        "api" => None,
        other => panic!("no scenario begins with {other}"),
    };
    let start = Start {
        id: named("activeflow"),
        customer_id: named("customer"),
        revision: revision(actions, 0),
        call,
        early_execution: early,
        variables,
        on_complete_flow_id,
        webhook_uri: String::new(),
        webhook_method: String::new(),
    };
    let (world, output) = World::start(start, START, 7);
    let mut stage = Stage { world, spawned: None, told: vec![format!("> {line}")], lists: 0 };
    if how == "up" {
        stage.happen("answer");
        stage.told.retain(|line| line != "call progressing");
    } else {
        stage.tell(&output, "");
    }
    stage
}

impl Stage {
    fn happen(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (verb, rest) {
            ("leg", rest) => {
                let (number, signal) = rest.split_once(' ').expect("leg 1 answer");
                let call_id = self.world.calls[number.parse::<usize>().expect("a leg has a number")];
                self.signal(call_id, signal);
            }
            ("wait", time) => self.wait(time),
            ("finished", error) => {
                let holding = self.world.run.leg(named("call")).and_then(|leg| leg.holding);
                // A refused hold is told while an action waits for something else.
                let operation = match error.strip_prefix("with 488") {
                    Some(_) => holding.map_or(0, |it| it.operation),
                    None => self.awaited(),
                };
                let error = error.strip_prefix("with ").map(str::to_owned);
                self.input(Input::Signal { call_id: named("call"), signal: Signal::Finished { operation, error } });
            }
            ("gone", _) => {
                let operation = self.awaited();
                self.input(Input::Gone { call_id: named("call"), operation, was_dial: false });
            }
            ("loaded", actions) => {
                let revision = (actions != "nothing").then(|| self.list(actions));
                let pending_flows = self.world.run.pending_flows.first().map(|it| it.operation);
                let operation = pending_flows.unwrap_or_else(|| self.awaited());
                self.input(Input::Loaded { operation, revision });
            }
            ("resume", _) => self.input(Input::Resume),
            ("died", _) => self.input(Input::Died),
            ("follow", _) => self.world = self.spawned.take().expect("a run was started"),
            ("stop" | "continue" | "push" | "set" | "delete" | "ask", _) => {
                let request = self.request(verb, rest);
                self.input(Input::Request(request));
            }
            _ => self.signal(named("call"), line),
        }
    }

    fn list(&mut self, actions: &str) -> Arc<Revision> {
        self.lists += 1;
        revision(actions, self.lists)
    }

    /// The operation that the current action waits for.
    fn awaited(&self) -> u64 {
        match self.world.run.wait.as_ref().map(|wait| &wait.kind) {
            Some(
                WaitKind::Media { operation, .. }
                | WaitKind::Load { operation, .. }
                | WaitKind::LoadForCalls { operation, .. }
                | WaitKind::Fetch { operation, .. }
                | WaitKind::Send { operation, .. }
                | WaitKind::Detect { operation }
                | WaitKind::Room { operation }
                | WaitKind::Answer { operation },
            ) => *operation,
            Some(WaitKind::Connect(connect)) => connect.bridging,
            // Nobody waits for it.
            _ => 1,
        }
    }

    fn request(&mut self, verb: &str, rest: &str) -> Request {
        let call_id = named("call");
        let (kind, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let direction = match more {
            "in" => MuteDirection::In,
            "out" => MuteDirection::Out,
            _ => MuteDirection::Both,
        };
        match (verb, kind) {
            ("stop", _) => Request::Stop,
            ("delete", _) => Request::Delete,
            ("continue", action) => Request::Continue { action_id: named(action) },
            ("push", "interrupt") => Request::Push { revision: self.list(more), interrupt: true },
            ("push", _) => Request::Push { revision: self.list(rest), interrupt: false },
            ("set", _) => {
                let pairs = rest.split(' ').map(|pair| pair.split_once('=').expect("name=value"));
                let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                Request::SetVariables { variables }
            }
            ("ask", "hangup") => Request::Hangup { call_id },
            ("ask", "hold") => Request::Hold { call_id },
            ("ask", "unhold") => Request::Unhold { call_id },
            ("ask", "mute") => Request::Mute { call_id, direction },
            ("ask", "unmute") => Request::Unmute { call_id, direction },
            ("ask", "digits") => Request::SendDigits { call_id, digits: more.to_owned(), tone_ms: 250, gap_ms: 100 },
            ("ask", "talk") => Request::Talk { call_id, media: speech(more) },
            ("ask", "delete") => {
                let call = self.world.run.call().cloned().expect("a call to delete");
                Request::DeleteCall { call: Box::new(call) }
            }
            other => panic!("no request {other:?}"),
        }
    }

    fn signal(&mut self, call_id: Uuid, line: &str) {
        let hangup = |by, reason, sip_code| Signal::Hangup { by, reason, sip_code, cause: String::new() };
        let other = self.world.calls.iter().copied().find(|id| *id != call_id).unwrap_or_default();
        let status = self.world.run.leg(call_id).map(|leg| leg.call.status);
        let signal = match line {
            "ring" => Signal::Ringing,
            "answer" => Signal::Answered,
            "early media" => Signal::EarlyMedia,
            "busy" => hangup(HangupBy::Remote, HangupReason::Busy, 486),
            "noanswer" => hangup(HangupBy::Remote, HangupReason::Noanswer, 480),
            "reject" => hangup(HangupBy::Remote, HangupReason::Failed, 603),
            "hangup" if status == Some(Status::Progressing) => hangup(HangupBy::Remote, HangupReason::Normal, 0),
            "hangup" => hangup(HangupBy::Remote, HangupReason::Cancel, 0),
            "hung up" => hangup(HangupBy::Local, HangupReason::Normal, 0),
            "human" | "machine" => {
                let operation = self.world.run.detecting.map_or(0, |it| it.operation);
                Signal::Detected { operation, machine: line == "machine" }
            }
            "holds" => Signal::FarHold { held: true },
            "unholds" => Signal::FarHold { held: false },
            "quality" => {
                let codec = format!("PCMU\0{}", "x".repeat(100));
                Signal::Quality(Box::new(Quality { codec, mos_in_x100: 437, ..Quality::default() }))
            }
            "bridged" => Signal::Bridged { other },
            "unbridged" => Signal::Unbridged { other },
            "refused" => return self.input(Input::Gone { call_id, operation: 1, was_dial: true }),
            other => {
                let digits = other.strip_prefix("digits ").unwrap_or_else(|| panic!("nothing is called {other}"));
                for digit in digits.chars() {
                    self.input(Input::Signal { call_id, signal: Signal::Digit { digit } });
                }
                return;
            }
        };
        self.input(Input::Signal { call_id, signal });
    }

    /// Lets time pass; whenever the run wants to be woken on the way, it is.
    fn wait(&mut self, time: &str) {
        let split = time.find(char::is_alphabetic).expect("a unit");
        let unit_ms = match &time[split..] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            other => panic!("no unit of time is called {other}"),
        };
        let until = self.world.now.plus_ms(time[..split].parse::<i64>().expect("a number") * unit_ms);
        while let Some(due) = self.world.run.due().filter(|due| *due <= until) {
            self.world.now = due.max(self.world.now);
            self.input(Input::tick(&self.world.run, self.world.now));
        }
        self.world.now = until;
    }

    fn input(&mut self, input: Input) {
        match self.world.step(input) {
            Ok(output) => self.tell(&output, ""),
            Err(Refusal::Stale(at)) => self.told.push(format!("refused: the cursor is at {}", name_of(at))),
            Err(refusal) => self.told.push(format!("refused: {refusal:?}")),
        }
    }

    fn tell(&mut self, output: &Output, before: &str) {
        for event in &output.events {
            let line = crate::transcript::event(&self.world.calls, &event.kind);
            self.told.extend(line.map(|line| format!("{before}{line}")));
        }
        for effect in &output.effects {
            let line = match effect {
                Effect::Call { call_id, command, .. } => {
                    crate::transcript::command(&self.world.calls, *call_id, command)
                }
                Effect::Load { flow_id, .. } => format!("load {}", name_of(*flow_id)),
                Effect::Fetch { request, .. } => format!("fetch {} {}", request.method, request.uri),
                Effect::Send { request, .. } => format!("ask {} {} {:?}", request.method, request.uri, request.data),
                Effect::HangUp { .. } => "hang up the chained call".to_owned(),
                Effect::Resume => "resume".to_owned(),
            };
            self.told.push(format!("{before}! {line}"));
        }
        for (run, child) in &output.spawned {
            self.spawned = Some(self.world.spawned(run.clone(), child));
            self.tell(child, "+ ");
        }
    }
}

pub fn id_text(text: &str) -> String {
    Uuid::parse_str(text).map_or_else(|_| text.to_owned(), name_of)
}

fn speech(text: &str) -> Media {
    let none = String::new;
    Media::Speech { text: text.to_owned(), language: none(), gender: none(), provider: none(), voice_id: none() }
}

/// Variables as `name=value`, ids by their names.
pub fn variables(variables: &BTreeMap<String, String>, calls: &[Uuid]) -> String {
    let value = |text: &String| match Uuid::parse_str(text) {
        Ok(id) => crate::transcript::call(calls, id),
        Err(_) => text.clone(),
    };
    variables.iter().map(|(name, text)| format!("{name}={}", value(text))).collect::<Vec<_>>().join(" ")
}
