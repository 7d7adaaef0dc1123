//! What goes out of the built binary, and what comes back in: webhooks to receivers that fail in every way, messages by a
//! provider, mail, retention; with the server killed in between.

mod deliveries;
mod log;
mod messages;
mod outage;
#[allow(dead_code)]
#[path = "../outbound/post_office.rs"]
mod post_office;
mod python;
mod receiver;
mod retention;
#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod server;
mod signed;
mod trouble;

use ringdown::proto::*;
use server::{Grpc, Home};
use std::time::{Duration, Instant};

/// How long something that must happen may take. Retries come after 5 and after 15 seconds.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A server that may send to this machine, with phones that need no time.
pub fn home(more: &[&str]) -> Home {
    let mut args = vec!["--outbound-allow", "127.0.0.1:*", "--sim-speed", "0"];
    args.extend(more);
    Home::new(&args)
}

/// Waits until something holds.
pub async fn until(payload: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{payload} did not come to pass");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub fn talk(text: &str) -> Action {
    action(action::Option::Talk(TalkOption { text: Some(text.to_owned()), ..Default::default() }))
}

pub fn set(key: &str, value: &str) -> Action {
    let (key, value) = (Some(key.to_owned()), Some(value.to_owned()));
    action(action::Option::VariableSet(VariableSetOption { key, value }))
}

pub fn block() -> Action {
    action(action::Option::Block(BlockOption::default()))
}

pub fn action(option: action::Option) -> Action {
    Action { option: Some(option), ..Default::default() }
}

pub fn tel(target: &str) -> Address {
    Address { r#type: "tel".to_owned(), target: target.to_owned(), ..Default::default() }
}

/// Starts an activeflow that ends by itself, or blocks.
pub async fn start(grpc: &mut Grpc, actions: Vec<Action>, webhook_uri: &str) -> String {
    let request = CreateActiveflowRequest { actions, webhook_uri: webhook_uri.to_owned(), ..Default::default() };
    let response = grpc.activeflows.create_activeflow(request).await.unwrap().into_inner();
    response.activeflow.unwrap().id
}

/// Sends the customer's events here, and gives the secret if this made one.
pub async fn destination(grpc: &mut Grpc, uri: &str) -> String {
    let request = UpdateCustomerRequest { name: "a".to_owned(), webhook_uri: uri.to_owned(), ..Default::default() };
    let response = grpc.customers.update_customer(request).await.unwrap().into_inner();
    response.customer.unwrap().webhook_secret
}

pub async fn deliveries(grpc: &mut Grpc, status: WebhookDeliveryStatus) -> Vec<WebhookDelivery> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            ListWebhookDeliveriesRequest { page_size: 1_000, page_token, status: status.into(), ..Default::default() };
        let page = grpc.webhooks.list_webhook_deliveries(request).await.unwrap().into_inner();
        all.extend(page.deliveries);
        if page.next_page_token.is_empty() {
            return all;
        }
        page_token = page.next_page_token;
    }
}
