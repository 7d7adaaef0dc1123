//! A server refuses a key that is not its database's, on both stores.

use crate::binary::{Home, postgres};
use crate::secrets::use_it;
use crate::thief::{key_file, tried};
use ringdown::seal::{self, Keys};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const FILE: &str = "RINGDOWN_SECRET_KEY_FILE";

/// The sentence with which a command is refused.
fn refusal(home: &Home, arguments: &[&str], key: Option<&Path>) -> String {
    let mut command = home.command(arguments);
    match key {
        Some(key) => command.env(FILE, key),
        None => command.env_remove(FILE),
    };
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    String::from_utf8(output.stderr).unwrap()
}

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
const COMMANDS: [&[&str]; 3] = [SERVE, &["token"], &["customer", "create", "x"]];

fn new_key(home: &Home, name: &str) -> std::path::PathBuf {
    let path = home.path().join(name);
    seal::create(&path, &Keys::random()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_database_opens_with_its_own_key_alone() {
    let home = Home::new(&[]);
    let server = home.start();
    let shown = use_it(&server.rest()).await;
    assert!(server.stop().success());
    let (own, other) = (key_file(&home), new_key(&home, "other.key"));
    for arguments in COMMANDS {
        let said = refusal(&home, arguments, Some(&other));
        assert!(said.contains("is not the secret key of this database"), "{said}");
        assert!(!said.contains("rdsk1_"), "{said}");
    }
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = refusal(&home, SERVE, None);
    assert!(said.contains("mode 0644") && said.contains("chmod 600"), "{said}");
    std::fs::write(&other, "rubbish").unwrap();
    let said = refusal(&home, SERVE, Some(&other));
    assert!(said.contains("no file with a secret key: line 1") && !said.contains("rubbish"), "{said}");
    // A database without its key is not given another one.
    let away = home.path().join("away");
    std::fs::rename(&own, &away).unwrap();
    for arguments in COMMANDS {
        let said = refusal(&home, arguments, None);
        assert!(said.contains("does not exist") && said.contains("restore the file"), "{said}");
    }
    assert!(!own.exists(), "none was made");
    std::fs::set_permissions(&away, std::fs::Permissions::from_mode(0o600)).unwrap();
    let server = home.start_with(&[(FILE, away.to_str().unwrap())]);
    for key in &shown.keys {
        assert_eq!(tried(&server, key).await, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_on_postgres_have_one_key() {
    let Some(database) = postgres::server() else { return };
    let home = Home::on(tempfile::tempdir().unwrap(), database.database(), &[]);
    let (own, other) = (home.path().join("own.key"), new_key(&home, "other.key"));
    for arguments in COMMANDS {
        let said = refusal(&home, arguments, None);
        assert!(said.contains("secret-key generate FILE"), "{said}");
        let said = refusal(&home, arguments, Some(&own));
        assert!(said.contains("does not exist") && said.contains("secret-key generate"), "{said}");
    }
    home.run(&["secret-key", "generate", own.to_str().unwrap()]);
    let said = refusal(&home, &["secret-key", "generate", own.to_str().unwrap()], None);
    assert!(said.contains("exists already"), "{said}");
    let env = [(FILE, own.to_str().unwrap())];
    let (one, two) = (home.start_with(&env), home.start_with(&env));
    for arguments in COMMANDS {
        let said = refusal(&home, arguments, Some(&other));
        assert!(said.contains("is not the secret key of this database"), "{said}");
    }
    let shown = use_it(&one.rest()).await;
    for key in &shown.keys {
        assert_eq!(tried(&two, key).await, 200);
    }
    let dump = database.dump(crate::rotation::name(&home.database()));
    let hex: String = b"whsec_".iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!dump.contains(&hex) && !dump.contains("whsec_"), "a dump shows no webhook secret");
    assert!(dump.contains(&b"rds1".iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
}
