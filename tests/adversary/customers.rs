//! A server with two customers, and REST as each of them uses it.

use crate::server::{Server, config, http};
use reqwest::Method;
use ringdown::auth::Authenticator;
use ringdown::config::Config;
use ringdown::seal::{self, Source};
use ringdown::store::Store;
use ringdown::store::sqlite::{self, Location, Sqlite};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a test waits for what it expects.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct House {
    pub server: Server,
    pub owner: Rest,
    pub stranger: Rest,
    pub directory: TempDir,
}

#[derive(Clone)]
pub struct Rest {
    http: reqwest::Client,
    url: String,
    key: String,
}

/// A server with these limits of each customer, such as `calls=5`.
pub async fn house(limits: &[&str]) -> House {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::with(in_directory(&directory, limits)).await;
    let path = directory.path().join("ringdown.db");
    let beside = sqlite::Config { exclusive: false, ..sqlite::Config::new(Location::File(path)) };
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(beside).await.unwrap());
    let source = Source::of(&in_directory(&directory, &[]).database, None).unwrap();
    let sealer = seal::open(&*store, source).await.unwrap();
    let authenticator = Authenticator::open(store, &sealer, None).await.unwrap();
    let stranger = authenticator.create_customer("stranger").await.unwrap().key;
    let owner = Rest::of(&server, server.key.clone());
    let stranger = Rest::of(&server, stranger);
    House { server, owner, stranger, directory }
}

pub fn in_directory(directory: &TempDir, limits: &[&str]) -> Config {
    let mut config =
        Config { database: format!("sqlite://{}", directory.path().join("ringdown.db").display()), ..config() };
    config.customers.customer_limits = limits.iter().map(|limit| limit.parse().unwrap()).collect();
    config
}

impl Rest {
    pub fn of(server: &Server, key: String) -> Rest {
        Rest { http: http(), url: server.url.clone(), key }
    }

    pub fn key(&self) -> String {
        self.key.clone()
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// The answer, or the reason of the refusal.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        outcome(self.send(Method::POST, path, Some(body)).await)
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Value, String> {
        outcome(self.send(Method::PUT, path, Some(body)).await)
    }

    /// Everything in a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut all, mut token) = (Vec::new(), String::new());
        loop {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{join}page_size=100&page_token={token}")).await;
            all.extend(page["result"].as_array().unwrap().iter().cloned());
            token = page["next_page_token"].as_str().unwrap_or_default().to_owned();
            if token.is_empty() {
                return all;
            }
        }
    }

    /// The history of an activeflow, as text.
    pub async fn history(&self, id: &str) -> String {
        let events = self.all(&format!("/v1.0/activeflows/{id}/events")).await;
        serde_json::to_string(&events).unwrap()
    }

    /// Starts an activeflow; its id.
    pub async fn start(&self, actions: Value) -> Result<String, String> {
        let started = self.post("/v1.0/activeflows", json!({"actions": actions})).await?;
        Ok(started["id"].as_str().unwrap().to_owned())
    }

    /// Makes a call that runs these actions; its id and that of its activeflow.
    pub async fn call(&self, program: Value) -> Result<(String, String), String> {
        let mut body = json!({"source": tel("+15550000009"), "destination": tel("+15550000001")});
        body.as_object_mut().unwrap().extend(program.as_object().unwrap().clone());
        let call = self.post("/v1.0/calls", body).await?;
        let text = |name: &str| call[name].as_str().unwrap().to_owned();
        Ok((text("id"), text("activeflow_id")))
    }

    /// The activeflow, once it has ended.
    pub async fn ended(&self, id: &str) -> Value {
        until("the end of the activeflow", || async {
            let flow = self.get(&format!("/v1.0/activeflows/{id}")).await;
            (flow["status"] == "ended").then_some(flow)
        })
        .await
    }
}

fn outcome((status, answer): (u16, Value)) -> Result<Value, String> {
    match status {
        200 => Ok(answer),
        status => Err(format!("{status} {}", answer["error"]["reason"].as_str().unwrap_or("-"))),
    }
}

pub fn tel(target: &str) -> Value {
    json!({"type": "tel", "target": target})
}

pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < patience, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
