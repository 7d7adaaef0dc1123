//! The first reading of a datagram: lines and names, nothing copied but folded lines. It is stricter than the parser of
//! the SIP crate, so that whatever passes is read alike by both.

use super::headers::cseq_number;
use super::syntax::is_token;
use std::borrow::Cow;

/// Limits of a message on UDP, in bytes.
pub const MAX_DATAGRAM: usize = 8_192;
const MAX_HEADERS: usize = 64;
const MAX_HEADER: usize = 1_024;
/// Of Authorization, Proxy-Authorization and Identity.
const MAX_LONG_HEADER: usize = 4_096;
const MAX_START_LINE: usize = 1_024;

/// What of a message is malformed: the name of a header, or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed {0}")]
pub struct Malformed(pub &'static str);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start<'a> {
    Request {
        method: &'a str,
        uri: &'a str,
        version: &'a str,
    },
    Response {
        version: &'a str,
        code: &'a str,
        reason: &'a str,
    },
    /// Neither; it is treated as a malformed request.
    Neither,
}

#[derive(Debug)]
pub struct Scan<'a> {
    pub start: Start<'a>,
    /// Names as they were sent, values trimmed and unfolded.
    pub headers: Vec<(&'a str, Cow<'a, str>)>,
    /// Bytes before the empty line, which follow it.
    pub head: usize,
    /// Everything behind the empty line.
    pub rest: &'a [u8],
    /// The first thing that is wrong with the lines. The rest was read all the same, so that it can be answered.
    pub flaw: Option<Malformed>,
}

impl<'a> Scan<'a> {
    pub fn of(bytes: &'a [u8]) -> Result<Scan<'a>, Malformed> {
        if bytes.len() > MAX_DATAGRAM {
            return Err(Malformed("length"));
        }
        let head = bytes.windows(4).position(|it| it == b"\r\n\r\n").ok_or(Malformed("end of the headers"))?;
        let rest = bytes.get(head + 4..).unwrap_or_default();
        let text = bytes.get(..head).and_then(|it| std::str::from_utf8(it).ok()).ok_or(Malformed("encoding"))?;
        let mut lines = text.split("\r\n");
        let (start, flaw) = match start_line(lines.next().unwrap_or_default()) {
            Ok(start) => (start, None),
            Err(flaw) => (Start::Neither, Some(flaw)),
        };
        let mut scan = Scan { start, headers: Vec::with_capacity(16), head, rest, flaw };
        for line in lines {
            if let Err(flaw) = scan.header_line(line) {
                scan.flaw.get_or_insert(flaw);
            }
        }
        Ok(scan)
    }

    fn header_line(&mut self, line: &'a str) -> Result<(), Malformed> {
        // A lone CR or LF would be another end of line to another reader.
        if line.contains(|it: char| it.is_control() && it != '\t') {
            return Err(Malformed("control character"));
        }
        if line.starts_with([' ', '\t']) {
            let (_, value) = self.headers.last_mut().ok_or(Malformed("folded line"))?;
            let value = value.to_mut();
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':').ok_or(Malformed("header"))?;
            let name = name.trim_end();
            if !is_token(name) || self.headers.len() == MAX_HEADERS {
                return Err(Malformed("header"));
            }
            self.headers.push((name, Cow::Borrowed(value.trim())));
        }
        let (name, value) = self.headers.last().ok_or(Malformed("header"))?;
        let long = ["Authorization", "Proxy-Authorization", "Identity"].into_iter().any(|it| is_named(name, it));
        match value.len() > if long { MAX_LONG_HEADER } else { MAX_HEADER } {
            true => Err(Malformed("length of a header")),
            false => Ok(()),
        }
    }

    /// Returns the values under a long name or its short form.
    pub fn all<'b>(&'b self, long: &'b str) -> impl Iterator<Item = &'b str> + use<'a, 'b> {
        self.headers.iter().filter(move |(name, _)| is_named(name, long)).map(|(_, value)| value.as_ref())
    }

    /// Returns the value of a header that a message carries exactly once.
    pub fn only<'b>(&'b self, long: &'static str) -> Result<&'b str, Malformed> {
        let mut values = self.all(long);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            _ => Err(Malformed(long)),
        }
    }

    /// Returns the length of the body, if there is a header for it.
    pub fn content_length(&self) -> Result<Option<usize>, Malformed> {
        let mut values = self.all("Content-Length");
        let Some(value) = values.next() else { return Ok(None) };
        let length = value.parse::<usize>().ok().filter(|_| value.bytes().all(|it| it.is_ascii_digit()));
        match (length, values.next()) {
            (Some(length), None) if length <= self.rest.len() => Ok(Some(length)),
            _ => Err(Malformed("Content-Length")),
        }
    }

    /// Returns the number and the method of CSeq.
    pub fn cseq(&self) -> Result<(u32, &str), Malformed> {
        let (number, method) = self.only("CSeq")?.split_once([' ', '\t']).ok_or(Malformed("CSeq"))?;
        Ok((cseq_number(number).ok_or(Malformed("CSeq"))?, method.trim()))
    }
}

fn is_named(name: &str, long: &str) -> bool {
    name.eq_ignore_ascii_case(long) || (name.len() == 1 && super::headers::long_name(name) == long)
}

/// Reads a status code: three digits, 100 to 699.
pub fn status_code(text: &str) -> Option<u16> {
    text.parse().ok().filter(|it| text.len() == 3 && (100..700).contains(it))
}

fn start_line(line: &str) -> Result<Start<'_>, Malformed> {
    if line.len() > MAX_START_LINE || line.contains(|it: char| it.is_control()) {
        return Err(Malformed("start line"));
    }
    let mut parts = line.splitn(3, ' ');
    let (one, two, three) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if one.starts_with("SIP/") {
        let code = two.ok_or(Malformed("status line"))?;
        return Ok(Start::Response { version: one, code, reason: three.unwrap_or_default() });
    }
    let (Some(uri), Some(version)) = (two, three) else { return Err(Malformed("request line")) };
    let version = version.trim_end();
    let valid = is_token(one) && !uri.is_empty() && !uri.starts_with('<') && !version.contains(' ');
    match valid && version.starts_with("SIP/") {
        true => Ok(Start::Request { method: one, uri, version }),
        false => Err(Malformed("request line")),
    }
}
