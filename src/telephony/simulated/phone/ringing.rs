//! A call before its answer, and how it ends.

use super::{Due, Over, Phone, PhoneResult, Stage};
use crate::model::call::{HangupBy, HangupReason};
use crate::model::sound;
use crate::model::telephony::Signal;
use crate::telephony::codes;
use crate::telephony::simulated::exchange::Ending;
use crate::telephony::simulated::script::{DEFAULT_RING, Reply};
use crate::telephony::simulated::witness::Shown;
use std::time::Duration;

/// How a call ends.
pub struct End {
    pub by: HangupBy,
    pub reason: HangupReason,
    /// The status with which the remote party refused or cancelled the call; 0 if it did neither.
    pub sip_code: u16,
    pub cause: String,
}

impl End {
    fn local(reason: HangupReason) -> End {
        End { by: HangupBy::Local, reason, sip_code: 0, cause: String::new() }
    }

    fn with_status(sip_code: u16, phrase: &str) -> End {
        End { by: HangupBy::Remote, reason: codes::reason_of(sip_code), sip_code, cause: phrase.to_owned() }
    }

    fn with_code(sip_code: u16) -> End {
        End::with_status(sip_code, codes::phrase(sip_code))
    }
}

impl Phone {
    /// Starts ringing. A remote party that is busy or rejects does so without ringing, unless its script says
    /// otherwise.
    pub(super) async fn ring(&mut self) -> PhoneResult {
        let script = self.remote_party.script();
        let (ring, early) = (script.ring, script.early_media.is_some());
        let (answers, waits) = (script.reply == Reply::Answer, script.reply == Reply::NoAnswer);
        if ring.is_some() || answers || waits {
            self.report(Signal::Ringing).await?;
        }
        if early || !waits {
            let default = if answers { DEFAULT_RING } else { Duration::ZERO };
            self.schedule.after(ring.unwrap_or(default), Due::RingIsOver);
        }
        Ok(())
    }

    /// After the ringing, the remote party sends early media if its script says so; then it replies. One that never answers
    /// sends it for as long as we wait.
    pub(super) async fn ring_is_over(&mut self) -> PhoneResult {
        let script = self.remote_party.script();
        let (early, waits) = (script.early_media, script.reply == Reply::NoAnswer);
        let Some(time) = early else { return self.reply().await };
        // Before the signal: a client that reads it may bridge the call at once.
        self.context.exchange.begin_early_media(self.context.call_id);
        self.speaking = Some(sound::THEIR_VOICE);
        if !waits {
            self.schedule.after(time, Due::EarlyMediaIsOver);
        }
        self.report(Signal::EarlyMedia).await
    }

    pub(super) async fn reply(&mut self) -> PhoneResult {
        self.speaking = None;
        match &self.remote_party.script().reply {
            Reply::Answer => self.pick_up().await,
            Reply::Busy => Err(Over::Hangup(End::with_code(486))),
            Reply::Reject { code, phrase } => Err(Over::Hangup(End::with_status(*code, phrase))),
            Reply::NoAnswer => Ok(()),
        }
    }

    pub(super) async fn pick_up(&mut self) -> PhoneResult {
        self.stage = Stage::Up;
        // Before the signal: a client that reads `Answered` may bridge the call at once.
        self.context.exchange.picked_up(self.context.call_id);
        self.report(Signal::Answered).await?;
        let first = self.remote_party.begin();
        self.make(first).await
    }

    pub(super) fn ended(&self, ending: Ending) -> Over {
        Over::Hangup(match (ending, self.stage) {
            (Ending::We(reason), Stage::Incoming) => {
                self.context.exchange.show(self.context.call_id, Shown::Status(codes::status_for(reason)));
                End::local(reason)
            }
            (Ending::We(reason), _) => End::local(reason),
            (Ending::RemoteParty, Stage::Up) => {
                End { by: HangupBy::Remote, reason: HangupReason::Normal, sip_code: 0, cause: String::new() }
            }
            (Ending::RemoteParty, Stage::Incoming) => End::with_code(487),
            (Ending::RemoteParty, Stage::Outgoing) => End::with_code(603),
        })
    }
}
