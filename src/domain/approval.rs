use crate::domain::Secret;

/// What was typed to have a delete carried out that asks for it. Passwords are wiped when this is dropped,
/// and shown by nothing.
#[derive(Debug, Default)]
pub struct Approval {
    /// The password of who is signed in.
    pub password: Option<Secret>,
    /// The second person's user name and password.
    pub second: Option<(String, Secret)>,
}
