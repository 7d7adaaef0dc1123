//! Options and environment variables under their old names.

use crate::server::Home;

#[tokio::test]
async fn options_and_variables_under_their_old_names_still_work() {
    const DEPRECATED: &str = "RINGDOWN_DATABASE_TIMEOUT is deprecated";
    let home = Home::new(&["--recordings", "old-option"]).env("RINGDOWN_DATABASE_TIMEOUT", "1ms");
    let said = home.try_start(&[]).err().unwrap_or_default() + &home.log();
    assert!(said.contains("--database-statement-timeout must be at least 100ms"), "{said}");
    assert_eq!(home.log().matches(DEPRECATED).count(), 1, "{}", home.log());
    // The new name takes precedence, and then there is nothing to warn of.
    let server = home.start_with(&[("RINGDOWN_DATABASE_STATEMENT_TIMEOUT", "10s")]);
    assert!(home.path().join("old-option").is_dir(), "{}", home.log());
    assert_eq!(home.log().matches(DEPRECATED).count(), 1, "{}", home.log());
    assert!(server.stop().success());
}
