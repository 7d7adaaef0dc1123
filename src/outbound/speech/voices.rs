//! Who speaks: the choice of an adapter, a voice and a language for a text.

use super::Utterance;
use std::str::FromStr;

/// What turns text into sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adapter {
    /// The program of `--speech-command`.
    Command,
    /// The server of `--speech-url`.
    OpenAi,
}

impl Adapter {
    /// Returns its name, in metrics, in `--speech-voice-map`, and as the `provider` of a `talk`.
    pub const fn name(self) -> &'static str {
        match self {
            Adapter::Command => "command",
            Adapter::OpenAi => "openai",
        }
    }

    fn named(name: &str) -> Option<Adapter> {
        [Adapter::Command, Adapter::OpenAi].into_iter().find(|adapter| adapter.name().eq_ignore_ascii_case(name))
    }
}

/// One value of `--speech-voice-map`: `PROVIDER/LANGUAGE/GENDER=[ADAPTER:]VOICE`. Each of the first three may be `*`, and a
/// language includes its regions: `en` is also for `en-US`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRule {
    provider: String,
    language: String,
    gender: String,
    pub adapter: Option<Adapter>,
    voice: String,
}

impl VoiceRule {
    fn matches(&self, provider: &str, language: &str, gender: &str) -> bool {
        let is = |pattern: &str, value: &str| pattern == "*" || pattern.eq_ignore_ascii_case(value);
        is(&self.provider, provider)
            && is(&self.gender, gender)
            && (is(&self.language, language) || is(&self.language, primary(language)))
    }
}

impl FromStr for VoiceRule {
    type Err = String;

    fn from_str(text: &str) -> Result<VoiceRule, String> {
        let wrong = || {
            format!("{text:?} is not PROVIDER/LANGUAGE/GENDER=[command:|openai:]VOICE, such as */en/female=af_heart")
        };
        let (pattern, voice) = text.split_once('=').ok_or_else(wrong)?;
        let [provider, language, gender] = pattern.split('/').collect::<Vec<_>>().try_into().map_err(|_| wrong())?;
        let (adapter, voice) = match voice.split_once(':').map(|(name, voice)| (Adapter::named(name), voice)) {
            Some((Some(adapter), voice)) => (Some(adapter), voice),
            _ => (None, voice),
        };
        let parts = [provider, language, gender];
        if parts.iter().any(|part| part.is_empty()) || !is_voice(voice) {
            return Err(wrong());
        }
        let [provider, language, gender] = parts.map(|part: &str| part.replace('_', "-"));
        Ok(VoiceRule { provider, language, gender, adapter, voice: voice.to_owned() })
    }
}

/// Who speaks a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub adapter: Adapter,
    /// Of the adapter. Empty for its default.
    pub voice: String,
    /// Whether the flow named the voice, which therefore may not exist.
    pub voice_of_flow: bool,
    /// A language tag (BCP 47).
    pub language: String,
    /// Empty, or a word.
    pub gender: String,
}

/// The voices of a server.
#[derive(Debug, Clone)]
pub struct Voices {
    /// The adapters that there are, the default one first. Not empty.
    pub adapters: Vec<Adapter>,
    /// The first one that matches decides.
    pub rules: Vec<VoiceRule>,
    /// The language of texts that name none, or none that can be read.
    pub language: String,
}

impl Voices {
    /// Returns who speaks a text. Whatever a flow names there is a voice: a call that speaks with the wrong voice is better
    /// than a silent one.
    pub fn choose(&self, utterance: &Utterance) -> Choice {
        let language = utterance.language.replace('_', "-");
        let language = if is_language(&language) { language } else { self.language.clone() };
        let gender = if is_word(&utterance.gender) { utterance.gender.to_ascii_lowercase() } else { String::new() };
        let named = Adapter::named(&utterance.provider).filter(|adapter| self.adapters.contains(adapter));
        let default = self.adapters.first().copied().unwrap_or(Adapter::Command);
        let provider = utterance.provider.replace('_', "-");
        let rule = self.rules.iter().find(|rule| rule.matches(&provider, &language, &gender));
        if let Some(rule) = rule {
            let adapter = rule.adapter.or(named).unwrap_or(default);
            return Choice { adapter, voice: rule.voice.clone(), voice_of_flow: false, language, gender };
        }
        // The voice of a provider that is not here means nothing.
        let usable = named.is_some() || utterance.provider.is_empty();
        let voice = if usable && is_voice(&utterance.voice_id) { utterance.voice_id.clone() } else { String::new() };
        Choice { adapter: named.unwrap_or(default), voice_of_flow: !voice.is_empty(), voice, language, gender }
    }
}

/// Returns a language without its region: `en` for `en-US`.
pub fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

/// Returns whether a text is a language tag: groups of up to eight letters and digits. It becomes an argument of a program, so
/// it must not look like an option or a path.
pub fn is_language(text: &str) -> bool {
    let group = |group: &str| (1..=8).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 35 && text.split('-').all(group)
}

/// Returns whether a text may be the name of a voice: letters, digits and marks within them, but nothing that looks like an
/// option or a path.
fn is_voice(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'(' | b')' | b':');
    first && text.len() <= 128 && text.bytes().all(rest) && !text.contains("..")
}

fn is_word(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(
        rules: &[&str],
        provider: &str,
        language: &str,
        gender: &str,
        voice_id: &str,
    ) -> (Adapter, String, String) {
        let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let voices = Voices { adapters: vec![Adapter::OpenAi, Adapter::Command], rules, language: "en-US".to_owned() };
        let utterance = Utterance {
            text: "hello".to_owned(),
            language: language.to_owned(),
            gender: gender.to_owned(),
            provider: provider.to_owned(),
            voice_id: voice_id.to_owned(),
        };
        let choice = voices.choose(&utterance);
        (choice.adapter, choice.voice, choice.language)
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        use Adapter::{Command, OpenAi};
        let rules = ["*/ko/*=command:ko", "gcp/en/female=af_heart", "*/en-GB/*=bm_george", "*/*/male=openai:am_adam"];
        let is = |adapter, voice: &str, language: &str| (adapter, voice.to_owned(), language.to_owned());
        assert_eq!(choose(&rules, "", "ko_KR", "male", "x"), is(Command, "ko", "ko-KR"));
        assert_eq!(choose(&rules, "GCP", "en-US", "Female", ""), is(OpenAi, "af_heart", "en-US"));
        assert_eq!(choose(&rules, "command", "en-GB", "", ""), is(Command, "bm_george", "en-GB"));
        assert_eq!(choose(&rules, "command", "fr", "male", ""), is(OpenAi, "am_adam", "fr"));
        assert_eq!(choose(&rules, "", "", "", ""), is(OpenAi, "", "en-US"));
        assert_eq!(choose(&rules, "command", "", "", "x"), is(Command, "x", "en-US"));
    }

    #[test]
    fn voices_and_languages_are_never_options_or_paths() {
        for bad in ["-x", "../../etc/passwd", "/etc/passwd", "a b", "a\"b", "a\0", "{text_file}", "é", ""] {
            let (adapter, voice, language) = choose(&[], "command", bad, "", bad);
            assert_eq!((adapter, voice.as_str(), language.as_str()), (Adapter::Command, "", "en-US"), "{bad}");
        }
        assert_eq!(choose(&[], "", "en", "", "en-us+f3").1, "en-us+f3");
        assert_eq!(choose(&[], "aws", "en", "", "Joanna").1, "", "a voice of somebody else");
    }

    #[test]
    fn rules_that_cannot_be_read_are_refused() {
        for bad in ["", "a", "a=b", "*/*=b", "*/*/*/*=b", "*/*/*=", "//=b", "*/*/*=command:", "*/*/*=-x", "*/*/*=a b"] {
            assert!(bad.parse::<VoiceRule>().unwrap_err().contains("PROVIDER/LANGUAGE/GENDER"), "{bad}");
        }
    }
}
