//! Sends the entries of the outbox: web requests, text messages and mail, through the configured adapters.

use crate::delivery::outbox::{MailMessage, Outcome, Post, Text, Transport, Verdict};
use crate::model::outgoing::Attachment;
use crate::model::time::Time;
use crate::outbound::http::shares::{Limits, Permit, Shares};
use crate::outbound::http::{Account, Http, Oversize, Purpose, Request};
use crate::outbound::mail::{self, Mail};
use crate::outbound::message::{self, Provider, Sms};
use crate::outbound::webhook::{self, Secret};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The number of bytes read of a receiver's response body, which is ignored.
const ANSWER: usize = 1_024;
/// The maximum size of all attachments of a mail: the limit of most mail servers.
const ATTACHMENTS: usize = 20 << 20;
/// The time limit for downloading one attachment.
const ATTACHMENT_TIMEOUT: Duration = Duration::from_secs(30);

/// Mails whose attachments are in memory, three quarters of which are used, and those of one customer.
const ATTACHING: Limits = Limits { under_way: 8, waiting_per_customer: 64, waiting: 1_024 };
const ATTACHING_OF_CUSTOMER: usize = 2;
/// How long a mail waits until those of others have been sent.
const ATTACHING_TIMEOUT: Duration = Duration::from_secs(60);

pub struct Outbound {
    attaching: Arc<Shares>,
    http: Arc<Http>,
    provider: Box<dyn Provider>,
    /// Whether the provider sends text messages to telephones, rather than to the log.
    texts_leave: bool,
    /// `None` if no mail server is configured.
    mail: Option<Mail>,
}

#[async_trait]
impl Transport for Outbound {
    async fn post(&self, post: Post<'_>, secrets: &[String], at: Time) -> Verdict {
        let Ok(method) = Method::from_bytes(post.method.as_bytes()) else {
            return Verdict::failed(Outcome::Refused, 0, "There is no such method.");
        };
        let secrets = match Secret::all(secrets) {
            Some(secrets) => secrets,
            None => return Verdict::failed(Outcome::Refused, 0, "The customer has no secret to sign it with."),
        };
        let body = if method == Method::GET { "" } else { post.data };
        let seconds = at.0.div_euclid(1_000_000);
        let mut headers = webhook::headers(&secrets, post.id, seconds, body.as_bytes());
        if !body.is_empty() && !post.data_type.is_empty() {
            headers.push((header::CONTENT_TYPE, post.data_type.to_owned()));
        }
        let request = Request {
            account: post.account.clone(),
            purpose: Purpose::Delivery,
            method,
            url: post.uri.to_owned(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            timeout: post.timeout,
            max_response_bytes: ANSWER,
            oversize: Oversize::Cut,
        };
        let answer = self.http.send(request).await;
        let outcome = match webhook::judge(&answer, seconds) {
            webhook::Verdict::Delivered => Outcome::Delivered,
            webhook::Verdict::Retry { after, .. } => Outcome::Again { after },
            webhook::Verdict::Dead | webhook::Verdict::Gone => Outcome::Refused,
        };
        match answer {
            Ok(answer) if outcome == Outcome::Delivered => Verdict::delivered(answer.status),
            Ok(answer) => Verdict::failed(outcome, answer.status, format!("The receiver answered {}.", answer.status)),
            Err(failure) => Verdict::failed(outcome, 0, failure.to_string()),
        }
    }

    async fn text(&self, text: Text<'_>) -> Verdict {
        use message::Failure;
        let sms = Sms {
            id: text.id,
            source: text.source.target.clone(),
            destination: text.destination.target.clone(),
            text: text.text.to_owned(),
        };
        let failure = match self.provider.send(sms).await {
            Ok(_) => return Verdict::delivered(0),
            Err(failure) => failure,
        };
        let (outcome, status) = match &failure {
            Failure::Refused { status } => (Outcome::Refused, *status),
            Failure::Busy { status } => (Outcome::Again { after: None }, *status),
            Failure::Unreachable(_) => (Outcome::Again { after: None }, 0),
            Failure::Unknown(_) => (Outcome::Unknown, 0),
        };
        Verdict::failed(outcome, status, sentence(failure.word(), &failure))
    }

    fn texts_leave(&self) -> bool {
        self.texts_leave
    }

    async fn mail(&self, message: MailMessage<'_>) -> Verdict {
        let Some(mail) = &self.mail else {
            return Verdict::failed(Outcome::Refused, 0, "No mail server is configured (--smtp-url).");
        };
        let _place = match self.place(&message).await {
            Ok(place) => place,
            Err(verdict) => return verdict,
        };
        let attachments = match self.attachments(message.account, message.attachments).await {
            Ok(attachments) => attachments,
            Err(verdict) => return verdict,
        };
        let message = mail::Message {
            id: message.id,
            date: message.date,
            to: message.destinations.to_vec(),
            subject: message.subject.to_owned(),
            content: message.content.to_owned(),
            attachments,
        };
        match mail.send(message).await {
            Ok(_) => Verdict::delivered(0),
            Err(failure) => {
                let outcome = match (failure.may_have_gone_out(), failure.may_pass_later()) {
                    (true, _) => Outcome::Unknown,
                    (false, true) => Outcome::Again { after: None },
                    (false, false) => Outcome::Refused,
                };
                Verdict::failed(outcome, 0, sentence(failure.word(), &failure))
            }
        }
    }

    fn pause(&self, attempts: u32, age: Duration, after: Option<Duration>, seed: u128) -> Option<Duration> {
        webhook::next_attempt(attempts, age, after, seed)
    }
}

impl Outbound {
    /// `texts_leave`: the provider sends text messages to telephones, rather than to the log.
    pub fn new(http: Arc<Http>, provider: Box<dyn Provider>, texts_leave: bool, mail: Option<Mail>) -> Outbound {
        Outbound { http, provider, texts_leave, mail, attaching: Shares::new(ATTACHING) }
    }

    /// Waits until there is memory for the attachments of a mail. The customers take turns.
    async fn place(&self, message: &MailMessage<'_>) -> Result<Option<Permit>, Verdict> {
        if message.attachments.is_empty() {
            return Ok(None);
        }
        let place = async {
            let customer_id = message.account.customer_id;
            let waiting = self.attaching.enter(customer_id, ATTACHING_OF_CUSTOMER, Purpose::Delivery)?;
            Some(waiting.place().await)
        };
        let place = timeout(ATTACHING_TIMEOUT, place).await.ok().flatten();
        place.map(Some).ok_or_else(|| {
            let why = "attachment: too many mails with attachments were under way, and none ended in time";
            Verdict::failed(Outcome::Again { after: None }, 0, why)
        })
    }

    /// Downloads the attachments of a mail. If one fails, the mail is not sent, because its text refers to them.
    async fn attachments(&self, account: &Account, requested: &[Attachment]) -> Result<Vec<mail::Attachment>, Verdict> {
        let (mut fetched, mut left) = (Vec::with_capacity(requested.len()), ATTACHMENTS);
        for attachment in requested {
            let failed = |outcome, status, why: String| {
                Verdict::failed(outcome, status, format!("attachment: {}: {why}", attachment.name))
            };
            let request = Request {
                account: account.clone(),
                purpose: Purpose::Delivery,
                method: Method::GET,
                url: attachment.url.clone(),
                headers: Vec::new(),
                body: Bytes::new(),
                timeout: ATTACHMENT_TIMEOUT,
                max_response_bytes: left,
                oversize: Oversize::Refuse,
            };
            let again = Outcome::Again { after: None };
            let answer = self.http.send(request).await.map_err(|failure| failed(again, 0, failure.to_string()))?;
            if !(200..300).contains(&answer.status) {
                return Err(failed(again, answer.status, format!("the server answered {}", answer.status)));
            }
            left -= answer.body.len();
            fetched.push(mail::Attachment {
                name: attachment.name.clone(),
                bytes: answer.body,
                content_type: answer.content_type.unwrap_or_default(),
            });
        }
        Ok(fetched)
    }
}

/// Formats a failure as messages show it: a word to branch on, and a sentence.
fn sentence(word: &str, failure: &impl std::fmt::Display) -> String {
    format!("{word}: {failure}")
}
