//! The options about what calls hear.

use super::{duration, size};
use crate::outbound::audio::RATES;
use crate::outbound::speech::{Template, VoiceRule, is_language};
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The least memory for sounds: two minutes.
const LEAST_CACHE: u64 = 4 << 20;

/// What calls hear.
#[derive(Debug, Clone, Args)]
pub struct SpeechOptions {
    /// Program that speaks texts, with its arguments, such as 'espeak-ng -v {language} -f {text_file} -w {wav_file}'. No shell
    /// is used. {language}, {voice}, {gender}, {text_file} and {wav_file} are replaced. Without {text_file} it reads the text
    /// from standard input, and without {wav_file} it writes WAV or MP3 to standard output.
    #[arg(long, env = "RINGDOWN_SPEECH_COMMAND", value_name = "COMMAND")]
    pub speech_command: Option<Template>,

    /// The program of --speech-command reads SSML.
    #[arg(
        long,
        env = "RINGDOWN_SPEECH_COMMAND_SSML",
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    pub speech_command_ssml: bool,

    /// Server that speaks texts: the part of its URL before /audio/speech, such as http://127.0.0.1:8880/v1. Requires
    /// --speech-model. The host and the port need no --outbound-allow.
    #[arg(long, env = "RINGDOWN_SPEECH_URL", value_name = "URL")]
    pub speech_url: Option<Url>,

    /// Model of the server of --speech-url.
    #[arg(long, env = "RINGDOWN_SPEECH_MODEL", value_name = "MODEL")]
    pub speech_model: Option<String>,

    /// Voice of the server of --speech-url for texts for which nothing else is chosen.
    #[arg(long, env = "RINGDOWN_SPEECH_VOICE", value_name = "VOICE")]
    pub speech_voice: Option<String>,

    /// File with the key of the server of --speech-url, which is sent as a bearer token.
    #[arg(long, env = "RINGDOWN_SPEECH_KEY_FILE", value_name = "FILE")]
    pub speech_key_file: Option<PathBuf>,

    /// Sample rate of the raw samples that the server of --speech-url returns.
    #[arg(long, env = "RINGDOWN_SPEECH_RATE", default_value = "24000", value_name = "HERTZ")]
    pub speech_rate: u32,

    /// Voice for the texts of a provider, language and gender, each of which may be *:
    /// PROVIDER/LANGUAGE/GENDER=[command:|openai:]VOICE. The first one that matches applies. Repeatable.
    #[arg(long, env = "RINGDOWN_SPEECH_VOICE_MAP", value_name = "RULE", value_delimiter = ',')]
    pub speech_voice_map: Vec<VoiceRule>,

    /// Language of texts that name none.
    #[arg(long, env = "RINGDOWN_SPEECH_LANGUAGE", default_value = "en-US", value_parser = language, value_name = "LANGUAGE")]
    pub speech_language: String,

    /// Time limit of the program, and of the server until its first sound and between two pieces of it.
    #[arg(long, env = "RINGDOWN_SPEECH_TIMEOUT", default_value = "15s", value_parser = duration, value_name = "DURATION")]
    pub speech_timeout: Duration,

    /// Maximum number of texts that are spoken at the same time; three quarters of them for one customer. Default: one for
    /// each processor by the program, and 16 by the server.
    #[arg(long, env = "RINGDOWN_SPEECH_CONCURRENCY", value_name = "N")]
    pub speech_concurrency: Option<usize>,

    /// Memory for files and texts that calls hear, with those that are kept for the next call.
    #[arg(long, env = "RINGDOWN_PROMPT_CACHE", default_value = "64MiB", value_parser = size::bytes, value_name = "SIZE")]
    pub prompt_cache: u64,
}

impl SpeechOptions {
    /// Returns the reasons why a server cannot start with these options, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut unless = |fine: bool, problem: &str| {
            if !fine {
                problems.push(problem.to_owned());
            }
        };
        let url = self.speech_url.as_ref();
        unless(url.is_none() || self.speech_model.is_some(), "--speech-url requires --speech-model.");
        for (option, set) in [
            ("--speech-model", self.speech_model.is_some()),
            ("--speech-voice", self.speech_voice.is_some()),
            ("--speech-key-file", self.speech_key_file.is_some()),
        ] {
            unless(url.is_some() || !set, &format!("{option} requires --speech-url."));
        }
        let web = url.is_none_or(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        unless(web, "--speech-url is neither http nor https.");
        let plain =
            url.is_none_or(|url| url.username().is_empty() && url.password().is_none() && url.query().is_none());
        unless(plain, "--speech-url holds a user name, a password or a query; --speech-key-file is for keys.");
        unless(
            self.speech_command.is_some() || !self.speech_command_ssml,
            "--speech-command-ssml requires --speech-command.",
        );
        unless(
            self.speech_command.is_some() || url.is_some() || self.speech_voice_map.is_empty(),
            "--speech-voice-map requires --speech-command or --speech-url.",
        );
        unless(
            RATES.contains(&self.speech_rate),
            &format!("--speech-rate must be {} to {}.", RATES.start(), RATES.end()),
        );
        unless(self.speech_timeout >= Duration::from_millis(100), "--speech-timeout must be at least 100ms.");
        unless(self.speech_concurrency != Some(0), "--speech-concurrency must be at least 1.");
        unless(self.prompt_cache >= LEAST_CACHE, "--prompt-cache must be at least 4MiB.");
        problems
    }
}

fn language(text: &str) -> Result<String, String> {
    match is_language(text) {
        true => Ok(text.to_owned()),
        false => Err("expected a language such as en or en-US".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: SpeechOptions,
    }

    fn read(line: &[&str]) -> Result<SpeechOptions, String> {
        let line = Line::try_parse_from([&["serve"][..], line].concat());
        line.map(|line| line.options).map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_and_a_server_are_read() {
        let options = read(&[
            "--speech-command",
            "espeak-ng -v {language} -f {text_file} -w {wav_file}",
            "--speech-url",
            "http://127.0.0.1:8880/v1",
            "--speech-model",
            "kokoro",
            "--speech-voice-map",
            "*/ko/*=command:ko,*/en/female=openai:af_heart",
            "--prompt-cache",
            "32MiB",
        ]);
        let options = options.unwrap();
        assert_eq!(options.problems(), Vec::<String>::new());
        assert_eq!((options.speech_voice_map.len(), options.prompt_cache), (2, 32 << 20));
        assert_eq!(read(&[]).unwrap().problems(), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        for (line, words) in [
            (["--speech-command", "say | lame"], "without a shell"),
            (["--speech-command", "say {texts}"], "{text_file}"),
            (["--speech-url", "kokoro"], "--speech-url"),
            (["--speech-voice-map", "en=x"], "PROVIDER/LANGUAGE/GENDER"),
            (["--speech-language", "en us"], "--speech-language"),
            (["--speech-language", "a/b"], "en-US"),
            (["--speech-timeout", "soon"], "expected a duration"),
            (["--prompt-cache", "much"], "number of bytes"),
        ] {
            let error = read(&line).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn problems_are_a_sentence_each() {
        #[track_caller]
        fn check(line: &[&str], words: &str) {
            let problems = read(line).unwrap().problems();
            assert!(problems.len() == 1 && problems[0].contains(words), "{problems:?}");
        }
        let url = |url: &'static str| ["--speech-url", url, "--speech-model", "m"];
        check(&["--speech-url", "http://a/v1"], "requires --speech-model");
        check(&["--speech-model", "m"], "--speech-model requires --speech-url");
        check(&["--speech-voice", "v"], "--speech-voice requires --speech-url");
        check(&["--speech-key-file", "f"], "--speech-key-file requires --speech-url");
        check(&url("ftp://a/v1"), "neither http nor https");
        check(&url("https://u:p@a/v1"), "--speech-key-file is for keys");
        check(&["--speech-command-ssml"], "requires --speech-command");
        check(&["--speech-voice-map", "*/*/*=x"], "requires --speech-command or --speech-url");
        check(&["--speech-rate", "0"], "1000 to 192000");
        check(&["--speech-timeout", "1ms"], "at least 100ms");
        check(&["--speech-concurrency", "0"], "at least 1");
        check(&["--prompt-cache", "1MiB"], "at least 4MiB");
    }
}
