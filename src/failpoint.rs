//! Places where the crash tests stop the process dead, or hold it up. Without the feature `failpoints` they are nothing.

/// Dies here when `RINGDOWN_FAILPOINT` is `name` or `name:N`; the latter when the place is reached the Nth time. With
/// `name:pause` it dawdles each time, so that others come in between.
#[cfg(feature = "failpoints")]
pub async fn reach(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The place, and when to die there; None to dawdle.
    static ARMED: LazyLock<Option<(String, Option<u64>)>> = LazyLock::new(|| {
        let text = std::env::var("RINGDOWN_FAILPOINT").ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        let times = if times == "pause" { None } else { Some(times.parse().ok()?) };
        Some((name.to_owned(), times))
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);

    match ARMED.as_ref().filter(|(armed, _)| armed == name) {
        Some((_, None)) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        Some((_, Some(times))) if REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *times => std::process::abort(),
        _ => {}
    }
}

#[cfg(not(feature = "failpoints"))]
pub async fn reach(_name: &str) {}
