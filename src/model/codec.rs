//! The bytes of plain data, as a store keeps them.

use super::run::RunInfo;
use rmp_serde::decode::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Everything by its name, so that a later version may add fields and both read both.
pub fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("plain data in memory can be written")
}

/// Fails where a newer version wrote what this one does not know.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    rmp_serde::from_slice(bytes)
}

/// Whose record this is, where no more of it can be read.
pub fn run_info_of(record: &[u8]) -> Result<RunInfo, Error> {
    #[derive(Deserialize)]
    struct Front {
        #[serde(rename = "head")]
        info: RunInfo,
    }
    from_bytes::<Front>(record).map(|front| front.info)
}
