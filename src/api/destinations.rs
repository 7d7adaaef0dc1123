//! Checks of the URLs that customers set. A destination that the guard would refuse is rejected when it is set, rather
//! than when it is used. Host names are checked at the time of sending, by the addresses that they resolve to then.

use super::App;
use crate::engine::check::{Problem, ProblemKind};
use crate::error::{Error, Reason, Result};
use crate::outbound::guard::Allowed;
use crate::proto::action::Option as Opt;
use std::sync::Arc;
use uuid::Uuid;

impl App {
    /// Checks a field that holds a URL to send to; "" is no URL.
    pub async fn check_destination(&self, customer_id: Uuid, field: &str, url: &str) -> Result<()> {
        if url.is_empty() {
            return Ok(());
        }
        match self.http.refuses(url, &self.allowed_to(customer_id).await?) {
            Some(why) => Err(Error::field(Reason::DestinationNotAllowed, field, why.to_string())),
            None => Ok(()),
        }
    }

    /// Returns the internal destinations that are allowed to a customer alone.
    pub(super) async fn allowed_to(&self, customer_id: Uuid) -> Result<Arc<[Allowed]>> {
        Ok(self.customers.account(customer_id).await?.allow)
    }

    /// Returns the actions of a list, and of its nested lists, whose destinations the guard refuses. A host that is
    /// known only when the action runs is checked then.
    pub(super) fn refused_destinations<'a>(
        &self,
        path: &str,
        options: impl Iterator<Item = Option<&'a Opt>>,
        allow: &[Allowed],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, option) in options.enumerate() {
            let Some(option) = option else { continue };
            let path = format!("{path}[{at}].option");
            for (field, url) in destinations(option) {
                if let Some(why) = self.http.refuses(url, allow) {
                    let (path, description) = (format!("{path}.{field}"), why.to_string());
                    problems.push(Problem { path, fault: ProblemKind::Destination, description });
                }
            }
            if let Opt::Call(call) = option {
                let within: Vec<Option<&Opt>> = call.actions.iter().map(|action| action.option.as_ref()).collect();
                problems.extend(self.refused_destinations(&format!("{path}.actions"), within.into_iter(), allow));
            }
        }
        problems
    }
}

/// Returns the URLs that an action requests or sends to, by the field of its option.
fn destinations(option: &Opt) -> Vec<(String, &str)> {
    match option {
        Opt::Fetch(o) => o.event_url.as_deref().map(|url| ("event_url".to_owned(), url)).into_iter().collect(),
        Opt::WebhookSend(o) => o.uri.as_deref().map(|url| ("uri".to_owned(), url)).into_iter().collect(),
        Opt::EmailSend(o) => {
            let attachments = o.attachments.iter().enumerate();
            attachments.filter_map(|(at, it)| Some((format!("attachments[{at}].url"), it.url.as_deref()?))).collect()
        }
        _ => Vec::new(),
    }
}
