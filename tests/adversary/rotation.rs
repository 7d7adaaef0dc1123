//! A secret key is replaced, also by a process that dies at any moment.

use crate::binary::{Home, Rest, http, postgres, text};
use crate::secrets::{create_once, use_it, webhook_secrets};
use crate::thief::{Copy, forged, jwt_secret, key_file, opened, tried};
use ringdown::auth;
use ringdown::seal::{self, KeyId, Keys, Sealer};
use std::path::Path;
use std::process::Command;

/// The name of the database in a URL.
pub fn name(url: &str) -> &str {
    url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap()
}

fn said(mut command: Command) -> Result<String, String> {
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

fn rotate(home: &Home, options: &[&str]) -> Result<String, String> {
    said(home.command(&[&["secret-key", "rotate"], options].concat()))
}

/// Whether a value in the files was sealed by this key.
fn is_used(copy: &Copy, key: KeyId) -> bool {
    copy.holds(&[b"rds1".as_slice(), &key.0].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_seals_everything_again() {
    let home = Home::new(&[]);
    let server = home.start();
    let shown = use_it(&server.rest()).await;
    let refused = rotate(&home, &[]).unwrap_err();
    assert!(refused.contains("another server uses"), "{refused}");
    assert!(server.stop().success());
    let path = key_file(&home);
    let (old, before) = (seal::read(&path).unwrap(), Copy::of(&home));
    let (secret, webhooks) = (jwt_secret(&path, &before), webhook_secrets(&home, &shown.customer_id).await);
    assert_eq!(webhooks, [shown.webhook_secrets[2].clone(), shown.webhook_secrets[1].clone()]);

    let report = rotate(&home, &[]).unwrap();
    assert!(report.contains("sealed 3 secrets") && report.contains("removed the previous key"), "{report}");
    let (new, after) = (seal::read(&path).unwrap(), Copy::of(&home));
    assert!(new.previous.is_empty() && new.next.is_none() && new.current != old.current);
    assert!(is_used(&before, old.current.id()) && is_used(&after, new.current.id()));
    assert!(!is_used(&after, old.current.id()), "the old key opens nothing");
    assert_eq!(jwt_secret(&path, &after), secret);
    assert_eq!(webhook_secrets(&home, &shown.customer_id).await, webhooks);
    let server = home.start();
    assert_eq!(text(&create_once(&server.rest()).await, "key"), shown.keys[2]);
    assert_eq!(tried(&server, &forged(&secret, &shown.customer_id)).await, 200);
    assert!(server.stop().success());
    // The secret of JWTs is another one only if that is asked for.
    rotate(&home, &["--jwt"]).unwrap();
    let server = home.start();
    assert_eq!(tried(&server, &forged(&secret, &shown.customer_id)).await, 401);
    assert_eq!(tried(&server, home.run(&["token"]).trim()).await, 200);
    for key in &shown.keys {
        assert_eq!(tried(&server, key).await, 200);
    }
}

/// Dies with the new key in the file and the database as it was, then with a part of it sealed again, then with all of it
/// sealed and the old key still in the file. Servers start each time, and another rotation continues.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_died_is_continued() {
    let home = Home::new(&[]);
    let server = home.start();
    let shown = use_it(&server.rest()).await;
    assert!(server.stop().success());
    let (path, mut keys) = (key_file(&home), seal::read(&key_file(&home)).unwrap());
    let old = keys.current.id();
    keys.rotate();
    seal::replace(&path, &keys).unwrap();
    serves(&home, &shown.keys).await;

    let (store, sealer) = opened(&home).await;
    seal::confirm(&*store, &sealer, &[old]).await.unwrap();
    assert!(auth::jwt_secret::reseal(&*store, &sealer).await.unwrap());
    store.close().await;
    serves(&home, &shown.keys).await;
    // Neither key alone opens everything now, and a server with one of them says so.
    for lone in [keys.current.clone(), keys.previous[0].clone()] {
        let file = home.path().join("lone.key");
        seal::create(&file, &Keys { current: lone, next: None, previous: Vec::new() }).unwrap();
        let mut command = home.command(&["token"]);
        command.env("RINGDOWN_SECRET_KEY_FILE", &file);
        let refused = said(command).unwrap_err();
        assert!(refused.contains("is not the secret key of this database"), "{refused}");
        std::fs::remove_file(file).unwrap();
    }

    let (store, sealer) = opened(&home).await;
    ringdown::api::secrets::rotate(&*store, &sealer).await.unwrap();
    store.close().await;
    serves(&home, &shown.keys).await;
    assert_eq!(seal::read(&path).unwrap(), keys);

    rotate(&home, &[]).unwrap();
    let after = seal::read(&path).unwrap();
    assert_eq!((after.current, after.previous.len()), (keys.current, 0), "it is the key of the one that died");
    assert!(!is_used(&Copy::of(&home), old));
    serves(&home, &shown.keys).await;
}

async fn serves(home: &Home, keys: &[String]) {
    let server = home.start();
    assert_eq!(text(&create_once(&server.rest()).await, "key"), keys[2]);
    assert_eq!(tried(&server, home.run(&["token"]).trim()).await, 200);
    assert!(server.stop().success());
}

/// Two servers with files of their own, as on two machines, while the key is replaced.
#[tokio::test(flavor = "multi_thread")]
async fn servers_on_postgres_go_on_while_the_key_is_replaced() {
    let Some(database) = postgres::server() else { return };
    let home = Home::on(tempfile::tempdir().unwrap(), database.database(), &[]);
    let file = |name: &str| home.path().join(name);
    let (a, b) = (file("a.key"), file("b.key"));
    home.run(&["secret-key", "generate", a.to_str().unwrap()]);
    std::fs::copy(&a, &b).unwrap();
    let env = |path: &Path| [("RINGDOWN_SECRET_KEY_FILE", path.to_str().unwrap().to_owned())];
    let start = |path: &Path| home.start_with(&env(path).each_ref().map(|(name, value)| (*name, value.as_str())));
    let (one, two) = (start(&a), start(&b));
    let shown = use_it(&one.rest()).await;
    let there = Rest { url: two.url.clone(), key: shown.keys[0].clone(), http: http() };
    let rotate = |options: &[&str]| {
        let mut command = home.command(&[&["secret-key", "rotate"], options].concat());
        command.env("RINGDOWN_SECRET_KEY_FILE", &a);
        said(command)
    };
    let old = seal::read(&a).unwrap().current.id();
    rotate(&["--prepare"]).unwrap();
    assert_eq!(seal::read(&a).unwrap().current.id(), old);
    std::fs::copy(&a, &b).unwrap();
    let report = rotate(&[]).unwrap();
    assert!(report.contains("sealed 3 secrets") && report.contains("rotate --finish"), "{report}");
    // The other server has not got the rotated file yet: it reads what the new key sealed, and still seals with the old.
    assert_eq!(text(&create_once(&there).await, "key"), shown.keys[2]);
    let hook = serde_json::json!({"rotate_webhook_secret": true});
    let late = text(&there.ok("PATCH", "/v1.0/customer", Some(hook)).await, "webhook_secret");
    std::fs::copy(&a, &b).unwrap();
    let report = rotate(&["--finish"]).unwrap();
    assert!(report.contains("sealed 1 secrets") && report.contains("removed the previous key"), "{report}");
    let keys = seal::read(&a).unwrap();
    assert!(keys.previous.is_empty() && keys.current.id() != old);
    std::fs::copy(&a, &b).unwrap();
    for server in [one, two] {
        let rest = Rest { url: server.url.clone(), key: shown.keys[0].clone(), http: http() };
        assert_eq!(text(&create_once(&rest).await, "key"), shown.keys[2]);
        rest.ok("PATCH", "/v1.0/customer", Some(serde_json::json!({"detail": "changed"}))).await;
        let body = serde_json::json!({"name": "new"});
        let header = [("idempotency-key", "after-the-rotation")];
        assert_eq!(rest.send_with("POST", "/v1.0/accesskeys", Some(&body), &header).await.0, 200);
        assert!(server.stop().success());
    }
    let refused = rotate(&["--finish"]).unwrap_err();
    assert!(refused.contains("there is no previous key"), "{refused}");
    // A new start with the one key that is left reads all of it.
    let server = start(&b);
    assert_eq!(text(&create_once(&Rest { url: server.url.clone(), ..there.clone() }).await, "key"), shown.keys[2]);
    assert!(late.starts_with("whsec_") && Sealer::of_file(b.clone()).is_ok());
}
