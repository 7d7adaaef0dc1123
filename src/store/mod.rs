//! The persistence port. [`sqlite`] is the adapter for a single server, [`postgres`] for servers that share a database.
//!
//! A store does not interpret what it stores: states, records and actions are opaque bytes. Only values that are
//! compared, sorted, filtered or counted have columns. `commit` is the only way to write runs. It applies a [`Commit`]
//! completely or not at all, compares every expected revision first, and returns when the rows are durable.

mod carriers;
mod customers;
mod damage;
mod error;
mod groups;
pub mod inspect;
mod loaded;
mod migration;
mod node;
mod outgoing;
mod page;
pub mod partitions;
pub mod postgres;
mod queue;
mod recording;
pub mod secrets;
mod size;
pub mod sqlite;
mod usage;

pub use carriers::{CarrierStore, Provider, Route};
pub use customers::{AccessKey, Customer, CustomerStore, CustomerTask, Number};
pub use damage::Damage;
pub use error::{Error, Result};
pub use groups::Groups;
pub use loaded::Loaded;
pub use node::{ALONE, ChangeHints, CommandId, NodeId, Nodes};
pub use outgoing::{Outgoing, OutgoingFilter, Settled, State, StoredOutgoing};
pub use page::{CallFilter, MessageFilter, Page, RunFilter};
pub use partitions::{PartitionScan, ScannedPartitions};
pub use recording::{Recording, RecordingFilter};
pub use size::{COMMITS, OUTBOX_BYTES, SNAPSHOT_BYTES};
pub use usage::{Meter, Usage};

use crate::model::amounts::Amounts;
use crate::model::event::Record;
use async_trait::async_trait;
use bytes::Bytes;
use error::unavailable;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// A time in microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// How long an answer is kept under its idempotency key: 24 hours.
pub const ANSWERS_KEPT: Micros = 24 * 60 * 60 * 1_000_000;

/// The row number of a run, small to keep hot rows and indexes small. Never reused.
pub type RunKey = i64;

/// A position in the log. Positions have the order of the commits, the same for all watchers.
///
/// SQLite leaves `epoch` at 0 and counts `sequence`. PostgreSQL puts the transaction's number in `epoch`.
/// `sequence` then counts the rows of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    pub epoch: u64,
    pub sequence: u64,
}

/// A set of writes that is applied completely or not at all.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Keeps the answer under the caller's idempotency key. Checked first: a used key fails the commit with
    /// [`Error::KeyUsed`], unless the kept answer is more than [`ANSWERS_KEPT`] older than this one, which then
    /// replaces it.
    pub answer: Option<Answer>,
    /// New flows, and new versions of existing flows (same id, replaced whole). A deleted flow stays deleted: a version
    /// that is not deleted fails with [`Error::Conflict`]. Each change of a flow commits the flow's next revision with
    /// it, so the second of two concurrent changes fails with a conflict.
    pub flows: Vec<Flow>,
    pub revisions: Vec<Revision>,
    pub runs: Vec<RunWrite>,
    /// New access keys, and new versions of existing ones (same id, replaced whole) that are at the expected revision.
    /// Any other revision, or undeleting a key, is an [`Error::Conflict`].
    pub access_keys: Vec<AccessKey>,
    /// New customers, and new versions of existing ones, with the same rules as access keys.
    pub customers: Vec<Customer>,
    /// New numbers, and new versions of existing ones, with the same rules as access keys.
    pub numbers: Vec<Number>,
    /// New providers and routes, and new versions of existing ones, with the same rules as access keys.
    pub providers: Vec<Provider>,
    pub routes: Vec<Route>,
    /// New messages, and new versions of existing ones (same id, replaced whole, but a deleted message stays deleted).
    pub messages: Vec<Message>,
    /// Deliveries to send once the commit is durable.
    pub outgoing: Vec<Outgoing>,
    /// Results of deliveries.
    pub settled: Vec<Settled>,
    /// The server's own settings, by name, replaced. A cursor moves in the commit that does the work it has passed.
    pub settings: Vec<(String, Vec<u8>)>,
    /// New recordings, and new versions of existing ones (same id: status, `tm_delete` and body are written).
    pub recordings: Vec<Recording>,
}

/// One transition of one run: a state row, a log row, and the rows of the calls that changed.
#[derive(Debug, Clone)]
pub struct RunWrite {
    /// `None` creates the run. `Some((key, revision))` changes it if it is still at that revision. A commit holds at
    /// most one write of a run.
    pub expected: Option<(RunKey, u64)>,
    pub run: Run,
    /// The packed events of the transition, stored as one row of the log.
    pub record: LogRecord,
    /// New or changed calls of the run. Of a changed call the status, `tm_delete` and the body are written.
    pub calls: Vec<Call>,
    /// `Some` when the variables have a separate row and changed; an empty vector deletes that row.
    pub variables: Option<Vec<u8>>,
}

/// How much work a run has for a server that starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Working {
    /// The run ended and needs no more work.
    No = 0,
    /// The run waits for a time or for external input.
    Waiting = 1,
    /// The run has a call that is not hung up, or work that was started: recovery must look at it.
    Busy = 2,
}

/// A stored run. `id` is the activeflow's. A change writes `status`, `revision`, `working`, `due`, `tm_delete` and the
/// state; the other fields never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub flow_id: Uuid,
    /// The API's enum numbers (`ActiveflowStatus`, `ReferenceType`), for list filters.
    pub status: i32,
    pub reference_type: i32,
    /// Nil when the API started the run.
    pub reference_id: Uuid,
    pub revision: u64,
    pub working: Working,
    /// When the run wakes up; `None` while it waits for external input only.
    pub due: Option<Micros>,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub state: Vec<u8>,
}

/// A run read from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    pub key: RunKey,
    /// The only node that may change the run.
    pub owner: NodeId,
    pub run: Run,
    /// Large variables, which have a separate row. Lists leave them out.
    pub variables: Option<Vec<u8>>,
}

/// A stored call: a projection of its run, written in the same commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub flow_id: Uuid,
    pub activeflow_id: Uuid,
    /// The API's enum numbers (`CallStatus`, `CallDirection`).
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
    /// False for flows made of inline actions.
    pub listed: bool,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// An immutable list of actions. Runs refer to it, so changing a flow never changes a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: Uuid,
    /// Nil for an unnamed list (pushed or fetched).
    pub flow_id: Uuid,
    /// Counts from 1 within the flow; 0 for an unnamed list.
    pub number: u32,
    pub tm_create: Micros,
    pub body: Vec<u8>,
}

/// An incoming or outgoing text message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// The API's enum numbers (`MessageDirection`, `MessageStatus`).
    pub direction: i32,
    pub status: i32,
    pub tm_create: Micros,
    pub tm_delete: Option<Micros>,
    pub body: Vec<u8>,
}

/// An answer kept under a caller's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub customer_id: Uuid,
    /// The full name of the RPC, such as `/ringdown.v1.CallService/CreateCalls`.
    pub rpc: String,
    pub key: String,
    /// SHA-256 of the request as canonical protobuf, without the idempotency key.
    pub request: [u8; 32],
    pub response: Vec<u8>,
    pub tm_create: Micros,
}

/// The result of a commit, in the order of its `runs`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    pub runs: Vec<(RunKey, Position)>,
}

/// The content of a log row.
#[derive(Debug, Clone, Default)]
pub struct LogRecord {
    pub bytes: Bytes,
    /// The decoded bytes, when this process wrote them, so that they need not be decoded again.
    pub decoded: Option<Arc<Record>>,
}

impl From<Vec<u8>> for LogRecord {
    fn from(bytes: Vec<u8>) -> LogRecord {
        LogRecord { bytes: bytes.into(), decoded: None }
    }
}

/// Compares the stored bytes only: the decoded form follows from them.
impl PartialEq for LogRecord {
    fn eq(&self, other: &LogRecord) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for LogRecord {}

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
    pub customer_id: Uuid,
    pub working: Working,
    pub due: Option<Micros>,
}

#[async_trait]
pub trait Store: CustomerStore + CarrierStore + secrets::SecretRows {
    /// Applies the commit completely or not at all, and returns when it is durable. Commits that wait at the same time
    /// share a transaction; a commit that fails does not affect the others. The commit completes even if the caller
    /// stops waiting.
    async fn commit(&self, commit: Commit) -> Result<Committed>;

    /// Returns a run with its variables, even if it is deleted.
    async fn run(&self, id: Uuid) -> Result<Option<StoredRun>>;
    /// Returns the activeflow of a call.
    async fn call_owner(&self, call_id: Uuid) -> Result<Option<Uuid>>;
    /// Returns runs with `working` above `No` and a key above `after`, ordered by key.
    async fn working_set(&self, after: RunKey, limit: u32) -> Result<Vec<WorkingRun>>;
    /// Lists runs, without variables.
    async fn runs(&self, page: Page, filter: RunFilter) -> Result<Vec<StoredRun>>;
    /// Returns a page of a snapshot: matching runs that are not deleted, with a key above `after`, ordered by key.
    async fn runs_by_key(
        &self,
        customer_id: Uuid,
        filter: RunFilter,
        after: RunKey,
        limit: u32,
    ) -> Result<Vec<StoredRun>>;

    /// Returns a call, even if it is deleted.
    async fn call(&self, id: Uuid) -> Result<Option<Call>>;
    async fn calls(&self, page: Page, filter: CallFilter) -> Result<Vec<Call>>;
    /// Returns a page of a snapshot: matching calls that are not deleted, with their row numbers, which are above `after`.
    async fn calls_by_key(
        &self,
        customer_id: Uuid,
        filter: CallFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Call)>>;

    /// Returns a flow, even if it is deleted or not listed.
    async fn flow(&self, id: Uuid) -> Result<Option<Flow>>;
    /// Lists the flows that are listed.
    async fn flows(&self, page: Page) -> Result<Vec<Flow>>;
    async fn revision(&self, id: Uuid) -> Result<Option<Revision>>;
    /// Returns the revisions of a flow with a number below `before` (0: from the newest), newest first.
    async fn revisions(&self, flow_id: Uuid, before: u32, limit: u32) -> Result<Vec<Revision>>;

    /// Returns the answer kept under a key, if it is not older than `since`.
    async fn answer(&self, customer_id: Uuid, rpc: &str, key: &str, since: Micros) -> Result<Option<Answer>>;
    /// Deletes answers older than `before`, at most `limit`, and returns how many it deleted.
    async fn forget_answers(&self, before: Micros, limit: u32) -> Result<u32>;

    /// Returns the name of this log. It changes after a restore that may have lost the end of the log.
    async fn log_name(&self) -> Result<Uuid>;
    /// Returns the bounds of the readable log, `(gone, head)`: every row after `gone`, up to and including `head`.
    /// `gone` is the last row that was pruned, [`Position::default`] before any was. `head` is the last row ever
    /// written, the default if there was none; pruning does not move it.
    async fn log_bounds(&self) -> Result<(Position, Position)>;
    /// Returns a position that no committed row is after, whether or not the log can be read that far yet.
    async fn newest(&self) -> Result<Position> {
        Ok(self.log_bounds().await?.1)
    }
    /// Returns rows after a position in commit order: at most `limit`, ending with the row that brings the records to
    /// `max_bytes` (0: no limit).
    async fn log(&self, after: Position, limit: u32, max_bytes: usize) -> Result<Vec<LogRow>>;
    /// Returns the rows of one run before a position (`None`: from its end), newest first: at most `limit`, ending with
    /// the row that brings the records to `max_bytes` (0: no limit).
    async fn history(&self, run: RunKey, before: Option<Position>, limit: u32, max_bytes: usize)
    -> Result<Vec<LogRow>>;
    /// Returns a counter that rises when the log has grown: after each group of commits of this store, and as a hint
    /// when another server may have written.
    fn growth(&self) -> watch::Receiver<u64>;
    /// Returns when the log should be read even though `growth` did not change, since hints can get lost. Never returns
    /// when no other server writes.
    async fn overdue(&self) {
        std::future::pending().await
    }

    async fn customer(&self, id: Uuid) -> Result<Option<Customer>>;
    /// Returns the customer created first, the default of `ringdown token`.
    async fn first_customer(&self) -> Result<Option<Customer>>;
    /// Fails with [`Error::IdTaken`] when the customer or the key already exists.
    async fn create_customer(&self, customer: Customer, first_key: AccessKey) -> Result<()>;
    /// Returns an access key by its id, even if it is deleted.
    async fn access_key(&self, id: Uuid) -> Result<Option<AccessKey>>;
    /// Returns the access key with this hash, unless it is deleted.
    async fn access_key_by_hash(&self, hash: [u8; 32]) -> Result<Option<AccessKey>>;
    async fn access_keys(&self, page: Page) -> Result<Vec<AccessKey>>;

    /// Returns a number, even if it is deleted.
    async fn number(&self, id: Uuid) -> Result<Option<Number>>;
    /// Looks up a telephone number, unless it is deleted.
    async fn number_called(&self, number: &str) -> Result<Option<Number>>;
    async fn numbers(&self, page: Page) -> Result<Vec<Number>>;
    /// Returns a message, even if it is deleted.
    async fn message(&self, id: Uuid) -> Result<Option<Message>>;
    async fn messages(&self, page: Page, filter: MessageFilter) -> Result<Vec<Message>>;

    /// Returns a delivery in any state.
    async fn outgoing(&self, id: Uuid) -> Result<Option<StoredOutgoing>>;
    async fn outgoings(&self, page: Page, filter: OutgoingFilter) -> Result<Vec<StoredOutgoing>>;
    /// Returns partitions that have a waiting row that is due.
    async fn due_partitions(&self, now: Micros, scan: PartitionScan) -> Result<ScannedPartitions>;
    /// Returns the due rows of a partition that wait, earliest first, up to [`OUTBOX_BYTES`].
    async fn due_outgoing(&self, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>>;
    /// Returns the next due time after `now`.
    async fn next_due(&self, now: Micros) -> Result<Option<Micros>>;
    /// Returns deliveries that were started and not settled, oldest first. Ends at [`OUTBOX_BYTES`].
    async fn started_outgoing(&self, limit: u32) -> Result<Vec<StoredOutgoing>>;

    /// Deletes rows of the log up to a position, oldest first, at most `limit`, and returns how many it deleted.
    async fn forget_log(&self, up_to: Position, limit: u32) -> Result<u32>;
    /// Deletes runs that ended, need no more work and have their newest log row at `up_to` or before, with their calls,
    /// variables and unlisted flows. Looks at `limit` runs above `after` in key order, and only at those created before
    /// `created`. Returns the last key that it looked at (`None`: there are no more) and the deleted activeflows.
    async fn forget_runs(
        &self,
        after: RunKey,
        up_to: Position,
        created: Micros,
        limit: u32,
    ) -> Result<(Option<RunKey>, Vec<Uuid>)>;
    /// Deletes deliveries that were delivered or given up and were created before `before`, at most `limit`.
    async fn forget_outgoing(&self, before: Micros, limit: u32) -> Result<u32>;
    /// Deletes messages that do not wait to be sent and were created before `before`, at most `limit`.
    async fn forget_messages(&self, before: Micros, limit: u32) -> Result<u32>;
    /// Returns a recording, even if it is deleted.
    async fn recording(&self, id: Uuid) -> Result<Option<Recording>>;
    async fn recordings(&self, page: Page, filter: RecordingFilter) -> Result<Vec<Recording>>;
    /// Returns finished recordings created before `before`, deleted ones included, oldest first. Their files must be
    /// deleted before their rows: a file without a row would never be deleted.
    async fn old_recordings(&self, before: Micros, limit: u32) -> Result<Vec<Uuid>>;
    async fn forget_recordings(&self, ids: &[Uuid]) -> Result<()>;

    /// Stores a setting of the server, such as its secret, unless it already has a value. Returns the stored value.
    async fn setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>>;
    /// Sets the script of a customer's simulated number; an empty script removes it.
    async fn set_callee(&self, customer_id: Uuid, number: &str, script: &[u8]) -> Result<()>;
    /// Returns all scripts of simulated numbers: (customer, number, script).
    async fn callees(&self) -> Result<Vec<(Uuid, String, Vec<u8>)>>;

    /// Adds to what customers used, completely or not at all, and returns their new totals, in any order. `usage` names
    /// each customer and day at most once. After an error that leaves the outcome unknown it may have been added.
    async fn add_usage(&self, usage: Vec<Usage>) -> Result<Vec<Usage>>;
    /// Returns what a customer used on a day (days since 1970-01-01, UTC).
    async fn usage(&self, customer_id: Uuid, day: i32) -> Result<Amounts>;
    /// Deletes the usage of days before this one, at most `limit` rows, and returns how many it deleted.
    async fn forget_usage(&self, before: i32, limit: u32) -> Result<u32>;

    /// Succeeds when the store can be read and written.
    async fn ping(&self) -> Result<()>;
    /// Reports rows that cannot be read.
    fn damage(&self) -> &Damage;
    /// Returns what an operator should know although the store can be read and written, as sentences.
    fn notes(&self) -> Vec<String> {
        self.damage().note().into_iter().collect()
    }
    /// Finishes the waiting commits, then closes. Later calls fail with `Unavailable`.
    async fn close(&self);
}
