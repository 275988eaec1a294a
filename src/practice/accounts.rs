use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::config::PracticeError;
use crate::domain::Secret;

/// How long a sign-in is said to last, as the provider's pages say.
const SIGN_IN_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// How long a refresh token is said to last.
const REFRESH_LASTS: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Someone who may sign in.
#[derive(Debug, Clone)]
pub struct PracticeUser {
    /// The name typed at sign-in.
    pub username: String,
    /// The password typed at sign-in.
    pub password: Secret,
    /// The name shown to people.
    pub name: String,
}

/// Who may call, with which token.
pub struct Accounts {
    entries: Vec<Entry>,
    began: Timestamp,
}

struct Entry {
    user: PracticeUser,
    token: Secret,
}

impl Default for PracticeUser {
    fn default() -> Self {
        Self {
            username: "practice".to_owned(),
            password: Secret::new("practice".to_owned()),
            name: "Practice desk".to_owned(),
        }
    }
}

impl PracticeUser {
    /// The two whom people practise as inside the app. Nothing but samples stands behind a password
    /// that everybody knows.
    #[must_use]
    pub fn two() -> [Self; 2] {
        [("front.desk", "Front Desk"), ("back.office", "Back Office")].map(|(username, name)| {
            Self {
                username: username.to_owned(),
                name: name.to_owned(),
                ..Self::default()
            }
        })
    }

    /// The usual one, with a password that nobody can guess.
    ///
    /// # Errors
    /// [`PracticeError::Random`] where the system has no random numbers.
    pub fn with_fresh_password() -> Result<Self, PracticeError> {
        let mut bytes = [0_u8; 12];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| PracticeError::Random)?;
        Ok(Self {
            password: Secret::new(base64url(&bytes)),
            ..Self::default()
        })
    }

    /// A user who is shown under the name that is typed.
    #[must_use]
    pub fn new(username: &str, password: Secret) -> Self {
        Self {
            username: username.to_owned(),
            password,
            name: username.to_owned(),
        }
    }
}

impl Accounts {
    /// Gives each user a token, the first one `token` where there is one. There is one user at least.
    ///
    /// # Errors
    /// [`PracticeError::Random`] where the system has no random numbers.
    pub fn new(users: Vec<PracticeUser>, token: Option<Secret>) -> Result<Self, PracticeError> {
        let began = Timestamp::now();
        let mut given = token;
        let mut entries = Vec::new();
        for (number, user) in (1_u32..).zip(users) {
            let token = match given.take() {
                Some(token) => token,
                None => fresh_token(number, &user.name, began)?,
            };
            entries.push(Entry { user, token });
        }
        Ok(Self { entries, began })
    }

    /// Each user with the token, in order; there is always one.
    pub fn tokens(&self) -> impl Iterator<Item = (&PracticeUser, &Secret)> {
        self.entries.iter().map(|entry| (&entry.user, &entry.token))
    }

    /// Whether an `Authorization` header holds a good bearer token (RFC 6750 section 2.1).
    pub fn accepts(&self, authorization: Option<&str>) -> bool {
        self.bearer(authorization).is_some()
    }

    /// The answer to "who am I", `None` without a good token.
    pub fn profile(&self, authorization: Option<&str>) -> Option<Value> {
        let (number, entry) = self.bearer(authorization)?;
        Some(json!({
            "id": number,
            "email": entry.email(),
            "name": entry.user.name,
            "status": "active",
            "last_login": format!("{:.3}", self.began),
        }))
    }

    /// The answer to a sign-in, `None` where name and password don't fit.
    pub fn sign_in(&self, username: &str, password: &str) -> Option<Value> {
        let (number, entry) = (1_u32..).zip(&self.entries).find(|(_, entry)| {
            entry.user.username == username && entry.user.password.expose() == password
        })?;
        let now = Timestamp::now();
        let after = |lasts: SignedDuration| format!("{:.3}", now + lasts);
        Some(json!({
            "token": entry.token.expose(),
            "user": {
                "id": number,
                "username": entry.user.username,
                "email": entry.email(),
                "role": "user",
            },
            "expiresAt": after(SIGN_IN_LASTS),
            "refreshToken": format!("practice-refresh-{number}"),
            "refreshTokenExpiresAt": after(REFRESH_LASTS),
        }))
    }

    fn bearer(&self, authorization: Option<&str>) -> Option<(u32, &Entry)> {
        let (scheme, token) = authorization?.split_once(' ')?;
        (1_u32..).zip(&self.entries).find(|(_, entry)| {
            scheme.eq_ignore_ascii_case("bearer") && entry.token.expose() == token.trim()
        })
    }
}

impl Entry {
    fn email(&self) -> String {
        format!("{}@practice.example", self.user.username)
    }
}

/// A token with the looks of a JWT (RFC 7519): its last part is random, so nobody can guess it,
/// and signs nothing.
fn fresh_token(number: u32, name: &str, now: Timestamp) -> Result<Secret, PracticeError> {
    let mut signature = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut signature).map_err(|_| PracticeError::Random)?;
    let header = json!({"alg": "HS256", "typ": "JWT"}).to_string();
    let payload = json!({
        "sub": number.to_string(),
        "name": name,
        "iat": now.as_second(),
        "exp": (now + SIGN_IN_LASTS).as_second(),
    })
    .to_string();
    Ok(Secret::new(format!(
        "{}.{}.{}",
        base64url(header.as_bytes()),
        base64url(payload.as_bytes()),
        base64url(&signature)
    )))
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut bits = 0_usize;
        for place in 0..3 {
            bits = bits << 8 | usize::from(three.get(place).copied().unwrap_or(0));
        }
        for place in 0..=three.len() {
            let six = bits >> (18 - 6 * place) & 63;
            text.push(ALPHABET.get(six).copied().map_or('A', char::from));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_the_rfcs() {
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn each_user_has_a_token_of_their_own_and_no_other_is_taken() {
        let users = ["ann", "bob"]
            .map(|name| PracticeUser::new(name, Secret::new("pw".into())))
            .to_vec();
        let accounts = Accounts::new(users, None).unwrap();
        let tokens: Vec<_> = accounts.tokens().map(|(_, token)| token.expose()).collect();
        assert_eq!(tokens.len(), 2);
        assert_ne!(tokens[0], tokens[1]);
        assert_eq!(tokens[0].split('.').count(), 3);
        let bearer = format!("bearer {}", tokens[1]);
        assert_eq!(accounts.profile(Some(&bearer)).unwrap()["name"], "bob");
        for header in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Bearer x"),
            Some("Basic ann:pw"),
        ] {
            assert!(!accounts.accepts(header));
        }
        assert!(accounts.sign_in("ann", "pw").is_some());
        assert!(accounts.sign_in("ann", "PW").is_none());
    }
}
