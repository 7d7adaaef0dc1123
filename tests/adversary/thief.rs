//! A thief with a copy of a database: the bytes of its files and the rows that they hold.

use crate::binary::{Home, Rest, Server, http};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use ringdown::auth::Authenticator;
use ringdown::seal::{Place, Sealer};
use ringdown::store::Store;
use ringdown::store::sqlite::{Config, Location, Sqlite};
use rusqlite::types::Value as Column;
use serde_json::json;
use sha2::Sha256;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a database that a backup or a stolen disk holds, without the key.
pub const FILES: [&str; 3] = ["ringdown.db", "ringdown.db-wal", "ringdown.db-shm"];

/// A copy of the files of a database.
pub struct Copy {
    dir: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Copy {
    /// Copies the database of a server that was killed, so that its write-ahead log is there.
    pub fn of(home: &Home) -> Copy {
        let (dir, mut bytes) = (tempfile::tempdir().unwrap(), Vec::new());
        for name in FILES {
            if let Ok(file) = std::fs::read(home.path().join(name)) {
                std::fs::write(dir.path().join(name), &file).unwrap();
                bytes.extend(file);
            }
        }
        assert!(bytes.starts_with(b"SQLite format 3"));
        Copy { dir, bytes }
    }

    pub fn holds(&self, bytes: &[u8]) -> bool {
        self.bytes.windows(bytes.len()).any(|it| it == bytes)
    }

    /// Whether a secret is there, as it is shown or as the bytes that it stands for.
    pub fn holds_secret(&self, shown: &str) -> bool {
        let bare = shown.trim_start_matches("rd_").trim_start_matches("whsec_");
        let decoded = URL_SAFE_NO_PAD.decode(bare).or_else(|_| STANDARD.decode(bare)).unwrap();
        assert_eq!(decoded.len(), 32);
        self.holds(bare.as_bytes()) || self.holds(&decoded)
    }

    fn open(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.dir.path().join(FILES[0])).unwrap()
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Vec<u8> {
        self.open().query_row("select value from setting where name = ?", [name], |row| row.get(0)).unwrap()
    }

    /// Everything in the rows of the server's own tables that may be taken for a secret.
    pub fn candidates(&self) -> Vec<Vec<u8>> {
        let db = self.open();
        let mut found = Vec::new();
        for table in ["meta", "setting", "customer", "access_key", "answer"] {
            let mut rows = db.prepare(&format!("select * from {table}")).unwrap();
            let columns = rows.column_count();
            let mut rows = rows.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    match row.get::<_, Column>(column).unwrap() {
                        Column::Blob(bytes) => found.push(bytes),
                        Column::Text(text) => found.push(text.into_bytes()),
                        _ => {}
                    }
                }
            }
        }
        // A sealed value may begin with what is no part of it.
        let parts: Vec<Vec<u8>> =
            found.iter().flat_map(|it| it.windows(32).step_by(4).map(<[u8]>::to_vec).take(32)).collect();
        found.extend(parts);
        found
    }

    /// The ids of all access keys.
    pub fn key_ids(&self) -> Vec<uuid::Uuid> {
        let db = self.open();
        let mut rows = db.prepare("select id from access_key").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

/// A JWT for a customer that expires in an hour.
pub fn forged(secret: &[u8], customer_id: &str) -> String {
    let exp = chrono::Utc::now().timestamp() + 3_600;
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        part(json!({"alg": "HS256", "typ": "JWT"})),
        part(json!({"customer_id": customer_id, "exp": exp}))
    );
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac(secret, text.as_bytes())))
}

/// The access key that versions before this one derived for a row.
pub fn derived(secret: &[u8], id: uuid::Uuid) -> String {
    format!("rd_{}", URL_SAFE_NO_PAD.encode(mac(secret, format!("access-key:{id}").as_bytes())))
}

fn mac(secret: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// The status that a credential is answered with.
pub async fn tried(server: &Server, credential: &str) -> u16 {
    let rest = Rest { url: server.url.clone(), key: credential.to_owned(), http: http() };
    rest.get("/v1.0/customer").await.0
}

/// What the owner of the key file reads: the secret that signs JWTs.
pub fn jwt_secret(key: &Path, copy: &Copy) -> Vec<u8> {
    let place = Place { table: "setting", column: "jwt_secret", id: b"" };
    Sealer::of_file(key.to_owned()).unwrap().open(place, &copy.setting("jwt_secret")).unwrap()
}

pub fn key_file(home: &Home) -> PathBuf {
    home.path().join("ringdown.db.key")
}

/// The database beside its server, and its secret key.
pub async fn opened(home: &Home) -> (Arc<dyn Store>, Sealer) {
    let location = Location::File(home.path().join(FILES[0]));
    let store = Sqlite::open(Config { exclusive: false, ..Config::new(location) }).await.unwrap();
    (Arc::new(store), Sealer::of_file(key_file(home)).unwrap())
}

/// What decides in the server whether somebody is let in.
pub async fn authenticator(home: &Home) -> Authenticator {
    let (store, sealer) = opened(home).await;
    Authenticator::open(store, &sealer, None).await.unwrap()
}
