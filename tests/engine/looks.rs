//! Looks are tried once more where that may help: checks, those before a delete and those after. What
//! was seen before a delete is not told as what is there after it.

use std::time::{Duration, Instant};

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, Confirmation, DeletionChoice, DeletionOutcome, DoctorState,
    DoctorTally, Failure, OperationId,
};
use audio_housekeeper::engine::{CheckAllReport, Command, Event, JobEnding, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Fault};
use audio_housekeeper::store::Store;
use axum::http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

const BENOIT: &str = "Dr. Benoit";

fn answers(status: u16, retry_after: Option<&'static str>) -> Fault {
    let headers = retry_after
        .map(|seconds| (header::RETRY_AFTER, HeaderValue::from_static(seconds)))
        .into_iter()
        .collect();
    let effect = Effect::Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: bytes::Bytes::new(),
    };
    Fault::on(Call::Download, effect)
}

/// Checks, and gives why it failed and how often it asked.
async fn check(desk: &mut Desk) -> (Option<Failure>, usize) {
    let before = desk.requests(Call::Download);
    desk.send(Command::Check(name(AMELIA)));
    let failure = desk
        .until(|event| match event {
            Event::CheckEnded { failure, .. } => Some(failure.clone()),
            _ => None,
        })
        .await;
    (failure, desk.requests(Call::Download) - before)
}

async fn last_recorded(desk: &mut Desk, action: AuditAction) -> AuditDraft {
    let entries = desk.record().await.into_iter().rev();
    let mut of_action = entries.filter(|entry| entry.draft.action == action);
    of_action.next().unwrap().draft
}

#[test]
fn a_check_is_tried_once_more_and_its_entry_says_so() {
    run(async {
        let mut desk = Desk::new().await;
        assert_eq!(check(&mut desk).await, (None, 1));
        let entry = last_recorded(&mut desk, AuditAction::Check).await;
        assert_eq!(entry.note, None);
        for fault in [
            answers(503, None),
            Fault::on(Call::Download, Effect::CutAfter(10)),
        ] {
            desk.service.set_faults(vec![fault.clone().only(1)]);
            assert_eq!(check(&mut desk).await, (None, 2));
            let entry = last_recorded(&mut desk, AuditAction::Check).await;
            assert_eq!(entry.outcome.code(), "found");
            assert_eq!(entry.note.as_deref(), Some("tried 2 times"));
            desk.service.set_faults(vec![fault]);
            let (failure, asked) = check(&mut desk).await;
            assert_eq!(asked, 2, "{failure:?}");
            assert_eq!(failure.unwrap().details.earlier.len(), 1);
        }
    });
}

/// As one that closes idle connections does.
#[test]
fn a_check_that_meets_the_end_of_a_kept_connection_is_no_try_of_its_own() {
    run(async {
        let mut desk = Desk::new().await;
        // The documented 404 leaves its connection open.
        desk.service.remove(AMELIA);
        assert_eq!(check(&mut desk).await, (None, 1));
        // By then it is kept.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let lost = Fault::on(Call::Download, Effect::LoseBeforeActing);
        desk.service.add_fault(lost.only(1));
        assert_eq!(check(&mut desk).await, (None, 2));
        let entry = last_recorded(&mut desk, AuditAction::Check).await;
        assert_eq!(entry.outcome.code(), "nothing-there");
        assert_eq!(entry.note, None);
    });
}

#[test]
fn what_no_other_look_would_change_is_asked_once() {
    run(async {
        let mut desk = Desk::new().await;
        for fault in [
            answers(400, None),
            answers(403, None),
            answers(404, None),
            answers(501, None),
            Fault::on(Call::Download, Effect::html()),
            // Longer than anybody waits for a check.
            answers(503, Some("11")),
            answers(429, Some("3600")),
        ] {
            desk.service.set_faults(vec![fault.clone()]);
            let (failure, asked) = check(&mut desk).await;
            assert_eq!(asked, 1, "{fault:?}");
            assert!(failure.unwrap().details.earlier.is_empty());
        }
    });
}

#[test]
fn a_look_after_a_delete_waits_as_long_as_the_service_asks() {
    run(async {
        let mut desk = Desk::new().await;
        desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
            .await;
        let before = desk.requests(Call::Download);
        // The look before the delete is answered.
        desk.service.add_fault(answers(503, Some("2")).only(2));
        let begun = Instant::now();
        let (report, _) = desk.end_of_delete().await;
        assert!(begun.elapsed() >= Duration::from_secs(2), "not obeyed");
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(desk.requests(Call::Download) - before, 3);
        let entry = last_recorded(&mut desk, AuditAction::Delete).await;
        assert_eq!(entry.note.as_deref(), Some("tried 2 times"));
        assert_eq!(desk.deletes_received(), 1);
    });
}

#[test]
fn a_look_after_a_delete_is_not_tried_again_whatever_it_met() {
    run(async {
        for fault in [
            answers(403, None),
            Fault::on(Call::Download, Effect::html()),
            answers(503, Some("60")),
        ] {
            let mut desk = Desk::new().await;
            desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
                .await;
            let before = desk.requests(Call::Download);
            desk.service.add_fault(fault.clone().from(2));
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotKnown, "{fault:?}");
            assert_eq!(desk.requests(Call::Download) - before, 2, "{fault:?}");
            assert_eq!(desk.deletes_received(), 1);
        }
    });
}

#[test]
fn stop_counts_while_the_last_look_before_a_delete_waits() {
    run(async {
        let mut desk = Desk::new().await;
        let survey = desk.survey(AMELIA).await;
        desk.service.add_fault(answers(503, Some("5")));
        let before = desk.requests(Call::Download);
        let id = desk
            .confirm(Confirmation::Doctor {
                survey: Box::new(survey),
                choice: DeletionChoice::WithoutBackup,
                reason: None,
            })
            .await;
        desk.clock.run();
        desk.progress(id, |now| *now == JobProgress::Looking).await;
        while desk.requests(Call::Download) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.send(Command::Cancel(id));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Stopped);
        assert_eq!(desk.requests(Call::Download) - before, 1);
        assert_eq!(desk.deletes_received(), 0);
        assert!(desk.service.holds(AMELIA));
    });
}

#[test]
fn a_check_of_many_that_is_stopped_while_it_waits_asks_no_more() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.add_fault(answers(503, Some("5")));
        desk.send(Command::CheckAll(vec![name(AMELIA)]));
        let id = desk.begun().await;
        while desk.requests(Call::Download) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.send(Command::Cancel(id));
        let report = desk
            .until(|event| match event {
                Event::JobEnded { ending, .. } => match &**ending {
                    JobEnding::CheckAll(report) => Some(report.clone()),
                    _ => None,
                },
                _ => None,
            })
            .await;
        let stopped = CheckAllReport {
            not_checked: 1,
            stopped: true,
            ..CheckAllReport::default()
        };
        assert_eq!(report, stopped);
        assert_eq!(desk.requests(Call::Download), 1);
    });
}

#[test]
fn a_look_without_an_answer_keeps_what_was_known_before() {
    run(async {
        let mut desk = Desk::new().await;
        let before = crate::downloads::check(&mut desk, AMELIA).await;
        desk.service.add_fault(answers(403, None));
        let known = crate::downloads::check(&mut desk, AMELIA).await;
        assert_eq!(known.server, before.server);
        assert_eq!(known.state(), DoctorState::CouldNotCheck);
        let tally = DoctorTally::of(
            [&known],
            before.asked_at().unwrap(),
            Timestamp::now(),
            Timestamp::now(),
        );
        assert_eq!(tally.not_checked, [name(AMELIA)]);
        desk.service.set_faults(Vec::new());
        let known = crate::downloads::check(&mut desk, AMELIA).await;
        assert_eq!(known.state(), DoctorState::NotBackedUp);
    });
}

/// An answer that is made at once, and whose body comes late.
fn comes_late() -> Effect {
    Effect::StallAfter {
        bytes: 0,
        duration: Duration::from_mins(1),
    }
}

/// Waits until so many looks have been asked for.
async fn asked(desk: &mut Desk, looks: usize) {
    while desk.requests(Call::Download) < looks {
        desk.pass_time().await;
    }
}

/// Waits until a doctor's last look has been answered, though not all of that may have come.
async fn answered(desk: &mut Desk, doctor: &str) {
    let is_answered = |desk: &Desk| {
        let requests = desk.service.requests().into_iter().rev();
        let mut looks = requests.filter(|request| request.call == Some(Call::Download));
        let look = looks.find(|look| look.doctor.as_deref() == Some(doctor));
        look.is_some_and(|look| look.status.is_some())
    };
    while !is_answered(desk) {
        desk.pass_time().await;
    }
}

async fn checked(desk: &mut Desk) {
    desk.until(|event| matches!(event, Event::CheckEnded { .. }).then_some(()))
        .await;
}

/// What is known of the one doctor.
async fn state(desk: &Desk) -> DoctorState {
    let store = Store::open(desk.folder.path()).unwrap();
    let service = desk.origin().ascii();
    let known = store.doctor(&service, &name(AMELIA)).await.unwrap();
    known.unwrap().state()
}

#[test]
fn a_look_that_a_delete_overtook_is_taken_once_more() {
    run(async {
        let mut desk = Desk::new().await;
        // The check's answer is made before the delete, and comes after it.
        desk.service
            .add_fault(Fault::on(Call::Download, comes_late()).only(2));
        desk.send(Command::SurveyDeletion(name(AMELIA)));
        let survey = desk
            .until(|event| match event {
                Event::Surveyed(survey) => Some(survey.clone()),
                _ => None,
            })
            .await;
        desk.send(Command::Check(name(AMELIA)));
        asked(&mut desk, 2).await;
        answered(&mut desk, AMELIA).await;
        desk.confirm(Confirmation::Doctor {
            survey,
            choice: DeletionChoice::WithoutBackup,
            reason: None,
        })
        .await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        desk.service.end_stalls(Call::Download);
        checked(&mut desk).await;
        assert_eq!(state(&desk).await, DoctorState::DeletedNothingThere);
    });
}

/// The DELETE is on its way when the look is asked for and answered, and the service acts afterwards.
#[test]
fn a_look_that_was_answered_while_a_delete_was_under_way_is_taken_once_more() {
    run(async {
        for all in [false, true] {
            let mut desk = Desk::new().await;
            desk.survey(AMELIA).await;
            let slow = Effect::StallBeforeHead(Duration::from_mins(1));
            let call = if all {
                desk.begin_delete_all(&[]).await;
                Call::DeleteAll
            } else {
                let choice = DeletionChoice::WithoutBackup;
                desk.begin_delete(AMELIA, choice).await;
                Call::Delete
            };
            desk.service.add_fault(Fault::on(call, slow));
            desk.until_sent().await;
            let late = Fault::on(Call::Download, comes_late());
            desk.service.add_fault(late.only(1));
            let looks = desk.requests(Call::Download);
            desk.send(Command::Check(name(AMELIA)));
            asked(&mut desk, looks + 1).await;
            answered(&mut desk, AMELIA).await;
            desk.service.end_stalls(call);
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            desk.service.end_stalls(Call::Download);
            checked(&mut desk).await;
            assert_eq!(state(&desk).await, DoctorState::DeletedNothingThere);
        }
    });
}

#[test]
fn a_later_look_at_one_delete_that_another_overtook_is_taken_once_more() {
    run(async {
        for of in [Some(name(AMELIA)), None] {
            let mut desk = Desk::new().await;
            desk.survey(AMELIA).await;
            desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
                .await;
            let looks = desk.requests(Call::Download);
            desk.service
                .add_fault(Fault::on(Call::Download, comes_late()).only(1));
            desk.send(Command::LookAgain {
                doctor: of,
                operation: OperationId::from_bytes([7; 16]),
            });
            asked(&mut desk, looks + 1).await;
            answered(&mut desk, AMELIA).await;
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            desk.service.end_stalls(Call::Download);
            let seen = desk
                .until(|event| match event {
                    Event::LookedAgain { report, .. } => Some(report.outcome),
                    _ => None,
                })
                .await;
            assert_eq!(seen, DeletionOutcome::Gone);
            assert_eq!(state(&desk).await, DoctorState::DeletedNothingThere);
        }
    });
}

#[test]
fn what_a_check_found_while_all_doctors_are_looked_at_is_not_put_back_to_what_was_seen_before() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(BENOIT, "b.wav", wav(50_000, 2));
        for doctor in [AMELIA, BENOIT] {
            desk.survey(doctor).await;
        }
        desk.begin_delete_all(&[]).await;
        let slow = Effect::StallBeforeHead(Duration::from_mins(1));
        desk.service
            .add_fault(Fault::on(Call::Download, slow).for_doctor(BENOIT).only(1));
        let looks = desk.requests(Call::Download);
        desk.clock.run();
        asked(&mut desk, looks + 2).await;
        answered(&mut desk, AMELIA).await;
        // A new one, dictated meanwhile.
        desk.service.put(AMELIA, "c.wav", wav(60_000, 3));
        desk.send(Command::Check(name(AMELIA)));
        checked(&mut desk).await;
        desk.service.end_stalls(Call::Download);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        assert_eq!(state(&desk).await, DoctorState::NotBackedUp);
    });
}
