//! Things that a gauge counts while they live.

use prometheus_client::metrics::gauge::Gauge;

/// Counts in a gauge for as long as it lives.
pub struct Gauged(Gauge);

impl Gauged {
    pub(super) fn new(gauge: Gauge) -> Gauged {
        gauge.inc();
        Gauged(gauge)
    }
}

impl Drop for Gauged {
    fn drop(&mut self) {
        self.0.dec();
    }
}
