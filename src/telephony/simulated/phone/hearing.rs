//! Mute and hold: what passes in both directions, and what the remote party hears.

use super::{Phone, PhoneResult, Stage};
use crate::model::call::MuteDirection;
use crate::model::sound;
use crate::model::telephony::{Media, OperationId, Signal};
use crate::telephony::simulated::audio::Audio;
use crate::telephony::simulated::witness::Shown;

/// What keeps audio from passing.
#[derive(Default)]
pub struct Passes {
    muted_in: bool,
    muted_out: bool,
    /// We hold the remote party.
    held: bool,
    /// The remote party holds us.
    far_held: bool,
}

impl Passes {
    fn both_ways(&self) -> bool {
        !self.held && !self.far_held
    }

    /// Returns whether the remote party hears us.
    pub fn remote_hears(&self) -> bool {
        !self.muted_out && self.both_ways()
    }

    /// Returns whether the remote party is heard.
    pub fn remote_is_heard(&self) -> bool {
        !self.muted_in && self.both_ways()
    }
}

impl Phone {
    pub(super) fn mute(&mut self, direction: MuteDirection, muted: bool) -> PhoneResult {
        if direction != MuteDirection::Out {
            self.passes.muted_in = muted;
        }
        if direction != MuteDirection::In {
            self.passes.muted_out = muted;
        }
        Ok(())
    }

    pub(super) async fn hold(&mut self, operation: OperationId, held: bool) -> PhoneResult {
        if self.stage != Stage::Up {
            return self.refuse(operation, "the call is not answered").await;
        }
        if self.passes.held != held {
            self.passes.held = held;
            self.context.exchange.show(self.context.call_id, Shown::Held(held));
        }
        Ok(())
    }

    pub(super) async fn hold_by_remote(&mut self, held: bool) -> PhoneResult {
        if self.passes.far_held == held {
            return Ok(());
        }
        self.passes.far_held = held;
        self.listen();
        self.report(Signal::FarHold { held }).await
    }

    /// Tells the exchange what is audible now.
    pub(super) fn sound(&self) {
        self.context.exchange.sounds(self.context.call_id, || Audio {
            ours: self.playing.as_ref().map(|playing| name(&playing.media)),
            theirs: self.speaking.map(|sound| if sound == sound::BEEP { "beep" } else { "voice" }.to_owned()),
            echo: self.echo.is_some(),
            hears_nothing: !self.passes.remote_hears(),
            unheard: !self.passes.remote_is_heard(),
        });
    }
}

fn name(media: &Media) -> String {
    match media {
        Media::Speech { text, .. } => text.clone(),
        Media::Files { urls } => urls.join(" "),
        Media::Tone { hertz, .. } => format!("tone {hertz}"),
    }
}
