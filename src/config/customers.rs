//! The options that set the default limits of customers.

use super::size::number;
use crate::model::limits::CustomerLimits;
use clap::Args;
use std::str::FromStr;

#[derive(Debug, Clone, Args)]
pub struct CustomerOptions {
    /// Default of a limit of every customer, such as calls=500 or daily_history_bytes=10GiB. Repeatable. The limits:
    /// requests_per_second, calls, calls_per_second, activeflows, watches, outbound_requests, generations,
    /// activeflow_history_bytes, activeflow_recording_bytes, activeflow_messages, activeflow_mails, activeflow_requests,
    /// daily_history_bytes, daily_recording_bytes, daily_messages, daily_mails, daily_requests, provider_calls,
    /// provider_calls_per_second, provider_call_seconds and daily_provider_minutes.
    #[arg(long = "customer-limit", env = "RINGDOWN_CUSTOMER_LIMIT", value_name = "NAME=VALUE", value_delimiter = ',')]
    pub customer_limits: Vec<LimitSetting>,

    /// The same as --customer-limit calls=N.
    #[arg(long, env = "RINGDOWN_MAX_CALLS_PER_CUSTOMER", hide = true, value_name = "N")]
    pub max_calls_per_customer: Option<u64>,

    /// The same as --customer-limit watches=N.
    #[arg(long, env = "RINGDOWN_MAX_WATCHERS_PER_CUSTOMER", hide = true, value_name = "N")]
    pub max_watchers_per_customer: Option<u64>,
}

/// A limit by its name, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitSetting {
    name: String,
    value: u64,
}

impl CustomerOptions {
    /// Returns the limits of a customer for which no operator has set others.
    pub fn limits(&self) -> CustomerLimits {
        let mut limits = CustomerLimits::default();
        limits.calls = self.max_calls_per_customer.unwrap_or(limits.calls);
        limits.watches = self.max_watchers_per_customer.unwrap_or(limits.watches);
        for LimitSetting { name, value } in &self.customer_limits {
            // The name was checked when the option was read.
            let _ = limits.set(name, *value);
        }
        limits
    }
}

impl FromStr for LimitSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<LimitSetting, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as calls=500")?;
        let value = number(value).ok_or("the value is a whole number, or a number of KiB, MiB, GiB or TiB")?;
        match CustomerLimits::default().set(name, value) {
            true => Ok(LimitSetting { name: name.to_owned(), value }),
            false => Err(format!("there is no limit {name:?}; the limits are {}", CustomerLimits::NAMES.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let set = |text: &str| text.parse::<LimitSetting>();
        let options = CustomerOptions {
            customer_limits: vec![set("calls=7").unwrap(), set("daily_history_bytes=2GiB").unwrap()],
            max_calls_per_customer: Some(9),
            max_watchers_per_customer: Some(3),
        };
        let limits = options.limits();
        assert_eq!((limits.calls, limits.watches, limits.daily_history_bytes), (7, 3, 2 << 30));
        for wrong in ["calls", "calls=", "calls=-1", "calls=1.5", "pigeons=1", "calls=99999999999TiB", "calls=1MB"] {
            assert!(set(wrong).is_err(), "{wrong}");
        }
        assert!(set("pigeons=1").unwrap_err().contains("daily_mails"));
    }
}
