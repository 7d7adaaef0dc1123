//! JWTs (RFC 7519) as this server signs and accepts them: HS256, with `exp` and `customer_id`.

use crate::error::{Error, Result};
use crate::model::time::Time;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// How far ahead `nbf` may be: the clocks of two machines always differ.
const SKEW_MS: i64 = 60_000;

pub struct Jwt {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    customer_id: Uuid,
    /// NumericDate: seconds, which may have a fraction.
    exp: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<f64>,
}

#[derive(Serialize)]
struct Minted {
    customer_id: Uuid,
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

    pub fn mint(&self, customer_id: Uuid, now: Time, ttl: Duration) -> Result<String> {
        let iat = now.0.div_euclid(1_000_000);
        // Rounded up: a token must not expire early.
        let seconds = ttl.as_millis().div_ceil(1_000).min(i64::MAX as u128 / 4) as i64;
        let claims = Minted { customer_id, exp: iat.saturating_add(seconds), iat };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)
    }

    /// Returns the customer of a token that is valid now.
    pub fn read(&self, token: &str, now: Time) -> Option<Uuid> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?.claims;
        let seconds = |time: Time| time.0 as f64 / 1e6;
        let early = claims.nbf.is_some_and(|nbf| nbf > seconds(now.plus_ms(SKEW_MS)));
        (claims.exp > seconds(now) && !early).then_some(claims.customer_id)
    }
}
