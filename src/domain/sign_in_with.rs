use crate::domain::Secret;

/// What a person signs in with. Neither a token nor a password is shown by `Debug`.
#[derive(Debug, Clone)]
pub enum SignInWith {
    /// An access token that was given out by hand.
    Token(Secret),
    /// A user name and its password, of which the password is wiped after the call.
    Password {
        /// The user name, or an e-mail address.
        user_name: String,
        /// The password.
        password: Secret,
    },
}
