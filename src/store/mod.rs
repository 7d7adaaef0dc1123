//! What the server remembers: the port. [`sqlite`] is the adapter for one machine, [`postgres`] that for a database beside it.
//!
//! A store knows rows, not meaning: states, records and actions are bytes to it (what a record says rides along untouched), and only what is compared, ordered,
//! filtered or counted stands in a column. `commit` is the only writer of runs; it applies a whole [`Commit`] or
//! nothing of it, compares every expected revision first, and answers when the rows are durable.

mod loaded;
mod migration;
mod node;
mod outgoing;
pub mod postgres;
mod queue;
mod recording;
pub mod sqlite;

pub use loaded::Loaded;
pub use node::{ALONE, ChangeHints, CommandId, NodeId, Nodes};
pub use outgoing::{Outgoing, OutgoingFilter, Settled, State, StoredOutgoing};
pub use recording::{Recording, RecordingFilter};

use crate::model::event::Record;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// How long an answer is remembered under its idempotency key: a day.
pub const ANSWERS_KEPT: Micros = 24 * 60 * 60 * 1_000_000;

/// The row number of a run: small, so that hot rows and indexes stay small. Never used twice.
pub type RunKey = i64;

/// A place in the log. Its order is the commit order, the same for all watchers.
///
/// SQLite leaves `epoch` at 0 and counts `sequence`; PostgreSQL puts the transaction's number first, and counts its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    pub epoch: u64,
    pub sequence: u64,
}

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A run, a customer, an access key or a number is not at the revision that the commit expected, or the number of a flow's
    /// new revision is used: load it again and decide anew.
    #[error("what it would change has moved on")]
    Conflict,
    /// The id of something new is in use, or the id of something changed is another customer's.
    #[error("the id {0} is taken")]
    IdTaken(Uuid),
    /// The idempotency key was used before; this is what was answered then.
    #[error("the idempotency key was used before")]
    KeyUsed(Box<Answer>),
    /// The telephone number leads somewhere already.
    #[error("the number {0} is taken")]
    NumberTaken(String),
    /// The database could not be reached, is full or is closing. Nothing was written.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A stored value is not what this version writes, or a statement failed.
    #[error("the store failed: {0}")]
    Broken(String),
}

/// Told how many commits shared a transaction that became durable. Called by who writes: it must not wait.
#[derive(Clone)]
pub struct Groups(pub Arc<dyn Fn(usize) + Send + Sync>);

impl std::fmt::Debug for Groups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Groups")
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

fn unavailable(sentence: impl Into<String>) -> Error {
    Error::Unavailable(sentence.into())
}

/// What is written together: all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Remembers the answer under the caller's key. Checked first: a used key fails the commit with [`Error::KeyUsed`],
    /// unless its answer is more than [`ANSWERS_KEPT`] older than this one, which then takes its place.
    pub answer: Option<Answer>,
    /// New flows, and new versions of flows that are there (same id: replaced whole). One that was deleted stays so: a
    /// version that is not is a [`Error::Conflict`]. Whoever changes a flow commits its next revision with it: of two who make
    /// the same one, the second is a conflict.
    pub flows: Vec<Flow>,
    pub revisions: Vec<Revision>,
    pub runs: Vec<RunWrite>,
    /// New access keys, and new versions of those that are there (same id: replaced whole) and stand at their revision.
    /// [`Error::Conflict`] otherwise, and for one that would bring back what was deleted.
    pub access_keys: Vec<AccessKey>,
    /// New versions of customers that are there and stand at their revision.
    pub customers: Vec<Customer>,
    /// New numbers, and new versions of those that are there, as with access keys.
    pub numbers: Vec<Number>,
    /// New messages, and new versions of those that are there (same id: replaced whole, but what is deleted stays so).
    pub messages: Vec<Message>,
    /// What is to be sent once this is durable.
    pub outgoing: Vec<Outgoing>,
    /// What became of what was to be sent.
    pub settled: Vec<Settled>,
    /// Values of the server's own, by name: replaced. A cursor moves in the commit that does what it has passed.
    pub settings: Vec<(String, Vec<u8>)>,
    /// New recordings, and new versions of those that are there (same id: status, `tm_delete` and body are written).
    pub recordings: Vec<Recording>,
}

/// One transition of one run: one state row, one log row, and the rows of the calls that changed.
#[derive(Debug, Clone)]
pub struct RunWrite {
    /// None creates the run; `Some((key, revision))` changes it if it still stands at that revision. A commit holds at
    /// most one write of a run.
    pub expected: Option<(RunKey, u64)>,
    pub run: Run,
    /// The events of the transition, packed; becomes one row of the log.
    pub record: LogRecord,
    /// Calls of the run that are new or changed: of a changed one the status, `tm_delete` and the body are written.
    pub calls: Vec<Call>,
    /// `Some` when the variables live in a row of their own and changed; an empty vector removes that row.
    pub variables: Option<Vec<u8>>,
}

/// How much a run matters to a server that starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Working {
    /// Ended, and nothing is left to do for it.
    No = 0,
    /// Runs, and waits for a time or for someone outside.
    Waiting = 1,
    /// Has a call that is not hung up or work that was started: must be looked at on start.
    Busy = 2,
}

/// A run as stored. `id` is the activeflow's. A change writes `status`, `revision`, `working`, `due`, `tm_delete` and the
/// state; the rest stays as it was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// The flow that it runs.
    pub flow_id: Uuid,
    /// The contract's numbers (`ActiveflowStatus`, `ReferenceType`), for the filters of lists.
    pub status: i32,
    pub reference_type: i32,
    /// Nil when the run was started by the API.
    pub reference_id: Uuid,
    pub revision: u64,
    pub working: Working,
    /// When the run wants to be woken; none while it waits for someone outside.
    pub due: Option<Micros>,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub state: Vec<u8>,
}

/// A run read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    pub key: RunKey,
    /// The node that alone may change it.
    pub owner: NodeId,
    pub run: Run,
    /// The row of its own that large variables live in. Lists leave it out.
    pub variables: Option<Vec<u8>>,
}

/// A call as stored: a projection of its run, written in the same commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub flow_id: Uuid,
    /// The activeflow of its run.
    pub activeflow_id: Uuid,
    /// The contract's numbers (`CallStatus`, `CallDirection`).
    pub status: i32,
    pub direction: i32,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// Flows made of inline actions are not listed.
    pub listed: bool,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// A list of actions that never changes. Runs point here, so changing a flow never changes a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: Uuid,
    /// Nil for an unnamed list (pushed or fetched).
    pub flow_id: Uuid,
    /// Counts from 1 in its flow; 0 for an unnamed list.
    pub number: u32,
    pub tm_create: Micros,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// SHA-256 of the key.
    pub hash: [u8; 32],
    /// The revision at which it was read, 0 for a new one. A commit compares it, and raises it by one.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: Uuid,
    pub name: String,
    /// As that of an access key.
    pub revision: u64,
    pub tm_create: Micros,
    /// Where its events go, and the like; empty while nothing was said.
    pub body: Vec<u8>,
}

/// A telephone number that leads to flows. Among those that are not deleted there is one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub number: String,
    /// As that of an access key.
    pub revision: u64,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// A text message that came or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// The contract's numbers (`MessageDirection`, `MessageStatus`).
    pub direction: i32,
    pub status: i32,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// An answer that is remembered under a caller's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub customer_id: Uuid,
    /// The RPC, `/ringdown.v1.CallService/CreateCalls`.
    pub rpc: String,
    pub key: String,
    /// SHA-256 of the request as canonical protobuf, without the key.
    pub request: [u8; 32],
    pub response: Vec<u8>,
    pub tm_create: Micros,
}

/// What a commit did, in the order of its `runs`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    pub runs: Vec<(RunKey, Position)>,
}

/// What a row of the log holds.
#[derive(Debug, Clone, Default)]
pub struct LogRecord {
    pub bytes: Bytes,
    /// What the bytes say, where this process wrote them and has it at hand: nobody decodes it again.
    pub decoded: Option<Arc<Record>>,
}

impl From<Vec<u8>> for LogRecord {
    fn from(bytes: Vec<u8>) -> LogRecord {
        LogRecord { bytes: bytes.into(), decoded: None }
    }
}

/// The bytes are what is stored; the rest follows from them.
impl PartialEq for LogRecord {
    fn eq(&self, other: &LogRecord) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for LogRecord {}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    pub position: Position,
    pub run: RunKey,
    pub record: LogRecord,
}

/// A member of the working set, without its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingRun {
    pub key: RunKey,
    pub id: Uuid,
    pub working: Working,
    pub due: Option<Micros>,
}

/// A page of a list, newest first by `(tm_create, id)`, deleted rows left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    pub customer_id: Uuid,
    /// Rows strictly older than this pair. A nil id means: strictly older than this time.
    pub before: Option<(Micros, Uuid)>,
    /// At most this many rows.
    pub limit: u32,
    /// The page ends with the row that brings its states or bodies to this many bytes. 0: no such bound.
    pub max_bytes: usize,
}

/// Filters of a list of runs; `None` and 0 leave the column free.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunFilter {
    pub status: i32,
    pub flow_id: Option<Uuid>,
    pub reference_type: i32,
    pub reference_id: Option<Uuid>,
}

/// Filters of a list of calls; `None` and 0 leave the column free.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallFilter {
    pub status: i32,
    pub direction: i32,
    pub flow_id: Option<Uuid>,
    pub activeflow_id: Option<Uuid>,
}

/// Filters of a list of messages; 0 leaves the column free.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessageFilter {
    pub direction: i32,
    pub status: i32,
}

#[async_trait]
pub trait Store: Send + Sync {
    /// Applies the whole commit or nothing of it, and returns when it is durable. Commits that wait at the same moment
    /// share one transaction; one that fails does so alone. It is done even if the caller stops waiting for it.
    async fn commit(&self, commit: Commit) -> Result<Committed>;

    /// One run with its variables, deleted ones included.
    async fn run(&self, id: Uuid) -> Result<Option<StoredRun>>;
    /// The activeflow of a call.
    async fn call_owner(&self, call_id: Uuid) -> Result<Option<Uuid>>;
    /// Runs with `working` above `No` and a key above `after`, in the order of their keys.
    async fn working_set(&self, after: RunKey, limit: u32) -> Result<Vec<WorkingRun>>;
    /// A list of runs, without variables.
    async fn runs(&self, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>>;
    /// Runs that match, not deleted, with a key above `after`, in the order of their keys: the pages of a snapshot.
    async fn runs_by_key(
        &self,
        customer_id: Uuid,
        filter: RunFilter,
        after: RunKey,
        limit: u32,
    ) -> Result<Vec<StoredRun>>;

    /// One call, deleted ones included.
    async fn call(&self, id: Uuid) -> Result<Option<Call>>;
    async fn calls(&self, page: Page, filter: CallFilter) -> Result<Vec<Call>>;
    /// Calls that match, not deleted, with a row number above `after`, with that number: the pages of a snapshot.
    async fn calls_by_key(
        &self,
        customer_id: Uuid,
        filter: CallFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Call)>>;

    /// One flow, deleted and unlisted ones included.
    async fn flow(&self, id: Uuid) -> Result<Option<Flow>>;
    /// Listed flows.
    async fn flows(&self, page: Page) -> Result<Vec<Flow>>;
    async fn revision(&self, id: Uuid) -> Result<Option<Revision>>;
    /// The revisions of a flow with a number below `before` (0: from the newest), newest first.
    async fn revisions(&self, flow_id: Uuid, before: u32, limit: u32) -> Result<Vec<Revision>>;

    /// The answer kept under a key, if it is not older than `since`.
    async fn answer(&self, customer_id: Uuid, rpc: &str, key: &str, since: Micros) -> Result<Option<Answer>>;
    /// Forgets answers older than `before`, at most `limit` of them, and says how many went.
    async fn forget_answers(&self, before: Micros, limit: u32) -> Result<u32>;

    /// The name of this log: another one after a restore that may have lost its tail.
    async fn log_name(&self) -> Result<Uuid>;
    /// What of the log is gone and where the log ends, `(gone, head)`: every row after the one, up to the other, can be read.
    /// `gone` is the last row that was forgotten, the default of [`Position`] before any was. `head` is the last row that ever
    /// was, the default in a log that never had one; pruning does not move it.
    async fn log_bounds(&self) -> Result<(Position, Position)>;
    /// Rows after a position in commit order: at most `limit` rows, ending with the one that brings the records to
    /// `max_bytes` (0: no such bound).
    async fn log(&self, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>>;
    /// The rows of one run before a position (`None`: from its end), newest first: at most `limit` rows, ending with the
    /// one that brings the records to `max_bytes` (0: no such bound).
    async fn history(&self, run: RunKey, before: Option<Position>, limit: u32, max_bytes: usize)
    -> Result<Vec<LogRow>>;
    /// Rises when the log has grown: after each group of commits of this store, and as a hint when another server may have
    /// written.
    fn growth(&self) -> watch::Receiver<u64>;
    /// Returns when the log is to be read though its growth did not rise: hints get lost. Never, where nobody else writes.
    async fn overdue(&self) {
        std::future::pending().await
    }

    async fn customer(&self, id: Uuid) -> Result<Option<Customer>>;
    /// The first customer made, whom `ringdown token` speaks for by default.
    async fn first_customer(&self) -> Result<Option<Customer>>;
    /// Fails with [`Error::IdTaken`] when the customer or the key is there already.
    async fn create_customer(&self, customer: Customer, first_key: AccessKey) -> Result<()>;
    /// One access key by its id, deleted ones included.
    async fn access_key(&self, id: Uuid) -> Result<Option<AccessKey>>;
    /// The access key with this hash, not deleted.
    async fn access_key_by_hash(&self, hash: [u8; 32]) -> Result<Option<AccessKey>>;
    async fn access_keys(&self, page: Page) -> Result<Vec<AccessKey>>;

    /// One number, deleted ones included.
    async fn number(&self, id: Uuid) -> Result<Option<Number>>;
    /// Whose number this is, not deleted.
    async fn number_called(&self, number: &str) -> Result<Option<Number>>;
    async fn numbers(&self, page: Page) -> Result<Vec<Number>>;
    /// One message, deleted ones included.
    async fn message(&self, id: Uuid) -> Result<Option<Message>>;
    async fn messages(&self, page: Page, filter: MessageFilter) -> Result<Vec<Message>>;

    /// One that is or was to be sent.
    async fn outgoing(&self, id: Uuid) -> Result<Option<StoredOutgoing>>;
    async fn outgoings(&self, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>>;
    /// Lanes with something that waits and is due, above `after` (`None`: from the lowest), in their order. At most `limit`
    /// lanes are looked at; the second is the last of them, `None` when there are no more.
    async fn due_partitions(&self, now: Micros, after: Option<i64>, limit: u32) -> Result<(Vec<i64>, Option<i64>)>;
    /// What waits in a lane and is due, first due first.
    async fn due_outgoing(&self, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>>;
    /// When something is due next, after `now`.
    async fn next_due(&self, now: Micros) -> Result<Option<Micros>>;
    /// What was started and not settled, oldest first.
    async fn started_outgoing(&self, limit: u32) -> Result<Vec<StoredOutgoing>>;

    /// Forgets rows of the log up to a position, oldest first, at most `limit` of them, and says how many went.
    async fn forget_log(&self, up_to: Position, limit: u32) -> Result<u32>;
    /// Forgets runs that ended, have nothing left to do and whose newest row of the log is at `up_to` or before, with their
    /// calls, variables and unlisted flows. Looks at `limit` runs above `after` in the order of their keys, those created
    /// before `created` alone; says the last that it looked at (`None`: there are no more) and which activeflows went.
    async fn forget_runs(
        &self,
        after: RunKey,
        up_to: Position,
        created: Micros,
        limit: u32,
    ) -> Result<(Option<RunKey>, Vec<Uuid>)>;
    /// Forgets what was delivered or given up and was created before `before`, at most `limit` of them.
    async fn forget_outgoing(&self, before: Micros, limit: u32) -> Result<u32>;
    /// Forgets messages that do not wait to be sent and were created before `before`, at most `limit` of them.
    async fn forget_messages(&self, before: Micros, limit: u32) -> Result<u32>;
    /// One recording, deleted ones included.
    async fn recording(&self, id: Uuid) -> Result<Option<Recording>>;
    async fn recordings(&self, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>>;
    /// Recordings that are over and were created before `before`, deleted ones included, oldest first. Their files go before
    /// they are forgotten: a file that no row names would stay for ever.
    async fn old_recordings(&self, before: Micros, limit: u32) -> Result<Vec<Uuid>>;
    async fn forget_recordings(&self, ids: &[Uuid]) -> Result<()>;

    /// A value of the server's own (its secret, say); `value` is kept if there is none yet, and what is kept is returned.
    async fn setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>>;
    /// What a simulated number does for a customer; an empty script forgets it.
    async fn set_callee(&self, customer_id: Uuid, number: &str, script: &[u8]) -> Result<()>;
    /// All simulated numbers that were set: (customer, number, script).
    async fn callees(&self) -> Result<Vec<(Uuid, String, Vec<u8>)>>;

    /// Answers when the store can be read and written.
    async fn ping(&self) -> Result<()>;
    /// Finishes the commits that wait, then closes. Later calls are `Unavailable`.
    async fn close(&self);
}
