//! Hides the secrets of a message: credentials, keys of SRTP, digits. Every byte of a secret becomes `*`, so that lengths
//! stay as they are and a capture file of the messages can be read.

use std::ops::Range;

/// The parameters of digest credentials that are shown (RFC 3261 25.1). Without `response` and `cnonce` nobody can try
/// passwords.
const SHOWN: [&[u8]; 7] = [b"username", b"realm", b"nonce", b"uri", b"algorithm", b"qop", b"nc"];
/// Headers of challenges, which hold no secret.
const CHALLENGES: [&[u8]; 2] = [b"WWW-Authenticate", b"Proxy-Authenticate"];
const CREDENTIALS: [&[u8]; 2] = [b"Authorization", b"Proxy-Authorization"];
/// Lines of SDP up to the key (RFC 4568 9.1, RFC 4567 3, RFC 8866 5.12).
const KEYS: [&[u8]; 3] = [b"a=crypto:", b"a=key-mgmt:", b"k="];

/// Returns a copy of a message without its secrets.
pub fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let (mut at, mut folded, mut dtmf) = (0, false, false);
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let range = at..at + line.len();
        at += line.len() + 1;
        let line = line.trim_ascii_end();
        if line.is_empty() {
            body(bytes, at, dtmf && bytes.starts_with(b"INFO "), &mut out);
            break;
        }
        let value = match line.iter().position(|byte| *byte == b':') {
            _ if number == 0 => {
                passwords(bytes, range, &mut out);
                continue;
            }
            _ if line.starts_with(b" ") || line.starts_with(b"\t") => {
                if folded {
                    hide(bytes, range, &mut out);
                }
                continue;
            }
            Some(colon) => range.start + colon + 1..range.end,
            None => continue,
        };
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii_end();
        let named = |names: &[&[u8]]| names.iter().any(|it| name.eq_ignore_ascii_case(it));
        folded = false;
        if named(&CREDENTIALS) {
            folded = true;
            credentials(bytes, value, &mut out);
        } else if is_secret(name) && !named(&CHALLENGES) {
            folded = true;
            hide(bytes, value, &mut out);
        } else {
            dtmf |= named(&[b"Content-Type", b"c"]) && find(line, b"dtmf").is_some();
            passwords(bytes, value, &mut out);
        }
    }
    out
}

/// Hides everything visible in a part.
fn hide(bytes: &[u8], part: Range<usize>, out: &mut [u8]) {
    for (byte, shown) in bytes.iter().zip(out.iter_mut()).skip(part.start).take(part.len()) {
        if !byte.is_ascii_whitespace() {
            *shown = b'*';
        }
    }
}

/// Returns where a word is, in any case.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|it| it.eq_ignore_ascii_case(word))
}

fn find_last(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).rposition(|it| it.eq_ignore_ascii_case(word))
}

/// Returns whether the name of a header is that of a provider's own way to log in. Asked for each header of each message:
/// few letters begin a word.
fn is_secret(name: &[u8]) -> bool {
    name.iter().enumerate().any(|(at, letter)| {
        let word: &[u8] = match letter.to_ascii_lowercase() {
            b'a' => b"auth",
            b'k' => b"key",
            b'p' => b"passw",
            b's' => b"secret",
            b't' => b"token",
            _ => return false,
        };
        name.get(at..at + word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
    })
}

/// Hides the secret parameters of a digest, and everything of another scheme.
fn credentials(bytes: &[u8], value: Range<usize>, out: &mut [u8]) {
    let text = bytes.get(value.clone()).unwrap_or_default().trim_ascii_end();
    let scheme = text.len() - text.trim_ascii_start().len();
    let digest = text.get(scheme..scheme + 7).is_some_and(|it| it.eq_ignore_ascii_case(b"Digest "));
    if !digest {
        // The scheme's name is shown, if there is one.
        let end = text.iter().skip(scheme).position(u8::is_ascii_whitespace).map_or(scheme, |it| scheme + it);
        return hide(bytes, value.start + end..value.end, out);
    }
    let mut at = scheme + 7;
    while at < text.len() {
        let end = end_of_parameter(text, at);
        let parameter = text.get(at..end).unwrap_or_default();
        let equals = parameter.iter().position(|it| *it == b'=');
        let name = parameter.get(..equals.unwrap_or_default()).unwrap_or_default().trim_ascii();
        if !SHOWN.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            let secret = at + equals.map_or(0, |it| it + 1);
            hide(bytes, value.start + secret..value.start + end, out);
        }
        at = end + 1;
    }
}

/// Returns where a parameter ends: at the next comma outside of quotes.
fn end_of_parameter(text: &[u8], start: usize) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Hides the passwords of URIs, as in `sip:alice:secret@example.com`.
fn passwords(bytes: &[u8], part: Range<usize>, out: &mut [u8]) {
    let text = bytes.get(part.clone()).unwrap_or_default();
    let ats = text.iter().enumerate().filter(|(_, byte)| **byte == b'@').map(|(at, _)| at);
    for at in ats {
        let before = text.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| b"<>\" \t".contains(byte)).map_or(0, |it| it + 1);
        let uri = before.get(start..).unwrap_or_default();
        let schemes: [&[u8]; 2] = [b"sip:", b"sips:"];
        let user = schemes.iter().filter_map(|scheme| Some(find_last(uri, scheme)? + scheme.len())).max();
        let Some(user) = user.map(|user| start + user) else { continue };
        if let Some(colon) = before.iter().skip(user).position(|byte| *byte == b':') {
            hide(bytes, part.start + user + colon + 1..part.start + at, out);
        }
    }
}

fn body(bytes: &[u8], start: usize, dtmf: bool, out: &mut [u8]) {
    let mut at = start;
    for line in bytes.get(start..).unwrap_or_default().split(|byte| *byte == b'\n') {
        let range = at..at + line.len();
        at += line.len() + 1;
        let key = KEYS.iter().find(|it| line.get(..it.len()).is_some_and(|start| start.eq_ignore_ascii_case(it)));
        if let Some(key) = key {
            // The tag and the suite of a crypto attribute are no secret.
            let shown = find(line, b"inline:").map_or(key.len(), |it| it + 7);
            hide(bytes, range.start + shown..range.end, out);
        } else if dtmf {
            digits(bytes, range, out);
        }
    }
}

/// Hides the digit of a line as `Signal=5`, or of one that is nothing else.
fn digits(bytes: &[u8], range: Range<usize>, out: &mut [u8]) {
    let line = bytes.get(range.clone()).unwrap_or_default();
    let equals = line.iter().position(|byte| *byte == b'=');
    let name = line.get(..equals.unwrap_or_default()).unwrap_or_default().trim_ascii();
    if !name.eq_ignore_ascii_case(b"Duration") {
        hide(bytes, range.start + equals.map_or(0, |it| it + 1)..range.end, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        let shown = String::from_utf8(masked(message.as_bytes())).unwrap();
        assert_eq!(shown, expected);
        assert_eq!(shown.len(), message.len());
    }

    #[test]
    fn credentials_are_hidden() {
        check(
            "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest username=\"bob\", realm=\"a, b\", nonce=\"n\", \
             uri=\"sip:a\", response=\"6629fae4\", algorithm=MD5, cnonce=\"0a\\\"4f\", opaque=x\r\nVia: v\r\n\r\n",
            "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest username=\"bob\", realm=\"a, b\", nonce=\"n\", \
             uri=\"sip:a\", response=**********, algorithm=MD5, cnonce=********, opaque=*\r\nVia: v\r\n\r\n",
        );
        check("A\r\nproxy-authorization : Basic Ym9i\r\n\r\n", "A\r\nproxy-authorization : Basic ****\r\n\r\n");
        check("A\r\nAuthorization:Ym9i\r\nTo: b\r\n\r\n", "A\r\nAuthorization:****\r\nTo: b\r\n\r\n");
    }

    #[test]
    fn a_folded_header_is_hidden_to_its_end() {
        check(
            "A\r\nAuthorization: Digest\r\n username=\"b\",\r\n\tresponse=\"6\"\r\nTo: b\r\n c\r\n\r\n",
            "A\r\nAuthorization: ******\r\n *************\r\n\t************\r\nTo: b\r\n c\r\n\r\n",
        );
    }

    #[test]
    fn headers_that_look_like_a_login_are_hidden_and_challenges_are_not() {
        check("A\r\nX-Auth-Token: a b\r\n c\r\nTo: b\r\n\r\n", "A\r\nX-Auth-Token: * *\r\n *\r\nTo: b\r\n\r\n");
        check(
            "SIP/2.0 401 U\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n\r\n",
            "SIP/2.0 401 U\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n\r\n",
        );
    }

    #[test]
    fn passwords_of_uris_are_hidden() {
        check(
            "INVITE sip:al:pw@b:5060 SIP/2.0\r\nTo: <sips:al:p,w@b>, \"x\" <sip:b:5060>;a=1@2\r\nm: sip:c:1,Sip:d:p@e\r\n\r\n",
            "INVITE sip:al:**@b:5060 SIP/2.0\r\nTo: <sips:al:***@b>, \"x\" <sip:b:5060>;a=1@2\r\nm: sip:c:1,Sip:d:*@e\r\n\r\n",
        );
    }

    #[test]
    fn keys_of_srtp_are_hidden() {
        check(
            "A\r\nCall-ID: b\r\n\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3|2^20\r\nA=Crypto:x\r\nm=audio\r\n",
            "A\r\nCall-ID: b\r\n\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:*********************\r\nA=Crypto:*\r\nm=audio\r\n",
        );
        check("A\r\n\r\nk=clear:abc\r\n", "A\r\n\r\nk=*********\r\n");
    }

    #[test]
    fn digits_are_hidden() {
        check(
            "INFO sip:a SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal= 5\r\nDuration=160\r\n",
            "INFO sip:a SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal= *\r\nDuration=160\r\n",
        );
        check(
            "INFO sip:a SIP/2.0\r\nc: application/DTMF\r\n\r\n5",
            "INFO sip:a SIP/2.0\r\nc: application/DTMF\r\n\r\n*",
        );
        check("INFO sip:a SIP/2.0\r\nc: text/plain\r\n\r\n5", "INFO sip:a SIP/2.0\r\nc: text/plain\r\n\r\n5");
    }

    #[test]
    fn any_bytes_pass() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3_000).collect();
        for start in 0..300 {
            assert_eq!(masked(&bytes[start..]).len(), bytes.len() - start);
        }
        assert_eq!(masked(b""), b"");
        for odd in ["Authorization: Digest", "Authorization: Digest ", "Authorization:", ":", "To: sip:", "To: sip:a:"]
        {
            assert_eq!(masked(format!("A\r\n{odd}").as_bytes()).len(), 3 + odd.len());
        }
    }
}
