//! Texts, plain and in SSML (W3C, "Speech Synthesis Markup Language 1.1").
//!
//! Customers write the texts. What a program that reads SSML may see of one is what is listed here: espeak-ng 1.51 passes the
//! `src` of an `<audio>` to a shell, and others load what a document names from the network.

/// The longest text, in characters that are spoken, and in bytes with its tags.
pub const MAX_CHARACTERS: usize = 5_000;
pub const MAX_BYTES: usize = 64 << 10;

/// The elements that are passed on, with their attributes. Of other elements only the content is, but of those in [`SILENT`]
/// not even that.
const ELEMENTS: [(&str, &[&str]); 9] = [
    ("p", &["xml:lang"]),
    ("s", &["xml:lang"]),
    ("break", &["time", "strength"]),
    ("prosody", &["rate", "pitch", "volume", "range", "contour"]),
    ("emphasis", &["level"]),
    ("say-as", &["interpret-as", "format", "detail"]),
    ("sub", &["alias"]),
    ("lang", &["xml:lang"]),
    ("voice", &["gender", "xml:lang"]),
];

/// The elements whose content is not spoken.
const SILENT: [&str; 3] = ["metadata", "desc", "script"];

/// The deepest nesting of elements that are passed on.
const MAX_DEPTH: usize = 32;

/// The longest value of an attribute.
const LONGEST_VALUE: usize = 200;

/// Returns whether a text is SSML.
pub fn is_ssml(text: &str) -> bool {
    text.trim_start().starts_with("<speak")
}

/// Returns what is spoken of a text: itself, or SSML without its tags. A break becomes an ellipsis, and a paragraph or a
/// sentence begins on a new line.
pub fn plain(text: &str) -> String {
    if !is_ssml(text) {
        return cleaned(text);
    }
    let (mut plain, mut silent) = (String::new(), 0_usize);
    for part in Parts(text.trim_start()) {
        match part {
            Part::Text(text) if silent == 0 => plain.push_str(&decoded(text)),
            Part::Open { name, empty, .. } if SILENT.contains(&name) => silent += usize::from(!empty),
            Part::Close(name) if SILENT.contains(&name) => silent = silent.saturating_sub(1),
            Part::Open { name: "break", .. } => plain.push_str(" … "),
            Part::Open { name: "p" | "s", .. } | Part::Close("p" | "s") => plain.push('\n'),
            _ => {}
        }
    }
    cleaned(&plain)
}

/// Returns a text as a document of SSML with nothing in it but what is harmless: a plain text with its special characters
/// escaped, and SSML without the elements and attributes that are not on the list.
pub fn ssml(text: &str) -> String {
    let mut out = String::from("<speak>");
    if !is_ssml(text) {
        escape(&cleaned(text), &mut out);
        return out + "</speak>";
    }
    // Elements that are open, so that the document is always well-formed.
    let (mut open, mut silent): (Vec<&str>, usize) = (Vec::new(), 0);
    for part in Parts(text.trim_start()) {
        match part {
            Part::Text(text) if silent == 0 => escape(&cleaned(&decoded(text)), &mut out),
            Part::Open { name, empty, .. } if SILENT.contains(&name) => silent += usize::from(!empty),
            Part::Close(name) if SILENT.contains(&name) => silent = silent.saturating_sub(1),
            Part::Open { name, attributes, empty } if silent == 0 => {
                let Some((_, allowed)) = ELEMENTS.iter().find(|(known, _)| *known == name) else { continue };
                if open.len() >= MAX_DEPTH {
                    continue;
                }
                out.extend(["<", name]);
                write_attributes(attributes, allowed, &mut out);
                out.push_str(if empty { "/>" } else { ">" });
                if !empty {
                    open.push(name);
                }
            }
            Part::Close(name) if silent == 0 && open.contains(&name) => {
                while let Some(closed) = open.pop() {
                    out.extend(["</", closed, ">"]);
                    if closed == name {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    open.iter().rev().for_each(|name| out.extend(["</", *name, ">"]));
    out + "</speak>"
}

fn write_attributes(attributes: &str, allowed: &[&str], out: &mut String) {
    let mut rest = attributes;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|it| matches!(it, '"' | '\'')) else { return };
        let Some((value, after)) = after.strip_prefix(quote).and_then(|after| after.split_once(quote)) else { return };
        rest = after;
        let harmless =
            |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '%' | '+' | '-' | ':' | '_' | '(' | ')');
        let name = name.trim();
        if allowed.contains(&name) && value.chars().all(harmless) && value.len() <= LONGEST_VALUE {
            out.extend([" ", name, "=\"", value, "\""]);
        }
    }
}

/// Splits a text into pieces of at most this many characters, each of which is spoken by itself: at the ends of sentences; where
/// there is none, between words; and anywhere, where there is no blank.
pub fn pieces(text: &str, most: usize) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        let end = rest.char_indices().nth(most.max(1)).map_or(rest.len(), |(at, _)| at);
        let whole = end == rest.len();
        let cut = if whole { end } else { last_end(rest.get(..end).unwrap_or(rest)) };
        let (piece, after) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        pieces.push(piece.trim_end());
        rest = after.trim_start();
    }
    pieces
}

/// Returns where the last sentence of a text ends, or else its last word, or else the text.
fn last_end(text: &str) -> usize {
    let mut best = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        let before_blank = letters.peek().is_none_or(|(_, next)| next.is_whitespace());
        if matches!(letter, '。' | '！' | '？' | '\n') || (matches!(letter, '.' | '!' | '?' | '…') && before_blank)
        {
            best = Some(end);
        }
    }
    best.or_else(|| text.rfind(char::is_whitespace).filter(|at| *at > 0)).unwrap_or(text.len())
}

/// Returns a text without control characters, which no voice speaks and some programs stumble over.
fn cleaned(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
}

/// Replaces the entities of XML by what they stand for.
fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.get(..after.len().min(12)).and_then(|near| near.split_once(';')).map(|(name, _)| name);
        let entity = entity.and_then(|name| Some((name, character(name)?)));
        match entity {
            Some((name, character)) => {
                out.push(character);
                rest = after.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        other => {
            let number = other.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The parts of a document, one after the other.
struct Parts<'a>(&'a str);

enum Part<'a> {
    Text(&'a str),
    Open {
        name: &'a str,
        attributes: &'a str,
        empty: bool,
    },
    Close(&'a str),
    /// A comment, a declaration, or the rest of a document that ends within a tag.
    Other,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let Some(tag) = self.0.strip_prefix('<') else {
            let end = self.0.find('<').unwrap_or(self.0.len());
            return Some(Part::Text(self.take(end, 0)));
        };
        for (start, end, is_text) in [("!--", "-->", false), ("![CDATA[", "]]>", true), ("?", "?>", false)] {
            if let Some(inner) = tag.strip_prefix(start) {
                let length = inner.find(end).unwrap_or(inner.len());
                let inner = inner.get(..length).unwrap_or_default();
                self.take(1 + start.len() + length, end.len());
                return Some(if is_text { Part::Text(inner) } else { Part::Other });
            }
        }
        let Some(end) = tag.find('>') else {
            self.0 = "";
            return Some(Part::Other);
        };
        let inner = tag.get(..end).unwrap_or_default();
        self.take(1 + end, 1);
        if let Some(name) = inner.strip_prefix('/') {
            return Some(Part::Close(name.trim()));
        }
        let (inner, empty) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        Some(Part::Open { name, attributes, empty })
    }
}

impl<'a> Parts<'a> {
    /// Takes the first bytes, and skips some behind them.
    fn take(&mut self, bytes: usize, skip: usize) -> &'a str {
        let (taken, rest) = self.0.split_at_checked(bytes).unwrap_or((self.0, ""));
        self.0 = rest.get(skip..).unwrap_or_default();
        taken
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
