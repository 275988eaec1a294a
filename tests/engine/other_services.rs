//! What was begun at a service, where somebody has signed in at another one before it ended.

use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, AuditWho, DeletionChoice, DeletionOutcome, FailureKind,
    OperationId, ServiceOrigin, SignInWith,
};
use audio_housekeeper::engine::{
    Command, DeletionReport, Event, JobEnding, JobProgress, Unfinished,
};
use audio_housekeeper::practice::{Call, Effect, Fault, PracticeService};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Message, Mode, ResultKind, SignIn, State};
use audio_housekeeper::store::Store;
use axum::http::StatusCode;
use jiff::Timestamp;
use support::desk::{Desk, holding_nothing};
use support::{AMELIA, name, run};

/// What a window shows that has been told everything since the sign-in at the other service.
struct Window {
    desk: Desk,
    state: State,
    other: PracticeService,
}

impl Window {
    /// Signs in at another service, as nobody can while something waits, but the engine relies on
    /// nothing that the window does.
    async fn signed_in_elsewhere(desk: Desk) -> Self {
        let other = PracticeService::start(holding_nothing()).await.unwrap();
        let origin = ServiceOrigin::parse(&other.origin()).unwrap();
        desk.send(Command::SignIn {
            origin: origin.clone(),
            with: SignInWith::Token(other.token()),
            stay: false,
        });
        let mut window = Self {
            desk,
            state: State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH),
            other,
        };
        window
            .until(|state| matches!(&state.sign_in, SignIn::In(now) if now.origin == origin))
            .await;
        window
    }

    async fn until(&mut self, done: impl Fn(&State) -> bool) {
        let waiting = async {
            while !done(&self.state) {
                let envelope = self.desk.next_event().await;
                self.state.apply(envelope);
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        waited.expect("waited in vain");
    }

    /// What came of the delete at the first service, which is told as of that one.
    async fn told(&mut self) -> DeletionReport {
        self.until(|state| !state.results.is_empty()).await;
        let [shown] = &self.state.results[..] else {
            panic!("{:?}", self.state.results);
        };
        let ResultKind::Elsewhere { service, ending } = &shown.ending else {
            panic!("{:?}", shown.ending);
        };
        assert_eq!(*service, self.desk.origin());
        match &**ending {
            ResultKind::Ended(JobEnding::Delete { doctor, report, .. })
            | ResultKind::FromEarlier(Unfinished::Delete {
                doctor: Some(doctor),
                report,
                ..
            }) => {
                assert_eq!(*doctor, name(AMELIA));
                report.clone()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_delete_that_waited_is_told_to_have_ended_at_its_own_service() {
    run(async {
        let mut desk = Desk::new().await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::token_ended()));
        desk.clock.run();
        desk.progress(id, |now| *now == JobProgress::WaitingForSignIn)
            .await;
        let mut window = Window::signed_in_elsewhere(desk).await;
        assert_eq!(window.told().await.outcome, DeletionOutcome::Stopped);
        let record = window.desk.record().await;
        let drafts = record.into_iter().map(|entry| entry.draft);
        let ended = drafts.filter(|draft| draft.outcome == AuditOutcome::SignedOut);
        assert_eq!(ended.count(), 1);
        assert_eq!(window.desk.requests(Call::Delete), 0);
        assert!(
            window
                .other
                .requests()
                .iter()
                .all(|request| request.call != Some(Call::Delete))
        );
    });
}

#[test]
fn a_delete_that_was_on_its_way_is_told_of_as_of_its_own_service() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        let mut window = Window::signed_in_elsewhere(desk).await;
        window.desk.service.end_stalls(Call::Delete);
        assert_eq!(window.told().await.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn a_later_look_that_ends_after_that_is_told_too() {
    run(async {
        let mut desk = Desk::new().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        // The look before the delete is still answered; those after it are not.
        let trouble = Effect::status(StatusCode::BAD_GATEWAY);
        desk.service.set_faults(vec![
            Fault::on(Call::Delete, Effect::LoseBeforeActing),
            Fault::on(Call::Download, trouble).from(2),
        ]);
        desk.clock.run();
        let (operation, outcome) = desk
            .until(|event| match event {
                Event::JobEnded { ending, .. } => match &**ending {
                    JobEnding::Delete {
                        operation, report, ..
                    } => Some((operation.clone(), report.outcome)),
                    _ => None,
                },
                _ => None,
            })
            .await;
        assert_eq!(outcome, DeletionOutcome::NotKnown);
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service
            .set_faults(vec![Fault::on(Call::Download, stall)]);
        let doctor = Some(name(AMELIA));
        desk.send(Command::LookAgain { doctor, operation });
        let mut window = Window::signed_in_elsewhere(desk).await;
        window.desk.service.end_stalls(Call::Download);
        assert_eq!(window.told().await.outcome, DeletionOutcome::StillThere);
    });
}

#[test]
fn that_the_outcome_of_a_delete_can_not_be_recorded_is_said_there_too() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        let database = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
        let full = r#"CREATE TRIGGER full BEFORE INSERT ON audit
            WHEN NEW.canonical LIKE '%"action":"delete"%'
            BEGIN SELECT RAISE(ABORT, 'full'); END"#;
        database.execute_batch(full).unwrap();
        let mut window = Window::signed_in_elsewhere(desk).await;
        window.desk.service.end_stalls(Call::Delete);
        window.told().await;
        let is_it = |message: &Message| {
            matches!(message, Message::FailedElsewhere { doctor: Some(doctor), failure, .. }
                if *doctor == name(AMELIA) && failure.kind == FailureKind::NotRecorded)
        };
        window
            .until(|state| state.toasts.iter().any(|toast| is_it(&toast.message)))
            .await;
    });
}

/// What a killed process leaves of a delete that it may have sent.
async fn leave_an_intent(desk: &Desk, service: &ServiceOrigin) -> Unfinished {
    let draft = AuditDraft {
        time: Timestamp::from_second(1_700_000_000).unwrap(),
        action: AuditAction::Delete,
        outcome: AuditOutcome::Intended,
        operation: OperationId::from_bytes([7; 16]),
        who: AuditWho {
            service: Some(service.ascii()),
            ..AuditWho::default()
        },
        doctor: Some(name(AMELIA)),
        reason: None,
        plan: None,
        backup: None,
        answer: None,
        note: None,
    };
    let left = Unfinished::NotLookedInto {
        doctor: draft.doctor.clone(),
        operation: draft.operation.clone(),
        at: draft.time,
    };
    let store = Store::open(desk.folder.path()).unwrap();
    store.append(draft).await.unwrap();
    left
}

async fn named_elsewhere(desk: &mut Desk) -> (ServiceOrigin, Vec<Unfinished>) {
    desk.until(|event| match event {
        Event::Elsewhere { service, event } => match &**event {
            Event::FoundAtStart(found) => Some((service.clone(), found.clone())),
            _ => None,
        },
        _ => None,
    })
    .await
}

#[test]
fn a_delete_that_was_cut_off_at_another_service_is_named_at_each_start_until_it_is_looked_into() {
    run(async {
        let other = PracticeService::start(holding_nothing()).await.unwrap();
        let there = ServiceOrigin::parse(&other.origin()).unwrap();
        let mut desk = Desk::new().await;
        let left = leave_an_intent(&desk, &there).await;
        for _ in 0..2 {
            desk = desk.restart().await;
            let named = named_elsewhere(&mut desk).await;
            assert_eq!(named, (there.clone(), vec![left.clone()]));
        }
        assert_eq!(other.requests().len(), 0);
        desk.send(Command::SignIn {
            origin: there,
            with: SignInWith::Token(other.token()),
            stay: false,
        });
        let found = desk
            .until(|event| match event {
                Event::FoundAtStart(found) => Some(found.clone()),
                _ => None,
            })
            .await;
        assert!(
            matches!(&found[..], [Unfinished::Delete { report, .. }]
                if report.outcome == DeletionOutcome::Gone),
            "{found:?}"
        );
        let store = Store::open(desk.folder.path()).unwrap();
        assert_eq!(store.unfinished_operations().await, Ok(Vec::new()));
    });
}
