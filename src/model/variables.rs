//! The variables of an activeflow: strings by name, with limits.

use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Maximum number of variables of an activeflow.
pub const MAX_NAMES: usize = 1_000;
/// Maximum size of a value, in bytes.
pub const MAX_VALUE: usize = 32 * 1024;
/// Maximum size of a name, in bytes.
pub const MAX_NAME: usize = 256;
/// Maximum size of all names and values together, in bytes.
pub const MAX_TOTAL: usize = 256 * 1024;
/// The prefix of the system's names; callers and flows may not write them.
pub const SYSTEM: &str = "voipbin.";

/// Serialized as the map alone; the total is recomputed when it is read. A clone shares the map until one of them changes:
/// a run is cloned at each step, and most steps set no variable.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Variables {
    map: Arc<BTreeMap<String, String>>,
    /// Bytes of all names and values.
    total: usize,
}

impl Serialize for Variables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.map.serialize(serializer)
    }
}

impl From<BTreeMap<String, String>> for Variables {
    fn from(map: BTreeMap<String, String>) -> Variables {
        let total = map.iter().map(|(name, value)| name.len() + value.len()).sum();
        Variables { map: Arc::new(map), total }
    }
}

impl Variables {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.map.get(name).map(String::as_str)
    }

    /// Sets a variable. Fails, changes nothing and names the limit if the variable would exceed one.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name.is_empty() || name.len() > MAX_NAME {
            return Err(format!("a variable's name has 1 to {MAX_NAME} bytes"));
        }
        if value.len() > MAX_VALUE {
            return Err(format!("the value of {name} has over {MAX_VALUE} bytes"));
        }
        let old = self.map.get(name).map_or(0, |old| name.len() + old.len());
        let total = self.total - old + name.len() + value.len();
        if total > MAX_TOTAL {
            return Err(format!("the variables would have over {MAX_TOTAL} bytes in all"));
        }
        if old == 0 && !self.map.contains_key(name) && self.map.len() >= MAX_NAMES {
            return Err(format!("there are {MAX_NAMES} variables already"));
        }
        Arc::make_mut(&mut self.map).insert(name.to_owned(), value.to_owned());
        self.total = total;
        Ok(())
    }

    /// Sets a system variable. System variables are few and short, and no limit applies to them: a run must be able to
    /// record what happened to it however full its variables are.
    pub fn set_system(&mut self, name: &str, value: &str) {
        let old = Arc::make_mut(&mut self.map).insert(name.to_owned(), value.to_owned());
        self.total = self.total + value.len() - old.as_ref().map_or(0, String::len);
        self.total += if old.is_none() { name.len() } else { 0 };
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.map.iter()
    }

    /// Returns the number of variables.
    pub fn count(&self) -> usize {
        self.map.len()
    }

    /// Bytes of all names and values.
    pub fn total(&self) -> usize {
        self.total
    }
}
