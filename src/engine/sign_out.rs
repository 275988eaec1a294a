//! Signing out, and what the keychain may still owe then: a token that it was to forget signs nobody
//! in.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AccountKey, AuditAction, AuditDraft, AuditOutcome, Failure, FailureKind, Holder, KeptAccount,
    OperationId, ServiceOrigin, TokenKeeping,
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
    let (resources, key) = (&workspace.resources, &sign_in.key());
    let token = TokenToForget {
        operation: operation.clone(),
        key: key.clone(),
        person: sign_in.person(),
        is_sign_out: true,
        asked_at: Timestamp::now(),
    };
    // Where nothing was kept, only a keychain that is there can keep it still.
    let may_be_kept =
        sign_in.keeping == TokenKeeping::Keychain || may_be_kept(resources, key).await;
    if may_be_kept {
        keep_in_mind(resources, token.clone()).await;
    }
    let failure = match cleared(resources, key).await {
        Cleared::Yes => None,
        Cleared::NoKeychain(_) if !may_be_kept => None,
        Cleared::NoKeychain(failure) | Cleared::No(failure) => Some(failure),
    };
    if !may_be_kept {
        keep_in_mind(resources, token).await;
    }
    if failure.is_none() {
        settle(resources, key, "at a later sign-out", Some(&operation)).await;
    }
    // Another token may have taken its place meanwhile.
    let is_kept = failure.is_some() && is_owed(resources, key).await;
    let failure = failure.filter(|_| is_kept);
    tell_accounts(resources).await;
    resources.notify(Notice::Forgotten(failure));
}

/// Has the keychain forget what it had not at an earlier sign-out, before anybody is signed in to
/// `origin` by what it keeps for `key`.
///
/// # Errors
/// [`NotResumed`].
pub async fn forget_from_earlier(
    resources: &Arc<Resources>,
    origin: &ServiceOrigin,
    key: Option<&AccountKey>,
) -> Result<(), NotResumed> {
    let owed = resources.store.tokens_to_forget().await;
    let owed = owed.map_err(|error| NotResumed::NotKnown(store_failure(&error)))?;
    let mut keys: Vec<AccountKey> = Vec::new();
    for token in owed {
        if !keys.contains(&token.key) {
            keys.push(token.key);
        }
    }
    // What stands in the way comes first. Where nobody is to be signed in, that is all of this service.
    let stands_in_the_way = |owed: &AccountKey| match key {
        Some(key) => owed == key,
        None => owed.origin == *origin,
    };
    keys.sort_by_key(|owed| !stands_in_the_way(owed));
    for owed in keys {
        let Some(failure) = forget_now(resources, &owed).await else {
            continue;
        };
        // The others would keep everybody waiting again.
        if stands_in_the_way(&owed) {
            return Err(NotResumed::TokenKept(failure));
        }
        resources.notify(Notice::Tell(Box::new(Event::TokenKept(failure))));
        break;
    }
    Ok(())
}

async fn forget_now(resources: &Resources, key: &AccountKey) -> Option<Failure> {
    match cleared(resources, key).await {
        Cleared::Yes => {
            settle(resources, key, "at a later start", None).await;
            None
        }
        Cleared::NoKeychain(failure) | Cleared::No(failure) => Some(failure),
    }
}

/// At a sign-in: keeps its token, or else sees to it that an earlier one of the same account does not stay
/// behind. Why that is not so, where it is not. Nor does one of the same person under another name, or one
/// of which nobody knows whose it is.
/// The first failure is of the account's own token, the second of those.
pub async fn keep_or_clear(
    resources: &Resources,
    sign_in: &SignIn,
    stay: bool,
) -> (Option<Failure>, Option<Failure>) {
    nobody_is_present(resources).await;
    let earlier = earlier_entries(resources, &sign_in.kept_account()).await;
    let own = keep_or_clear_own(resources, sign_in, stay).await;
    let mut of_earlier = None;
    for (key, may_be_kept) in earlier {
        let may_still_be_kept = (own.as_ref())
            .or(of_earlier.as_ref())
            .filter(|failure| matches!(failure.kind, FailureKind::KeychainNotCleared(_)));
        let cleared = match may_still_be_kept {
            // What has not answered once would only keep the person waiting again.
            Some(failure) => Cleared::No(failure.clone()),
            None => cleared(resources, &key).await,
        };
        match cleared {
            Cleared::Yes => settle(resources, &key, "at the next sign-in", None).await,
            Cleared::NoKeychain(_) if !may_be_kept => {}
            Cleared::NoKeychain(reason) | Cleared::No(reason) => {
                owe(resources, &key).await;
                of_earlier.get_or_insert(reason);
            }
        }
    }
    tell_accounts(resources).await;
    (own, of_earlier)
}

/// What the keychain may keep under another name than that of `account` and is to keep no longer, with
/// whether it is known to have been given a token for it.
async fn earlier_entries(resources: &Resources, account: &KeptAccount) -> Vec<(AccountKey, bool)> {
    let kept = match resources.store.kept_accounts().await {
        Ok(kept) => kept,
        Err(error) => {
            tell(resources, &error);
            return Vec::new();
        }
    };
    let origin = &account.key.origin;
    let is_known = kept.iter().any(|kept| kept.key.origin == *origin);
    let unnamed = AccountKey::unnamed(origin.clone());
    let is_unknown = !is_known && !is_owed(resources, &unnamed).await;
    let unknown = is_unknown.then_some((unnamed, false));
    let same = kept
        .into_iter()
        .filter(|kept| kept.is_of_nobody_known() || kept.is_of_the_same_person(account))
        .filter(|kept| kept.key.origin == *origin)
        .map(|kept| (kept.key, true));
    let all = same.chain(unknown);
    all.filter(|(key, _)| *key != account.key).collect()
}

async fn keep_or_clear_own(resources: &Resources, sign_in: &SignIn, stay: bool) -> Option<Failure> {
    let (key, token) = (&sign_in.key(), sign_in.token());
    let keeps = || {
        let keeps = Change::KeepToken(sign_in.kept_account());
        resources.store.apply(vec![keeps])
    };
    // By a keychain that is not there for the moment.
    let was_kept = may_be_kept(resources, key).await;
    let written = if stay {
        // Where this is cut off before it is known whose the token is, the next start forgets it.
        if let Err(error) = write_down_as_owed(resources, key).await {
            return Some(not_written_down(resources, key, was_kept, &error).await);
        }
        if key.holder == Holder::Unnamed {
            // Whose the token is that it keeps is not known where this is cut off.
            change(resources, Change::ForgetWhose(key.clone())).await;
        }
        Some(resources.keychain.write(key, token).await)
    } else {
        None
    };
    let (failure, is_settled) = match written {
        Some(Ok(())) => match keeps().await {
            Ok(()) => (None, true),
            Err(error) => {
                let failure = not_written_down(resources, key, true, &error).await;
                (Some(failure), false)
            }
        },
        Some(Err(error @ KeychainError::None(_))) if was_kept => (Some(not_cleared(&error)), false),
        Some(Err(error @ KeychainError::None(_))) => (Some(keychain_failure(&error)), true),
        // What has not answered once would only keep the person waiting again.
        Some(Err(error @ KeychainError::NoAnswer)) => {
            if let Err(error) = keeps().await {
                tell(resources, &error);
            }
            (Some(not_cleared(&error)), false)
        }
        Some(Err(error)) => match cleared(resources, key).await {
            Cleared::Yes => (Some(keychain_failure(&error)), true),
            Cleared::NoKeychain(failure) | Cleared::No(failure) => (Some(failure), false),
        },
        None => match cleared(resources, key).await {
            Cleared::Yes => (None, true),
            Cleared::NoKeychain(failure) => (Some(failure).filter(|_| was_kept), false),
            Cleared::No(failure) => (Some(failure), false),
        },
    };
    let may_be_kept = matches!(&failure, Some(failure)
        if matches!(failure.kind, FailureKind::KeychainNotCleared(_)));
    if is_settled {
        settle(resources, key, "at the next sign-in", None).await;
    } else if may_be_kept {
        owe(resources, key).await;
    }
    failure
}

/// Why the keychain is to keep no token: nothing would know of it. Nor is one to stay behind, and where the
/// keychain `keeps` one and may do so still, that is said before all.
async fn not_written_down(
    resources: &Resources,
    key: &AccountKey,
    keeps: bool,
    error: &StoreError,
) -> Failure {
    let kind = FailureKind::SignInNotNoted;
    match cleared(resources, key).await {
        Cleared::No(failure) => failure,
        Cleared::NoKeychain(failure) if keeps => failure,
        Cleared::Yes | Cleared::NoKeychain(_) => {
            Failure::new(kind, Timestamp::now(), error.to_string())
        }
    }
}

/// Keeps in mind that a token which was left behind is to be forgotten.
async fn owe(resources: &Resources, key: &AccountKey) {
    if let Err(error) = write_down_as_owed(resources, key).await {
        tell(resources, &error);
    }
}

async fn write_down_as_owed(resources: &Resources, key: &AccountKey) -> Result<(), StoreError> {
    let owed = resources.store.tokens_to_forget().await?;
    if owed.iter().any(|token| token.key == *key) {
        return Ok(());
    }
    let token = TokenToForget {
        operation: new_operation(),
        key: key.clone(),
        person: None,
        is_sign_out: false,
        asked_at: Timestamp::now(),
    };
    let change = Change::ForgetToken(token);
    resources.store.apply(vec![change]).await
}

/// Whether a token for `key` is still to be forgotten, or that can't be read.
async fn is_owed(resources: &Resources, key: &AccountKey) -> bool {
    let owed = resources.store.tokens_to_forget().await;
    owed.map_or(true, |owed| owed.iter().any(|token| token.key == *key))
}

/// Whether the keychain may keep a token for `key`, also where it is not there for the moment.
async fn may_be_kept(resources: &Resources, key: &AccountKey) -> bool {
    is_owed(resources, key).await || resources.store.may_keep_token(key).await.unwrap_or(true)
}

/// Writes down that what the keychain keeps for an account is gone on with, also by the next start.
pub async fn goes_on_with(resources: &Resources, account: KeptAccount) {
    change(resources, Change::GoOnWith(account)).await;
}

/// The password is asked for from now on before any account is gone on with but this one.
pub async fn lock(resources: &Resources, but: Option<AccountKey>) {
    change(resources, Change::LockAccounts(but)).await;
    tell_accounts(resources).await;
}

/// The password of an account was typed.
pub async fn unlock(resources: &Resources, key: AccountKey) {
    change(resources, Change::UnlockAccount(key)).await;
    tell_accounts(resources).await;
}

/// The next start signs nobody in by what the keychain keeps.
pub async fn nobody_is_present(resources: &Resources) {
    change(resources, Change::NobodyIsPresent).await;
}

/// Tells the window whom the keychain can sign in.
pub async fn tell_accounts(resources: &Resources) {
    match resources.store.kept_accounts().await {
        Ok(accounts) => resources.notify(Notice::Tell(Box::new(Event::Accounts(accounts)))),
        Err(error) => tell(resources, &error),
    }
}

async fn change(resources: &Resources, change: Change) {
    if let Err(error) = resources.store.apply(vec![change]).await {
        tell(resources, &error);
    }
}

async fn keep_in_mind(resources: &Resources, token: TokenToForget) {
    change(resources, Change::ForgetToken(token)).await;
}

/// The keychain keeps no token for `key` that was to be forgotten: the sign-outs that waited for that
/// are recorded, each but `own` with how it came to that.
async fn settle(resources: &Resources, key: &AccountKey, how: &str, own: Option<&OperationId>) {
    let _one_at_a_time = resources.settling.lock().await;
    let owed = match resources.store.tokens_to_forget().await {
        Ok(owed) => owed,
        Err(error) => return tell(resources, &error),
    };
    for token in owed.into_iter().filter(|token| token.key == *key) {
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
        who: resources.who(token.person, token.key.origin.ascii()),
        doctor: None,
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: how.map(|how| format!("asked at {:.3}; forgotten {how}", token.asked_at)),
    }
}

async fn cleared(resources: &Resources, key: &AccountKey) -> Cleared {
    match resources.keychain.forget(key).await {
        Ok(()) => {
            change(resources, Change::KeepNoToken(key.clone())).await;
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
    let kind = FailureKind::KeychainNotCleared(error.trouble());
    Failure::new(kind, Timestamp::now(), error.to_string())
}

/// Why the keychain keeps nothing, as people are told it.
pub fn keychain_failure(error: &KeychainError) -> Failure {
    let kind = FailureKind::KeychainTrouble(error.trouble());
    Failure::new(kind, Timestamp::now(), error.to_string())
}
