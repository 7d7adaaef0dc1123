//! RecordingService.

use super::convert;
use crate::api::page::Page;
use crate::api::{App, ByteRange};
use crate::error::{Error, Reason, Result, all};
use crate::http::auth::caller;
use crate::proto::recording_service_server::RecordingService;
use crate::proto::*;
use crate::store::RecordingFilter;
use futures::stream::{BoxStream, StreamExt};
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Recordings(pub Arc<App>);

/// Checks a number of bytes.
fn bytes(field: &str, number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| Error::field(Reason::InvalidArgument, field, "must not be negative"))
}

#[tonic::async_trait]
impl RecordingService for Recordings {
    async fn get_recording(
        &self,
        request: Request<GetRecordingRequest>,
    ) -> Result<Response<GetRecordingResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let recording = self.0.get_recording(customer_id, id).await?;
        Ok(Response::new(GetRecordingResponse { recording: Some(recording) }))
    }

    async fn list_recordings(
        &self,
        request: Request<ListRecordingsRequest>,
    ) -> Result<Response<ListRecordingsResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (page, status, activeflow_id, call_id) = all((
            Page::of(request.page_size, &request.page_token),
            convert::choice::<RecordingStatus>("status", request.status),
            convert::optional_id("activeflow_id", &request.activeflow_id),
            convert::optional_id("call_id", &request.call_id),
        ))?;
        let filter = RecordingFilter { status, activeflow_id, call_id };
        Ok(Response::new(self.0.list_recordings(customer_id, page, filter).await?))
    }

    async fn delete_recording(
        &self,
        request: Request<DeleteRecordingRequest>,
    ) -> Result<Response<DeleteRecordingResponse>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let id = convert::id("id", &request.get_ref().id)?;
        let recording = self.0.delete_recording(customer_id, id).await?;
        Ok(Response::new(DeleteRecordingResponse { recording: Some(recording) }))
    }

    type DownloadRecordingStream = BoxStream<'static, Result<DownloadRecordingResponse, Status>>;

    async fn download_recording(
        &self,
        request: Request<DownloadRecordingRequest>,
    ) -> Result<Response<Self::DownloadRecordingStream>, Status> {
        let customer_id = caller(&request)?.customer_id;
        let request = request.into_inner();
        let (offset, length) = (bytes("offset", request.offset), bytes("length", request.length));
        let (id, offset, length) = all((convert::id("id", &request.id), offset, length))?;
        let part = ByteRange { offset, length };
        let chunks = self.0.download_recording(customer_id, id, part).await?.chunks();
        let chunks = chunks.map(|chunk| {
            let chunk = chunk.map_err(Status::from)?;
            Ok(DownloadRecordingResponse { data: chunk.into() })
        });
        Ok(Response::new(chunks.boxed()))
    }
}
