//! How long media take to play, and how recordings represent them.

use super::telephony::Media;
use std::time::Duration;

const CHARACTER: Duration = Duration::from_millis(60);
/// Files are not fetched for a simulated phone, so all files have the same length.
const FILE: Duration = Duration::from_secs(2);

/// A tone that represents audio: simulated phones do not render speech, but a listener to the recording should hear who
/// spoke when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    pub hertz: u32,
}

pub const OUR_VOICE: Sound = Sound { hertz: 440 };
pub const THEIR_VOICE: Sound = Sound { hertz: 330 };
pub const BEEP: Sound = Sound { hertz: 1_000 };

pub fn of(media: &Media) -> Sound {
    match media {
        Media::Speech { .. } | Media::Files { .. } => OUR_VOICE,
        Media::Tone { hertz, .. } => Sound { hertz: *hertz },
    }
}

pub fn length(media: &Media) -> Duration {
    match media {
        Media::Speech { text, .. } => CHARACTER.saturating_mul(count(spoken(text))),
        Media::Files { urls } => FILE.saturating_mul(count(urls.len())),
        Media::Tone { duration_ms, .. } => Duration::from_millis(u64::from(*duration_ms)),
    }
}

pub fn digits(digits: &str, tone_ms: u32, gap_ms: u32) -> Duration {
    let one = Duration::from_millis(u64::from(tone_ms) + u64::from(gap_ms));
    one.saturating_mul(count(digits.chars().count()))
}

/// Counts the characters to speak: all of a plain text, and those outside the tags of an SSML text.
fn spoken(text: &str) -> usize {
    if !text.trim_start().starts_with("<speak") {
        return text.chars().count();
    }
    let mut in_tag = false;
    text.chars()
        .filter(|c| {
            let was_in_tag = in_tag;
            in_tag = match c {
                '<' => true,
                '>' => false,
                _ => in_tag,
            };
            !was_in_tag && !in_tag
        })
        .count()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_not_spoken() {
        for (text, characters) in [
            ("", 0),
            ("hello", 5),
            ("안녕하세요", 5),
            ("2 < 3 and 5 > 4", 15),
            ("<speak>hello</speak>", 5),
            ("  <speak version=\"1.1\">one<break time=\"1s\"/>two</speak>", 8),
            ("<speak>never closed <", 13),
        ] {
            assert_eq!(spoken(text), characters, "{text}");
        }
    }

    #[test]
    fn lengths() {
        let urls = vec![String::new(); 3];
        assert_eq!(length(&Media::Files { urls }), Duration::from_secs(6));
        assert_eq!(length(&Media::Tone { hertz: 440, duration_ms: 30 }), Duration::from_millis(30));
        assert_eq!(digits("12#", 250, 100), Duration::from_millis(1050));
        assert_eq!(digits(&"1".repeat(100), u32::MAX, u32::MAX).as_millis(), 2 * 100 * u128::from(u32::MAX));
    }
}
