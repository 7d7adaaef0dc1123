//! Programs of others that users come with, and that not every machine has.

/// Where the program is that this variable names. None: it is not here, and nobody insists.
pub fn path(variable: &str) -> Option<String> {
    let path = std::env::var(variable).ok().filter(|path| !path.is_empty());
    if path.is_none() {
        lacks(&format!("{variable} does not say where {} is", variable.to_lowercase()));
    }
    path
}

/// Says what is not here. False; where CI insists, a failure.
pub fn lacks(sentence: &str) -> bool {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{sentence}");
    eprintln!("skipped: {sentence}");
    false
}
