//! Who is signed in to a service, and until when: sign-ins come and go, and what needs one waits.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, watch};

use crate::api::{Connector, GivenToken, Person, RecordingsApi};
use crate::domain::{
    Account, AccountKey, DoctorName, Failure, Holder, KeptAccount, Secret, ServiceOrigin,
    TokenKeeping,
};

/// One sign-in: a token that the service has accepted, or that is taken to be accepted.
pub struct SignIn {
    /// Calls the service with the token.
    api: Mutex<Arc<dyn RecordingsApi>>,
    /// The service.
    pub origin: ServiceOrigin,
    /// The user name that was signed in with; `None` where that was a token.
    pub user_name: Option<String>,
    /// Where the token is kept.
    pub keeping: TokenKeeping,
    /// Whose account the keychain kept the token for, where it comes from there.
    kept_for: Option<Holder>,
    given: GivenToken,
    /// Whose it is, once the service has answered that.
    whose: OnceLock<Person>,
}

impl SignIn {
    /// One with a token that opens the service by `api`.
    pub fn new(
        api: Arc<dyn RecordingsApi>,
        origin: ServiceOrigin,
        user_name: Option<String>,
        given: GivenToken,
        keeping: TokenKeeping,
    ) -> Self {
        Self {
            api: Mutex::new(api),
            origin,
            user_name,
            keeping,
            kept_for: None,
            given,
            whose: OnceLock::new(),
        }
    }

    /// The same with what the keychain kept its token for.
    pub fn kept_for(mut self, key: &AccountKey) -> Self {
        self.kept_for = Some(key.holder.clone());
        self
    }

    /// What the keychain keeps its token for, where it does.
    pub fn key(&self) -> AccountKey {
        let holder = match (&self.kept_for, &self.user_name, self.person_id()) {
            (Some(holder), _, _) => holder.clone(),
            (None, Some(user_name), _) => Holder::User(user_name.to_lowercase()),
            (None, None, Some(id)) => Holder::TokenOf(id.to_owned()),
            (None, None, None) => Holder::Unnamed,
        };
        AccountKey {
            origin: self.origin.clone(),
            holder,
        }
    }

    /// Whether the service says that it is another person's than the keychain kept it for.
    pub fn is_somebody_elses(&self) -> bool {
        let kept_of = self.given.person.id.as_deref();
        let is_another = |id: &str| kept_of.is_some_and(|kept_of| kept_of != id);
        self.kept_for.is_some() && self.person_id().is_some_and(is_another)
    }

    /// What is to be known of the account whose token the keychain keeps.
    pub fn kept_account(&self) -> KeptAccount {
        KeptAccount {
            key: self.key(),
            user_name: self.user_name.clone(),
            person: self.person(),
            person_id: self.person_id().map(str::to_owned),
            is_locked: false,
        }
    }

    /// What calls the service with the token.
    pub fn api(&self) -> Arc<dyn RecordingsApi> {
        self.with_api(|api| api.clone())
    }

    /// The token.
    pub const fn token(&self) -> &Secret {
        &self.given.token
    }

    /// Has each call that begins from here on come over a new connection. Those that were kept open may have
    /// died unseen, and a call over one would wait for an answer in vain.
    pub fn connect_anew(&self, connector: &dyn Connector) {
        match connector.connect(&self.origin, self.given.token.clone()) {
            Ok(new) => self.with_api(|api| *api = new),
            Err(error) => {
                let kind = &error.failure.kind;
                tracing::warn!(?kind, "the connections that were kept open stay in use");
            }
        }
    }

    fn with_api<T>(&self, what: impl FnOnce(&mut Arc<dyn RecordingsApi>) -> T) -> T {
        what(&mut self.api.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the service whose token it is, until it has answered that.
    ///
    /// # Errors
    /// What it answered instead. Not every edition of the service can tell: that it knows no such call
    /// is an answer, and what the token is worth then shows at the first other call.
    pub async fn ask_whose(&self) -> Result<(), Failure> {
        if self.is_asked() {
            return Ok(());
        }
        let person = match self.api().who_am_i().await {
            Ok(Person { name, id }) => {
                let given = self.given.person.clone();
                Person {
                    name: name.or(given.name),
                    id: id.or(given.id),
                }
            }
            Err(error) if matches!(error.failure.details.status, Some(404 | 405 | 501)) => {
                self.given.person.clone()
            }
            Err(error) => return Err(error.failure),
        };
        self.whose.get_or_init(|| person);
        Ok(())
    }

    /// Whether the service has answered whose it is.
    pub fn is_asked(&self) -> bool {
        self.whose.get().is_some()
    }

    /// Whose it is, as people and the record name them, where that is known.
    pub fn person(&self) -> Option<String> {
        self.whose.get()?.name.clone()
    }

    /// What tells the person from all others, where that is known.
    pub fn person_id(&self) -> Option<&str> {
        self.whose.get()?.id.as_deref()
    }

    /// Who is signed in, and where.
    pub fn account(&self) -> Account {
        Account {
            origin: self.origin.clone(),
            holder: self.key().holder,
            person: self.person(),
            user_name: self.user_name.clone(),
            keeping: self.keeping,
            ends_at: self.given.ends_at,
        }
    }

    /// Whether it is certain that the same person made both: the service says so, or they were made with
    /// the same user name or token.
    pub fn is_by_the_same_person(&self, other: &Self) -> bool {
        if let (Some(one), Some(other)) = (self.person_id(), other.person_id()) {
            return one == other;
        }
        match (&self.user_name, &other.user_name) {
            (Some(one), Some(other)) => one == other,
            _ => self.given.token.expose() == other.given.token.expose(),
        }
    }
}

/// The sign-ins that the calls of a workspace are made with, one after another.
pub struct Credentials {
    now: watch::Sender<Now>,
    answered: Notify,
    refusals: Mutex<Refusals>,
}

/// What is known of how the service refuses calls for want of a sign-in.
#[derive(Default)]
struct Refusals {
    /// The doctors in calls for whom a sign-in ended, until a call for them is answered.
    ended_at: BTreeSet<DoctorName>,
    /// It has refused a call so in a sign-in that it accepts.
    refuses_some: bool,
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
        Self {
            now,
            answered: Notify::new(),
            refusals: Mutex::default(),
        }
    }

    /// The present sign-in, or the last where that has ended.
    pub fn sign_in(&self) -> Arc<SignIn> {
        self.now.borrow().sign_in.clone()
    }

    /// Whom the present sign-in is of, or the last, as the record names them.
    pub fn person(&self) -> Option<String> {
        self.now.borrow().sign_in.person()
    }

    /// Whether this is the present sign-in, and it has not ended.
    pub fn is_present(&self, sign_in: &Arc<SignIn>) -> bool {
        let now = self.now.borrow();
        Arc::ptr_eq(&now.sign_in, sign_in) && !now.has_ended
    }

    /// Whether the present sign-in has not ended.
    pub fn is_anybody_present(&self) -> bool {
        !self.now.borrow().has_ended
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

    /// The service answered a call for a doctor.
    pub fn answered(&self, doctor: &DoctorName) {
        self.answered.notify_waiters();
        self.refusals().ended_at.remove(doctor);
    }

    /// A sign-in ended in a call for a doctor.
    pub fn ended_at(&self, doctor: &DoctorName) {
        self.refusals().ended_at.insert(doctor.clone());
    }

    /// Whether a call for a doctor that is refused for want of a sign-in, in a new one, need not mean that
    /// this has ended too.
    pub fn may_refuse_alone(&self, doctor: &DoctorName) -> bool {
        let refusals = self.refusals();
        refusals.refuses_some || refusals.ended_at.contains(doctor)
    }

    /// The service refused a call so in a sign-in that it accepts.
    pub fn refuses_some(&self) {
        self.refusals().refuses_some = true;
    }

    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the service next answers a call.
    pub async fn next_answer(&self) {
        self.answered.notified().await;
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
