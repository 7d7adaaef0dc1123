//! Whether a provider answers, from the health checks of this server.

use super::choose::Status;
use crate::model::time::Time;

/// A provider counts as down after this number of checks without an answer in a row: one may be lost on the way.
const FAILURES: u8 = 2;

/// What the health checks have shown so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    pub checked_at: Option<Time>,
    /// The SIP status code of the last answer; 0 for none.
    pub last_code: u16,
    /// Checks without an answer since the last one that was answered.
    failures: u8,
    /// Whether it has ever answered.
    answered: bool,
}

impl Health {
    /// Returns the health after another check. One answer is enough to be healthy again.
    pub fn after(self, answered: bool, code: u16, now: Time) -> Health {
        let failures = if answered { 0 } else { self.failures.saturating_add(1) };
        Health { checked_at: Some(now), last_code: code, failures, answered: answered || self.answered }
    }

    pub fn status(self) -> Status {
        match (self.failures >= FAILURES, self.answered) {
            (true, _) => Status::Unhealthy,
            (false, true) => Status::Healthy,
            (false, false) => Status::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_checks_in_a_row_must_fail() {
        let check = |answers: &[bool]| {
            let after = |it: Health, answered: &bool| it.after(*answered, if *answered { 200 } else { 0 }, Time(7));
            answers.iter().fold(Health::default(), after).status()
        };
        for (answers, status) in [
            (&[][..], Status::Unknown),
            (&[true], Status::Healthy),
            (&[false], Status::Unknown),
            (&[false, false], Status::Unhealthy),
            (&[false, false, false], Status::Unhealthy),
            (&[false, false, true], Status::Healthy),
            (&[true, false, true, false, true], Status::Healthy),
            (&[true, false, false], Status::Unhealthy),
        ] {
            assert_eq!(check(answers), status, "{answers:?}");
        }
        let refused = Health::default().after(false, 503, Time(1)).after(false, 503, Time(2));
        assert_eq!((refused.status(), refused.last_code, refused.checked_at), (Status::Unhealthy, 503, Some(Time(2))));
    }
}
