//! MessageService.

use super::convert;
use crate::api::messages::Arrival;
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::error::{Error, Reason, Result, all, each};
use crate::http::auth::caller;
use crate::model::call::{Address, AddressType};
use crate::proto::message_service_server::MessageService;
use crate::proto::*;
use crate::store::MessageFilter;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// The largest number of messages that one request sends.
const MAX_DESTINATIONS: usize = 100;
/// The largest number of characters in a text: ten parts of 160.
const MAX_TEXT: usize = 1_600;

pub struct Messages(pub Arc<App>);

#[tonic::async_trait]
impl MessageService for Messages {
    async fn send_message(
        &self,
        request: Request<SendMessageRequest>,
    ) -> Result<Response<SendMessageResponse>, Status> {
        const RPC: &str = "/ringdown.v1.MessageService/SendMessage";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key);
        let text = match request.text.is_empty() {
            true => Err(Error::field(Reason::InvalidArgument, "text", "is required")),
            false => convert::text("text", request.text, MAX_TEXT),
        };
        let source = tel("source", request.source.as_ref());
        let (idempotency, source, destinations, text) =
            all((idempotency, source, destinations(&request.destinations), text))?;
        let sent = self.0.send_messages(caller.customer_id, &source, &destinations, &text, idempotency).await?;
        Ok(Response::new(sent))
    }

    async fn receive_message(
        &self,
        request: Request<ReceiveMessageRequest>,
    ) -> Result<Response<ReceiveMessageResponse>, Status> {
        const RPC: &str = "/ringdown.v1.MessageService/ReceiveMessage";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let (idempotency, source, destination, text) = all((
            IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key),
            tel("source", request.source.as_ref()),
            tel("destination", request.destination.as_ref()),
            convert::text("text", request.text, MAX_TEXT),
        ))?;
        let arrival = Arrival { source, destination, text };
        Ok(Response::new(self.0.receive_message(caller.customer_id, arrival, idempotency).await?))
    }

    async fn get_message(&self, request: Request<GetMessageRequest>) -> Result<Response<GetMessageResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        let message = Some(self.0.get_message(caller.customer_id, id).await?);
        Ok(Response::new(GetMessageResponse { message }))
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (page, direction, status) = all((
            Page::of(request.page_size, &request.page_token),
            convert::choice::<MessageDirection>("direction", request.direction),
            convert::choice::<MessageStatus>("status", request.status),
        ))?;
        let filter = MessageFilter { direction, status };
        Ok(Response::new(self.0.list_messages(caller.customer_id, page, filter).await?))
    }

    async fn delete_message(
        &self,
        request: Request<DeleteMessageRequest>,
    ) -> Result<Response<DeleteMessageResponse>, Status> {
        let caller = caller(&request)?;
        let id = convert::id("id", &request.get_ref().id)?;
        let message = Some(self.0.delete_message(caller.customer_id, id).await?);
        Ok(Response::new(DeleteMessageResponse { message }))
    }
}

fn destinations(given: &[crate::proto::Address]) -> Result<Vec<Address>> {
    if !(1..=MAX_DESTINATIONS).contains(&given.len()) {
        let description = format!("expected 1 to {MAX_DESTINATIONS} addresses");
        return Err(Error::field(Reason::InvalidArgument, "destinations", description));
    }
    each(given.iter().enumerate().map(|(at, address)| tel(&format!("destinations[{at}]"), Some(address))))
}

/// Checks an address for text messages, which must be a telephone number.
fn tel(field: &str, address: Option<&crate::proto::Address>) -> Result<Address> {
    let address = convert::address(field, address)?;
    match address.kind {
        AddressType::Tel => Ok(address),
        _ => Err(Error::field(Reason::InvalidAddress, format!("{field}.type"), "expected \"tel\"")),
    }
}
