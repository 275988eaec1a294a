//! Signing in and out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Account, AuditAction, AuditOutcome, Failure, FailureKind, Secret, ServiceOrigin, TokenKeeping,
};
use crate::engine::context::{Context, NewSession, Notice, Session, new_operation};
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
pub async fn resume(context: Arc<Context>, origin: ServiceOrigin) {
    let notice = match context.keychain.read(&origin).await {
        Ok(None) | Err(KeychainError::None(_)) => not_signed_in(SignedOutBecause::NoToken),
        Err(error) => not_signed_in(SignedOutBecause::KeychainUnreadable(keychain_failure(
            &error,
        ))),
        Ok(Some(token)) => match open(&context, origin, token, TokenKeeping::Keychain).await {
            Ok(session) => signed_in(OPENING, session, None, None, false),
            Err((Some(session), failure)) if !failure.needs_sign_in() => {
                signed_in(OPENING, session, None, Some(failure), false)
            }
            Err((_, failure)) if failure.needs_sign_in() => not_signed_in(SignedOutBecause::Ended),
            Err((_, failure)) => Notice::NotSignedIn {
                attempt: OPENING,
                because: SignedOutBecause::NoToken,
                failure: Some(failure),
            },
        },
    };
    context.notices.send(notice).ok();
}

/// Opens the practice service.
pub async fn practise(context: Arc<Context>, origin: ServiceOrigin, token: Secret) {
    let notice = match open(&context, origin, token, TokenKeeping::Practice).await {
        Ok(session) => signed_in(OPENING, session, None, None, true),
        Err((_, failure)) => Notice::NotSignedIn {
            attempt: OPENING,
            because: SignedOutBecause::NoToken,
            failure: Some(failure),
        },
    };
    context.notices.send(notice).ok();
}

/// Tries a pasted token by a call, then keeps it where the person wants it.
pub async fn sign_in(context: Arc<Context>, origin: ServiceOrigin, token: Secret, asked: Asked) {
    let Asked {
        attempt,
        generation,
        stay,
    } = asked;
    let mut session = match open(
        &context,
        origin.clone(),
        token.clone(),
        TokenKeeping::Memory,
    )
    .await
    {
        Ok(session) => session,
        Err((_, failure)) => return context.tell(generation, Event::SignInFailed(failure)),
    };
    // An earlier token that stayed behind would sign the next person in.
    let failure = if stay {
        match context.keychain.write(&origin, &token).await {
            Ok(()) => None,
            Err(error @ KeychainError::None(_)) => Some(keychain_failure(&error)),
            // What has not answered once would only keep the person waiting again.
            Err(error @ KeychainError::NoAnswer) => Some(not_cleared(&error)),
            Err(error) => cleared(&context, &origin)
                .await
                .or_else(|| Some(keychain_failure(&error))),
        }
    } else {
        cleared(&context, &origin).await
    };
    session.account.keeping = match (stay, &failure) {
        (true, None) => TokenKeeping::Keychain,
        (true, Some(_)) => TokenKeeping::MemoryForLackOfKeychain,
        (false, _) => TokenKeeping::Memory,
    };
    context
        .notices
        .send(signed_in(attempt, session, failure, None, true))
        .ok();
}

/// Forgets the token in the keychain. That of the sign-in itself goes with its session.
pub async fn forget(context: Arc<Context>, session: Arc<Session>) {
    let failure = match session.account.keeping {
        TokenKeeping::Practice => None,
        _ => cleared(&context, &session.account.origin).await,
    };
    let operation = new_operation();
    let draft = session.draft(AuditAction::SignOut, AuditOutcome::Done, operation);
    session.record(draft, Vec::new()).await;
    context.notices.send(Notice::Forgotten(failure)).ok();
}

/// Builds the client and asks whose token it is. Where only the asking failed, the session is
/// given beside the failure.
async fn open(
    context: &Context,
    origin: ServiceOrigin,
    token: Secret,
    keeping: TokenKeeping,
) -> Result<NewSession, (Option<NewSession>, Failure)> {
    let api = context
        .connector
        .connect(&origin, token)
        .map_err(|error| (None, error.failure))?;
    let asked = api.who_am_i().await;
    let mut session = NewSession {
        api,
        account: Account {
            origin,
            person: None,
            keeping,
        },
    };
    match asked {
        Ok(person) => {
            session.account.person = person.name;
            Ok(session)
        }
        Err(error) => Err((Some(session), error.failure)),
    }
}

/// Has the keychain forget its token for `origin`; why it may still keep it, where it may.
async fn cleared(context: &Context, origin: &ServiceOrigin) -> Option<Failure> {
    match context.keychain.forget(origin).await {
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
    session: NewSession,
    keychain: Option<Failure>,
    unasked: Option<Failure>,
    by_hand: bool,
) -> Notice {
    Notice::SignedIn {
        attempt,
        session: Box::new(session),
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
