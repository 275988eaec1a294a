//! Whether the server's copy is the one that was backed up: by a digest, else by a strong mark,
//! else by what differs, and never by a time of last change that is as old as its answer.

use audio_housekeeper::domain::{
    BackupComparison, Confirmation, DeletionChoice, DeletionOutcome, DeletionSurvey, DoctorState,
    FailureKind, Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobEnding, JobFailure, JobProgress};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use axum::http::header::{ETAG, LAST_MODIFIED};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

fn says(desk: &Desk, headers: &[(HeaderName, &str)]) {
    let faults = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).unwrap();
        Fault::on(Call::Download, Effect::SetHeader(name.clone(), value))
    });
    desk.service.set_faults(faults.collect());
}

/// A time of last change, so many seconds ago.
fn ago(seconds: i64) -> String {
    let then = Timestamp::now() - SignedDuration::from_secs(seconds);
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn digest_of(contents: &[u8]) -> String {
    let digest = Sha256Digest::of(contents);
    format!("sha-256=:{}:", BASE64_STANDARD.encode(digest.as_bytes()))
}

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

async fn compared(desk: &mut Desk) -> DoctorState {
    let known = crate::downloads::check(desk, AMELIA).await;
    let survey = desk.survey(AMELIA).await;
    let backup = known.backup.clone().unwrap();
    let expected = match known.state() {
        DoctorState::BackedUp => BackupComparison::Same(backup),
        DoctorState::BackedUpCannotCompare => BackupComparison::CannotCompare(backup),
        _ => BackupComparison::Changed(backup),
    };
    assert_eq!(survey.backup, expected);
    known.state()
}

#[test]
fn a_time_of_last_change_that_is_made_up_for_each_answer_keeps_no_delete() {
    run(async {
        let mut desk = Desk::new().await;
        says(&desk, &[(LAST_MODIFIED, &ago(5))]);
        desk.download(AMELIA, "a.wav").await.unwrap();
        says(&desk, &[(LAST_MODIFIED, &ago(0))]);
        let cannot = DoctorState::BackedUpCannotCompare;
        assert_eq!(compared(&mut desk).await, cannot);
        let choice = DeletionChoice::BackUpFirst {
            destination: desk.file("again.wav"),
            replace: false,
        };
        let (report, _) = desk.delete(AMELIA, choice).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
        let plans = desk.record().await.into_iter();
        let plan: String = plans.filter_map(|entry| entry.draft.plan).collect();
        assert!(plan.contains("contents not compared"), "{plan}");
    });
}

#[test]
fn a_time_of_last_change_that_was_old_in_both_answers_speaks_of_a_change() {
    run(async {
        let mut desk = Desk::new().await;
        says(&desk, &[(LAST_MODIFIED, &ago(7200))]);
        desk.download(AMELIA, "a.wav").await.unwrap();
        says(&desk, &[(LAST_MODIFIED, &ago(3600))]);
        let changed = DoctorState::ChangedSinceBackup;
        assert_eq!(compared(&mut desk).await, changed);
    });
}

#[test]
fn an_equal_strong_mark_outranks_what_differs_beside_it() {
    run(async {
        let mut desk = Desk::new().await;
        says(&desk, &[(ETAG, "\"a\""), (LAST_MODIFIED, &ago(7200))]);
        desk.download(AMELIA, "a.wav").await.unwrap();
        says(&desk, &[(ETAG, "\"a\""), (LAST_MODIFIED, &ago(3600))]);
        assert_eq!(compared(&mut desk).await, DoctorState::BackedUp);
        let (report, _) = desk.delete(AMELIA, DeletionChoice::KeepingBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn a_digest_is_held_against_the_backup_itself_and_outranks_an_equal_mark() {
    run(async {
        let mut desk = Desk::new().await;
        says(&desk, &[(ETAG, "\"a\"")]);
        desk.download(AMELIA, "a.wav").await.unwrap();
        let backed_up = digest_of(&wav(100_000, 1));
        let another = digest_of(&wav(100_000, 2));
        says(&desk, &[(ETAG, "\"b\""), (REPR_DIGEST, &backed_up)]);
        assert_eq!(compared(&mut desk).await, DoctorState::BackedUp);
        says(&desk, &[(ETAG, "\"a\""), (REPR_DIGEST, &another)]);
        let changed = DoctorState::ChangedSinceBackup;
        assert_eq!(compared(&mut desk).await, changed);
        // That the mark is the same does not help at the last look either.
        says(&desk, &[(ETAG, "\"a\""), (REPR_DIGEST, &backed_up)]);
        desk.begin_delete(AMELIA, DeletionChoice::KeepingBackup)
            .await;
        says(&desk, &[(ETAG, "\"a\""), (REPR_DIGEST, &another)]);
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(desk.deletes_received(), 0);
    });
}

/// Compares by downloading again.
async fn compare(desk: &mut Desk) -> Result<Box<DeletionSurvey>, JobFailure> {
    desk.send(Command::Compare(name(AMELIA)));
    desk.until(|event| match event {
        Event::JobEnded { ending, .. } => match &**ending {
            JobEnding::Compare { result, .. } => Some(result.clone()),
            _ => None,
        },
        _ => None,
    })
    .await
}

/// A service of which each answer has another strong mark.
async fn desk_with_flipping_marks() -> Desk {
    let desk = Desk::new().await;
    for (from, mark) in (1..).zip([
        "\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"", "\"6\"", "\"7\"", "\"8\"",
    ]) {
        let value = HeaderValue::from_static(mark);
        let fault = Fault::on(Call::Download, Effect::SetHeader(ETAG, value));
        desk.service.add_fault(fault.from(from));
    }
    desk
}

fn is_same(survey: &DeletionSurvey) -> bool {
    matches!(survey.backup, BackupComparison::Same(_))
}

#[test]
fn a_download_that_is_compared_shows_the_same_contents_and_leaves_no_file() {
    run(async {
        let mut desk = Desk::new().await;
        desk.download(AMELIA, "a.wav").await.unwrap();
        let cannot = DoctorState::BackedUpCannotCompare;
        assert_eq!(compared(&mut desk).await, cannot);
        let files = std::fs::read_dir(desk.folder.path()).unwrap().count();
        assert!(is_same(&compare(&mut desk).await.unwrap()));
        assert_eq!(
            std::fs::read_dir(desk.folder.path()).unwrap().count(),
            files
        );
        assert_eq!(desk.story().await.pop().unwrap(), "compare same");
        // Of the next look nothing is known again.
        assert_eq!(compared(&mut desk).await, cannot);
        desk.service.put(AMELIA, "a.wav", wav(100_000, 2));
        let changed = compare(&mut desk).await.unwrap().backup;
        assert!(matches!(changed, BackupComparison::Changed(_)));
        assert_eq!(desk.story().await.pop().unwrap(), "compare differs");
    });
}

#[test]
fn equal_contents_count_as_the_last_look_where_the_mark_differs_each_time() {
    run(async {
        let mut desk = desk_with_flipping_marks().await;
        desk.download(AMELIA, "a.wav").await.unwrap();
        let changed = desk.survey(AMELIA).await.backup;
        assert!(matches!(changed, BackupComparison::Changed(_)));
        let survey = compare(&mut desk).await.unwrap();
        assert!(is_same(&survey));
        desk.confirm(Confirmation::Doctor {
            survey,
            choice: DeletionChoice::KeepingBackup,
            reason: None,
        })
        .await;
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::Gone, "{report:?}");
        assert_eq!(desk.deletes_received(), 1);
        let plans = desk.record().await.into_iter();
        let plan: String = plans.filter_map(|entry| entry.draft.plan).collect();
        assert!(plan.ends_with("downloaded again just before"), "{plan}");
    });
}

#[test]
fn other_contents_at_the_last_look_keep_the_delete() {
    run(async {
        let mut desk = desk_with_flipping_marks().await;
        desk.download(AMELIA, "a.wav").await.unwrap();
        let survey = compare(&mut desk).await.unwrap();
        desk.confirm(Confirmation::Doctor {
            survey,
            choice: DeletionChoice::KeepingBackup,
            reason: None,
        })
        .await;
        desk.service.put(AMELIA, "a.wav", wav(100_000, 2));
        let (report, _) = desk.end_of_delete().await;
        assert_eq!(report.outcome, DeletionOutcome::NotSent);
        assert_eq!(desk.deletes_received(), 0);
    });
}

#[test]
fn a_backup_that_was_altered_is_compared_with_nothing() {
    run(async {
        let mut desk = Desk::new().await;
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        std::fs::write(&saved.path, wav(100_000, 2)).unwrap();
        let before = desk.requests(Call::Download);
        let failure = compare(&mut desk).await.unwrap_err();
        assert!(matches!(
            failure,
            JobFailure::Failed(failure)
                if matches!(failure.kind, FailureKind::ReadBackDiffers { .. })
        ));
        assert_eq!(desk.requests(Call::Download), before);
        let altered = DoctorState::BackupAltered;
        let known = crate::downloads::check(&mut desk, AMELIA).await;
        assert_eq!(known.state(), altered);
    });
}

#[test]
fn a_cut_is_no_other_recording() {
    run(async {
        let mut desk = Desk::new().await;
        desk.impatient = true;
        desk.download(AMELIA, "a.wav").await.unwrap();
        desk.service.set_faults(vec![
            Fault::on(Call::Download, Effect::OmitLength(NoLength::Chunked)).only(1),
            Fault::on(
                Call::Download,
                Effect::ReplaceBody(wav(100_000, 1)[..5000].to_vec().into()),
            )
            .only(1),
        ]);
        assert!(is_same(&compare(&mut desk).await.unwrap()));
        // The same part of it twice is what the service has.
        desk.service.set_faults(vec![
            Fault::on(Call::Download, Effect::OmitLength(NoLength::Chunked)),
            Fault::on(
                Call::Download,
                Effect::ReplaceBody(wav(100_000, 1)[..5000].to_vec().into()),
            ),
        ]);
        let changed = compare(&mut desk).await.unwrap().backup;
        assert!(matches!(changed, BackupComparison::Changed(_)));
    });
}

/// Compares, confirms, and lets `meanwhile` happen while the last comparison downloads.
async fn delete_while_it_compares(meanwhile: impl FnOnce(&Desk)) -> (DeletionOutcome, usize) {
    let mut desk = desk_with_flipping_marks().await;
    desk.download(AMELIA, "a.wav").await.unwrap();
    let survey = compare(&mut desk).await.unwrap();
    let slow = Effect::StallAfter {
        bytes: 50_000,
        duration: std::time::Duration::from_mins(1),
    };
    desk.service.add_fault(Fault::on(Call::Download, slow));
    let id = desk
        .confirm(Confirmation::Doctor {
            survey,
            choice: DeletionChoice::KeepingBackup,
            reason: None,
        })
        .await;
    desk.clock.run();
    let compares = |now: &JobProgress| matches!(now, JobProgress::Comparing { .. });
    desk.progress(id, compares).await;
    meanwhile(&desk);
    desk.service.set_faults(Vec::new());
    desk.service.end_stalls(Call::Download);
    let (report, _) = desk.end_of_delete().await;
    (report.outcome, desk.deletes_received())
}

#[test]
fn what_came_in_its_place_while_it_was_compared_keeps_the_delete() {
    run(async {
        let nothing = |_: &Desk| {};
        let gone = (DeletionOutcome::Gone, 1);
        assert_eq!(delete_while_it_compares(nothing).await, gone);
        let kept = (DeletionOutcome::NotSent, 0);
        let another = |desk: &Desk| desk.service.put(AMELIA, "a.wav", wav(222_000, 2));
        assert_eq!(delete_while_it_compares(another).await, kept);
        let none = |desk: &Desk| desk.service.remove(AMELIA);
        assert_eq!(delete_while_it_compares(none).await, kept);
    });
}

#[test]
fn what_a_cache_had_kept_is_compared_with_nothing_and_is_no_look() {
    run(async {
        let mut desk = Desk::new().await;
        desk.impatient = true;
        desk.download(AMELIA, "a.wav").await.unwrap();
        let age = HeaderValue::from_static("86400");
        let kept = Effect::SetHeader(axum::http::header::AGE, age);
        desk.service.add_fault(Fault::on(Call::Download, kept));
        let JobFailure::Failed(failure) = compare(&mut desk).await.unwrap_err() else {
            panic!("it was cancelled")
        };
        assert_eq!(failure.kind, FailureKind::AnswerTooOld);
        let survey = desk.survey(AMELIA).await;
        assert_eq!(survey.server.unwrap_err().kind, FailureKind::AnswerTooOld);
        let failure = crate::retries::failure_of(desk.download(AMELIA, "b.wav").await);
        assert_eq!(failure.kind, FailureKind::AnswerTooOld);
    });
}

#[test]
fn a_backup_of_another_size_than_the_copy_has_is_not_of_it_whatever_the_mark() {
    run(async {
        let mut desk = Desk::new().await;
        says(&desk, &[(ETAG, "\"a\"")]);
        desk.download(AMELIA, "a.wav").await.unwrap();
        desk.service.put(AMELIA, "a.wav", wav(222_000, 1));
        let changed = DoctorState::ChangedSinceBackup;
        assert_eq!(compared(&mut desk).await, changed);
    });
}
