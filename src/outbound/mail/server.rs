//! Which mail server, from a URL.

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

/// How the conversation is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS before the first word (RFC 8314), port 465.
    Tls,
    /// TLS after STARTTLS, port 587. A server that does not offer it gets no mail: whoever sits between could take the
    /// offer away.
    StartTls,
    /// None, port 25: for a relay on the same machine or network.
    None,
}

impl FromStr for Server {
    type Err = &'static str;

    /// `smtp://host` (STARTTLS), `smtps://host` (TLS from the start) or `smtp://host?tls=none`, with `user:password@` before
    /// the host and a port behind it where needed. Characters with a meaning in URLs are written as %40 and so on.
    fn from_str(text: &str) -> Result<Server, &'static str> {
        let url = Url::parse(text).map_err(|_| "it is no URL")?;
        let security = match (url.scheme(), url.query()) {
            ("smtps", None) => Security::Tls,
            ("smtp", None) => Security::StartTls,
            ("smtp", Some("tls=none")) => Security::None,
            ("smtp" | "smtps", _) => return Err("the only thing behind a question mark is smtp://…?tls=none"),
            _ => return Err("a mail server begins with smtp:// or smtps://"),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?;
        if !matches!(url.path(), "" | "/") {
            return Err("a mail server has no path");
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) => Some((plain(user)?, plain(password)?)),
            (_, None) => return Err("a user needs a password beside it"),
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

/// What a part of a URL stands for.
fn plain(part: &str) -> Result<String, &'static str> {
    // A plus is a plus here, and a space in a form.
    let pair = format!("={}", part.replace('+', "%2B"));
    let (_, value) = form_urlencoded::parse(pair.as_bytes()).next().ok_or("a user or password is empty")?;
    Ok(value.into_owned())
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{}, {:?})", self.host, self.port, self.security)
    }
}
