use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::domain::Secret;

/// When a token says that it ends: the `exp` of a JSON Web Token (RFC 7519 section 4.1.4), where it is one.
/// Nothing vouches for that, so nothing is allowed by it.
#[must_use]
pub fn token_end(token: &Secret) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let mut parts = token.expose().split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    // Seconds since the epoch, which may have a fraction (RFC 7519 section 2).
    let seconds = jiff::SignedDuration::try_from_secs_f64(claims.exp).ok()?;
    Timestamp::from_duration(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(payload: &str) -> Option<Timestamp> {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        token_end(&Secret::new(token))
    }

    #[test]
    fn the_end_of_a_token_is_read_where_it_says_one() {
        let at = "2026-11-28T19:00:00Z".parse().unwrap();
        assert_eq!(end(r#"{"sub":"1","exp":1795892400}"#), Some(at));
        assert_eq!(end(r#"{"exp":1795892400.0}"#), Some(at));
        for payload in [
            "{}",
            r#"{"exp":"soon"}"#,
            r#"{"exp":1e300}"#,
            r#"{"exp":null}"#,
            "no JSON",
        ] {
            assert_eq!(end(payload), None, "{payload}");
        }
        for token in ["", "one", "a.b", "a.!.c"] {
            assert_eq!(token_end(&Secret::new(token.to_owned())), None, "{token}");
        }
    }
}
