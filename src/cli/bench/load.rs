//! Generates load: a number of workers, each of which sends its next request when it has a response, for a given time.

use super::Failure;
use super::report::Progress;
use futures::future::try_join_all;
use std::time::{Duration, Instant};

/// The result of a load.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Per second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    pub max: Duration,
}

/// Records the latencies of one worker until the time is over.
pub struct Recorder {
    until: Instant,
    /// Microseconds.
    took: Vec<u32>,
}

impl Recorder {
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    pub async fn time<T>(&mut self, ask: impl Future<Output = T>) -> T {
        let asked = Instant::now();
        let answer = ask.await;
        self.add(asked.elapsed());
        answer
    }

    pub fn add(&mut self, took: Duration) {
        self.took.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }
}

impl Measured {
    /// Computes the result from latencies in microseconds, measured within a time.
    pub fn of(mut took: Vec<u32>, within: Duration) -> Measured {
        took.sort_unstable();
        let at = |share: f64| {
            let place = (took.len().saturating_sub(1) as f64 * share) as usize;
            Duration::from_micros(took.get(place).copied().unwrap_or_default().into())
        };
        Measured { rate: took.len() as f64 / within.as_secs_f64(), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// Runs workers, numbered from 0, until the time is over.
pub async fn together<W>(
    name: &str,
    workers: usize,
    time: Duration,
    work: impl Fn(usize, Recorder) -> W,
) -> Result<Measured, Failure>
where
    W: Future<Output = Result<Recorder, Failure>> + Send + 'static,
{
    let began = Instant::now();
    let started: Vec<_> = (0..workers)
        .map(|number| tokio::spawn(work(number, Recorder { until: began + time, took: Vec::new() })))
        .collect();
    let progress = Progress::of(name);
    let show = async {
        loop {
            progress.show(began.elapsed().as_secs_f64() / time.as_secs_f64());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let recorders = tokio::select! {
        done = try_join_all(started) => done?,
        () = show => unreachable!("the loop has no end"),
    };
    let within = began.elapsed();
    let recorders = recorders.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    Ok(Measured::of(recorders.into_iter().flat_map(|it| it.took).collect(), within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_put_in_order() {
        let measured = Measured::of((1..=100).rev().collect(), Duration::from_secs(10));
        let us = Duration::from_micros;
        assert_eq!((measured.rate, measured.p50, measured.p99, measured.max), (10.0, us(50), us(99), us(100)));
        assert_eq!(Measured::of(Vec::new(), Duration::from_secs(1)).max, Duration::ZERO);
    }
}
