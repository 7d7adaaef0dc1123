//! Recordings: listed, downloaded and deleted. Runs decide what is recorded. The telephone network owns a file until it
//! is complete; then the server owns it.

use super::App;
use super::page::Page;
use crate::clock::Clock;
use crate::engine::Request;
use crate::error::{Error, Reason, Result, unless_damaged};
use crate::model::recording::{Recording, Status};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, RecordingStartOption};
use crate::runtime::idempotency::IdempotentRequest;
use crate::runtime::recordings::{ByteRange, Download};
use crate::runtime::rows;
use crate::store::{Commit, RecordingFilter};
use uuid::Uuid;

impl App {
    pub async fn get_recording(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Recording> {
        Ok(view::recording(&self.find_recording(customer_id, id).await?))
    }

    pub async fn list_recordings(
        &self,
        customer_id: Uuid,
        page: Page,
        filter: RecordingFilter,
    ) -> Result<proto::ListRecordingsResponse> {
        let found = self.store.recordings(page.rows(customer_id), filter).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row| unless_damaged(rows::read_recording(row, self.store.damage())).transpose();
        let recordings = found.iter().filter_map(read).map(|read| Ok(view::recording(&read?)));
        let recordings = recordings.collect::<Result<_>>()?;
        Ok(proto::ListRecordingsResponse { recordings, next_page_token })
    }

    /// Deletes a recording. The row is deleted first: if the file then stays behind, the next start removes it, whereas
    /// a row without a file would announce a file that is lost.
    pub async fn delete_recording(&self, customer_id: Uuid, id: Uuid) -> Result<proto::Recording> {
        let found = self.find_recording(customer_id, id).await?;
        if found.status == Status::Recording {
            // Its run would write the row again, and its file is yet to come.
            return Err(Error::new(Reason::RecordingRunning, "the recording is still running; stop it first"));
        }
        let deleted = Recording { tm_delete: Some(Clock::now()), ..found };
        let commit = Commit { recordings: vec![rows::recording_row(&deleted)], ..Commit::default() };
        self.store.commit(commit).await?;
        self.recordings.remove(id).await;
        Ok(view::recording(&deleted))
    }

    /// Opens the file of a recording.
    pub async fn download_recording(&self, customer_id: Uuid, id: Uuid, part: ByteRange) -> Result<Download> {
        let recording = self.find_recording(customer_id, id).await?;
        match recording.status {
            Status::Ended if part.offset > recording.size => {
                let description = format!("the file has {} bytes", recording.size);
                Err(Error::field(Reason::InvalidArgument, "offset", description))
            }
            Status::Ended => self.recordings.open(id, recording.size, part).await,
            Status::Recording => {
                Err(Error::new(Reason::RecordingRunning, "the recording is still running and has no file yet"))
            }
            Status::Failed => Err(Error::new(Reason::RecordingNotFound, "the recording failed and has no file")),
        }
    }

    pub async fn start_recording(
        &self,
        customer_id: Uuid,
        call_id: Uuid,
        option: RecordingStartOption,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<proto::StartRecordingResponse> {
        if let Some(flow_id) = option.on_end_flow_id.as_deref().and_then(|id| Uuid::try_parse(id).ok())
            && !flow_id.is_nil()
            && self.revisions.flow(customer_id, flow_id).await?.is_none()
        {
            let description = format!("flow {flow_id} does not exist");
            return Err(Error::field(Reason::FlowNotFound, "on_end_flow_id", description));
        }
        let wrap = |call| proto::StartRecordingResponse { call: Some(call) };
        let request = Request::StartRecording { call_id, option: Box::new(option) };
        self.command(customer_id, call_id, request, idempotency, wrap).await
    }

    /// Removes the files that an earlier process left behind, in the background: see [`Files::remove_left`].
    pub(super) fn remove_left_recordings(&self) {
        let (files, store) = (self.recordings.clone(), self.store.clone());
        let mut draining = self.draining.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = files.remove_left(&*store) => {}
                _ = draining.changed() => {}
            }
        });
    }

    /// Returns a recording of this customer that is not deleted.
    async fn find_recording(&self, customer_id: Uuid, id: Uuid) -> Result<Recording> {
        let row = self.store.recording(id).await?;
        let own = row.filter(|row| row.customer_id == customer_id && row.tm_delete.is_none());
        let missing = || Error::new(Reason::RecordingNotFound, format!("recording {id} does not exist"));
        rows::read_recording(&own.ok_or_else(missing)?, self.store.damage())
    }
}
