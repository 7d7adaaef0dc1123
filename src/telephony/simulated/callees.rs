//! The scripts of simulated numbers: a built-in table, and what customers set in place of it.

use super::script::Script;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use uuid::Uuid;

/// The numbers that every customer has. Any other number behaves like the first.
pub const NUMBERS: [(&str, &str); 7] = [
    ("+15550000001", "ring 200ms; answer"),
    ("+15550000002", "busy"),
    ("+15550000003", "no_answer"),
    ("+15550000004", "reject"),
    ("+15550000005", "answer; silence 1s; hangup"),
    ("+15550000006", "answer; wait_prompt; digits \"1\"; repeat"),
    ("+15550000007", "answer; speak 6s; beep"),
];

/// The maximum number of numbers with scripts per customer.
pub const MAX_CALLEES: usize = 10_000;
/// The longest target of an address that a script can be set for, in bytes.
const MAX_NUMBER: usize = 256;

static BUILT_IN: LazyLock<Vec<(&str, Arc<Script>)>> = LazyLock::new(|| {
    let read = |text: &str| Arc::new(text.parse().expect("a unit test reads the whole table"));
    NUMBERS.iter().map(|(number, text)| (*number, read(text))).collect()
});

/// Scripts are only in memory here: the application keeps them in its store and sets them again when it starts.
#[derive(Default)]
pub struct Callees {
    set: Mutex<HashMap<Uuid, HashMap<String, Arc<Script>>>>,
}

impl Callees {
    /// Sets the script of a number. Calls in progress keep the script that they started with.
    pub fn set(&self, customer_id: Uuid, number: &str, text: &str) -> Result<(), String> {
        if number.is_empty() || number.len() > MAX_NUMBER {
            return Err(format!("expected a number of 1 to {MAX_NUMBER} bytes, found {}", number.len()));
        }
        let script = Arc::new(text.parse::<Script>()?);
        let mut set = self.set.lock().expect("no code panics under this lock");
        let numbers = set.entry(customer_id).or_default();
        if numbers.len() >= MAX_CALLEES && !numbers.contains_key(number) {
            return Err(format!("expected at most {MAX_CALLEES} numbers with scripts: change one of them"));
        }
        numbers.insert(number.to_owned(), script);
        Ok(())
    }

    /// Returns whether a number has a script, rather than that of any number.
    pub fn knows(&self, customer_id: Uuid, number: &str) -> bool {
        let set = self.set.lock().expect("no code panics under this lock");
        let own = set.get(&customer_id).is_some_and(|numbers| numbers.contains_key(number));
        own || NUMBERS.iter().any(|(built_in, _)| *built_in == number)
    }

    pub fn find(&self, customer_id: Uuid, number: &str) -> Arc<Script> {
        let set = self.set.lock().expect("no code panics under this lock");
        if let Some(script) = set.get(&customer_id).and_then(|numbers| numbers.get(number)) {
            return script.clone();
        }
        let (_, script) = BUILT_IN.iter().find(|(built_in, _)| *built_in == number).unwrap_or(&BUILT_IN[0]);
        script.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_the_rest_do_as_the_first() {
        let callees = Callees::default();
        for (number, text) in NUMBERS {
            assert_eq!(*callees.find(Uuid::nil(), number), text.parse().unwrap(), "{number}");
        }
        assert_eq!(callees.find(Uuid::nil(), "alice@example.com").to_string(), "ring 200ms; answer");
    }

    #[test]
    fn a_script_is_its_customers_own_and_stands_before_the_table() {
        let (callees, customer) = (Callees::default(), Uuid::from_u128(1));
        callees.set(customer, "+15550000001", "busy").unwrap();
        assert_eq!(callees.find(customer, "+15550000001").to_string(), "busy");
        assert_eq!(callees.find(Uuid::from_u128(2), "+15550000001").to_string(), "ring 200ms; answer");
        callees.set(customer, "+15550000001", "reject").unwrap();
        assert_eq!(callees.find(customer, "+15550000001").to_string(), "reject");
    }

    #[test]
    fn the_table_of_a_customer_is_bounded_and_what_is_in_it_can_still_change() {
        let (callees, customer) = (Callees::default(), Uuid::from_u128(1));
        for n in 0..MAX_CALLEES {
            callees.set(customer, &n.to_string(), "busy").unwrap();
        }
        assert!(callees.set(customer, "one more", "busy").unwrap_err().contains("10000"));
        callees.set(customer, "7", "reject").unwrap();
        callees.set(Uuid::from_u128(2), "one more", "busy").unwrap();
        assert!(callees.set(customer, "", "busy").is_err());
    }
}
