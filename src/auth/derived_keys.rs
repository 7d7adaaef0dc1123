//! Access keys of earlier versions, which derived them from the JWT secret and the id of the row. They stay valid, like all
//! keys, by their hashes. Whoever knows that secret, as from an old backup, can derive them.

use super::{KEY_PREFIX, hash};
use crate::store::AccessKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

pub(super) struct DerivedKeys(Hmac<Sha256>);

impl DerivedKeys {
    pub fn new(jwt_secret: &[u8]) -> DerivedKeys {
        DerivedKeys(Hmac::new_from_slice(jwt_secret).expect("HMAC takes keys of any length"))
    }

    /// Returns the key that belongs to a row, if it was derived from this secret.
    pub fn key_of(&self, row: &AccessKey) -> Option<String> {
        let mut keys = self.0.clone();
        keys.update(b"access-key:");
        keys.update(row.id.to_string().as_bytes());
        let key = format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(keys.finalize().into_bytes()));
        Some(key).filter(|key| hash(key) == row.hash)
    }
}
