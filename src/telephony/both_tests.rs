use super::*;
use crate::model::call::{Address, Call, HangupReason, Privacy};
use crate::model::telephony::Signal;
use crate::telephony::offers::Offer;
use crate::telephony::simulated::{self, Simulated, Speed};
use crate::telephony::{CallSignal, Refused};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};
use tokio::sync::mpsc;

const CUSTOMER: Uuid = Uuid::from_u128(0xc0);

/// A driver that writes down what it is asked, and whose calls never end.
#[derive(Default)]
struct Fake {
    asked: Mutex<Vec<String>>,
    calls: Mutex<BTreeSet<Uuid>>,
    /// The number that it knows.
    number: &'static str,
}

impl Fake {
    fn note(&self, text: String) {
        self.asked.lock().unwrap().push(text);
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn calls(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.calls.lock().unwrap()
    }
}

#[async_trait]
impl Telephony for Fake {
    async fn perform(&self, call_id: Uuid, operation: OperationId, command: Command) -> Result<(), Gone> {
        if let Command::Dial { .. } = command {
            self.calls().insert(call_id);
        }
        if !self.holds(call_id) {
            return Err(Gone);
        }
        let name = serde_json::to_value(&command).unwrap();
        let name = name.as_str().or_else(|| Some(name.as_object()?.keys().next()?.as_str())).unwrap();
        self.note(format!("{} {operation} {name}", call_id.as_u128()));
        Ok(())
    }

    async fn take(&self, offer: OfferKey, _: Uuid, call_id: Uuid) -> Result<(), Gone> {
        self.calls().insert(call_id);
        self.note(format!("{} take {}", call_id.as_u128(), offer.0 & !REAL));
        Ok(())
    }

    async fn refuse(&self, offer: OfferKey, refusal: Refusal) {
        self.note(format!("refuse {} {}", offer.0 & !REAL, refusal.code));
    }

    fn held(&self) -> Vec<Uuid> {
        self.calls().iter().copied().collect()
    }

    async fn close(&self) {
        self.note("close".to_owned());
    }
}

impl Side for Fake {
    fn holds(&self, call_id: Uuid) -> bool {
        self.calls().contains(&call_id)
    }

    fn fail(&self, call_id: Uuid, operation: OperationId, error: &str) -> Result<(), Gone> {
        self.note(format!("{} {operation} failed: {error}", call_id.as_u128()));
        Ok(())
    }
}

#[async_trait]
impl Simulator for Fake {
    fn check_script(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn set_callee(&self, _: Uuid, _: &str, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn knows(&self, customer_id: Uuid, number: &str) -> bool {
        (customer_id, number) == (CUSTOMER, self.number)
    }

    async fn call(&self, _: Uuid, _: u64, _: Address, _: Address) -> Result<OfferKey, Refused> {
        Ok(OfferKey(1))
    }

    fn give_up(&self, _: OfferKey) -> Result<(), Gone> {
        Err(Gone)
    }

    async fn digits(&self, _: Uuid, _: &str) -> Result<(), Refused> {
        Err(Refused::Gone)
    }

    async fn hangup(&self, _: Uuid) -> Result<(), Gone> {
        Err(Gone)
    }
}

fn dial(number: &str) -> Command {
    let destination = Address { target: number.to_owned(), ..Call::blank().destination };
    let source = Call::blank().source;
    Command::Dial { customer_id: CUSTOMER, source, destination, privacy: Privacy::None }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn fakes() -> (Arc<Fake>, Arc<Fake>, Both<Fake, Fake>) {
    let simulated = Arc::new(Fake { number: "+15550000001", ..Fake::default() });
    let real = Arc::new(Fake::default());
    (simulated.clone(), real.clone(), Both::new(simulated, real))
}

#[tokio::test]
async fn known_numbers_are_simulated_and_all_others_are_real() {
    let (simulated, real, both) = fakes();
    both.perform(id(1), 1, dial("+15550000001")).await.unwrap();
    both.perform(id(2), 1, dial("+15550000002")).await.unwrap();
    assert_eq!((simulated.held(), real.held(), both.held()), (vec![id(1)], vec![id(2)], vec![id(1), id(2)]));
    both.perform(id(1), 2, Command::Answer).await.unwrap();
    both.perform(id(2), 2, Command::Hangup { reason: HangupReason::Normal }).await.unwrap();
    assert_eq!(both.perform(id(3), 2, Command::Answer).await, Err(Gone));
    assert_eq!(simulated.asked(), ["1 1 dial", "1 2 answer"]);
    assert_eq!(real.asked(), ["2 1 dial", "2 2 hangup"]);
    // No call is held twice.
    assert_eq!(both.perform(id(1), 3, dial("+15550000002")).await, Err(Gone));
    assert_eq!(both.perform(id(2), 3, dial("+15550000001")).await, Err(Gone));
    assert_eq!(both.take(OfferKey(REAL), CUSTOMER, id(1)).await, Err(Gone));
    both.close().await;
    assert_eq!((simulated.asked(), real.asked()), (vec!["close".to_owned()], vec!["close".to_owned()]));
}

#[tokio::test]
async fn offers_are_decided_by_the_driver_that_made_them() {
    let (simulated, real, both) = fakes();
    both.take(OfferKey(7), CUSTOMER, id(1)).await.unwrap();
    both.take(OfferKey(REAL | 7), CUSTOMER, id(2)).await.unwrap();
    both.refuse(OfferKey(8), Refusal::NOT_FOUND).await;
    both.refuse(OfferKey(REAL | 8), Refusal::UNAVAILABLE).await;
    assert_eq!(simulated.asked(), ["1 take 7", "refuse 8 404"]);
    assert_eq!(real.asked(), ["2 take 7", "refuse 8 503"]);
}

#[tokio::test]
async fn a_bridge_between_the_two_is_refused_on_the_call_that_asked() {
    let (simulated, real, both) = fakes();
    for (call, number) in [(1, "+15550000001"), (2, "+15550000001"), (3, "+1"), (4, "+1")] {
        both.perform(id(call), 0, dial(number)).await.unwrap();
    }
    drop((simulated.asked(), real.asked()));
    for (call, other) in [(1, 3), (3, 1), (1, 2), (3, 4), (1, 9)] {
        both.perform(id(call), 5, Command::Bridge { other: id(other) }).await.unwrap();
    }
    let refused = format!("5 failed: {NOT_JOINED}");
    assert_eq!(simulated.asked(), [format!("1 {refused}"), "1 5 bridge".to_owned(), "1 5 bridge".to_owned()]);
    assert_eq!(real.asked(), [format!("3 {refused}"), "3 5 bridge".to_owned()]);
}

#[tokio::test]
async fn the_simulator_knows_its_numbers_and_reports_what_failed() {
    let (sender, mut signals) = mpsc::channel(64);
    let (offering, _offers): (_, mpsc::Receiver<Offer>) = mpsc::channel(1);
    let speed = Speed::new(0.0).unwrap();
    let config = simulated::Config { speed, max_calls: 10, recordings: None, witness: None };
    let (phones, real) = (Simulated::new(config, sender, offering), Arc::new(Fake::default()));
    assert!(phones.knows(CUSTOMER, "+15550000007") && !phones.knows(CUSTOMER, "+15550000008"));
    phones.set_callee(CUSTOMER, "+15550000008", "answer").unwrap();
    assert!(phones.knows(CUSTOMER, "+15550000008") && !phones.knows(id(1), "+15550000008"));
    let both = Both::new(phones.clone(), real.clone());
    both.perform(id(2), 1, dial("+821012345678")).await.unwrap();
    both.perform(id(1), 1, dial("+15550000008")).await.unwrap();
    both.perform(id(1), 2, Command::Bridge { other: id(2) }).await.unwrap();
    let finished = loop {
        match signals.recv().await.expect("a signal") {
            CallSignal { call_id, signal: Signal::Finished { operation, error } } => break (call_id, operation, error),
            _ => continue,
        }
    };
    assert_eq!(finished, (id(1), 2, Some(NOT_JOINED.to_owned())));
    assert_eq!(phones.fail(id(2), 3, "x"), Err(Gone));
    both.close().await;
}
