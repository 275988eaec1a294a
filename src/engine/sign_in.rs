//! Signing in and out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Account, AuditAction, AuditOutcome, Failure, FailureKind, Secret, ServiceOrigin, TokenKeeping,
};
use crate::engine::credentials::SignIn;
use crate::engine::event_loop::Notice;
use crate::engine::resources::{Resources, new_operation};
use crate::engine::workspace::Workspace;
use crate::engine::{Event, SignedOutBecause};
use crate::keychain::KeychainError;

/// The attempt at a sign-in with which the engine opens.
pub const OPENING: u64 = 0;

/// What a person asked for when signing in, and when.
pub struct Asked {
    pub attempt: u64,
    pub generation: u64,
    /// Whether the token is to stay in the keychain.
    pub stay: bool,
}

/// Reads the keychain at the start, and takes a kept token on trust until the service says
/// otherwise: the app opens without a network too.
pub async fn resume(resources: Arc<Resources>, origin: ServiceOrigin) {
    let notice = match resources.keychain.read(&origin).await {
        Ok(None) | Err(KeychainError::None(_)) => not_signed_in(SignedOutBecause::NoToken),
        Err(error) => not_signed_in(SignedOutBecause::KeychainUnreadable(keychain_failure(
            &error,
        ))),
        Ok(Some(token)) => match open(&resources, origin, token, TokenKeeping::Keychain).await {
            Ok(sign_in) => signed_in(OPENING, sign_in, None, None, false),
            Err((Some(sign_in), failure)) if !failure.needs_sign_in() => {
                signed_in(OPENING, sign_in, None, Some(failure), false)
            }
            Err((_, failure)) if failure.needs_sign_in() => not_signed_in(SignedOutBecause::Ended),
            Err((_, failure)) => Notice::NotSignedIn {
                attempt: OPENING,
                because: SignedOutBecause::NoToken,
                failure: Some(failure),
            },
        },
    };
    resources.notices.send(notice).ok();
}

/// Opens the practice service.
pub async fn practise(resources: Arc<Resources>, origin: ServiceOrigin, token: Secret) {
    let notice = match open(&resources, origin, token, TokenKeeping::Practice).await {
        Ok(sign_in) => signed_in(OPENING, sign_in, None, None, true),
        Err((_, failure)) => Notice::NotSignedIn {
            attempt: OPENING,
            because: SignedOutBecause::NoToken,
            failure: Some(failure),
        },
    };
    resources.notices.send(notice).ok();
}

/// Tries a pasted token by a call, then keeps it where the person wants it.
pub async fn sign_in(
    resources: Arc<Resources>,
    origin: ServiceOrigin,
    token: Secret,
    asked: Asked,
) {
    let Asked {
        attempt,
        generation,
        stay,
    } = asked;
    let mut sign_in = match open(
        &resources,
        origin.clone(),
        token.clone(),
        TokenKeeping::Memory,
    )
    .await
    {
        Ok(sign_in) => sign_in,
        Err((_, failure)) => return resources.tell(generation, Event::SignInFailed(failure)),
    };
    // An earlier token that stayed behind would sign the next person in.
    let failure = if stay {
        match resources.keychain.write(&origin, &token).await {
            Ok(()) => None,
            Err(error @ KeychainError::None(_)) => Some(keychain_failure(&error)),
            // What has not answered once would only keep the person waiting again.
            Err(error @ KeychainError::NoAnswer) => Some(not_cleared(&error)),
            Err(error) => cleared(&resources, &origin)
                .await
                .or_else(|| Some(keychain_failure(&error))),
        }
    } else {
        cleared(&resources, &origin).await
    };
    sign_in.account.keeping = match (stay, &failure) {
        (true, None) => TokenKeeping::Keychain,
        (true, Some(_)) => TokenKeeping::MemoryForLackOfKeychain,
        (false, _) => TokenKeeping::Memory,
    };
    resources
        .notices
        .send(signed_in(attempt, sign_in, failure, None, true))
        .ok();
}

/// Forgets the token in the keychain. That of the sign-in itself goes with it.
pub async fn forget(resources: Arc<Resources>, workspace: Arc<Workspace>) {
    let account = &workspace.credentials.sign_in().account;
    let failure = match account.keeping {
        TokenKeeping::Practice => None,
        _ => cleared(&resources, &account.origin).await,
    };
    let operation = new_operation();
    let draft = workspace.draft(AuditAction::SignOut, AuditOutcome::Done, operation);
    workspace.record(draft, Vec::new()).await;
    resources.notices.send(Notice::Forgotten(failure)).ok();
}

/// Builds the client and asks whose token it is. Where only the asking failed, the sign-in is given
/// beside the failure.
async fn open(
    resources: &Resources,
    origin: ServiceOrigin,
    token: Secret,
    keeping: TokenKeeping,
) -> Result<SignIn, (Option<SignIn>, Failure)> {
    let api = resources
        .connector
        .connect(&origin, token.clone())
        .map_err(|error| (None, error.failure))?;
    let asked = api.who_am_i().await;
    let mut sign_in = SignIn {
        api,
        account: Account {
            origin,
            person: None,
            keeping,
        },
        person_id: None,
        token,
    };
    match asked {
        Ok(person) => {
            sign_in.account.person = person.name;
            sign_in.person_id = person.id;
            Ok(sign_in)
        }
        // Not every edition of the service can tell: what the token is worth shows at the first call.
        Err(error) if matches!(error.failure.details.status, Some(404 | 405 | 501)) => Ok(sign_in),
        Err(error) => Err((Some(sign_in), error.failure)),
    }
}

/// Has the keychain forget its token for `origin`; why it may still keep it, where it may.
async fn cleared(resources: &Resources, origin: &ServiceOrigin) -> Option<Failure> {
    match resources.keychain.forget(origin).await {
        Ok(()) | Err(KeychainError::None(_)) => None,
        Err(error) => Some(not_cleared(&error)),
    }
}

const fn not_signed_in(because: SignedOutBecause) -> Notice {
    Notice::NotSignedIn {
        attempt: OPENING,
        because,
        failure: None,
    }
}

fn signed_in(
    attempt: u64,
    sign_in: SignIn,
    keychain: Option<Failure>,
    unasked: Option<Failure>,
    by_hand: bool,
) -> Notice {
    Notice::SignedIn {
        attempt,
        sign_in: Box::new(sign_in),
        keychain,
        unasked,
        by_hand,
    }
}

fn keychain_failure(error: &KeychainError) -> Failure {
    let kind = FailureKind::KeychainTrouble;
    Failure::new(kind, Timestamp::now(), error.to_string())
}

fn not_cleared(error: &KeychainError) -> Failure {
    let kind = FailureKind::KeychainNotCleared;
    Failure::new(kind, Timestamp::now(), error.to_string())
}
