//! The limits of a customer: what it may use at a time, each second, in one activeflow and each day.

use crate::proto;
use serde::{Deserialize, Serialize};

/// Declares each limit once: its name in the API, in the options and in the store, and its default.
macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident = $default:expr;)*) => {
        /// The limits of one customer. 0 allows nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct CustomerLimits {
            $($(#[doc = $doc])* pub $name: u64,)*
        }

        /// The limits that an operator has set for one customer. `None` stands for the server's default.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct LimitChanges {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<u64>,)*
        }

        impl Default for CustomerLimits {
            fn default() -> CustomerLimits {
                CustomerLimits { $($name: $default,)* }
            }
        }

        impl CustomerLimits {
            pub const NAMES: &[&str] = &[$(stringify!($name),)*];

            /// Returns these limits with those that were set for one customer.
            pub fn with(self, changes: &LimitChanges) -> CustomerLimits {
                CustomerLimits { $($name: changes.$name.unwrap_or(self.$name),)* }
            }

            /// Sets the limit of this name. Returns false if there is none.
            #[must_use]
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return false,
                }
                true
            }

            pub fn to_proto(self) -> proto::CustomerLimits {
                proto::CustomerLimits { $($name: Some(i64::try_from(self.$name).unwrap_or(i64::MAX)),)* }
            }
        }

        impl LimitChanges {
            /// Reads the limits of a request. Fails with the name of one that is negative.
            pub fn from_proto(limits: &proto::CustomerLimits) -> Result<LimitChanges, &'static str> {
                let read = |name, value: Option<i64>| value.map(|it| u64::try_from(it).map_err(|_| name)).transpose();
                Ok(LimitChanges { $($name: read(stringify!($name), limits.$name)?,)* })
            }

            /// Returns these limits with those of `other` that are named.
            pub fn replaced(self, other: &LimitChanges, named: impl Fn(&str) -> bool) -> LimitChanges {
                LimitChanges { $($name: if named(stringify!($name)) { other.$name } else { self.$name },)* }
            }

            /// Sets the limit of this name, if there is one; `None` stands for the server's default.
            pub fn set(&mut self, name: &str, value: Option<u64>) {
                $(if name == stringify!($name) {
                    self.$name = value;
                })*
            }

            /// Returns every limit by its name.
            pub fn named(&self) -> Vec<(&'static str, Option<u64>)> {
                vec![$((stringify!($name), self.$name),)*]
            }

            pub fn to_proto(self) -> proto::CustomerLimits {
                proto::CustomerLimits { $($name: self.$name.map(|it| i64::try_from(it).unwrap_or(i64::MAX)),)* }
            }
        }
    };
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

limits! {
    /// API requests per second, averaged over two seconds.
    requests_per_second = 5_000;
    /// Calls that are not hung up.
    calls = 5_000;
    /// New calls per second, averaged over two seconds.
    calls_per_second = 500;
    /// Activeflows that have not ended.
    activeflows = 500_000;
    /// Open watches.
    watches = 1_000;
    /// HTTP requests of flows and webhooks that are under way at the same time.
    outbound_requests = 64;
    /// How many activeflows may start each other in a row, by `call`, on_complete or the end of a recording.
    generations = 5;
    /// Bytes of history of one activeflow.
    activeflow_history_bytes = 64 * MIB;
    /// Bytes of recordings of one activeflow.
    activeflow_recording_bytes = GIB;
    /// Text messages that one activeflow sends.
    activeflow_messages = 1_000;
    /// Mails that one activeflow sends.
    activeflow_mails = 1_000;
    /// HTTP requests that the actions of one activeflow make.
    activeflow_requests = 2_000;
    /// Bytes of history a day (UTC).
    daily_history_bytes = 50 * GIB;
    /// Bytes of recordings a day (UTC).
    daily_recording_bytes = 50 * GIB;
    /// Text messages a day (UTC).
    daily_messages = 100_000;
    /// Mails a day (UTC).
    daily_mails = 100_000;
    /// Webhooks, and HTTP requests of actions, a day (UTC).
    daily_requests = 20_000_000;
    /// Outgoing calls through providers that are not hung up. Low, because a stolen key turns calls into money at once.
    provider_calls = 10;
    /// New outgoing calls through providers per second, averaged over two seconds.
    provider_calls_per_second = 3;
    /// Seconds after its answer at which an outgoing call through a provider is hung up.
    provider_call_seconds = 4 * 60 * 60;
    /// Minutes of outgoing calls through providers a day (UTC).
    daily_provider_minutes = 600;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_names_and_defaults() {
        let mut limits = CustomerLimits::default();
        for (at, name) in CustomerLimits::NAMES.iter().enumerate() {
            assert!(limits.set(name, at as u64));
        }
        assert!(!limits.set("pigeons", 1));
        assert_eq!((limits.requests_per_second, limits.calls), (0, 1));
        let changes = LimitChanges { calls: Some(7), ..LimitChanges::default() };
        assert_eq!(CustomerLimits::default().with(&changes), CustomerLimits { calls: 7, ..CustomerLimits::default() });
        assert_eq!(LimitChanges::from_proto(&changes.to_proto()), Ok(changes));
        let negative = proto::CustomerLimits { watches: Some(-1), ..proto::CustomerLimits::default() };
        assert_eq!(LimitChanges::from_proto(&negative), Err("watches"));
    }

    #[test]
    fn stored_limits_keep_only_what_was_set() {
        let changes = LimitChanges { generations: Some(2), ..LimitChanges::default() };
        let bytes = rmp_serde::to_vec_named(&changes).unwrap();
        assert!(bytes.len() < 20);
        assert_eq!(rmp_serde::from_slice::<LimitChanges>(&bytes).unwrap(), changes);
        assert_eq!(rmp_serde::from_slice::<LimitChanges>(&[0x80]).unwrap(), LimitChanges::default());
    }
}
