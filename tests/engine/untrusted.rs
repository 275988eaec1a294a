//! A service whose certificate nobody vouches for is met once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use audio_housekeeper::api::{
    ApiError, Connector, Deletion, DeletionOfAll, Download, GivenToken, HttpConnector, Look,
    Person, RecordingsApi, ResumePoint,
};
use audio_housekeeper::domain::{AccountKey, DoctorName, FailureKind, Secret, ServiceOrigin};
use audio_housekeeper::engine::{self, Command, Event, Opening, Setup};
use audio_housekeeper::keychain::TokenStore as _;
use audio_housekeeper::store::Store;
use futures_util::future::BoxFuture;
use support::again::{again, assert_passed, given, without_proxies};
use support::certificate::acceptor;
use support::desk::{Desk, setup};
use support::{AMELIA, name, run};
use tokio::net::TcpListener;

use crate::retries::failure_of;

/// A service whose recordings, and nothing else, are at another address.
struct Elsewhere(ServiceOrigin);

struct Split {
    here: Arc<dyn RecordingsApi>,
    there: Arc<dyn RecordingsApi>,
}

impl Connector for Elsewhere {
    fn sign_in<'a>(
        &'a self,
        origin: &'a ServiceOrigin,
        user_name: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<GivenToken, ApiError>> {
        Box::pin(async move {
            HttpConnector::default()
                .sign_in(origin, user_name, password)
                .await
        })
    }

    fn connect(
        &self,
        origin: &ServiceOrigin,
        token: Secret,
    ) -> Result<Arc<dyn RecordingsApi>, ApiError> {
        let connector = HttpConnector::default();
        Ok(Arc::new(Split {
            here: connector.connect(origin, token.clone())?,
            there: connector.connect(&self.0, token)?,
        }))
    }
}

impl RecordingsApi for Split {
    fn who_am_i(&self) -> BoxFuture<'_, Result<Person, ApiError>> {
        self.here.who_am_i()
    }

    fn look<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
    ) -> BoxFuture<'a, Result<Look, ApiError>> {
        self.there.look(doctor, oldest)
    }

    fn download<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
        resume: Option<&'a ResumePoint>,
    ) -> BoxFuture<'a, Result<Download, ApiError>> {
        self.there.download(doctor, oldest, resume)
    }

    fn delete<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Deletion, ApiError>> {
        self.there.delete(doctor)
    }

    fn delete_all(&self) -> BoxFuture<'_, Result<DeletionOfAll, ApiError>> {
        self.there.delete_all()
    }
}

/// Runs itself once more without the proxies of this computer, which an environment names.
#[test]
fn a_certificate_that_nobody_vouches_for_is_met_once() {
    if given().is_none() {
        let name = "untrusted::a_certificate_that_nobody_vouches_for_is_met_once";
        let output = without_proxies(again(name, ".")).output().unwrap();
        return assert_passed(&output);
    }
    run(async {
        let acceptor = acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                acceptor.accept(stream).await.err();
            }
        });
        let mut desk = Desk::new().await;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let elsewhere = ServiceOrigin::parse(&format!("https://localhost:{port}")).unwrap();
        let tokens = desk.tokens.clone();
        let unnamed = AccountKey::unnamed(desk.origin());
        tokens.write(&unnamed, &desk.service.token()).unwrap();
        desk.engine = engine::start(Setup {
            connector: Arc::new(Elsewhere(elsewhere)),
            opening: Opening::Kept(desk.origin()),
            ..setup(&desk.origin(), folder.path(), tokens, store, Duration::ZERO)
        });
        desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
            .await;
        desk.impatient = true;
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        assert_eq!(failure.kind, FailureKind::NotTrusted);
        assert_eq!(connections.load(Ordering::SeqCst), 1);
        desk.send(Command::Check(name(AMELIA)));
        desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
            .await;
        assert_eq!(connections.load(Ordering::SeqCst), 2);
    });
}
