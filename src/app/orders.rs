//! Requests to runs. They are data, so that they can be brought to the node that owns the run.

use super::nodes::Order;
use super::once::{self, Once};
use super::runner::Reply;
use super::{App, activeflows, calls};
use crate::engine::{Request, variables};
use crate::error::{Error, Reason, Result};
use crate::model::call::Call;
use crate::model::run::Run;
use crate::proto;
use prost::Message;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the response to a request shows of the run's new state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Part {
    Activeflow,
    Variables,
    /// One of its calls; as it was stored, in case the state has forgotten it.
    Call(Box<Call>),
}

impl Part {
    /// The response, encoded. Responses that show the same part are the same bytes, whichever RPC they are of: the part is
    /// their first field and their only one.
    pub fn response(&self, run: &Run) -> Vec<u8> {
        match self {
            Part::Activeflow => {
                proto::StopActiveflowResponse { activeflow: Some(activeflows::detail(run)) }.encode_to_vec()
            }
            Part::Variables => proto::SetVariablesResponse { variables: variables::all(run) }.encode_to_vec(),
            Part::Call(stored) => {
                let call = run.leg(stored.id).map_or(&**stored, |leg| &leg.call);
                proto::HangupCallResponse { call: Some(calls::shown(run, call)) }.encode_to_vec()
            }
        }
    }
}

impl App {
    /// Brings a request to a run, wherever it is; `response` makes of the run's new state what `part` names.
    pub(super) async fn order<R: Message + Default>(
        &self,
        run_id: Uuid,
        request: Request,
        once: Option<Once>,
        part: Part,
        response: impl FnOnce(&Run) -> R,
    ) -> Result<R> {
        if let Some(owner) = self.elsewhere(run_id).await? {
            let order = Order::Run { run_id, request: Box::new(request), once, part };
            return once::read(&self.forward(owner, &order).await?);
        }
        match self.runner.ask(run_id, request, once, part).await? {
            Reply::Now(loaded) => Ok(response(&loaded.run)),
            Reply::Again(bytes) => once::read(&bytes),
        }
    }

    /// A request that another node passes on.
    pub(super) async fn order_here(
        &self,
        run_id: Uuid,
        request: Request,
        once: Option<Once>,
        part: Part,
    ) -> Result<Vec<u8>> {
        match self.runner.ask(run_id, request, once, part.clone()).await? {
            Reply::Now(loaded) => Ok(part.response(&loaded.run)),
            Reply::Again(bytes) => Ok(bytes),
        }
    }
}

/// What is said of a run that moved to another node at this moment.
pub fn moved() -> Error {
    Error::new(Reason::NodeUnavailable, "the activeflow has just moved to another node; try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_that_show_the_same_part_are_the_same_bytes() {
        let activeflow = || Some(proto::Activeflow { id: "a".to_owned(), ..Default::default() });
        let stop = proto::StopActiveflowResponse { activeflow: activeflow() }.encode_to_vec();
        assert_eq!(proto::ContinueActiveflowResponse { activeflow: activeflow() }.encode_to_vec(), stop);
        assert_eq!(proto::PushActionsResponse { activeflow: activeflow() }.encode_to_vec(), stop);
        assert_eq!(proto::DeleteActiveflowResponse { activeflow: activeflow() }.encode_to_vec(), stop);

        let call = || Some(proto::Call { id: "c".to_owned(), ..Default::default() });
        let hangup = proto::HangupCallResponse { call: call() }.encode_to_vec();
        assert_eq!(proto::DeleteCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::TalkCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::HoldCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::UnholdCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::MuteCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::UnmuteCallResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::SendDigitsResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::StartRecordingResponse { call: call() }.encode_to_vec(), hangup);
        assert_eq!(proto::StopRecordingResponse { call: call() }.encode_to_vec(), hangup);
    }
}
