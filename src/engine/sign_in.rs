//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{
    AuditAction, AuditDraft, AuditOutcome, Failure, FailureKind, Secret, ServiceOrigin,
    TokenKeeping,
};
use crate::engine::credentials::SignIn;
use crate::engine::notice::Notice;
use crate::engine::operation::new_operation;
use crate::engine::resources::{Resources, store_failure};
use crate::engine::workspace::Workspace;
use crate::engine::{Event, SignedOutBecause};
use crate::keychain::KeychainError;
use crate::store::{Change, TokenToForget};

/// The least time between two questions whose a sign-in is.
const LEAST_WAIT: Duration = Duration::from_secs(2);

/// The longest, where the service answers nothing.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

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
    if let Some(kept) = forget_from_earlier(&resources, &origin).await {
        let because = SignedOutBecause::Asked(Some(kept));
        return resources.notify(not_signed_in(because));
    }
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
    resources.notify(notice);
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
    resources.notify(notice);
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
    keep_in_mind_what_is_kept(&resources, &origin, failure.as_ref()).await;
    sign_in.keeping = match (stay, &failure) {
        (true, None) => TokenKeeping::Keychain,
        (true, Some(_)) => TokenKeeping::MemoryForLackOfKeychain,
        (false, _) => TokenKeeping::Memory,
    };
    resources.notify(signed_in(attempt, sign_in, failure, None, true));
}

/// Finds out whose the present sign-in is, which was taken on trust: as soon as the service answers
/// anything, and now and then until it does.
pub async fn find_out_whose(workspace: Arc<Workspace>) {
    let sign_in = workspace.credentials.sign_in();
    let mut wait = LEAST_WAIT;
    loop {
        let next = async {
            tokio::time::sleep(LEAST_WAIT).await;
            tokio::select! {
                () = workspace.credentials.next_answer() => {}
                () = tokio::time::sleep(wait) => {}
            }
        };
        tokio::select! {
            () = workspace.cancel.cancelled() => return,
            () = workspace.credentials.ended(&sign_in) => return,
            () = next => {}
        }
        if workspace.find_out_whose(&sign_in).await {
            return;
        }
        wait = (2 * wait).min(LONGEST_WAIT);
    }
}

/// Has the keychain forget the token of a sign-out, and records it once that is so. What it has not
/// forgotten is kept in mind: nothing is resumed before.
pub async fn forget(workspace: Arc<Workspace>) {
    let sign_in = workspace.credentials.sign_in();
    let operation = new_operation();
    if sign_in.keeping == TokenKeeping::Practice {
        let draft = workspace.draft(AuditAction::SignOut, AuditOutcome::Done, operation);
        workspace.record(draft, Vec::new()).await;
        return workspace.resources.notify(Notice::Forgotten(None));
    }
    let token = TokenToForget {
        operation,
        origin: sign_in.origin.clone(),
        person: sign_in.person(),
        asked_at: Timestamp::now(),
    };
    let resources = &workspace.resources;
    keep_in_mind(resources, token.clone()).await;
    let failure = cleared(resources, &token.origin).await;
    if failure.is_none() {
        say_forgotten(resources, token, None).await;
    }
    resources.notify(Notice::Forgotten(failure));
}

/// Has the keychain forget what it had not at an earlier sign-out. Why it may still keep the token for
/// `origin`, where it may.
async fn forget_from_earlier(resources: &Resources, origin: &ServiceOrigin) -> Option<Failure> {
    let mut kept = None;
    for token in to_forget(resources).await {
        match cleared(resources, &token.origin).await {
            None => say_forgotten(resources, token, Some("at a later start")).await,
            Some(failure) if token.origin == *origin => kept = Some(failure),
            Some(failure) => resources.tell(0, Event::TokenKept(failure)),
        }
    }
    kept
}

/// At a sign-in: whether the keychain still keeps an earlier token for `origin`, by what came of
/// putting another in its place or forgetting it.
async fn keep_in_mind_what_is_kept(
    resources: &Resources,
    origin: &ServiceOrigin,
    failure: Option<&Failure>,
) {
    let mut earlier = to_forget(resources).await;
    earlier.retain(|token| token.origin == *origin);
    let may_be_kept = failure.is_some_and(|one| one.kind == FailureKind::KeychainNotCleared);
    if !may_be_kept {
        for token in earlier {
            say_forgotten(resources, token, Some("at the next sign-in")).await;
        }
    } else if earlier.is_empty() {
        keep_in_mind(
            resources,
            TokenToForget {
                operation: new_operation(),
                origin: origin.clone(),
                person: None,
                asked_at: Timestamp::now(),
            },
        )
        .await;
    }
}

async fn keep_in_mind(resources: &Resources, token: TokenToForget) {
    let change = vec![Change::ForgetToken(token)];
    if let Err(error) = resources.store.apply(change).await {
        tracing::warn!(%error, "a token that is to be forgotten is not kept in mind");
    }
}

async fn to_forget(resources: &Resources) -> Vec<TokenToForget> {
    let tokens = resources.store.tokens_to_forget().await;
    tokens.unwrap_or_else(|error| {
        resources.tell(0, Event::failed(None, store_failure(&error)));
        Vec::new()
    })
}

/// Records the end of a sign-out.
async fn say_forgotten(resources: &Resources, token: TokenToForget, how: Option<&str>) {
    let draft = AuditDraft {
        time: Timestamp::now(),
        action: AuditAction::SignOut,
        outcome: AuditOutcome::Done,
        operation: token.operation.clone(),
        who: resources.who(token.person, token.origin.ascii()),
        doctor: None,
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: how.map(|how| format!("asked at {:.3}; forgotten {how}", token.asked_at)),
    };
    let forgotten = vec![Change::TokenForgotten(token.operation)];
    if let Err(error) = resources.store.append_with(draft, forgotten).await {
        resources.tell(0, Event::failed(None, store_failure(&error)));
    }
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
    let sign_in = SignIn::new(api, origin, token, keeping);
    match sign_in.ask_whose().await {
        Ok(()) => Ok(sign_in),
        Err(failure) => Err((Some(sign_in), failure)),
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
