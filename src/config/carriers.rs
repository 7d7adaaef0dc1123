//! The options for a provider of calls that needs no row in the database.

use clap::Args;
use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The port of SIP (RFC 3261 §19.1.2).
const PORT: u16 = 5060;

#[derive(Debug, Clone, Default, Args)]
pub struct CarrierOptions {
    /// Provider of calls, with a route for all destinations: sip:USER:PASSWORD@HOST:PORT;transport=udp, where all but
    /// HOST may be left out. Characters that SIP reserves are written as %XX. Prefer --sip-provider-password-file for the
    /// password.
    #[arg(long, env = "RINGDOWN_SIP_PROVIDER", hide_env_values = true, value_parser = late, value_name = "URI")]
    pub sip_provider: Option<Result<SipProvider, String>>,

    /// File whose first line is the password for --sip-provider.
    #[arg(long, env = "RINGDOWN_SIP_PROVIDER_PASSWORD_FILE", value_name = "FILE", requires = "sip_provider")]
    pub sip_provider_password_file: Option<PathBuf>,
}

/// A provider as a SIP URI (RFC 3261 §19.1).
#[derive(Clone, PartialEq, Eq)]
pub struct SipProvider {
    /// A host name or an IP address.
    pub hostname: String,
    pub port: u16,
    /// "" for none.
    pub username: String,
    /// "" for none.
    pub password: String,
}

impl fmt::Debug for SipProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SipProvider({}:{})", self.hostname, self.port)
    }
}

/// Reads an option whose problem is told when the server starts: clap would repeat the value, with its password.
fn late(text: &str) -> Result<Result<SipProvider, String>, Infallible> {
    Ok(text.parse())
}

impl CarrierOptions {
    /// Returns the provider, if there is one. Fails with a sentence.
    pub fn provider(&self) -> Result<Option<&SipProvider>, String> {
        let read = self.sip_provider.as_ref().map(|it| it.as_ref().map_err(|why| format!("--sip-provider: {why}")));
        read.transpose()
    }

    /// Reads the password file, if there is one. Fails with a sentence.
    pub fn password(&self) -> Result<Option<String>, String> {
        let Some(path) = &self.sip_provider_password_file else { return Ok(None) };
        let wrong = |why: &str| format!("--sip-provider-password-file {}: {why}", path.display());
        if self.provider()?.is_some_and(|it| it.username.is_empty()) {
            return Err(wrong("the provider has no user name"));
        }
        let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
        match text.lines().next().unwrap_or_default() {
            "" => Err(wrong("the first line is empty")),
            password => secret(password).map(Some).map_err(|why| wrong(&why)),
        }
    }
}

/// No error repeats what was given: it may contain the password.
impl FromStr for SipProvider {
    type Err = String;

    fn from_str(text: &str) -> Result<SipProvider, String> {
        let Some(rest) = text.strip_prefix("sip:") else {
            return Err(match text.starts_with("sips:") {
                true => "TLS is not available; expected sip:HOST".to_owned(),
                false => "expected sip:USER:PASSWORD@HOST:PORT, where all but HOST may be left out".to_owned(),
            });
        };
        let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
        let mut parts = rest.split(';');
        let (hostname, port) = host(parts.next().unwrap_or_default())?;
        for parameter in parts {
            check(parameter)?;
        }
        let (username, password) = match user {
            None => (String::new(), String::new()),
            Some(user) => credentials(user)?,
        };
        Ok(SipProvider { hostname, port, username, password })
    }
}

/// Reads a host with an optional port.
fn host(text: &str) -> Result<(String, u16), String> {
    let wrong = || "expected a host name or an IP address, with an optional port from 1 to 65535".to_owned();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or_else(wrong)?;
            let address: std::net::Ipv6Addr = host.parse().map_err(|_| wrong())?;
            (address.to_string(), port.strip_prefix(':').or_else(|| port.is_empty().then_some("")))
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, ""), |(host, port)| (host, port));
            let missing = port.is_empty() && text.ends_with(':');
            (host.to_owned(), (!missing).then_some(port))
        }
    };
    if !is_host(&host) {
        return Err(wrong());
    }
    let port = match port.ok_or_else(wrong)? {
        "" => PORT,
        port => port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?,
    };
    Ok((host, port))
}

/// Returns whether a text is an IP address or a host name (RFC 1123 §2.1).
pub fn is_host(text: &str) -> bool {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let is_label = |label: &str| {
        let hyphen_outside = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len())
            && !hyphen_outside
            && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    // A name of digits alone would be an address that is cut short.
    let numeric = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|it| it.is_ascii_digit()));
    text.len() <= 253 && !numeric && text.split('.').all(is_label)
}

fn check(parameter: &str) -> Result<(), String> {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    match (name.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
        ("transport", "udp") => Ok(()),
        ("transport", _) => Err("the only transport is udp".to_owned()),
        ("register", _) => Err("registering at a provider is not available".to_owned()),
        _ => Err("unknown parameter; the only one is transport=udp".to_owned()),
    }
}

fn credentials(text: &str) -> Result<(String, String), String> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    let (user, password) = (unescaped(user)?, unescaped(password)?);
    if !is_username(&user) {
        return Err("expected a user name of 1 to 128 visible ASCII characters".to_owned());
    }
    Ok((user, secret(&password)?))
}

/// Returns whether a text can be the user name of a provider.
pub fn is_username(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic())
}

/// Checks a password; "" is none.
pub fn secret(text: &str) -> Result<String, String> {
    match text.chars().count() <= 256 && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err("expected a password of at most 256 characters without control characters".to_owned()),
    }
}

/// Replaces `%XX` by the bytes that they stand for.
fn unescaped(text: &str) -> Result<String, String> {
    let wrong = || "expected %XX with two hexadecimal digits, which give UTF-8".to_owned();
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let [first, after @ ..] = rest {
        let (byte, next) = match (first, after) {
            (b'%', [high, low, next @ ..]) => {
                let digit = |it: &u8| char::from(*it).to_digit(16).and_then(|it| u8::try_from(it).ok());
                let (high, low) = digit(high).zip(digit(low)).ok_or_else(wrong)?;
                ((high << 4) | low, next)
            }
            (b'%', _) => return Err(wrong()),
            (byte, next) => (*byte, next),
        };
        bytes.push(byte);
        rest = next;
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<SipProvider, String> {
        text.parse()
    }

    fn provider(hostname: &str, port: u16, username: &str, password: &str) -> SipProvider {
        let own = str::to_owned;
        SipProvider { hostname: own(hostname), port, username: own(username), password: own(password) }
    }

    #[test]
    fn providers_are_uris() {
        for (text, expected) in [
            ("sip:carrier.example", provider("carrier.example", 5060, "", "")),
            ("sip:203.0.113.7:5080", provider("203.0.113.7", 5080, "", "")),
            ("sip:[2001:DB8::7]:5080;transport=UDP", provider("2001:db8::7", 5080, "", "")),
            ("sip:[::1]", provider("::1", 5060, "", "")),
            ("sip:me@localhost", provider("localhost", 5060, "me", "")),
            ("sip:me:a:b@c@h.example;transport=udp", provider("h.example", 5060, "me", "a:b@c")),
            ("sip:%2B4930:p%40%3A%c3%a9;=&$@h.example:1", provider("h.example", 1, "+4930", "p@:é;=&$")),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for text in [
            "",
            "carrier.example",
            "http://a",
            "sips:a.example",
            "sip:",
            "sip:@a.example",
            "sip::hunter2@a.example",
            "sip:a@",
            "sip:a:hunter2@",
            "sip:a:hunter2@a b",
            "sip:a:hunter2@-a.example",
            "sip:a:hunter2@a..b",
            "sip:a:hunter2@1.2.3",
            "sip:a:hunter2@a:0",
            "sip:a:hunter2@a:65536",
            "sip:a:hunter2@a:",
            "sip:a:hunter2@a:b",
            "sip:a:hunter2@[::1",
            "sip:a:hunter2@[::1]5060",
            "sip:a:hunter2@[1.2.3.4]",
            "sip:a:hunter2%@a",
            "sip:a:hunter2%zz@a",
            "sip:a:hunter2%ff@a",
            "sip:a:hunter2%0a@a",
            "sip:é:hunter2@a",
            "sip:a b:hunter2@a",
            "sip:a:hunter2@a;transport=tcp",
            "sip:a:hunter2@a;register",
            "sip:a:hunter2@a;x=y",
            "sip:a:hunter2@a;",
            "sip:a:hunter2@a?x=y",
            &format!("sip:{}:hunter2@a", "u".repeat(129)),
            &format!("sip:a:{}@a", "hunter2".repeat(37)),
            &format!("sip:a:hunter2@{}.example", "a".repeat(64)),
        ] {
            let refused = read(text).expect_err(text);
            assert!(!refused.is_empty() && !refused.contains("hunter2"), "{text}: {refused}");
        }
        assert!(!format!("{:?}", read("sip:a:hunter2@b").unwrap()).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_password_can_be_escaped(password in "\\PC{1,40}", user in "[!-~]{1,40}", rest in "\\PC*") {
            let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
            let text = format!("sip:{}:{}@host.example", escaped(&user), escaped(&password));
            prop_assert_eq!(read(&text), Ok(provider("host.example", 5060, &user, &password)));
            // Whatever else is there is read or refused.
            let _ = (read(&rest), read(&format!("sip:{rest}")), read(&format!("sip:a:{rest}@{rest}")));
        }
    }

    #[test]
    fn the_password_is_the_first_line_of_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        let options = |provider: &str| CarrierOptions {
            sip_provider: Some(provider.parse()),
            sip_provider_password_file: Some(path.clone()),
        };
        assert!(options("sip:a@b").password().unwrap_err().contains("password"), "no file");
        for (text, expected) in [("hunter2", Some("hunter2")), ("a b \r\nc", Some("a b ")), ("", None), ("\nx", None)] {
            std::fs::write(&path, text).unwrap();
            let read = options("sip:a@b").password();
            assert_eq!(read.as_ref().ok().and_then(Option::as_deref), expected, "{text:?}");
            assert!(options("sip:b").password().is_err(), "nobody to have it");
        }
        assert_eq!(CarrierOptions::default().password(), Ok(None));
    }
}
