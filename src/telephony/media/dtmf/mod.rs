//! Keys: RFC 4733 telephone-events in and out, SIP INFO in, tones out.

pub mod receive;
pub mod send;

/// The payload of a telephone-event (RFC 4733 section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub code: u8,
    pub end: bool,
    /// In samples of the payload's clock.
    pub duration: u16,
}

impl Event {
    /// Reads a payload. Some senders append bytes: they are ignored.
    pub fn parse(payload: &[u8]) -> Option<Event> {
        let ([code, flags, high, low], _) = payload.split_first_chunk::<4>()?;
        Some(Event { code: *code, end: flags & 0x80 != 0, duration: u16::from_be_bytes([*high, *low]) })
    }

    /// The payload, at a volume of −10 dBm0.
    pub fn bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, u8::from(self.end) << 7 | 10, high, low]
    }

    /// The key, if the event is one.
    pub fn digit(self) -> Option<char> {
        KEYS.get(usize::from(self.code)).map(|key| char::from(*key))
    }
}

/// The keys by their event codes (RFC 4733 section 3.2).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// Returns the event code of a key, and of lower case letters too.
pub fn code_of(digit: char) -> Option<u8> {
    let digit = digit.to_ascii_uppercase();
    KEYS.iter().position(|key| char::from(*key) == digit).map(|at| at as u8)
}

/// The frequencies of a key (ITU-T Q.23), low and high, in hertz.
pub fn tones_of(code: u8) -> Option<(f32, f32)> {
    const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
    const HIGH: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
    let (row, column) = match code {
        0 => (3, 1),
        1..=9 => (usize::from(code - 1) / 3, usize::from(code - 1) % 3),
        10 => (3, 0),
        11 => (3, 2),
        12..=15 => (usize::from(code - 12), 3),
        _ => return None,
    };
    Some((LOW[row], HIGH[column]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_codes_and_tones_belong_together() {
        let rows = ["123A", "456B", "789C", "*0#D"];
        for (row, low) in rows.iter().zip([697.0, 770.0, 852.0, 941.0]) {
            for (key, high) in row.chars().zip([1_209.0, 1_336.0, 1_477.0, 1_633.0]) {
                let code = code_of(key).unwrap();
                assert_eq!(tones_of(code), Some((low, high)), "{key}");
                let event = Event { code, end: true, duration: 800 };
                assert_eq!((event.digit(), Event::parse(&event.bytes())), (Some(key), Some(event)));
            }
        }
        assert_eq!((code_of('x'), code_of('d'), tones_of(16)), (None, Some(15), None));
        assert_eq!(Event { code: 16, end: false, duration: 0 }.digit(), None, "flash is no key");
        assert_eq!(Event::parse(&[1, 0, 0]), None);
    }
}
