//! gRPC: one file per service, and what all services share.
//!
//! [`convert`] is the last place where a request itself can be invalid; the code behind it receives only valid values.

mod access_keys;
mod actions;
mod activeflows;
mod calls;
mod convert;
mod customers;
mod flows;
mod mask;
mod messages;
pub mod native_errors;
mod numbers;
mod provider_fields;
mod providers;
mod recordings;
mod routes;
mod simulator;
pub mod status;
mod webhooks;

pub use access_keys::Service as AccessKeys;
pub use actions::Actions;
pub use activeflows::Activeflows;
pub use calls::Calls;
pub use customers::Customers;
pub use flows::Flows;
pub use messages::Messages;
pub use numbers::Numbers;
pub use providers::Providers;
pub use recordings::Recordings;
pub use routes::Routes;
pub use simulator::Simulator;
pub use webhooks::Webhooks;

/// The largest request message in both protocols. Servers set it as `max_decoding_message_size`.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;
