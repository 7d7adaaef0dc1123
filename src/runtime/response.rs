//! The part of a run that the response to a request shows.

use crate::engine::{cursor, variables};
use crate::model::call::Call;
use crate::model::program::ActionRef;
use crate::model::run::Run;
use crate::model::view;
use crate::proto::{self, Shared};
use prost::Message;
use serde::{Deserialize, Serialize};

/// The most actions that an activeflow shows as pending.
const PENDING: usize = 100;

/// The most bytes of executed actions, and of pending ones, that an activeflow shows.
const MAX_SHOWN: usize = 512 * 1024;

/// The part of the run's new state that the response to a request shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ResponseView {
    Activeflow,
    Variables,
    /// One of its calls; as it was stored, in case the state no longer has it.
    Call(Box<Call>),
}

impl ResponseView {
    /// Returns the encoded response. Responses that show the same part have the same bytes for every RPC: the part is their
    /// first and only field.
    pub fn response(&self, run: &Run) -> Vec<u8> {
        match self {
            ResponseView::Activeflow => proto::StopActiveflowResponse { activeflow: Some(detail(run)) }.encode_to_vec(),
            ResponseView::Variables => proto::SetVariablesResponse { variables: variables::all(run) }.encode_to_vec(),
            ResponseView::Call(stored) => {
                let call = run.leg(stored.id).map_or(&**stored, |leg| &leg.call);
                proto::HangupCallResponse { call: Some(view::call_of(run, call)) }.encode_to_vec()
            }
        }
    }
}

/// Returns an activeflow with its executed and pending actions.
pub fn detail(run: &Run) -> proto::Activeflow {
    let shown = |at: &ActionRef| run.program.action(*at).shown();
    // The latest executed actions are the ones that matter.
    let mut executed = within(run.executed.iter().rev().map(shown));
    executed.reverse();
    proto::Activeflow {
        executed_actions: executed,
        pending_actions: within(cursor::pending(run, PENDING).iter().map(shown)),
        variables: variables::all(run),
        ..view::listed(run)
    }
}

/// Takes actions while they fit in [`MAX_SHOWN`], and at least one: a loop can execute one large action many times.
fn within(actions: impl Iterator<Item = Shared<proto::Action>>) -> Vec<Shared<proto::Action>> {
    let mut bytes = 0;
    let mut fits = |action: &Shared<proto::Action>| {
        let first = bytes == 0;
        bytes += action.encoded_len();
        first || bytes <= MAX_SHOWN
    };
    actions.take_while(|action| fits(action)).collect()
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
