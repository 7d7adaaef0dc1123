//! Places where the crash tests stop the process dead, hold it up, or have it panic. Without the feature `failpoints` they are
//! nothing.

/// Does what `RINGDOWN_FAILPOINT` says of this place:
///
/// - `name` or `name:N`: the process dies here, when the place is reached the Nth time;
/// - `name:panic`: a panic, the first time; `name:panics`: each time;
/// - `name:pause`: dawdles each time, so that others come in between.
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
            assert!(*once && REACHED.fetch_add(1, Ordering::SeqCst) > 0, "a test has {name} panic");
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
