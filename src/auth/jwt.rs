//! JWTs (RFC 7519) as this server signs and accepts them: HS256, with `exp`, `customer_id` and the key they come from.

use super::role::Role;
use crate::error::{Error, Result};
use crate::model::time::Time;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How far ahead `nbf` and `iat` may be: the clocks of two machines always differ.
const SKEW_MS: i64 = 60_000;

pub struct Jwt {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// What a token says about its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub customer_id: Uuid,
    /// The access key that the token comes from, and ends with.
    pub key_id: Option<Uuid>,
    /// Restricts the token to less than its key may do.
    pub role: Option<Role>,
    pub expire: Time,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed, not complete, not valid yet or no longer valid.
    Invalid,
    /// It is valid for longer than a token may be.
    LivesTooLong,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    customer_id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// NumericDate: seconds, which may have a fraction.
    exp: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iat: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<f64>,
}

#[derive(Serialize)]
struct Minted {
    customer_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<Uuid>,
    exp: i64,
    iat: i64,
}

impl Jwt {
    pub fn new(secret: &[u8]) -> Jwt {
        let mut validation = Validation::new(Algorithm::HS256);
        // Expiry is checked below, with the clock that the rest of the server uses.
        validation.validate_exp = false;
        Jwt { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), validation }
    }

    pub fn mint(&self, customer_id: Uuid, key_id: Option<Uuid>, now: Time, ttl: Duration) -> Result<String> {
        let iat = now.0.div_euclid(1_000_000);
        // Rounded up: a token must not expire early.
        let seconds = ttl.as_millis().div_ceil(1_000).min(i64::MAX as u128 / 4) as i64;
        let claims = Minted { customer_id, key_id, exp: iat.saturating_add(seconds), iat };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)
    }

    /// Reads a token that is valid now, and was never valid for longer than `longest`: from its `iat`, or from now if it
    /// has none.
    pub fn read(&self, token: &str, now: Time, longest: Duration) -> Result<Token, Refused> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        let Claims { customer_id, key_id, role, exp, iat, nbf } = claims.map_err(|_| Refused::Invalid)?.claims;
        let seconds = |time: Time| time.0 as f64 / 1e6;
        let (now, soon) = (seconds(now), seconds(now.plus_ms(SKEW_MS)));
        let role = role.map(|name| Role::of_name(&name).ok_or(Refused::Invalid)).transpose()?;
        // JSON has no number that is not one.
        if exp <= now || nbf.is_some_and(|nbf| nbf > soon) || iat.is_some_and(|iat| iat > soon) {
            return Err(Refused::Invalid);
        }
        // Minted tokens are rounded up to a second.
        if exp - iat.unwrap_or(now) > longest.as_secs_f64() + 1.0 {
            return Err(Refused::LivesTooLong);
        }
        // The largest f64 becomes the largest time.
        Ok(Token { customer_id, key_id, role, expire: Time((exp * 1e6) as i64) })
    }
}
