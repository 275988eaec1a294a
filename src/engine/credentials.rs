//! Who is signed in to a service, and until when: sign-ins come and go, and what needs one waits.

use std::sync::Arc;

use tokio::sync::watch;

use crate::api::RecordingsApi;
use crate::domain::{Account, Secret};

/// One sign-in: a token that the service has accepted, or that is taken to be accepted.
pub struct SignIn {
    /// Calls the service with the token.
    pub api: Arc<dyn RecordingsApi>,
    /// Whose it is, and where it is kept.
    pub account: Account,
    /// By what the service knows the person; `None` where it has not told.
    pub person_id: Option<String>,
    /// The token itself.
    pub token: Secret,
}

impl SignIn {
    /// Whether it is certain that the same person made both: the service says so, or the token is the
    /// same.
    pub fn is_by_the_same_person(&self, other: &Self) -> bool {
        match (&self.person_id, &other.person_id) {
            (Some(one), Some(other)) => one == other,
            _ => self.token.expose() == other.token.expose(),
        }
    }
}

/// The sign-ins that the calls of a workspace are made with, one after another.
pub struct Credentials {
    now: watch::Sender<Now>,
}

struct Now {
    /// The present sign-in, or the last.
    sign_in: Arc<SignIn>,
    /// Whether the service no longer accepts its token.
    has_ended: bool,
}

impl Credentials {
    /// Those of a sign-in that has just been made.
    pub fn new(sign_in: SignIn) -> Self {
        let now = Now {
            sign_in: Arc::new(sign_in),
            has_ended: false,
        };
        let (now, _) = watch::channel(now);
        Self { now }
    }

    /// The present sign-in, or the last where that has ended.
    pub fn sign_in(&self) -> Arc<SignIn> {
        self.now.borrow().sign_in.clone()
    }

    /// Whom the present sign-in is of, or the last, as the record names them.
    pub fn person(&self) -> Option<String> {
        self.now.borrow().sign_in.account.person.clone()
    }

    /// Whether this is the present sign-in, and it has not ended.
    pub fn is_present(&self, sign_in: &Arc<SignIn>) -> bool {
        let now = self.now.borrow();
        Arc::ptr_eq(&now.sign_in, sign_in) && !now.has_ended
    }

    /// The service no longer accepts the token of this sign-in. Whether that was news, and of the
    /// present one.
    pub fn end(&self, sign_in: &Arc<SignIn>) -> bool {
        self.now.send_if_modified(|now| {
            let is_news = Arc::ptr_eq(&now.sign_in, sign_in) && !now.has_ended;
            now.has_ended |= is_news;
            is_news
        })
    }

    /// Somebody signed in again.
    pub fn renew(&self, sign_in: SignIn) {
        self.now.send_replace(Now {
            sign_in: Arc::new(sign_in),
            has_ended: false,
        });
    }

    /// The present sign-in; waits for the next one where it has ended.
    pub async fn present(&self) -> Arc<SignIn> {
        let mut seen = self.now.subscribe();
        loop {
            {
                let now = seen.borrow_and_update();
                if !now.has_ended {
                    return now.sign_in.clone();
                }
            }
            if seen.changed().await.is_err() {
                // The sender is this very `self`.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Returns when this sign-in has ended, or another has taken its place.
    pub async fn ended(&self, sign_in: &Arc<SignIn>) {
        let mut seen = self.now.subscribe();
        let is_over = |now: &Now| !Arc::ptr_eq(&now.sign_in, sign_in) || now.has_ended;
        if seen.wait_for(is_over).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
