//! The attacks, and what a server may answer to each of them.

use ringdown::error::Reason::{self, *};

/// Something that a customer does to harm others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// A flow that calls six numbers, each of which runs it again at once.
    CallsItself,
    /// Flows that start each other, by calls and on completion.
    StartEachOther,
    /// A large variable, set again and again.
    FillsHistory,
    /// Lists of a thousand actions, pushed until they are refused.
    PushesLists,
    /// Flows of 30,000 actions.
    ManyActions,
    /// Watches from far back that are not read.
    StalledWatches,
    /// Keys and tokens that do not exist.
    WrongKeys,
    /// Many small activeflows whose requests nobody answers.
    SlowRequests,
    /// Bodies that lack their end, signed and not.
    UnfinishedBodies,
    /// Connections that say nothing, or half a header.
    HalfOpen,
    /// What looks like HTTP/2 and is not.
    MalformedHttp2,
    /// A key that is used again with another body, and keys of others.
    ReusedKeys,
    /// Changes and deletions of what does not exist.
    MissingThings,
    /// Reads and changes of what others have.
    OthersThings,
    /// Lists and watches of everything.
    ListsEverything,
}

impl Attack {
    pub const ALL: [Attack; 15] = [
        Attack::CallsItself,
        Attack::StartEachOther,
        Attack::FillsHistory,
        Attack::PushesLists,
        Attack::ManyActions,
        Attack::StalledWatches,
        Attack::WrongKeys,
        Attack::SlowRequests,
        Attack::UnfinishedBodies,
        Attack::HalfOpen,
        Attack::MalformedHttp2,
        Attack::ReusedKeys,
        Attack::MissingThings,
        Attack::OthersThings,
        Attack::ListsEverything,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Attack::CallsItself => "flows that call themselves",
            Attack::StartEachOther => "flows that start each other",
            Attack::FillsHistory => "loops that fill the history",
            Attack::PushesLists => "pushed lists of a thousand actions",
            Attack::ManyActions => "bodies of 30,000 actions",
            Attack::StalledWatches => "watches that do not read",
            Attack::WrongKeys => "wrong keys",
            Attack::SlowRequests => "requests to a slow receiver",
            Attack::UnfinishedBodies => "unfinished bodies",
            Attack::HalfOpen => "half-open connections",
            Attack::MalformedHttp2 => "malformed HTTP/2",
            Attack::ReusedKeys => "idempotency keys of others and of other bodies",
            Attack::MissingThings => "changes of what does not exist",
            Attack::OthersThings => "reads and changes of what others have",
            Attack::ListsEverything => "lists of everything",
        }
    }

    /// The reasons for which its requests may be refused, besides [`PASSING`].
    pub fn refusals(self) -> &'static [Reason] {
        match self {
            Attack::CallsItself | Attack::StartEachOther => &[TooManyCalls, TooManyActiveflows, TooManyGenerations],
            Attack::FillsHistory | Attack::SlowRequests => &[TooManyActiveflows],
            // The history of an activeflow may be used up, which ends it.
            Attack::PushesLists => &[TooManyActiveflows, InvalidArgument, ActiveflowEnded],
            Attack::ManyActions => &[InvalidActionOption],
            Attack::StalledWatches => &[TooManyWatchers, InvalidResumeToken],
            Attack::WrongKeys => &[InvalidCredentials],
            // Nobody is waited for; or it is HTTP/1.1 after all.
            Attack::HalfOpen => &[],
            Attack::MalformedHttp2 => &[RouteNotFound, AuthenticationRequired],
            Attack::UnfinishedBodies => &[InvalidJsonBody],
            Attack::ListsEverything => &[TooManyWatchers],
            Attack::ReusedKeys => &[TooManyActiveflows, IdempotencyKeyReused],
            Attack::MissingThings => &[
                ActiveflowNotFound,
                CallNotFound,
                FlowNotFound,
                MessageNotFound,
                NumberNotFound,
                RecordingNotFound,
                AccessKeyNotFound,
                WebhookDeliveryNotFound,
                RoleNotSufficient,
            ],
            Attack::OthersThings => &[ActiveflowNotFound, CallNotFound, FlowNotFound, RecordingNotFound, IdTaken],
        }
    }
}

/// The reasons for which any request may be refused while servers suffer, or a customer has used what it may.
pub const PASSING: &[Reason] =
    &[StoreUnavailable, NodeUnavailable, ShuttingDown, DeadlineExceeded, TooManyRequests, BudgetUsedUp];

/// The errors of actions and of activeflows that end by them: the word that each begins with.
pub const ERRORS: &[&str] =
    &["TOO_MANY_CALLS", "TOO_MANY_ACTIVEFLOWS", "TOO_MANY_GENERATIONS", "BUDGET_USED_UP", "timeout", "busy"];
