//! Looks are tried once more where that may help: checks, those before a delete and those after.

use std::time::{Duration, Instant};

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, DeletionChoice, DeletionOutcome, DoctorState, DoctorTally, Failure,
};
use audio_housekeeper::engine::{CheckAllReport, Command, Event, JobEnding, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Fault};
use axum::http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use support::desk::Desk;
use support::{AMELIA, name, run};

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
        desk.service.add_fault(answers(503, Some("9")));
        let before = desk.requests(Call::Download);
        let id = desk
            .confirm(audio_housekeeper::domain::Confirmation::Doctor {
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
        desk.service.add_fault(answers(503, Some("9")));
        desk.send(Command::CheckAll(vec![name(AMELIA)]));
        let id = desk
            .until(|event| match event {
                Event::JobStarted { id, .. } => Some(*id),
                _ => None,
            })
            .await;
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
