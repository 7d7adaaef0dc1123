//! The encoding of plain data in a store.

use super::run::RunInfo;
use rmp_serde::decode::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Encodes every field by its name, so that later versions may add fields and both versions can read both encodings.
pub fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("plain data in memory can be encoded")
}

/// Decodes. Fails on data that only a newer version can read.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    rmp_serde::from_slice(bytes)
}

/// Returns whether the bytes are one complete encoded value, whatever it means. Data that is whole but cannot be decoded
/// was written by a newer version; data that is not whole is damaged.
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut rest = std::io::Cursor::new(bytes);
    let value = rmp_serde::from_read::<_, serde::de::IgnoredAny>(&mut rest);
    value.is_ok() && rest.position() == bytes.len() as u64
}

/// Reads only the run's info from a record that cannot be read as a whole.
pub fn run_info_of(record: &[u8]) -> Result<RunInfo, Error> {
    #[derive(Deserialize)]
    struct Identity {
        #[serde(rename = "head")]
        info: RunInfo,
    }
    from_bytes::<Identity>(record).map(|front| front.info)
}
