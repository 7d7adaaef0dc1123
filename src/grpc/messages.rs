//! MessageService.

use super::convert;
use crate::api::messages::Arrival;
use crate::api::page::Page;
use crate::api::{App, IdempotentRequest};
use crate::error::{Error, Reason};
use crate::http::auth::caller;
use crate::model::call::{Address, AddressType};
use crate::proto::message_service_server::MessageService;
use crate::proto::*;
use crate::store::MessageFilter;
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Messages that one request may send.
const MAX_DESTINATIONS: usize = 100;
/// Characters of a text: ten parts of 160.
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
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let source = tel("source", request.source.as_ref())?;
        if !(1..=MAX_DESTINATIONS).contains(&request.destinations.len()) {
            let description = format!("expected 1 to {MAX_DESTINATIONS} addresses");
            return Err(Error::field(Reason::InvalidArgument, "destinations", description).into());
        }
        let destinations = request.destinations.iter().enumerate();
        let destinations = destinations.map(|(at, address)| tel(&format!("destinations[{at}]"), Some(address)));
        let destinations = destinations.collect::<Result<Vec<_>, _>>()?;
        let text = convert::text("text", request.text, MAX_TEXT)?;
        if text.is_empty() {
            return Err(Error::field(Reason::InvalidArgument, "text", "is required").into());
        }
        let sent = self.0.send_messages(caller.customer_id, &source, &destinations, &text, idempotency).await?;
        Ok(Response::new(sent))
    }

    async fn receive_message(
        &self,
        request: Request<ReceiveMessageRequest>,
    ) -> Result<Response<ReceiveMessageResponse>, Status> {
        const RPC: &str = "/ringdown.v1.MessageService/ReceiveMessage";
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let idempotency = IdempotentRequest::take(caller.customer_id, RPC, &mut request, |it| &mut it.idempotency_key)?;
        let arrival = Arrival {
            source: tel("source", request.source.as_ref())?,
            destination: tel("destination", request.destination.as_ref())?,
            text: convert::text("text", request.text, MAX_TEXT)?,
        };
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
        let page = Page::of(request.page_size, &request.page_token)?;
        let filter = MessageFilter {
            direction: convert::choice::<MessageDirection>("direction", request.direction)?,
            status: convert::choice::<MessageStatus>("status", request.status)?,
        };
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

/// Text messages go from number to number.
fn tel(field: &str, address: Option<&crate::proto::Address>) -> Result<Address, Error> {
    let address = convert::address(field, address)?;
    match address.kind {
        AddressType::Tel => Ok(address),
        _ => Err(Error::field(Reason::InvalidAddress, format!("{field}.type"), "expected \"tel\"")),
    }
}
