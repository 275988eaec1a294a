//! Signing out, and what the keychain may still owe then: a token that it was to forget signs nobody
//! in.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, Failure, FailureKind, OperationId, ServiceOrigin,
    TokenKeeping,
};
use crate::engine::Event;
use crate::engine::credentials::SignIn;
use crate::engine::notice::Notice;
use crate::engine::operation::new_operation;
use crate::engine::resources::{Resources, store_failure};
use crate::engine::workspace::Workspace;
use crate::keychain::KeychainError;
use crate::store::{Change, StoreError, TokenToForget};

/// Why nobody may be signed in by what the keychain keeps.
pub enum NotResumed {
    /// It may be a token that was to be forgotten.
    TokenKept(Failure),
    /// Whether it is can't be read.
    NotKnown(Failure),
}

/// What came of having the keychain forget a token.
enum Cleared {
    /// It keeps none.
    Yes,
    /// There is no keychain, at least not yet: some start late.
    NoKeychain(Failure),
    /// It may still keep it.
    No(Failure),
}

/// Has the keychain forget the token of a sign-out, and records it once that is so. What it has not
/// forgotten is kept in mind: nothing is resumed before.
pub async fn forget(workspace: Arc<Workspace>) {
    let _one_at_a_time = workspace.resources.keeping.lock().await;
    let sign_in = workspace.credentials.sign_in();
    let operation = new_operation();
    if sign_in.keeping == TokenKeeping::Practice {
        let draft = workspace.draft(AuditAction::SignOut, AuditOutcome::Done, operation);
        workspace.record(draft, Vec::new()).await;
        return workspace.resources.notify(Notice::Forgotten(None));
    }
    let (resources, origin) = (&workspace.resources, &sign_in.origin);
    let token = TokenToForget {
        operation: operation.clone(),
        origin: origin.clone(),
        person: sign_in.person(),
        is_sign_out: true,
        asked_at: Timestamp::now(),
    };
    // Where nothing was kept, only a keychain that is there can keep it still.
    let may_be_kept =
        sign_in.keeping == TokenKeeping::Keychain || may_be_kept(resources, origin).await;
    if may_be_kept {
        keep_in_mind(resources, token.clone()).await;
    }
    let failure = match cleared(resources, origin).await {
        Cleared::Yes => None,
        Cleared::NoKeychain(_) if !may_be_kept => None,
        Cleared::NoKeychain(failure) | Cleared::No(failure) => Some(failure),
    };
    if !may_be_kept {
        keep_in_mind(resources, token).await;
    }
    if failure.is_none() {
        settle(resources, origin, "at a later sign-out", Some(&operation)).await;
    }
    // Another token may have taken its place meanwhile.
    let is_kept = failure.is_some() && is_owed(resources, origin).await;
    let failure = failure.filter(|_| is_kept);
    resources.notify(Notice::Forgotten(failure));
}

/// Has the keychain forget what it had not at an earlier sign-out, before anybody is signed in by what
/// it keeps for `origin`.
///
/// # Errors
/// [`NotResumed`].
pub async fn forget_from_earlier(
    resources: &Arc<Resources>,
    origin: &ServiceOrigin,
) -> Result<(), NotResumed> {
    let owed = resources.store.tokens_to_forget().await;
    let owed = owed.map_err(|error| NotResumed::NotKnown(store_failure(&error)))?;
    let mut others: Vec<ServiceOrigin> = Vec::new();
    for token in &owed {
        if token.origin != *origin && !others.contains(&token.origin) {
            others.push(token.origin.clone());
        }
    }
    let kept = if owed.iter().any(|token| token.origin == *origin) {
        forget_now(resources, origin).await
    } else {
        None
    };
    // What was kept for other services signs nobody in to this one.
    for other in others {
        match &kept {
            // It would keep everybody waiting again.
            Some(_) => break,
            None => {
                if let Some(failure) = forget_now(resources, &other).await {
                    resources.notify(Notice::Tell(Box::new(Event::TokenKept(failure))));
                    break;
                }
            }
        }
    }
    kept.map_or(Ok(()), |failure| Err(NotResumed::TokenKept(failure)))
}

async fn forget_now(resources: &Resources, origin: &ServiceOrigin) -> Option<Failure> {
    match cleared(resources, origin).await {
        Cleared::Yes => {
            settle(resources, origin, "at a later start", None).await;
            None
        }
        Cleared::NoKeychain(failure) | Cleared::No(failure) => Some(failure),
    }
}

/// At a sign-in: keeps its token, or else sees to it that an earlier one does not stay behind, which
/// would sign the next person in. Why that is not so, where it is not.
pub async fn keep_or_clear(resources: &Resources, sign_in: &SignIn, stay: bool) -> Option<Failure> {
    let (origin, token) = (&sign_in.origin, sign_in.token());
    let keeps = || keeps_token(resources, origin, sign_in.user_name.clone());
    // By a keychain that is not there for the moment.
    let was_kept = may_be_kept(resources, origin).await;
    let written = if stay {
        // Whose the token is that it keeps is not known where this is cut off.
        forget_user_name(resources, origin).await;
        Some(resources.keychain.write(origin, token).await)
    } else {
        None
    };
    let (failure, is_settled) = match written {
        Some(Ok(())) => {
            keeps().await;
            (None, true)
        }
        Some(Err(error @ KeychainError::None(_))) if was_kept => (Some(not_cleared(&error)), false),
        Some(Err(error @ KeychainError::None(_))) => (Some(keychain_failure(&error)), false),
        // What has not answered once would only keep the person waiting again.
        Some(Err(error @ KeychainError::NoAnswer)) => {
            keeps().await;
            (Some(not_cleared(&error)), false)
        }
        Some(Err(error)) => match cleared(resources, origin).await {
            Cleared::Yes => (Some(keychain_failure(&error)), true),
            Cleared::NoKeychain(failure) | Cleared::No(failure) => (Some(failure), false),
        },
        None => match cleared(resources, origin).await {
            Cleared::Yes => (None, true),
            Cleared::NoKeychain(failure) => (Some(failure).filter(|_| was_kept), false),
            Cleared::No(failure) => (Some(failure), false),
        },
    };
    let may_be_kept = matches!(&failure, Some(failure)
        if failure.kind == FailureKind::KeychainNotCleared);
    if is_settled {
        settle(resources, origin, "at the next sign-in", None).await;
    } else if may_be_kept && !is_owed(resources, origin).await {
        let token = TokenToForget {
            operation: new_operation(),
            origin: origin.clone(),
            person: None,
            is_sign_out: false,
            asked_at: Timestamp::now(),
        };
        keep_in_mind(resources, token).await;
    }
    failure
}

/// Whether a token for `origin` is still to be forgotten, or that can't be read.
async fn is_owed(resources: &Resources, origin: &ServiceOrigin) -> bool {
    let owed = resources.store.tokens_to_forget().await;
    owed.map_or(true, |owed| {
        owed.iter().any(|token| token.origin == *origin)
    })
}

/// Whether the keychain may keep a token for `origin`, also where it is not there for the moment.
async fn may_be_kept(resources: &Resources, origin: &ServiceOrigin) -> bool {
    is_owed(resources, origin).await || resources.store.may_keep_token(origin).await.unwrap_or(true)
}

/// Writes down that the keychain has a token for `origin`, and for which user name it was given: where
/// it is not there one day, that one is not forgotten.
pub async fn keeps_token(resources: &Resources, origin: &ServiceOrigin, user_name: Option<String>) {
    let origin = origin.clone();
    let change = vec![Change::KeepToken { origin, user_name }];
    if let Err(error) = resources.store.apply(change).await {
        tell(resources, &error);
    }
}

async fn forget_user_name(resources: &Resources, origin: &ServiceOrigin) {
    let change = vec![Change::ForgetUserName(origin.clone())];
    if let Err(error) = resources.store.apply(change).await {
        tell(resources, &error);
    }
}

async fn keep_in_mind(resources: &Resources, token: TokenToForget) {
    let change = vec![Change::ForgetToken(token)];
    if let Err(error) = resources.store.apply(change).await {
        tell(resources, &error);
    }
}

/// The keychain keeps no token for `origin` that was to be forgotten: the sign-outs that waited for that
/// are recorded, each but `own` with how it came to that.
async fn settle(
    resources: &Resources,
    origin: &ServiceOrigin,
    how: &str,
    own: Option<&OperationId>,
) {
    let _one_at_a_time = resources.settling.lock().await;
    let owed = match resources.store.tokens_to_forget().await {
        Ok(owed) => owed,
        Err(error) => return tell(resources, &error),
    };
    for token in owed.into_iter().filter(|token| token.origin == *origin) {
        let forgotten = vec![Change::TokenForgotten(token.operation.clone())];
        let settled = if token.is_sign_out {
            let how = Some(how).filter(|_| own != Some(&token.operation));
            let draft = entry(resources, token, how);
            let appended = resources.store.append_with(draft, forgotten).await;
            appended.map(drop)
        } else {
            resources.store.apply(forgotten).await
        };
        if let Err(error) = settled {
            tell(resources, &error);
        }
    }
}

/// The entry of a sign-out.
fn entry(resources: &Resources, token: TokenToForget, how: Option<&str>) -> AuditDraft {
    AuditDraft {
        time: Timestamp::now(),
        action: AuditAction::SignOut,
        outcome: AuditOutcome::Done,
        operation: token.operation,
        who: resources.who(token.person, token.origin.ascii()),
        doctor: None,
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: how.map(|how| format!("asked at {:.3}; forgotten {how}", token.asked_at)),
    }
}

async fn cleared(resources: &Resources, origin: &ServiceOrigin) -> Cleared {
    match resources.keychain.forget(origin).await {
        Ok(()) => {
            let change = vec![Change::KeepNoToken(origin.clone())];
            if let Err(error) = resources.store.apply(change).await {
                tell(resources, &error);
            }
            Cleared::Yes
        }
        Err(error @ KeychainError::None(_)) => Cleared::NoKeychain(not_cleared(&error)),
        Err(error) => Cleared::No(not_cleared(&error)),
    }
}

fn tell(resources: &Resources, error: &StoreError) {
    let event = Event::failed(None, store_failure(error));
    resources.notify(Notice::Tell(Box::new(event)));
}

fn not_cleared(error: &KeychainError) -> Failure {
    let kind = FailureKind::KeychainNotCleared;
    Failure::new(kind, Timestamp::now(), error.to_string())
}

/// Why the keychain keeps nothing, as people are told it.
pub fn keychain_failure(error: &KeychainError) -> Failure {
    let kind = FailureKind::KeychainTrouble;
    Failure::new(kind, Timestamp::now(), error.to_string())
}
