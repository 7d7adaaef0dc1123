//! What is known of a database: what its owners saw before the death, and what must become of it.

use crate::inventory::Inventory;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Expected {
    /// The address of this machine at which the receivers of this database are expected, each at a port of its own.
    pub address: String,
    /// The customers; the first one is the server's first.
    pub people: Vec<Person>,
    /// A JWT of the first customer, good for a hundred years.
    pub jwt: String,
    /// Access keys that were deleted.
    pub shut_out: Vec<String>,
    /// Paths of the first customer that answer 404: what was there was deleted.
    pub gone: Vec<String>,
    /// A number that was told to be busy.
    pub busy: String,
    /// What was answered under idempotency keys, to the first customer.
    pub answers: Vec<Answer>,
    /// The flow that runs after the call that came in, once that is over.
    pub on_complete_flow_id: String,
    /// The activeflows that ran.
    pub runs: Vec<Running>,
    /// The message that was on its way to the provider, and the one that waited behind it.
    pub begun_message: String,
    pub queued_message: String,
}

/// A customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    /// Access keys, the first one first.
    pub keys: Vec<String>,
    /// Tokens from before all.
    pub activeflows_token: String,
    pub calls_token: String,
    /// Ids of the events that were told from there on, in their order.
    pub activeflow_events: Vec<String>,
    pub call_events: Vec<String>,
    /// What was there.
    pub inventory: Inventory,
}

/// An answer under an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    pub path: String,
    pub key: String,
    pub body: Value,
    pub answer: Value,
}

/// An activeflow that ran.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Running {
    pub id: String,
    /// Whose it is, counted from 0.
    pub person: usize,
    pub waits: Waits,
    /// Variables that it has when it has ended.
    pub then: Vec<(String, String)>,
}

/// What a running activeflow waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// A time that is long over: it goes on by itself.
    Time,
    /// A time that never comes: there is another wait of weeks behind the first.
    Weeks,
    /// Somebody who continues it.
    Word,
    /// An answer from outside, for which it asks again.
    Answer,
    /// Its call, which has died.
    Call,
}

impl Expected {
    pub fn read(path: &Path) -> Expected {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn write(&self, path: &Path) {
        let mut text = String::new();
        print(&serde_json::to_value(self).unwrap(), 0, &mut text);
        std::fs::write(path, text + "\n").unwrap();
    }

    pub fn waiting(&self, waits: Waits) -> impl Iterator<Item = &Running> {
        self.runs.iter().filter(move |run| run.waits == waits)
    }
}

/// What is deeper stands on one line.
const DEPTH: usize = 4;

fn print(value: &Value, depth: usize, text: &mut String) {
    let (open, close, parts): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(fields) if depth < DEPTH => {
            ('{', '}', fields.iter().map(|(name, value)| (format!("{}: ", json!(name)), value)).collect())
        }
        Value::Array(values) if depth < DEPTH => {
            ('[', ']', values.iter().map(|value| (String::new(), value)).collect())
        }
        _ => return text.push_str(&value.to_string()),
    };
    text.push(open);
    for (at, (name, value)) in parts.into_iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&name);
        print(value, depth + 1, text);
    }
    text.push('\n');
    text.push(close);
}
