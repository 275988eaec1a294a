//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::api::{GivenToken, Person};
use crate::domain::{
    AccountKey, Failure, FailureKind, Holder, KeptAccount, KeychainTrouble, Secret, ServiceOrigin,
    SignInWith, TokenKeeping, token_end,
};
use crate::engine::credentials::SignIn;
use crate::engine::notice::{Begun, Notice};
use crate::engine::resources::{Resources, store_failure};
use crate::engine::sign_out::{self, NotResumed, keychain_failure};
use crate::engine::workspace::Workspace;
use crate::engine::{SignedOutBecause, record_check};
use crate::keychain::KeychainError;

/// The least time between two questions whose a sign-in is.
const LEAST_WAIT: Duration = Duration::from_secs(2);

/// The longest, where the service answers nothing.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// A person signed in just now, which opens what was locked.
const BY_HAND: (Begun, bool) = (Begun::ByHand, false);

/// The attempt at a sign-in with which the engine opens.
pub const OPENING: u64 = 0;

/// What a person asked for when signing in, and when.
pub struct SignInRequest {
    pub attempt: u64,
    /// Set where nothing is to come of it any more.
    pub given_up: CancellationToken,
    /// Whether the token is to stay in the keychain.
    pub stay: bool,
}

/// Reads the keychain at the start, and takes a kept token on trust until the service says
/// otherwise: the app opens without a network too.
pub async fn resume(resources: Arc<Resources>, origin: ServiceOrigin, given_up: CancellationToken) {
    // Whoever does not want to wait for the keychain can choose from now on.
    sign_out::tell_accounts(&resources).await;
    record_check::prepare(&resources).await;
    let key = match resources.store.account_to_resume(&origin).await {
        Ok(key) => key,
        Err(error) => {
            return resources.notify(not_known(OPENING, store_failure(&error)));
        }
    };
    let forgetting = async {
        // What somebody keeps meanwhile is not what was to be forgotten.
        let _one_at_a_time = resources.keeping.lock().await;
        sign_out::forget_from_earlier(&resources, &origin, key.as_ref()).await
    };
    let forgotten = tokio::select! {
        biased;
        // Whoever signs in by hand waits for no more than stands already: the rest is for another start.
        () = given_up.cancelled() => return sign_out::tell_accounts(&resources).await,
        forgotten = forgetting => forgotten,
    };
    sign_out::tell_accounts(&resources).await;
    match forgotten {
        Ok(()) => {}
        Err(NotResumed::TokenKept(failure)) => {
            let because = SignedOutBecause::SignOut(Some(failure));
            return resources.notify(not_signed_in(OPENING, because));
        }
        Err(NotResumed::NotKnown(failure)) => {
            return resources.notify(Notice::NotSignedIn {
                attempt: OPENING,
                because: SignedOutBecause::NoToken,
                failure: Some(failure),
            });
        }
    }
    let notice = match key {
        Some(key) => {
            let from_keychain = from_keychain(&resources, key, OPENING, Begun::AtTheStart);
            tokio::select! {
                biased;
                () = given_up.cancelled() => return,
                notice = from_keychain => notice,
            }
        }
        None => not_signed_in(OPENING, SignedOutBecause::NoToken),
    };
    resources.notify(notice);
}

/// Goes on as another account, by what the keychain keeps for it, in place of `before`.
pub async fn switch(
    resources: Arc<Resources>,
    key: AccountKey,
    (attempt, given_up): (u64, CancellationToken),
    before: Option<String>,
) {
    let origin = key.origin.clone();
    let work = async {
        let forgotten = {
            let _one_at_a_time = resources.keeping.lock().await;
            sign_out::forget_from_earlier(&resources, &origin, Some(&key)).await
        };
        match forgotten {
            Ok(()) => from_keychain(&resources, key, attempt, Begun::Switched { before }).await,
            Err(NotResumed::TokenKept(failure)) => {
                not_signed_in(attempt, SignedOutBecause::KeychainUnreadable(failure))
            }
            Err(NotResumed::NotKnown(failure)) => not_known(attempt, failure),
        }
    };
    let notice = tokio::select! {
        biased;
        () = given_up.cancelled() => return,
        notice = work => notice,
    };
    sign_out::tell_accounts(&resources).await;
    resources.notify(notice);
}

/// Signs in by what the keychain keeps for an account.
async fn from_keychain(
    resources: &Arc<Resources>,
    key: AccountKey,
    attempt: u64,
    begun: Begun,
) -> Notice {
    let kept = resources.keychain.read(&key).await;
    if kept.is_ok() {
        // It may have asked for its password meanwhile.
        record_check::read_kept_where_not_read(resources).await;
    }
    match kept {
        Ok(None) if begun != Begun::AtTheStart => not_signed_in(attempt, SignedOutBecause::Ended),
        Ok(None) => not_signed_in(attempt, {
            let gone = FailureKind::KeychainTrouble(KeychainTrouble::Gone);
            keeps_nothing(
                resources,
                &key,
                Failure::new(gone, Timestamp::now(), "no entry"),
            )
            .await
        }),
        Err(error @ KeychainError::None(_)) => not_signed_in(
            attempt,
            keeps_nothing(resources, &key, keychain_failure(&error)).await,
        ),
        Err(error) => not_signed_in(
            attempt,
            SignedOutBecause::KeychainUnreadable(keychain_failure(&error)),
        ),
        Ok(Some(token)) => {
            let account = match resources.store.kept_account(&key).await {
                Ok(Some(known)) => known,
                Ok(None) if key.holder == Holder::Unnamed => KeptAccount::unknown(key.clone()),
                // It was forgotten meanwhile.
                Ok(None) => return not_signed_in(attempt, SignedOutBecause::Ended),
                // Whether its password is to be asked for is not known then.
                Err(error) => return not_known(attempt, store_failure(&error)),
            };
            if account.is_locked && account.user_name.is_none() {
                return not_signed_in(attempt, SignedOutBecause::Ended);
            }
            let given = GivenToken {
                person: Person {
                    name: account.person.clone(),
                    id: account.person_id.clone(),
                },
                ..on_its_own(token)
            };
            let given = (given, account.user_name.clone());
            let opened = open(resources, key.origin.clone(), given, TokenKeeping::Keychain).await;
            let opened = match opened {
                Ok(sign_in) => Ok(sign_in.kept_for(&key)),
                Err((sign_in, failure)) => {
                    Err((sign_in.map(|sign_in| sign_in.kept_for(&key)), failure))
                }
            };
            if opened.as_ref().is_ok_and(SignIn::is_somebody_elses) {
                return not_signed_in(attempt, SignedOutBecause::Ended);
            }
            taken_on_trust(attempt, (begun, account.is_locked), opened)
        }
    }
}

/// Nobody is signed in, which needs saying where the keychain was given a token.
async fn keeps_nothing(
    resources: &Resources,
    key: &AccountKey,
    failure: Failure,
) -> SignedOutBecause {
    match resources.store.may_keep_token(key).await {
        Ok(true) => SignedOutBecause::KeychainUnreadable(failure),
        Ok(false) | Err(_) => SignedOutBecause::NoToken,
    }
}

/// What comes of a kept token.
fn taken_on_trust(
    attempt: u64,
    begun: (Begun, bool),
    opened: Result<SignIn, (Option<SignIn>, Failure)>,
) -> Notice {
    match opened {
        Ok(sign_in) => signed_in(attempt, sign_in, None, None, begun),
        Err((Some(sign_in), failure)) if !failure.needs_sign_in() => {
            signed_in(attempt, sign_in, None, Some(failure), begun)
        }
        Err((_, failure)) if failure.needs_sign_in() => {
            not_signed_in(attempt, SignedOutBecause::Ended)
        }
        Err((_, failure)) => Notice::NotSignedIn {
            attempt,
            because: SignedOutBecause::NoToken,
            failure: Some(failure),
        },
    }
}

/// Opens the practice service.
pub async fn practise(resources: Arc<Resources>, origin: ServiceOrigin, with: SignInWith) {
    record_check::prepare(&resources).await;
    let opened = open_with(&resources, origin, with, TokenKeeping::Practice);
    let notice = match opened.await {
        Ok(sign_in) => signed_in(OPENING, sign_in, None, None, BY_HAND),
        Err(failure) => Notice::NotSignedIn {
            attempt: OPENING,
            because: SignedOutBecause::NoToken,
            failure: Some(failure),
        },
    };
    resources.notify(notice);
}

/// Tries a token by a call, one that was pasted or one that is given for a name and a password, then
/// keeps it where the person wants it.
pub async fn sign_in(
    resources: Arc<Resources>,
    origin: ServiceOrigin,
    with: SignInWith,
    request: SignInRequest,
) {
    let SignInRequest {
        attempt,
        given_up,
        stay,
    } = request;
    let is_practice = resources.is_practice;
    let keeping = if is_practice {
        TokenKeeping::Practice
    } else {
        TokenKeeping::Memory
    };
    let opened = tokio::select! {
        biased;
        () = given_up.cancelled() => return,
        opened = open_with(&resources, origin, with, keeping) => opened,
    };
    let mut sign_in = match opened {
        Ok(sign_in) => sign_in,
        Err(failure) => return resources.notify(Notice::SignInFailed { attempt, failure }),
    };
    if is_practice {
        return resources.notify(signed_in(attempt, sign_in, None, None, BY_HAND));
    }
    let _one_at_a_time = resources.keeping.lock().await;
    if given_up.is_cancelled() {
        return;
    }
    let (own, earlier) = sign_out::keep_or_clear(&resources, &sign_in, stay).await;
    if given_up.is_cancelled() {
        // What was kept meanwhile would sign somebody in.
        sign_out::keep_or_clear(&resources, &sign_in, false).await;
        return;
    }
    sign_in.keeping = match (stay, &own) {
        (true, None) => TokenKeeping::Keychain,
        (true, Some(_)) => TokenKeeping::MemoryInstead,
        (false, _) => TokenKeeping::Memory,
    };
    resources.notify(signed_in(attempt, sign_in, own.or(earlier), None, BY_HAND));
}

/// Finds out whose the present sign-in is, which was taken on trust: as soon as the service answers
/// anything, and now and then until it does.
pub async fn find_out_whose(workspace: Arc<Workspace>) {
    let sign_in = workspace.credentials.sign_in();
    let mut wait = LEAST_WAIT;
    loop {
        let next = async {
            tokio::time::sleep(LEAST_WAIT.max(wait / 4)).await;
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
        let is_known = tokio::select! {
            () = workspace.cancel.cancelled() => return,
            () = workspace.resources.leaving.cancelled() => return,
            is_known = workspace.find_out_whose(&sign_in) => is_known,
        };
        if is_known {
            return;
        }
        wait = (2 * wait).min(LONGEST_WAIT);
    }
}

/// Opens a service with a token, that was pasted or is given for a name and a password.
///
/// # Errors
/// What stands in the way.
pub async fn open_with(
    resources: &Resources,
    origin: ServiceOrigin,
    with: SignInWith,
    keeping: TokenKeeping,
) -> Result<SignIn, Failure> {
    let given = match with {
        SignInWith::Token(token) => (on_its_own(token), None),
        SignInWith::Password {
            user_name,
            password,
        } => {
            let connector = &resources.connector;
            let given = connector.sign_in(&origin, &user_name, &password).await;
            (given.map_err(|error| error.failure)?, Some(user_name))
        }
    };
    let opened = open(resources, origin, given, keeping).await;
    opened.map_err(|(_, failure)| failure)
}

/// Builds the client and asks whose token it is, given for a user name if for any. Where only the asking failed, the sign-in is given
/// beside the failure.
async fn open(
    resources: &Resources,
    origin: ServiceOrigin,
    (given, user_name): (GivenToken, Option<String>),
    keeping: TokenKeeping,
) -> Result<SignIn, (Option<SignIn>, Failure)> {
    let api = resources
        .connector
        .connect(&origin, given.token.clone())
        .map_err(|error| (None, error.failure))?;
    let sign_in = SignIn::new(api, origin, user_name, given, keeping);
    match sign_in.ask_whose().await {
        Ok(()) => Ok(sign_in),
        Err(failure) => Err((Some(sign_in), failure)),
    }
}

/// A token of which nobody said anything.
fn on_its_own(token: Secret) -> GivenToken {
    GivenToken {
        ends_at: token_end(&token),
        person: Person::default(),
        token,
    }
}

const fn not_known(attempt: u64, failure: Failure) -> Notice {
    Notice::NotSignedIn {
        attempt,
        because: SignedOutBecause::NoToken,
        failure: Some(failure),
    }
}

const fn not_signed_in(attempt: u64, because: SignedOutBecause) -> Notice {
    Notice::NotSignedIn {
        attempt,
        because,
        failure: None,
    }
}

fn signed_in(
    attempt: u64,
    sign_in: SignIn,
    keychain: Option<Failure>,
    unasked: Option<Failure>,
    (begun, is_locked): (Begun, bool),
) -> Notice {
    Notice::SignedIn {
        attempt,
        sign_in: Box::new(sign_in),
        keychain,
        unasked,
        begun,
        is_locked,
    }
}
