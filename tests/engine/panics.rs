//! Jobs that panic: each is told as failed, and a delete can be looked at under its own name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use audio_housekeeper::api::{
    ApiError, Connector, Deletion, DeletionOfAll, Download, GivenToken, HttpConnector, Look,
    Person, RecordingBody, RecordingsApi, ResumePoint,
};
use audio_housekeeper::domain::{
    AuditAction, AuditOutcome, DeletionChoice, DeletionOutcome, DoctorName, FailureKind,
    OperationId, Secret, ServiceOrigin, SignInWith,
};
use audio_housekeeper::engine::{Command, Event, JobEnding, JobFailure, Unfinished};
use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig, PracticeService};
use audio_housekeeper::store::Store;
use axum::http::header::ETAG;
use axum::http::{HeaderValue, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use support::desk::{Desk, holding_nothing};
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::pieces::{CAME, FIRST, held, spoken_of, until_the_wait};
use crate::resumes::{on_download, until_something_is_written_down};

/// Opens the service, and panics in every call that fetches or deletes while it is told to by a 1, in
/// looks too by a 2, and in those only after a while by a 3; by a 4 in the middle of what a download brings, as soon as it is a 5.
struct Faulty {
    real: HttpConnector,
    panics: Arc<AtomicU8>,
}

struct FaultyApi {
    real: Arc<dyn RecordingsApi>,
    panics: Arc<AtomicU8>,
}

impl Connector for Faulty {
    fn sign_in<'a>(
        &'a self,
        origin: &'a ServiceOrigin,
        user_name: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<GivenToken, ApiError>> {
        self.real.sign_in(origin, user_name, password)
    }

    fn connect(
        &self,
        origin: &ServiceOrigin,
        token: Secret,
    ) -> Result<Arc<dyn RecordingsApi>, ApiError> {
        let real = self.real.connect(origin, token)?;
        let panics = self.panics.clone();
        Ok(Arc::new(FaultyApi { real, panics }))
    }
}

impl FaultyApi {
    fn panic_where_told(&self) {
        assert!(self.panics.load(Ordering::Relaxed) < 1, "as it was told to");
    }
}

impl RecordingsApi for FaultyApi {
    fn who_am_i(&self) -> BoxFuture<'_, Result<Person, ApiError>> {
        self.real.who_am_i()
    }

    fn look<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
    ) -> BoxFuture<'a, Result<Look, ApiError>> {
        let panics = self.panics.load(Ordering::Relaxed);
        assert!(panics != 2, "as it was told to");
        Box::pin(async move {
            if panics == 3 {
                tokio::time::sleep(Duration::from_millis(300)).await;
                panic!("as it was told to");
            }
            self.real.look(doctor, oldest).await
        })
    }

    fn download<'a>(
        &'a self,
        doctor: &'a DoctorName,
        oldest: Duration,
        resume: Option<&'a ResumePoint>,
    ) -> BoxFuture<'a, Result<Download, ApiError>> {
        Box::pin(async move {
            let in_the_middle = self.panics.load(Ordering::Relaxed) == 4;
            if !in_the_middle {
                self.panic_where_told();
            }
            let mut answer = self.real.download(doctor, oldest, resume).await;
            if let Ok(Download::Recording(recording)) = &mut answer
                && in_the_middle
            {
                let real = std::mem::replace(&mut recording.body, Box::new(NoBody));
                recording.body = Box::new(Faulted {
                    real,
                    left: 3_000_000,
                    panics: self.panics.clone(),
                });
            }
            answer
        })
    }

    fn delete<'a>(&'a self, doctor: &'a DoctorName) -> BoxFuture<'a, Result<Deletion, ApiError>> {
        Box::pin(async move {
            self.panic_where_told();
            self.real.delete(doctor).await
        })
    }

    fn delete_all(&self) -> BoxFuture<'_, Result<DeletionOfAll, ApiError>> {
        Box::pin(async move {
            self.panic_where_told();
            self.real.delete_all().await
        })
    }
}

/// Panics a while after some bytes.
struct Faulted {
    real: Box<dyn RecordingBody>,
    left: usize,
    panics: Arc<AtomicU8>,
}

impl RecordingBody for Faulted {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        Box::pin(async {
            if self.left == 0 {
                while self.panics.load(Ordering::Relaxed) == 4 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                // With bytes that are not written yet.
                let told = self.panics.swap(6, Ordering::Relaxed);
                assert!(told == 5, "as it was told to");
            }
            let bytes = self.real.next().await?;
            let came = bytes.as_ref().map_or(0, Bytes::len);
            self.left = self.left.saturating_sub(came);
            Ok(bytes)
        })
    }
}

struct NoBody;

impl RecordingBody for NoBody {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// A desk whose calls panic while the switch is on, with one backup.
async fn desk() -> (Desk, Arc<AtomicU8>) {
    desk_at(holding_nothing()).await
}

async fn desk_at(config: PracticeConfig) -> (Desk, Arc<AtomicU8>) {
    let panics = Arc::new(AtomicU8::new(0));
    let connector = Arc::new(Faulty {
        real: HttpConnector::default(),
        panics: panics.clone(),
    });
    let mut desk = Desk::with_connector_at(config, connector).await;
    desk.download(AMELIA, "a.wav").await.unwrap();
    panics.store(1, Ordering::Relaxed);
    (desk, panics)
}

async fn end(desk: &mut Desk) -> JobEnding {
    desk.clock.run();
    desk.until(|event| match event {
        Event::JobEnded { ending, .. } => Some((**ending).clone()),
        _ => None,
    })
    .await
}

/// What the record says of an act.
async fn entries_of(desk: &mut Desk, operation: &OperationId) -> Vec<AuditOutcome> {
    let record = desk.record().await;
    let drafts = record.into_iter().map(|entry| entry.draft);
    let of_it = drafts.filter(|draft| draft.operation == *operation);
    of_it.map(|draft| draft.outcome).collect()
}

#[test]
fn a_delete_that_panics_is_not_known_and_is_looked_at_again_under_its_own_name() {
    run(async {
        for all in [false, true] {
            let (mut desk, _panics) = desk().await;
            if all {
                desk.begin_delete_all(&[]).await;
            } else {
                let choice = DeletionChoice::KeepingBackup;
                desk.begin_delete(AMELIA, choice).await;
            }
            let ending = end(&mut desk).await;
            let (operation, report, doctor) = match ending {
                JobEnding::Delete {
                    operation, report, ..
                } => (operation, report, Some(name(AMELIA))),
                JobEnding::DeleteAll { operation, report } => (operation, report, None),
                other => panic!("{other:?}"),
            };
            assert_eq!(report.outcome, DeletionOutcome::NotKnown);
            assert_eq!(report.failure.unwrap().kind, FailureKind::Internal);
            let entries = entries_of(&mut desk, &operation).await;
            assert_eq!(entries, [AuditOutcome::Intended]);

            desk.send(Command::LookAgain {
                doctor,
                operation: operation.clone(),
            });
            let seen = desk
                .until(|event| match event {
                    Event::LookedAgain { report, .. } => Some(report.outcome),
                    _ => None,
                })
                .await;
            assert_eq!(seen, DeletionOutcome::StillThere);
            let entries = entries_of(&mut desk, &operation).await;
            assert_eq!(entries, [AuditOutcome::Intended, AuditOutcome::StillThere]);
        }
    });
}

#[test]
fn a_delete_that_panics_before_its_intent_is_known_not_to_have_been_sent() {
    run(async {
        let (mut desk, panics) = desk().await;
        desk.begin_delete(AMELIA, DeletionChoice::KeepingBackup)
            .await;
        // The last look before it comes after the wait.
        panics.store(2, Ordering::Relaxed);
        let JobEnding::Delete {
            operation, report, ..
        } = end(&mut desk).await
        else {
            panic!("another job ended");
        };
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(report.failure.unwrap().kind, FailureKind::Internal);
        assert_eq!(desk.deletes_received(), 0);
        let entries = entries_of(&mut desk, &operation).await;
        assert_eq!(entries, [AuditOutcome::Failed]);
    });
}

#[test]
fn a_delete_that_panics_and_is_not_looked_at_is_found_at_the_next_start_under_its_own_name() {
    run(async {
        let (mut desk, _panics) = desk().await;
        desk.begin_delete_all(&[]).await;
        let JobEnding::DeleteAll { operation, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        let mut desk = desk.restart().await;
        let found = desk
            .until(|event| match event {
                Event::FoundAtStart(found) => Some(found.clone()),
                _ => None,
            })
            .await;
        assert!(
            matches!(&found[..], [Unfinished::Delete { operation: of, .. }] if *of == operation),
            "{found:?}"
        );
        let entries = entries_of(&mut desk, &operation).await;
        assert_eq!(entries, [AuditOutcome::Intended, AuditOutcome::StillThere]);
    });
}

#[test]
fn a_download_and_a_comparison_that_panic_are_told_and_recorded_as_failed() {
    run(async {
        let (mut desk, panics) = desk().await;
        desk.ask_download(AMELIA, "b.wav");
        desk.send(Command::Compare(name(AMELIA)));
        // The comparison is not begun beside the download, whose place it would take.
        let JobEnding::Download { result, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        let failed = |failure: JobFailure| match failure {
            JobFailure::Failed(failure) => failure.kind,
            JobFailure::Cancelled => panic!("nobody cancelled it"),
        };
        assert_eq!(failed(result.unwrap_err()), FailureKind::Internal);
        desk.send(Command::Compare(name(AMELIA)));
        let JobEnding::Compare { result, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        assert_eq!(failed(result.unwrap_err()), FailureKind::Internal);
        let record = desk.record().await;
        let drafts = record.iter().map(|entry| &entry.draft);
        let failed = drafts.filter(|draft| draft.outcome == AuditOutcome::Failed);
        let failed: Vec<_> = failed.collect();
        let actions = failed.iter().map(|draft| draft.action);
        let (download, compare) = (AuditAction::Download, AuditAction::Compare);
        assert_eq!(actions.collect::<Vec<_>>(), [download, compare]);
        assert!(failed.iter().all(|draft| {
            draft.doctor == Some(name(AMELIA))
                && draft.note.as_deref() == Some("a fault of the app's own")
        }));
        // The window goes on, and so does the next job.
        panics.store(0, Ordering::Relaxed);
        assert!(desk.download(AMELIA, "c.wav").await.is_ok());
    });
}

#[test]
fn a_download_that_panics_in_a_later_try_is_closed_as_that_and_not_at_the_next_start() {
    run(async {
        for effect in [
            Effect::status(StatusCode::SERVICE_UNAVAILABLE),
            Effect::CutAfter(60_000),
        ] {
            let (mut desk, panics) = desk().await;
            panics.store(0, Ordering::Relaxed);
            desk.service
                .add_fault(Fault::on(Call::Download, effect).only(1));
            let id = desk.download_until_it_waits(AMELIA, "b.wav").await;
            panics.store(1, Ordering::Relaxed);
            desk.send(Command::TryNow(id));
            let JobEnding::Download { result, .. } = end(&mut desk).await else {
                panic!("another job ended");
            };
            assert!(matches!(result, Err(JobFailure::Failed(_))), "{result:?}");
            let last = desk.record().await.pop().unwrap().draft;
            assert_eq!(last.outcome, AuditOutcome::Failed);
            assert_eq!(last.note.as_deref(), Some("a fault of the app's own"));
            assert!(!desk.file("b.wav.part").exists());
            let store = Store::open(desk.folder.path()).unwrap();
            assert_eq!(store.unfinished_transfers().await.unwrap(), []);
        }
    });
}

#[test]
fn what_is_set_apart_of_a_download_that_panics_is_kept() {
    run(async {
        let (mut desk, panics) = desk_at(PracticeConfig {
            ranges: true,
            etags: Etags::All,
            ..holding_nothing()
        })
        .await;
        panics.store(0, Ordering::Relaxed);
        desk.service.put(AMELIA, "a.flac", held());
        for fault in [
            on_download(Effect::CutAfter(CAME)).only(1),
            on_download(Effect::FlipBit(CAME + 5_000)).only(2),
        ] {
            desk.service.add_fault(fault);
        }
        let id = until_the_wait(&mut desk).await;
        panics.store(1, Ordering::Relaxed);
        desk.send(Command::TryNow(id));
        let JobEnding::Download { result, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        assert!(matches!(result, Err(JobFailure::Failed(_))), "{result:?}");
        let (unfinished, kept) = spoken_of(&desk).await;
        assert_eq!((unfinished, kept.len()), (Vec::new(), 1));
        assert_eq!(
            (&kept[0].part, kept[0].came.size),
            (&desk.file(FIRST), CAME)
        );
        assert!(kept[0].part.exists());
    });
}

/// As after a crash: it was written down while it came.
#[test]
fn what_came_of_a_download_that_panics_in_the_middle_is_kept() {
    run(async {
        let (mut desk, panics) = desk().await;
        let recording = wav(5_000_000, 2);
        desk.service.put(AMELIA, "b.wav", recording.clone());
        let mark = Effect::SetHeader(ETAG, HeaderValue::from_static("\"1\""));
        desk.service.add_fault(Fault::on(Call::Download, mark));
        panics.store(4, Ordering::Relaxed);
        desk.ask_download(AMELIA, "b.wav");
        until_something_is_written_down(&mut desk).await;
        panics.store(5, Ordering::Relaxed);
        let JobEnding::Download { result, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        assert!(matches!(result, Err(JobFailure::Failed(_))), "{result:?}");
        let last = desk.record().await.pop().unwrap().draft;
        assert_eq!(last.note.as_deref(), Some("a fault of the app's own"));
        // Its own threads may still write to it: it is told of at the next start.
        let mut desk = desk.restart().await;
        let kept = desk
            .until(|event| match event {
                Event::KeptParts(all) => all.first().cloned(),
                _ => None,
            })
            .await;
        let there = std::fs::read(&kept.part).unwrap();
        let came = usize::try_from(kept.came.size).unwrap();
        assert!(came >= 1_000_000);
        assert!(there[..came] == recording[..came]);
        panics.store(0, Ordering::Relaxed);
        desk.send(Command::GoOn {
            doctor: kept.doctor,
            operation: kept.operation,
        });
        let JobEnding::Download { result, .. } = end(&mut desk).await else {
            panic!("another job ended");
        };
        assert!(std::fs::read(result.unwrap().path).unwrap() == recording);
    });
}

#[test]
fn what_panics_after_a_sign_in_at_another_service_is_not_told_of_a_namesake_there() {
    run(async {
        let (mut desk, panics) = desk().await;
        let other = PracticeService::start(holding_nothing()).await.unwrap();
        panics.store(3, Ordering::Relaxed);
        desk.send(Command::Check(name(AMELIA)));
        desk.until(|event| matches!(event, Event::CheckStarted(_)).then_some(()))
            .await;
        let origin = ServiceOrigin::parse(&other.origin()).unwrap();
        desk.send(Command::SignIn {
            origin: origin.clone(),
            with: SignInWith::Token(other.token()),
            stay: false,
        });
        let present = loop {
            let envelope = desk.next_event().await;
            match envelope.event {
                Event::SignedIn { account, .. } if account.origin == origin => {
                    break envelope.generation;
                }
                _ => {}
            }
        };
        let told = async {
            loop {
                let envelope = desk.next_event().await;
                let is_present = envelope.generation >= present;
                if is_present && matches!(envelope.event, Event::CheckEnded { .. }) {
                    return envelope.event;
                }
            }
        };
        let told = tokio::time::timeout(Duration::from_millis(700), told).await;
        assert!(told.is_err(), "{told:?}");
    });
}

#[test]
fn a_download_that_panics_when_it_is_gone_on_with_stays_known_under_its_own_name() {
    run(async {
        let (mut desk, panics) = desk().await;
        panics.store(0, Ordering::Relaxed);
        desk.impatient = true;
        let mark = Effect::SetHeader(ETAG, HeaderValue::from_static("\"a\""));
        desk.service.add_fault(Fault::on(Call::Download, mark));
        let cut = Fault::on(Call::Download, Effect::CutAfter(70_000));
        desk.service.add_fault(cut.only(1));
        let cut = Fault::on(Call::Download, Effect::CutAfter(0));
        desk.service.add_fault(cut.from(2));
        desk.download(AMELIA, "b.wav").await.unwrap_err();
        let kept = async |desk: &Desk| {
            let store = Store::open(desk.folder.path()).unwrap();
            store.kept_parts(&desk.origin().ascii()).await.unwrap()
        };
        let before = kept(&desk).await;
        assert_eq!(before.len(), 1);
        panics.store(1, Ordering::Relaxed);
        desk.send(Command::GoOn {
            doctor: name(AMELIA),
            operation: before[0].operation.clone(),
        });
        let failure = desk.end_of_download().await.unwrap_err();
        assert!(
            matches!(&failure, JobFailure::Failed(failure) if failure.kind == FailureKind::Internal)
        );
        let outcomes = entries_of(&mut desk, &before[0].operation).await;
        assert_eq!(outcomes, [AuditOutcome::Failed, AuditOutcome::Failed]);
        assert_eq!(std::fs::metadata(&before[0].part).unwrap().len(), 70_000);
        let mut desk = desk.restart().await;
        desk.until(|event| match event {
            Event::KeptParts(all) if *all == before => Some(()),
            _ => None,
        })
        .await;
        assert_eq!(kept(&desk).await, before);
    });
}
