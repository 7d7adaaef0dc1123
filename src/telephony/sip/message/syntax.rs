//! The small grammar that most headers share: tokens, quoted strings, lists and parameters (RFC 3261 25.1).

/// At most so many elements of a list, or parameters of a value, are read.
const MAX_PARTS: usize = 64;

/// Whether a text is a non-empty token.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&it))
}

/// Splits a text at a separator, except inside quoted strings and angle brackets. Parts are trimmed; empty ones are left
/// out.
pub fn split_outside(text: &str, separator: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut quoted, mut escaped, mut bracket) = (0, false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => bracket = true,
            b'>' if !quoted => bracket = false,
            _ if byte == separator && !quoted && !bracket => {
                parts.push(text.get(begin..at).unwrap_or_default());
                begin = at + 1;
            }
            _ => {}
        }
        if parts.len() == MAX_PARTS {
            break;
        }
    }
    if parts.len() < MAX_PARTS {
        parts.push(text.get(begin..).unwrap_or_default());
    }
    parts.into_iter().map(str::trim).filter(|it| !it.is_empty()).collect()
}

/// Whether every quoted string ends.
pub fn is_balanced(text: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

/// Returns the content of a quoted string, or the text as it is if it is not quoted.
pub fn unquoted(text: &str) -> String {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else { return text.to_owned() };
    let mut content = String::with_capacity(inner.len());
    let mut escaped = false;
    for letter in inner.chars() {
        if letter == '\\' && !escaped {
            escaped = true;
        } else {
            content.push(letter);
            escaped = false;
        }
    }
    content
}

/// Returns a text as a quoted string. Control characters, which no header may carry, become spaces.
pub fn quoted(text: &str) -> String {
    let mut content = String::with_capacity(text.len() + 2);
    content.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => content.extend(['\\', letter]),
            _ if letter.is_control() => content.push(' '),
            _ => content.push(letter),
        }
    }
    content.push('"');
    content
}

/// The parameters behind a value: `;name=value;name`. Names are compared without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    pub fn parse(text: &str) -> Params {
        let pairs = split_outside(text, b';').into_iter().map(|part| match part.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_lowercase(), Some(unquoted(value))),
            None => (part.to_ascii_lowercase(), None),
        });
        Params(pairs.collect())
    }

    /// Returns the value of a parameter; `Some("")` for one without a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(it, _)| it == name)?;
        Some(value.as_deref().unwrap_or_default())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}
