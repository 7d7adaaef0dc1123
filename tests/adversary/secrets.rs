//! What a thief with a copy of the database, or another user of the machine, learns.

use crate::binary::{Home, Rest, http, text, until};
use crate::thief::{self, Copy, FILES, derived, forged, jwt_secret, key_file, tried};
use ringdown::auth::Credential;
use ringdown::delivery::customers::Customers;
use ringdown::model::limits::CustomerLimits;
use ringdown::model::time::Time;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// What a customer was shown.
pub struct Shown {
    pub customer_id: String,
    pub keys: Vec<String>,
    pub webhook_secrets: Vec<String>,
}

/// Creates a key under an idempotency key.
pub async fn create_once(rest: &Rest) -> Value {
    let body = json!({"name": "once"});
    let (status, made) = rest.send_with("POST", "/v1.0/accesskeys", Some(&body), &[("idempotency-key", "once")]).await;
    assert_eq!(status, 200, "{made}");
    made
}

async fn rotate_webhook_secret(rest: &Rest) -> String {
    let customer = rest.ok("PATCH", "/v1.0/customer", Some(json!({"rotate_webhook_secret": true}))).await;
    text(&customer, "webhook_secret")
}

/// Uses everything that has to do with secrets.
pub async fn use_it(rest: &Rest) -> Shown {
    let customer_id = text(&rest.ok("GET", "/v1.0/customer", None).await, "id");
    let mut keys = vec![rest.key.clone()];
    keys.push(text(&rest.ok("POST", "/v1.0/accesskeys", Some(json!({"name": "ci"}))).await, "key"));
    let first = create_once(rest).await;
    assert_eq!(create_once(rest).await.to_string(), first.to_string(), "the same key is shown again");
    keys.push(text(&first, "key"));
    let hook = json!({"name": "me", "webhook_uri": "https://receiver.invalid/hook", "webhook_method": "POST"});
    let mut webhook_secrets = vec![text(&rest.ok("PUT", "/v1.0/customer", Some(hook)).await, "webhook_secret")];
    for _ in 0..2 {
        webhook_secrets.push(rotate_webhook_secret(rest).await);
    }
    assert!(webhook_secrets.iter().all(|secret| secret.starts_with("whsec_")), "{webhook_secrets:?}");
    Shown { customer_id, keys, webhook_secrets }
}

/// Before, the row `jwt_secret` was the secret: a copy of 200 KB sufficed to sign JWTs for every customer, to derive every
/// access key from its id, and to read every webhook secret.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_database_reveals_no_secret() {
    let home = Home::new(&[]);
    let server = home.start();
    let shown = use_it(&server.rest()).await;
    let token = home.run(&["token"]).trim().to_owned();
    server.kill();
    let copy = Copy::of(&home);
    for secret in shown.keys.iter().chain(&shown.webhook_secrets) {
        assert!(!copy.holds_secret(secret), "{secret} is in the copy");
    }
    for word in ["rd_", "whsec_", token.rsplit('.').next().unwrap()] {
        assert!(!copy.holds(word.as_bytes()), "{word} is in the copy");
    }
    let secret = jwt_secret(&key_file(&home), &copy);
    assert!(!copy.holds(&secret), "the secret of JWTs is in the copy");

    let server = home.start();
    assert_eq!(tried(&server, &forged(&secret, &shown.customer_id)).await, 200, "it is the secret");
    assert_eq!(tried(&server, &forged(&copy.setting("jwt_secret"), &shown.customer_id)).await, 401);
    let (candidates, ids) = (copy.candidates(), copy.key_ids());
    assert!(candidates.len() > 20 && ids.len() == 4);
    // By what decides in the server, since that answers so many wrong ones only slowly.
    let gate = thief::authenticator(&home).await;
    let address = std::cell::Cell::new(1_u32);
    let admits = async |credential: String| {
        // Each from another address, so that none is refused because others failed.
        let from = Ipv4Addr::from(address.replace(address.get() + 1));
        gate.authenticate(Credential::Bearer(credential), from.into()).await.is_ok()
    };
    assert!(admits(forged(&secret, &shown.customer_id)).await && admits(shown.keys[2].clone()).await);
    for candidate in &candidates {
        assert!(!admits(forged(candidate, &shown.customer_id)).await);
        for id in &ids {
            assert!(!admits(derived(candidate, *id)).await);
        }
    }
    // Not even the secret itself leads to a key any more.
    for id in ids {
        assert!(!admits(derived(&secret, id)).await);
    }
    for key in &shown.keys {
        assert_eq!(tried(&server, key).await, 200);
    }
    assert_eq!(text(&create_once(&server.rest()).await, "key"), shown.keys[2], "also after a restart");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

/// Reads a file as the user nobody. None if this process may not become another user.
fn read_by_nobody(path: &Path) -> Option<bool> {
    let read =
        Command::new("setpriv").args(["--reuid=65534", "--regid=65534", "--clear-groups", "cat"]).arg(path).output();
    let own = std::fs::metadata("/proc/self").map(|it| std::os::unix::fs::MetadataExt::uid(&it)).unwrap_or(1);
    (own == 0).then(|| read.is_ok_and(|output| output.status.success()))
}

/// Before, the files had the permissions of the umask: with the usual one every local user could read the database.
#[tokio::test(flavor = "multi_thread")]
async fn other_users_of_the_machine_cannot_read_the_files() {
    let home = Home::new(&["--sim-speed", "20"]).before("umask 0");
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = home.start();
    let rest = server.rest();
    use_it(&rest).await;
    let actions =
        json!([{"type": "recording_start"}, {"type": "talk", "option": {"text": "Hello."}}, {"type": "hangup"}]);
    let call = json!({"source": {"type": "tel", "target": "+15550001000"},
        "destination": {"type": "tel", "target": "+15550000001"}, "actions": actions});
    rest.ok("POST", "/v1.0/calls", Some(call)).await;
    let id = until("that the recording has ended", async || {
        let list = rest.ok("GET", "/v1.0/recordings", None).await;
        let ended = &list["result"][0];
        (ended["status"] == "ended").then(|| text(ended, "id"))
    })
    .await;
    let recordings = home.path().join("recordings");
    assert_eq!(mode(&recordings), 0o700);
    let names = FILES.iter().chain(&["ringdown.db.lock", "ringdown.db.key"]);
    let files = names.map(|name| home.path().join(name)).chain([recordings.join(format!("{id}.wav"))]);
    for path in files {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_ne!(read_by_nobody(&path), Some(true), "{}", path.display());
    }
    let open = home.path().join("open");
    std::fs::write(&open, "x").unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_ne!(read_by_nobody(&open), Some(false), "nobody can read what is open");
}

/// The files of before are closed by the first start.
#[tokio::test(flavor = "multi_thread")]
async fn files_that_were_open_are_closed() {
    let home = Home::new(&[]);
    home.start().kill();
    let names = ["ringdown.db", "ringdown.db-wal", "ringdown.db-shm", "ringdown.db.lock"];
    for name in names {
        std::fs::set_permissions(home.path().join(name), std::fs::Permissions::from_mode(0o664)).unwrap();
    }
    let server = home.start_with(&[("RINGDOWN_LOG", "info")]);
    for name in names {
        assert_eq!(mode(&home.path().join(name)), 0o600, "{name}");
    }
    assert!(home.log().contains("other users can no longer read"), "{}", home.log());
    assert_eq!(tried(&server, &server.key).await, 200);
}

/// A database of before: what it held in plain text is gone from its files, and is still good.
#[tokio::test(flavor = "multi_thread")]
async fn the_secrets_of_an_earlier_version_are_sealed() {
    let home = Home::new(&[]);
    let server = home.start();
    let shown = use_it(&server.rest()).await;
    assert!(server.stop().success());
    // As the version before left it: the secret as it is, a key derived from it, a profile with a plain secret.
    let (secret, plain) = ([7_u8; 32], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let profile = [b"\x82\xa6detail\xa3old\xa6secret\xd9\x26".as_slice(), plain.as_bytes()].concat();
    let db = rusqlite::Connection::open(home.path().join("ringdown.db")).unwrap();
    let id: uuid::Uuid = db.query_row("select id from access_key order by key limit 1", [], |row| row.get(0)).unwrap();
    let key = derived(&secret, id);
    let hash = <sha2::Sha256 as sha2::Digest>::digest(&key).to_vec();
    db.execute("update setting set value = ? where name = 'jwt_secret'", [secret.to_vec()]).unwrap();
    db.execute("update access_key set hash = ? where id = ?", rusqlite::params![hash, id]).unwrap();
    db.execute("update customer set body = ?", [profile]).unwrap();
    db.execute("delete from setting where name = 'secrets_sealed'", []).unwrap();
    db.close().unwrap();
    let before = Copy::of(&home);
    assert!(before.holds(&secret) && before.holds(plain.as_bytes()));

    let server = home.start();
    assert_eq!(tried(&server, &forged(&secret, &shown.customer_id)).await, 200, "JWTs stay valid");
    assert_eq!(tried(&server, &key).await, 200, "keys stay valid");
    let log = home.log();
    assert!(log.contains("replace them") && log.contains("count=1") && log.contains(&id.to_string()), "{log}");
    let rest = Rest { url: server.url.clone(), key: key.clone(), http: http() };
    assert_eq!(rest.ok("GET", "/v1.0/customer", None).await["detail"], "old");
    server.kill();
    let after = Copy::of(&home);
    assert!(!after.holds(&secret) && !after.holds(b"whsec_"));
    assert_eq!(webhook_secrets(&home, &shown.customer_id).await, [plain], "it still signs");
    assert_eq!(thief::jwt_secret(&key_file(&home), &after), secret);
    // Said once.
    let said = home.log().matches("replace them").count();
    drop(home.start());
    assert_eq!((said, home.log().matches("replace them").count()), (1, 1));
}

/// The secrets that a customer's webhooks are signed with, as a server reads them.
pub async fn webhook_secrets(home: &Home, customer_id: &str) -> Vec<String> {
    let (store, sealer) = thief::opened(home).await;
    let customers = Customers::new(store.clone(), Arc::new(sealer), CustomerLimits::default());
    let now = Time(chrono::Utc::now().timestamp_micros());
    let secrets = customers.secrets(customer_id.parse().unwrap(), now).await.unwrap();
    store.close().await;
    secrets
}
