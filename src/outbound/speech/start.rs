//! The voice of a server, from its options.

use super::super::http::Http;
use super::Speech;
use super::command::{Command, CommandOptions};
use super::openai::{OpenAi, OpenAiOptions};
use crate::config::SpeechOptions;
use crate::memory::Turns;
use crate::telemetry::Metrics;
use std::sync::Arc;
use std::thread::available_parallelism;

/// The most texts that a server speaks at the same time, unless the operator says otherwise.
const REQUESTS: usize = 16;

/// The longest key.
const LONGEST_KEY: u64 = 16 << 10;

impl Speech {
    /// Creates the voice of a server. `None` if it has none. Fails with a sentence if the file of the key cannot be read.
    pub fn of(
        options: &SpeechOptions,
        http: Arc<Http>,
        decoding: &Turns,
        metrics: Arc<Metrics>,
    ) -> Result<Option<Speech>, String> {
        let processors = available_parallelism().map_or(1, usize::from);
        let language = options.speech_language.clone();
        let command = options.speech_command.clone().map(|template| {
            let at_once = options.speech_concurrency.unwrap_or(processors);
            let (ssml, timeout) = (options.speech_command_ssml, options.speech_timeout);
            Command::new(
                CommandOptions { template, ssml, timeout, language: language.clone() },
                at_once,
                decoding.clone(),
            )
        });
        let openai = match (&options.speech_url, &options.speech_model) {
            (Some(url), Some(model)) => {
                let server = OpenAiOptions {
                    url: url.clone(),
                    model: model.clone(),
                    voice: options.speech_voice.clone().unwrap_or_default(),
                    key: key(options)?,
                    rate: options.speech_rate,
                    timeout: options.speech_timeout,
                };
                let at_once = options.speech_concurrency.unwrap_or(REQUESTS);
                Some(OpenAi::new(http, server, at_once, decoding.clone()))
            }
            _ => None,
        };
        Ok(Speech::new(command, openai, options.speech_voice_map.clone(), language, metrics))
    }
}

/// Reads the key of the server.
fn key(options: &SpeechOptions) -> Result<Option<String>, String> {
    let Some(file) = &options.speech_key_file else { return Ok(None) };
    let failed = |why: String| format!("--speech-key-file {}: {why}", file.display());
    let length = std::fs::metadata(file).map_err(|error| failed(error.to_string()))?.len();
    if length > LONGEST_KEY {
        return Err(failed("it is too long for a key".to_owned()));
    }
    let key = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    match key.trim() {
        "" => Err(failed("it is empty".to_owned())),
        key if !key.bytes().all(|byte| byte.is_ascii_graphic()) => Err(failed("it is more than one word".to_owned())),
        key => Ok(Some(key.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::http::Config;
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: SpeechOptions,
    }

    fn of(line: &[&str]) -> Result<Option<Speech>, String> {
        let options = Line::try_parse_from([&["serve"][..], line].concat()).unwrap().options;
        Speech::of(&options, Arc::new(Http::new(Config::default())), &Turns::new(1, 1, 1), Arc::default())
    }

    #[test]
    fn the_options_make_a_voice() {
        assert!(of(&[]).unwrap().is_none());
        assert!(of(&["--speech-command", "say {text_file}"]).unwrap().is_some());
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let server = ["--speech-url", "http://127.0.0.1:9/v1", "--speech-model", "m", "--speech-key-file", path];
        for (key, words) in [("", "is empty"), ("a b", "more than one word"), (&*"x".repeat(20_000), "too long")] {
            std::fs::write(path, key).unwrap();
            assert!(of(&server).err().unwrap().contains(words));
        }
        std::fs::write(path, "sk-123\n").unwrap();
        assert!(of(&server).unwrap().is_some());
        let missing = ["--speech-url", "http://a/v1", "--speech-model", "m", "--speech-key-file", "/nonexistent"];
        assert!(of(&missing).err().unwrap().contains("/nonexistent"));
    }
}
