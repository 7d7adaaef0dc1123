//! Dialogs (RFC 3261 12): who talks to whom, where requests go, and in which order.

use super::message::{Headers, Method, NameAddr, Ours, Request, Response};
use super::token::Tokens;
use super::uri::Uri;

/// Routes of a dialog.
const MAX_ROUTES: usize = 16;

/// A message that makes no dialog: a header is missing or malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no dialog: {0}")]
pub struct NoDialog(pub &'static str);

/// What a dialog says of a request of the remote party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    InOrder,
    /// Its number is not above the last: 500 (RFC 3261 12.2.2).
    OutOfOrder,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    pub call_id: String,
    pub local_tag: String,
    pub remote_tag: String,
    /// From and To of our requests, with their tags.
    local: String,
    remote: String,
    local_number: u32,
    remote_number: Option<u32>,
    /// Their Contact.
    target: String,
    /// URIs, the next hop first.
    routes: Vec<String>,
}

impl Dialog {
    /// Makes the dialog of an outgoing call from a response to its INVITE (RFC 3261 12.1.2).
    pub fn of_response(request: &Request, response: &Response) -> Result<Dialog, NoDialog> {
        let from = request.headers.from().ok_or(NoDialog("From"))?;
        let to = response.headers.to().ok_or(NoDialog("To"))?;
        let mut routes = response.headers.record_routes();
        routes.reverse();
        Ok(Dialog {
            call_id: request.headers.call_id().ok_or(NoDialog("Call-ID"))?.to_owned(),
            local_tag: from.tag().ok_or(NoDialog("From"))?.to_owned(),
            remote_tag: to.tag().ok_or(NoDialog("To"))?.to_owned(),
            local: request.headers.get("From").unwrap_or_default().to_owned(),
            remote: response.headers.get("To").unwrap_or_default().to_owned(),
            local_number: request.headers.cseq().ok_or(NoDialog("CSeq"))?.0,
            remote_number: None,
            target: target_of(&response.headers).ok_or(NoDialog("Contact"))?,
            routes: bounded(routes)?,
        })
    }

    /// Makes the dialog of an incoming call from its INVITE and our tag (RFC 3261 12.1.1). `number` is that before our
    /// first request.
    pub fn of_request(request: &Request, tag: &str, number: u32) -> Result<Dialog, NoDialog> {
        let from = request.headers.from().ok_or(NoDialog("From"))?;
        Ok(Dialog {
            call_id: request.headers.call_id().ok_or(NoDialog("Call-ID"))?.to_owned(),
            local_tag: tag.to_owned(),
            remote_tag: from.tag().ok_or(NoDialog("From"))?.to_owned(),
            local: format!("{};tag={tag}", request.headers.get("To").ok_or(NoDialog("To"))?),
            remote: request.headers.get("From").unwrap_or_default().to_owned(),
            local_number: number,
            remote_number: Some(request.headers.cseq().ok_or(NoDialog("CSeq"))?.0),
            target: target_of(&request.headers).ok_or(NoDialog("Contact"))?,
            routes: bounded(request.headers.record_routes())?,
        })
    }

    /// Returns a request to the remote party (RFC 3261 12.2.1.1), with the next number.
    pub fn request(&mut self, method: Method, ours: &Ours, tokens: &mut Tokens) -> Request {
        self.local_number += 1;
        let (uri, routes) = self.path();
        let mut request = Request::begin(method, &uri, ours, &tokens.branch());
        for route in routes {
            request = request.with("Route", format!("<{route}>"));
        }
        request
            .with("From", self.local.clone())
            .with("To", self.remote.clone())
            .with("Call-ID", self.call_id.clone())
            .with("CSeq", format!("{} {method}", self.local_number))
            .with("Contact", ours.contact())
    }

    /// Returns the Request-URI and the routes. A strict router at the front becomes the Request-URI, and the target the
    /// last route.
    fn path(&self) -> (String, Vec<String>) {
        match self.routes.split_first() {
            Some((first, rest)) if !Uri::parse(first).is_some_and(|it| it.is_loose()) => {
                let mut routes = rest.to_vec();
                routes.push(self.target.clone());
                (first.clone(), routes)
            }
            _ => (self.target.clone(), self.routes.clone()),
        }
    }

    /// Returns the URI that the next request is sent to: the first route, else the target.
    pub fn next_hop(&self) -> &str {
        self.routes.first().unwrap_or(&self.target)
    }

    /// Returns the number of our last request.
    pub fn local_number(&self) -> u32 {
        self.local_number
    }

    /// Notes a request of theirs other than ACK and CANCEL.
    pub fn receive(&mut self, request: &Request) -> Order {
        let number = request.headers.cseq().map(|(number, _)| number);
        let Some(number) = number.filter(|it| self.remote_number.is_none_or(|last| last < *it)) else {
            return Order::OutOfOrder;
        };
        self.remote_number = Some(number);
        Order::InOrder
    }

    /// Takes a new remote target (RFC 3261 12.2.1.2, 12.2.2): from an INVITE or UPDATE of theirs, or from their 2xx to one
    /// of ours. The route set never changes.
    pub fn refresh(&mut self, headers: &Headers) {
        if let Some(target) = target_of(headers) {
            self.target = target;
        }
    }

    /// Whether a request of the remote party belongs to this dialog. Tags are compared exactly.
    pub fn is_of(&self, request: &Request) -> bool {
        let tag = |it: Option<NameAddr>| it.and_then(|it| it.tag().map(str::to_owned));
        request.headers.call_id() == Some(&self.call_id)
            && tag(request.headers.to()).as_ref() == Some(&self.local_tag)
            && tag(request.headers.from()).as_ref() == Some(&self.remote_tag)
    }
}

/// Returns the URI of Contact, if it is one that a request can be sent to.
fn target_of(headers: &Headers) -> Option<String> {
    headers.contact().map(|it| it.uri).filter(|it| Uri::parse(it).is_some_and(|it| !it.host.is_empty()))
}

fn bounded(routes: Vec<String>) -> Result<Vec<String>, NoDialog> {
    let good = routes.len() <= MAX_ROUTES && routes.iter().all(|it| Uri::parse(it).is_some());
    good.then_some(routes).ok_or(NoDialog("Record-Route"))
}

#[cfg(test)]
#[path = "dialog_tests.rs"]
mod tests;
