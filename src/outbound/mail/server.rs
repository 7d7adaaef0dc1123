//! The mail server, parsed from a URL.

use std::fmt;
use std::str::FromStr;
use url::Url;

/// The operator's mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User and password.
    pub login: Option<(String, String)>,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the start (RFC 8314), port 465.
    Tls,
    /// TLS after STARTTLS, port 587. A server that does not offer it gets no mail: an attacker on the path could have
    /// removed the offer.
    StartTls,
    /// None, port 25: for a relay on the same machine or network.
    None,
}

impl FromStr for Server {
    type Err = &'static str;

    /// Parses `smtp://host` (STARTTLS), `smtps://host` (TLS from the start) or `smtp://host?tls=none`, with an optional
    /// `user:password@` before the host and an optional port after it. Characters with a meaning in URLs are written as
    /// %40 and so on.
    fn from_str(text: &str) -> Result<Server, &'static str> {
        let url = Url::parse(text).map_err(|_| "it is not a URL")?;
        let security = match (url.scheme(), url.query()) {
            ("smtps", None) => Security::Tls,
            ("smtp", None) => Security::StartTls,
            ("smtp", Some("tls=none")) => Security::None,
            ("smtp" | "smtps", _) => return Err("the only query is tls=none, as in smtp://host?tls=none"),
            _ => return Err("expected a URL that starts with smtp:// or smtps://"),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it has no host")?;
        if !matches!(url.path(), "" | "/") {
            return Err("expected no path");
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) => Some((plain(user)?, plain(password)?)),
            (_, None) => return Err("a user requires a password"),
        };
        if login.is_some() && security == Security::None {
            return Err("a password is not sent without TLS");
        }
        let usual = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Server { host, port: url.port().unwrap_or(usual), security, login })
    }
}

/// Decodes a part of a URL.
fn plain(part: &str) -> Result<String, &'static str> {
    // A plus is literal here; in form data it is a space.
    let pair = format!("={}", part.replace('+', "%2B"));
    let (_, value) = form_urlencoded::parse(pair.as_bytes()).next().ok_or("a user or password is empty")?;
    Ok(value.into_owned())
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{}, {:?})", self.host, self.port, self.security)
    }
}
