//! Speaks texts: with a program of the operator, or with a server that understands OpenAI's `POST /v1/audio/speech`.

mod command;
mod failure;
mod openai;
mod start;
mod template;
mod text;
mod voices;

pub use command::{Command, CommandOptions};
pub use failure::Failure;
pub use openai::{OpenAi, OpenAiOptions};
pub use template::Template;
pub use text::{plain, ssml};
pub use voices::{Adapter, Choice, VoiceRule, Voices, is_language};

use super::audio::Pieces;
use crate::telemetry::Metrics;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use text::MAX_CHARACTERS;
use tokio::time::Instant;
use uuid::Uuid;

/// A text to be spoken, as a flow describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    pub text: String,
    pub language: String,
    pub gender: String,
    pub provider: String,
    pub voice_id: String,
}

/// The voice of a server.
pub struct Speech {
    command: Option<Command>,
    openai: Option<OpenAi>,
    voices: Voices,
    metrics: Arc<Metrics>,
}

impl Speech {
    /// Creates a voice of what there is; `None` if that is nothing. The server is preferred to the program. `language` is that
    /// of texts that name none.
    pub fn new(
        command: Option<Command>,
        openai: Option<OpenAi>,
        rules: Vec<VoiceRule>,
        language: String,
        metrics: Arc<Metrics>,
    ) -> Option<Speech> {
        let adapters = [openai.is_some().then_some(Adapter::OpenAi), command.is_some().then_some(Adapter::Command)];
        let adapters: Vec<Adapter> = adapters.into_iter().flatten().collect();
        // A rule for an adapter that is not there would make texts fail.
        let rules = rules.into_iter().filter(|rule| rule.adapter.is_none_or(|it| adapters.contains(&it))).collect();
        let voices = Voices { adapters, rules, language };
        (!voices.adapters.is_empty()).then_some(Speech { command, openai, voices, metrics })
    }

    /// Returns a digest of what decides how a text sounds.
    pub fn digest(&self, utterance: &Utterance) -> [u8; 32] {
        let choice = self.voices.choose(utterance);
        let mut digest = Sha256::new();
        for part in [choice.adapter.name(), &choice.voice, &choice.language, &choice.gender, &utterance.text] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    /// Speaks a text on behalf of a customer. If the server fails before it said anything, the program speaks, if there is
    /// one.
    pub async fn speak(&self, customer_id: Uuid, utterance: &Utterance, pieces: Pieces) -> Result<(), Failure> {
        if utterance.text.len() > text::MAX_BYTES {
            return Err(Failure::TooLong);
        }
        let mut choice = self.voices.choose(utterance);
        let spoken = text::plain(&utterance.text);
        if spoken.chars().count() > MAX_CHARACTERS {
            return Err(Failure::TooLong);
        }
        if spoken.trim().is_empty() {
            return Ok(());
        }
        if choice.adapter == Adapter::OpenAi {
            let failure = match self.timed(customer_id, utterance, &spoken, &choice, &pieces).await {
                Err(failure) if self.command.is_some() && pieces.first().is_none() && failure != Failure::Busy => {
                    failure
                }
                outcome => return outcome,
            };
            tracing::warn!(%failure, "the server of --speech-url failed; --speech-command speaks instead");
            choice.adapter = Adapter::Command;
            choice.voice = String::new();
        }
        self.timed(customer_id, utterance, &spoken, &choice, &pieces).await
    }

    /// Speaks with one adapter, and counts that.
    async fn timed(
        &self,
        customer_id: Uuid,
        utterance: &Utterance,
        spoken: &str,
        choice: &Choice,
        pieces: &Pieces,
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        let outcome = match (choice.adapter, &self.command, &self.openai) {
            (Adapter::Command, Some(command), _) => {
                command.speak(customer_id, &utterance.text, spoken, choice, pieces.clone()).await
            }
            (Adapter::OpenAi, _, Some(openai)) => openai.speak(customer_id, spoken, choice, pieces).await,
            _ => Err(Failure::Unavailable),
        };
        match &outcome {
            Ok(()) => {
                let first = pieces.first().unwrap_or_else(Instant::now);
                self.metrics.spoken(choice.adapter.name(), first.saturating_duration_since(begun));
            }
            // The call ended.
            Err(Failure::Media(super::audio::Fault::Unwanted)) => {}
            Err(_) => self.metrics.speech_failed(choice.adapter.name()),
        }
        outcome
    }
}
