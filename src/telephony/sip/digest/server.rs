//! The server's side of digest authentication: nonces without state, and the check of an answer.

use super::{Algorithm, Fields, Parts, equal};
use crate::telephony::sip::message::{Request, is_token, quoted};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use lru::LruCache;
use sha2::Sha256;
use std::num::NonZeroUsize;

/// Seconds for which a nonce is good.
const LIFETIME: u64 = 300;
/// Nonces whose last count is remembered. One that was forgotten is stale: a replay never counts as fresh.
const MAX_NONCES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);

/// HA1 of a user for both algorithms, stored instead of the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    md5: String,
    sha256: String,
}

impl Secret {
    pub fn of(username: &str, realm: &str, password: &str) -> Secret {
        let text = format!("{username}:{realm}:{password}");
        Secret { md5: Algorithm::Md5.hash(&text), sha256: Algorithm::Sha256.hash(&text) }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Good,
    /// Challenge again with `stale=true`: the nonce is ours but too old, or was used with this count. No failure counts.
    Stale,
    /// There is no answer, none for this realm, or a wrong one. An unknown user takes the same time.
    Wrong,
}

/// Makes nonces and checks answers to them. The key (32 bytes) may be shared by several nodes.
pub struct Nonces {
    key: [u8; 32],
    realm: String,
    /// The highest count that each nonce was used with.
    used: LruCache<String, u32>,
}

impl Nonces {
    pub fn new(key: [u8; 32], realm: &str) -> Nonces {
        Nonces { key, realm: realm.to_owned(), used: LruCache::new(MAX_NONCES) }
    }

    /// Returns the values of one WWW-Authenticate header each, SHA-256 first (RFC 8760). `now` is in seconds.
    pub fn challenges(&self, now: u64, random: [u8; 8], stale: bool) -> [String; 2] {
        let nonce = self.nonce(now, random);
        let stale = if stale { ", stale=true" } else { "" };
        [Algorithm::Sha256, Algorithm::Md5].map(|algorithm| {
            let (realm, name) = (quoted(&self.realm), algorithm.name());
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={name}, qop=\"auth\"{stale}")
        })
    }

    /// base64(time ‖ random ‖ HMAC-SHA-256(key, time ‖ random ‖ realm)).
    fn nonce(&self, now: u64, random: [u8; 8]) -> String {
        let mut bytes = now.to_be_bytes().to_vec();
        bytes.extend(random);
        let seal = self.seal(&bytes);
        bytes.extend(seal);
        STANDARD.encode(bytes)
    }

    fn seal(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return Vec::new() };
        mac.update(bytes);
        mac.update(self.realm.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// Returns the age of a nonce in seconds, if it is one of ours.
    fn age(&self, nonce: &str, now: u64) -> Option<u64> {
        let bytes = STANDARD.decode(nonce).ok().filter(|it| it.len() == 48)?;
        let (body, seal) = bytes.split_at_checked(16)?;
        let time: [u8; 8] = body.get(..8)?.try_into().ok()?;
        let ours: bool = subtle::ConstantTimeEq::ct_eq(self.seal(body).as_slice(), seal).into();
        ours.then(|| now.saturating_sub(u64::from_be_bytes(time)))
    }

    /// Returns the user name that a request claims in this realm, which says whose secret to check with.
    pub fn claimed(&self, request: &Request) -> Option<String> {
        self.answer(request)?.get("username").map(str::to_owned)
    }

    fn answer(&self, request: &Request) -> Option<Fields> {
        let answers = request.headers.all("Authorization").take(8).filter_map(Fields::parse);
        answers.into_iter().find(|it| it.get("realm") == Some(&self.realm))
    }

    /// Checks the answer of a request. `secret`: of the claimed user; `None` for one that does not exist.
    pub fn check(&mut self, request: &Request, secret: Option<&Secret>, now: u64) -> Outcome {
        let Some(fields) = self.answer(request) else { return Outcome::Wrong };
        let Some((nonce, count)) = self.verified(&fields, request.method.name(), secret) else { return Outcome::Wrong };
        match self.age(&nonce, now) {
            None => Outcome::Wrong,
            Some(age) if age > LIFETIME => Outcome::Stale,
            Some(_) => self.counted(nonce, count),
        }
    }

    /// Returns the nonce and the count of an answer whose digest is right.
    fn verified(&self, fields: &Fields, method: &str, secret: Option<&Secret>) -> Option<(String, u32)> {
        let algorithm = match fields.get("algorithm").unwrap_or("MD5") {
            word if word.eq_ignore_ascii_case("MD5") => Algorithm::Md5,
            word if word.eq_ignore_ascii_case("SHA-256") => Algorithm::Sha256,
            _ => return None,
        };
        // We always offer it, so an answer without it is an attempt to weaken the check.
        fields.get("qop").filter(|it| it.eq_ignore_ascii_case("auth"))?;
        let (nonce, uri, cnonce) = (fields.get("nonce")?, fields.get("uri")?, fields.get("cnonce")?);
        let count = fields.get("nc").filter(|it| it.len() == 8 && is_token(it))?;
        let parts = Parts { nonce, quality: Some((count, cnonce)), method, uri };
        let nobody = Secret::of("", &self.realm, "");
        let known = secret.unwrap_or(&nobody);
        let ha1 = if algorithm == Algorithm::Md5 { &known.md5 } else { &known.sha256 };
        let right = equal(&parts.response(algorithm, ha1), &fields.get("response")?.to_ascii_lowercase());
        let number = u32::from_str_radix(count, 16).ok()?;
        (right && secret.is_some()).then(|| (nonce.to_owned(), number))
    }

    /// A count that was used before, or one that is lower, is a replay.
    fn counted(&mut self, nonce: String, count: u32) -> Outcome {
        let last = self.used.get(&nonce).copied().unwrap_or(0);
        if count <= last {
            return Outcome::Stale;
        }
        self.used.put(nonce, count);
        Outcome::Good
    }
}
