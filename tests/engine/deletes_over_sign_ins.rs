//! A delete whose sign-in ends before it is sent, or before it is known what came of it.

use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, DeletionChoice, DeletionOutcome, DoctorName,
    FailureKind, OperationId,
};
use audio_housekeeper::engine::{Command, Event, JobEnding, JobProgress, Unfinished, Waits};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, ResultKind, SignIn, State};
use audio_housekeeper::store::Store;
use axum::http::StatusCode;
use jiff::Timestamp;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::ended_sign_ins::{
    BENOIT, COLLEAGUE, empty, end_sign_in, ended, shared_desk, sign_in, waits_for_sign_in,
};

async fn shown_until(desk: &mut Desk, state: &mut State, done: impl Fn(&State) -> bool) {
    let waiting = async {
        while !done(state) {
            let envelope = desk.next_event().await;
            state.apply(envelope);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("waited in vain");
}

fn outcomes(state: &State) -> Vec<DeletionOutcome> {
    let outcomes = state
        .results
        .iter()
        .filter_map(|shown| match &shown.ending {
            ResultKind::Ended(JobEnding::Delete { report, .. }) => Some(report.outcome),
            _ => None,
        });
    outcomes.collect()
}

#[test]
fn what_came_of_a_delete_is_said_also_where_the_token_ends_before_it_is_known() {
    run(async {
        let mut desk = Desk::new().await;
        let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        // The look before the delete is still answered; those after it are not.
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::token_ended()).from(2));
        desk.clock.run();
        shown_until(&mut desk, &mut state, |state| {
            matches!(state.sign_in, SignIn::Out { .. })
        })
        .await;
        assert_eq!(outcomes(&state), []);

        // Whoever signs in next, it is looked at what it did.
        desk.service.set_faults(Vec::new());
        sign_in(&desk, COLLEAGUE);
        shown_until(&mut desk, &mut state, |state| !state.results.is_empty()).await;
        assert_eq!(outcomes(&state), [DeletionOutcome::Gone]);
        assert_eq!(desk.requests(Call::Delete), 1);
    });
}

#[test]
fn a_delete_that_waits_to_be_looked_into_at_sign_out_is_said_not_to_be_known() {
    run(async {
        let mut desk = Desk::new().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.service
            .add_fault(Fault::on(Call::Download, Effect::token_ended()).from(2));
        desk.clock.run();
        ended(&mut desk).await;
        desk.send(Command::SignOut);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotKnown);
    });
}

/// What the record says of the deletes: outcome and note.
async fn deletes_in_record(desk: &mut Desk) -> Vec<(AuditOutcome, String)> {
    let record = desk.record().await;
    let drafts = record.into_iter().map(|entry| entry.draft);
    let deletes = drafts.filter(|draft| draft.action == AuditAction::Delete);
    deletes
        .map(|draft| (draft.outcome, draft.note.unwrap_or_default()))
        .collect()
}

async fn last_call(desk: &mut Desk) {
    desk.until(|event| matches!(event, Event::LastCall { .. }).then_some(()))
        .await;
}

async fn last_call_over(desk: &mut Desk) {
    desk.until(|event| matches!(event, Event::LastCallOver { .. }).then_some(()))
        .await;
}

#[test]
fn a_delete_whose_sign_in_ended_is_waited_for_anew_and_can_be_stopped_meanwhile() {
    run(async {
        let mut desk = shared_desk().await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.progress(id, |now| matches!(now, JobProgress::Waiting { .. }))
            .await;
        desk.clock.pass(Duration::from_millis(60));
        desk.progress(
            id,
            |now| matches!(now, JobProgress::Waiting { left, of } if left < of),
        )
        .await;
        end_sign_in(&mut desk).await;
        waits_for_sign_in(&mut desk, id).await;
        desk.service.set_faults(Vec::new());
        sign_in(&desk, 0);
        desk.progress(
            id,
            |now| matches!(now, JobProgress::Waiting { left, of } if left == of),
        )
        .await;
        desk.send(Command::Cancel(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_backup_that_was_altered_while_a_sign_in_was_waited_for_keeps_the_delete_back() {
    run(async {
        for altered in [false, true] {
            let mut desk = shared_desk().await;
            let stall = Effect::StallAfter {
                bytes: 50_000,
                duration: Duration::from_mins(1),
            };
            // The first request is the survey.
            let stall = Fault::on(Call::Download, stall).for_doctor(AMELIA);
            desk.service.add_fault(stall.only(2));
            let destination = desk.file("a.wav");
            let choice = DeletionChoice::BackUpFirst {
                destination: destination.clone(),
                replace: false,
            };
            let id = desk.begin_delete(AMELIA, choice).await;
            desk.progress(id, |now| matches!(now, JobProgress::Downloading { .. }))
                .await;
            end_sign_in(&mut desk).await;
            desk.service.end_stalls(Call::Download);
            waits_for_sign_in(&mut desk, id).await;
            if altered {
                std::fs::write(&destination, wav(100_000, 77)).unwrap();
            }
            desk.service.set_faults(Vec::new());
            sign_in(&desk, 0);
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(desk.deletes_received(), usize::from(!altered));
            let outcome = if altered {
                let path = destination;
                let kind = report.failure.unwrap().kind;
                assert_eq!(kind, FailureKind::ReadBackDiffers { path });
                DeletionOutcome::NotSent
            } else {
                DeletionOutcome::Gone
            };
            assert_eq!(report.outcome, outcome);
        }
    });
}

#[test]
fn a_confirmation_does_not_hold_for_a_sign_in_that_comes_long_after_it() {
    run(async {
        let waits = Waits {
            next_sign_in: Duration::from_secs(2),
            ..Waits::default()
        };
        let mut desk = Desk::with_waits(empty(), waits).await;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        end_sign_in(&mut desk).await;
        waits_for_sign_in(&mut desk, id).await;
        desk.clock.pass(Duration::from_secs(3));
        desk.service.set_faults(Vec::new());
        sign_in(&desk, 0);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        let kind = report.failure.unwrap().kind;
        assert_eq!(kind, FailureKind::ConfirmationStale);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_sign_in_that_ends_before_the_last_call_is_answered_has_the_delete_wait_again() {
    run(async {
        let mut desk = shared_desk().await;
        desk.answers = false;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.clock.run();
        last_call(&mut desk).await;
        end_sign_in(&mut desk).await;
        desk.send(Command::NoStop(id));
        last_call_over(&mut desk).await;
        desk.service.set_faults(Vec::new());
        desk.answers = true;
        sign_in(&desk, 0);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(desk.requests(Call::Delete), 1);
        let deletes = deletes_in_record(&mut desk).await;
        let outcomes: Vec<_> = deletes.into_iter().map(|(outcome, _)| outcome).collect();
        assert_eq!(
            outcomes,
            [
                AuditOutcome::Intended,
                AuditOutcome::Failed,
                AuditOutcome::Intended,
                AuditOutcome::Answered,
                AuditOutcome::Gone
            ]
        );
    });
}

#[test]
fn a_sign_in_that_ends_while_a_delete_was_on_hold_is_not_called_the_window_s_silence() {
    run(async {
        let waits = Waits {
            one: Duration::ZERO,
            last_call: Duration::from_secs(12),
            ..Waits::default()
        };
        let mut desk = Desk::with_waits(empty(), waits).await;
        desk.answers = false;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        last_call(&mut desk).await;
        // Another look is due then, which meets the end.
        let refused = Fault::on(Call::Download, Effect::token_ended());
        desk.service.add_fault(refused);
        desk.clock.pass(Duration::from_secs(3));
        desk.send(Command::NoStop(id));
        last_call_over(&mut desk).await;
        waits_for_sign_in(&mut desk, id).await;
        desk.send(Command::Cancel(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.deletes_received(), 0);
        desk.service.set_faults(Vec::new());
        desk.sign_in(true).await;
        let notes = deletes_in_record(&mut desk).await;
        assert!(
            notes.iter().all(|(_, note)| !note.contains("window")),
            "{notes:?}"
        );
    });
}

#[test]
fn a_window_that_answers_late_again_and_again_has_no_more_time_than_one_that_does_not() {
    run(async {
        let waits = Waits {
            one: Duration::ZERO,
            last_call: Duration::from_secs(3),
            ..Waits::default()
        };
        let mut desk = Desk::with_waits(empty(), waits).await;
        desk.answers = false;
        let id = desk
            .begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let report = loop {
            let ended = desk
                .until(|event| match event {
                    Event::LastCall { .. } => Some(None),
                    Event::JobEnded { ending, .. } => match &**ending {
                        JobEnding::Delete { report, .. } => Some(Some(report.clone())),
                        _ => None,
                    },
                    _ => None,
                })
                .await;
            if let Some(report) = ended {
                break report;
            }
            desk.clock.pass(Duration::from_secs(2));
            desk.send(Command::NoStop(id));
        };
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        let kind = report.failure.unwrap().kind;
        assert_eq!(kind, FailureKind::WindowDidNotAnswer);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_delete_of_everything_waits_for_the_same_person_too() {
    run(async {
        for (who, outcome, deletes) in [
            (0, DeletionOutcome::Gone, 1),
            (COLLEAGUE, DeletionOutcome::NotSent, 0),
        ] {
            let mut desk = shared_desk().await;
            desk.send(Command::Check(name(AMELIA)));
            desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
                .await;
            desk.begin_delete_all(&[]).await;
            desk.service
                .add_fault(Fault::on(Call::Download, Effect::token_ended()));
            desk.send(Command::Check(name(BENOIT)));
            ended(&mut desk).await;
            desk.service.set_faults(Vec::new());
            sign_in(&desk, who);
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, outcome);
            assert_eq!(desk.requests(Call::DeleteAll), deletes);
        }
    });
}

#[test]
fn a_delete_that_was_on_its_way_at_sign_out_is_told_of_afterwards() {
    run(async {
        let mut desk = Desk::new().await;
        let mut state = State::new(Mode::Real, Settings::default(), Timestamp::UNIX_EPOCH);
        let stall = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service.add_fault(Fault::on(Call::Delete, stall));
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        desk.until_sent().await;
        desk.send(Command::SignOut);
        let envelope = loop {
            let envelope = desk.next_event().await;
            if matches!(envelope.event, Event::SignedOut(_)) {
                break envelope;
            }
        };
        state.apply(envelope);
        desk.service.end_stalls(Call::Delete);
        shown_until(&mut desk, &mut state, |state| !state.results.is_empty()).await;
        assert_eq!(outcomes(&state), [DeletionOutcome::Gone]);
    });
}

/// Looks again as whoever is signed in: what is said then, and the record's last entry.
async fn look_again(
    desk: &mut Desk,
    doctor: Option<DoctorName>,
    operation: &OperationId,
) -> (DeletionOutcome, AuditDraft) {
    desk.send(Command::LookAgain {
        doctor,
        operation: operation.clone(),
    });
    let outcome = desk
        .until(|event| match event {
            Event::LookedAgain { report, .. } => Some(report.outcome),
            _ => None,
        })
        .await;
    (outcome, desk.record().await.pop().unwrap().draft)
}

async fn change_to(desk: &mut Desk, who: usize) {
    sign_in(desk, who);
    desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
        .await;
}

#[test]
fn what_is_shown_to_another_person_later_proves_a_delete_only_where_the_service_had_taken_it() {
    run(async {
        for (all, is_taken) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut desk = shared_desk().await;
            desk.survey(AMELIA).await;
            let call = if all {
                desk.begin_delete_all(&[]).await;
                Call::DeleteAll
            } else {
                let choice = DeletionChoice::WithoutBackup;
                desk.begin_delete(AMELIA, choice).await;
                Call::Delete
            };
            if !is_taken {
                let lost = Fault::on(call, Effect::LoseBeforeActing);
                desk.service.add_fault(lost);
            }
            let not_looked = Effect::status(StatusCode::FORBIDDEN);
            let from = if all { 1 } else { 2 };
            desk.service
                .add_fault(Fault::on(Call::Download, not_looked).from(from));
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotKnown);
            let operation = desk.record().await.pop().unwrap().draft.operation;

            // Nothing is shown to a colleague.
            desk.service.set_faults(Vec::new());
            desk.service.remove(AMELIA);
            change_to(&mut desk, COLLEAGUE).await;
            let doctor = (!all).then(|| name(AMELIA));
            let (outcome, entry) = look_again(&mut desk, doctor.clone(), &operation).await;
            let expected = if is_taken {
                DeletionOutcome::Gone
            } else {
                DeletionOutcome::NotKnown
            };
            assert_eq!(outcome, expected, "all: {all}, taken: {is_taken}");
            assert_eq!(entry.who.person.as_deref(), Some("colleague"));
            let note = entry.note.unwrap();
            assert!(
                note.starts_with("looked again; confirmed by front; "),
                "{note}"
            );

            change_to(&mut desk, 0).await;
            let (outcome, entry) = look_again(&mut desk, doctor, &operation).await;
            assert_eq!(outcome, DeletionOutcome::Gone);
            assert_eq!(entry.who.person.as_deref(), Some("front"));
        }
    });
}

#[test]
fn at_a_later_start_of_another_person_nothing_shown_is_no_proof_and_the_record_names_both() {
    run(async {
        for doctor in [Some(name(AMELIA)), None] {
            let mut desk = shared_desk().await;
            desk.survey(AMELIA).await;
            let operation = OperationId::from_bytes([7; 16]);
            let action = match doctor {
                Some(_) => AuditAction::Delete,
                None => AuditAction::DeleteAll,
            };
            let mut intent = desk.record().await.pop().unwrap().draft;
            intent.action = action;
            intent.outcome = AuditOutcome::Intended;
            intent.operation = operation.clone();
            intent.doctor = doctor;
            assert_eq!(intent.who.person.as_deref(), Some("front"));
            change_to(&mut desk, COLLEAGUE).await;
            let store = Store::open(desk.folder.path()).unwrap();
            store.append(intent).await.unwrap();
            drop(store);
            desk.service.remove(AMELIA);
            let mut desk = desk.restart().await;
            let outcome = desk
                .until(|event| match event {
                    Event::FoundAtStart(found) => match &found[..] {
                        [Unfinished::Delete { report, .. }] => Some(report.outcome),
                        _ => None,
                    },
                    _ => None,
                })
                .await;
            assert_eq!(outcome, DeletionOutcome::NotKnown);
            let mut record = desk.record().await.into_iter().map(|entry| entry.draft);
            let last = record.rfind(|draft| draft.operation == operation);
            let last = last.unwrap();
            assert_eq!(last.outcome, AuditOutcome::NotKnown);
            assert_eq!(last.who.person.as_deref(), Some("colleague"));
            let note = last.note.unwrap();
            assert!(note.contains("; confirmed by front; "), "{note}");
        }
    });
}
