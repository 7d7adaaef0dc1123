//! Places where the crash tests stop the process dead. Without the feature `failpoints` they are nothing.

/// Dies here when `RINGDOWN_FAILPOINT` is `name` or `name:N`; the latter when the place is reached the Nth time.
#[cfg(feature = "failpoints")]
pub fn reach(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let text = std::env::var("RINGDOWN_FAILPOINT").ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), times.parse().ok()?))
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);

    if let Some((armed, times)) = ARMED.as_ref()
        && armed == name
        && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *times
    {
        std::process::abort();
    }
}

#[cfg(not(feature = "failpoints"))]
pub fn reach(_name: &str) {}
