//! Places where the crash tests abort or pause the process or make it panic. Without the feature `failpoints` they do
//! nothing.

/// Does what `RINGDOWN_FAILPOINT` specifies for this place:
///
/// - `name` or `name:N`: aborts the process when this place is reached for the Nth time (default 1);
/// - `name:panic`: panics the first time; `name:panics`: panics each time;
/// - `name:pause`: sleeps for 20 ms each time, so that other tasks can interleave.
#[cfg(feature = "failpoints")]
pub async fn reach(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    enum Act {
        Die { at: u64 },
        Panic { once: bool },
        Pause,
    }

    static ARMED: LazyLock<Option<(String, Act)>> = LazyLock::new(|| {
        let text = std::env::var("RINGDOWN_FAILPOINT").ok()?;
        let (name, act) = text.split_once(':').unwrap_or((&text, "1"));
        let act = match act {
            "pause" => Act::Pause,
            "panic" => Act::Panic { once: true },
            "panics" => Act::Panic { once: false },
            times => Act::Die { at: times.parse().ok()? },
        };
        Some((name.to_owned(), act))
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);

    let Some((_, act)) = ARMED.as_ref().filter(|(armed, _)| armed == name) else { return };
    match act {
        Act::Pause => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        Act::Panic { once } => {
            assert!(*once && REACHED.fetch_add(1, Ordering::SeqCst) > 0, "the failpoint {name} panics");
        }
        Act::Die { at } => {
            if REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *at {
                std::process::abort();
            }
        }
    }
}

#[cfg(not(feature = "failpoints"))]
pub async fn reach(_name: &str) {}
