//! Digest authentication (RFC 7616, RFC 8760) in both directions: MD5 and SHA-256, `qop=auth`.

use super::message::{Method, Response, split_outside, unquoted};
use super::token::hex;
use md5::{Digest as _, Md5};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

pub use server::{Nonces, Outcome, Secret};

mod server;
#[cfg(test)]
mod tests;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// Returns the digest as lower-case hexadecimal digits.
    fn hash(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex(&Md5::digest(text)),
            Algorithm::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

/// The input of a digest, apart from HA1.
struct Parts<'a> {
    nonce: &'a str,
    /// The nonce count and the client's nonce; `None` without qop (RFC 2069).
    quality: Option<(&'a str, &'a str)>,
    method: &'a str,
    /// As it stands in the header, never written anew.
    uri: &'a str,
}

impl Parts<'_> {
    fn response(&self, algorithm: Algorithm, ha1: &str) -> String {
        let ha2 = algorithm.hash(&format!("{}:{}", self.method, self.uri));
        algorithm.hash(&match self.quality {
            Some((count, cnonce)) => format!("{ha1}:{}:{count}:{cnonce}:auth:{ha2}", self.nonce),
            None => format!("{ha1}:{}:{ha2}", self.nonce),
        })
    }
}

/// The parameters of a header that begins with `Digest`.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(value: &str) -> Option<Fields> {
        let (scheme, rest) = value.trim().split_once([' ', '\t'])?;
        let pairs = split_outside(rest, b',').into_iter().map(|part| {
            let (name, value) = part.split_once('=')?;
            Some((name.trim().to_ascii_lowercase(), unquoted(value)))
        });
        scheme.eq_ignore_ascii_case("Digest").then(|| pairs.collect::<Option<_>>()).flatten().map(Fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Who we are to a provider. The password is in the clear: HA1 depends on the realm, which only the challenge names.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A challenge of a 401 or 407 that we can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Of a proxy: 407.
    proxy: bool,
    pub realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    session: bool,
    /// How the algorithm was spelled, if it was: it is repeated.
    spelling: Option<String>,
    quality: bool,
    /// Our answer was right, but its nonce is too old.
    pub stale: bool,
}

impl Challenge {
    /// Returns the first challenge that we know to answer: the server put them in its order of preference (RFC 8760 2.3).
    pub fn of(response: &Response) -> Option<Challenge> {
        let (proxy, name) = match response.code {
            401 => (false, "WWW-Authenticate"),
            407 => (true, "Proxy-Authenticate"),
            _ => return None,
        };
        response.headers.all(name).take(8).find_map(|value| Challenge::parse(value, proxy))
    }

    fn parse(value: &str, proxy: bool) -> Option<Challenge> {
        let fields = Fields::parse(value)?;
        let spelling = fields.get("algorithm").map(str::to_owned);
        let word = spelling.as_deref().unwrap_or("MD5").to_ascii_lowercase();
        let session = word.ends_with("-sess");
        let algorithm = match word.trim_end_matches("-sess") {
            "md5" => Algorithm::Md5,
            "sha-256" => Algorithm::Sha256,
            _ => return None,
        };
        let quality = match fields.get("qop") {
            None => false,
            // auth-int alone is not for us.
            Some(words) => words.split(',').any(|it| it.trim().eq_ignore_ascii_case("auth")).then_some(true)?,
        };
        Some(Challenge {
            proxy,
            realm: fields.get("realm")?.to_owned(),
            nonce: fields.get("nonce")?.to_owned(),
            opaque: fields.get("opaque").map(str::to_owned),
            algorithm,
            session,
            spelling,
            quality,
            stale: fields.get("stale").is_some_and(|it| it.eq_ignore_ascii_case("true")),
        })
    }

    /// Returns the name and the value of the header that answers the challenge. `count` is how often the nonce has been
    /// used, this time included.
    pub fn answer(
        &self,
        who: &Credentials,
        method: Method,
        uri: &str,
        cnonce: &str,
        count: u32,
    ) -> (&'static str, String) {
        let count = format!("{count:08x}");
        let quality = self.quality.then_some((count.as_str(), cnonce));
        let parts = Parts { nonce: &self.nonce, quality, method: method.name(), uri };
        let response = parts.response(self.algorithm, &self.ha1(who, cnonce));
        let quote = super::message::quoted;
        let mut value = format!(
            "Digest username={}, realm={}, nonce={}, uri=\"{uri}\", response=\"{response}\"",
            quote(&who.username),
            quote(&self.realm),
            quote(&self.nonce),
        );
        if let Some(spelling) = &self.spelling {
            value.push_str(&format!(", algorithm={spelling}"));
        }
        if self.quality {
            value.push_str(&format!(", cnonce=\"{cnonce}\", qop=auth, nc={count}"));
        } else if self.session {
            value.push_str(&format!(", cnonce=\"{cnonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            value.push_str(&format!(", opaque={}", quote(opaque)));
        }
        (if self.proxy { "Proxy-Authorization" } else { "Authorization" }, value)
    }

    fn ha1(&self, who: &Credentials, cnonce: &str) -> String {
        let ha1 = self.algorithm.hash(&format!("{}:{}:{}", who.username, self.realm, who.password));
        match self.session {
            true => self.algorithm.hash(&format!("{ha1}:{}:{cnonce}", self.nonce)),
            false => ha1,
        }
    }
}

/// Compares in a time that does not depend on where the texts differ.
fn equal(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
