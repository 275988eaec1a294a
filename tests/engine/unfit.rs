//! What the service holds damaged, empty or of another kind can be seen for what it is, and
//! cleared after a confirmation that says so.

use std::time::Duration;

use audio_housekeeper::domain::{
    BackupComparison, Completeness, Confirmation, Damage, DeletionChoice, DeletionOutcome,
    DoctorState, FailureKind, OtherRecording, ServerCopy, Unfit,
};
use audio_housekeeper::engine::{
    Command, Destination, Event, JobEnding, JobFailure, SavePurpose, SavedFile,
};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;

use crate::downloads::check;
use crate::retries::failure_of;

pub fn ds2() -> Vec<u8> {
    b"\x07ds2\x02\0\x03\0 and so on, and on, and on".to_vec()
}

/// A WAV that states more audio than it has.
pub fn cut() -> Vec<u8> {
    wav(64_044, 1)[..5000].to_vec()
}

/// A WAV without audio.
fn silent() -> Vec<u8> {
    let mut silent = wav(44, 1);
    silent[40..44].fill(0);
    silent
}

pub async fn desk_with(bytes: Vec<u8>) -> Desk {
    let mut desk = Desk::new().await;
    desk.impatient = true;
    desk.service.put(AMELIA, "a.wav", bytes);
    desk
}

async fn seen(desk: &mut Desk) -> ServerCopy {
    let survey = desk.survey(AMELIA).await;
    assert_eq!(survey.backup, BackupComparison::None);
    survey.server.unwrap().unwrap()
}

/// The plan that the record keeps of the one delete.
async fn plan(desk: &mut Desk) -> String {
    let record = desk.record().await;
    let plans = record.into_iter().filter_map(|entry| entry.draft.plan);
    plans.collect()
}

#[test]
fn what_is_empty_or_of_another_kind_is_seen_by_a_look_and_can_be_deleted() {
    let ds2_seen = Unfit::Other(OtherRecording::Ds2);
    run(async {
        for (bytes, unfit, said) in [
            (Vec::new(), Unfit::Empty, "format not told (empty), 0 bytes"),
            (ds2(), ds2_seen, "DS2, neither WAV nor FLAC, 34 bytes"),
        ] {
            let mut desk = desk_with(bytes).await;
            assert_eq!(seen(&mut desk).await.unfit, Some(unfit));
            let state = check(&mut desk, AMELIA).await.state();
            assert_eq!(state, DoctorState::Unfit(unfit));
            let (report, backup) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
            assert_eq!((report.outcome, backup), (DeletionOutcome::Gone, None));
            assert_eq!(desk.requests(Call::Delete), 1);
            let plan = plan(&mut desk).await;
            assert!(
                plan.contains(said) && plan.ends_with("without backup"),
                "{plan}"
            );
        }
    });
}

#[test]
fn what_a_download_showed_is_known_at_the_next_look_and_after_a_restart() {
    let incomplete = Unfit::Damaged(Damage::Incomplete);
    run(async {
        for (bytes, unfit) in [(cut(), incomplete), (silent(), Unfit::Empty)] {
            let mut desk = desk_with(bytes).await;
            assert_eq!(seen(&mut desk).await.unfit, None);
            failure_of(desk.download(AMELIA, "a.wav").await);
            let state = check(&mut desk, AMELIA).await.state();
            assert_eq!(state, DoctorState::Unfit(unfit));
            let mut desk = desk.restart().await;
            desk.until(|event| matches!(event, Event::Doctors(_)).then_some(()))
                .await;
            assert_eq!(seen(&mut desk).await.unfit, Some(unfit));
            let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
            assert_eq!(report.outcome, DeletionOutcome::Gone);
            assert!(plan(&mut desk).await.contains(unfit.code()));
        }
    });
}

#[test]
fn a_recording_that_was_put_in_the_place_of_a_damaged_one_is_not_called_damaged() {
    run(async {
        let mut desk = desk_with(cut()).await;
        failure_of(desk.download(AMELIA, "a.wav").await);
        desk.service.put(AMELIA, "a.wav", wav(64_044, 1));
        assert_eq!(seen(&mut desk).await.unfit, None);
        // Of the same length, with nothing to compare by: a download tells.
        let whole = wav(64_044, 1);
        let mut mended = desk_with({
            let mut damaged = whole.clone();
            damaged[4..8].fill(0x7f);
            damaged[40..44].fill(0x7f);
            damaged
        })
        .await;
        failure_of(mended.download(AMELIA, "a.wav").await);
        assert!(seen(&mut mended).await.unfit.is_some());
        mended.service.put(AMELIA, "a.wav", whole);
        mended.download(AMELIA, "a.wav").await.unwrap();
        let survey = mended.survey(AMELIA).await;
        assert_eq!(survey.server.unwrap().unwrap().unfit, None);
    });
}

#[test]
fn a_recording_that_took_the_place_of_an_empty_one_after_the_question_is_not_deleted() {
    run(async {
        for bytes in [Vec::new(), ds2()] {
            let mut desk = desk_with(bytes).await;
            desk.begin_delete(AMELIA, DeletionChoice::WithoutBackup)
                .await;
            desk.service.put(AMELIA, "a.wav", wav(64_044, 1));
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotSent);
            assert_eq!(report.failure.unwrap().kind, FailureKind::CopyChanged);
            assert_eq!(desk.deletes_received(), 0);
        }
    });
}

#[test]
fn nothing_that_comes_twice_without_a_length_is_what_the_service_has() {
    run(async {
        let mut desk = desk_with(Vec::new()).await;
        let chunked = Effect::OmitLength(NoLength::Chunked);
        desk.service.add_fault(Fault::on(Call::Download, chunked));
        // Without it, the service's own library would say that there is nothing to come.
        let slowly = Effect::StallAfter {
            bytes: 0,
            duration: Duration::from_millis(1),
        };
        desk.service.add_fault(Fault::on(Call::Download, slowly));
        assert_eq!(seen(&mut desk).await.unfit, Some(Unfit::Empty));
        assert_eq!(desk.requests(Call::Download), 2);
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        assert_eq!(failure.kind, FailureKind::EmptyRecording { arrived: true });
        assert_eq!(desk.requests(Call::Download), 4);
    });
}

#[test]
fn of_a_recording_of_no_bytes_there_is_nothing_to_download() {
    run(async {
        let mut desk = desk_with(Vec::new()).await;
        desk.send(Command::PrepareDownload {
            doctor: name(AMELIA),
            purpose: SavePurpose::Download,
        });
        let failure = desk
            .until(|event| match event {
                Event::DownloadNotReady { failure, .. } => Some(failure.clone()),
                Event::DownloadReady { .. } => panic!("a place is asked for"),
                _ => None,
            })
            .await;
        assert_eq!(failure.kind, FailureKind::EmptyRecording { arrived: true });
    });
}

/// Asks to keep what is there as it is.
async fn keep(desk: &mut Desk, file: &str) -> Result<SavedFile, JobFailure> {
    let destination = Destination {
        path: desk.file(file),
        replace: false,
        even_a_backup: None,
    };
    desk.send(Command::Download {
        doctor: name(AMELIA),
        destination,
        as_it_is: true,
    });
    desk.end_of_download().await
}

#[test]
fn what_can_be_no_backup_is_kept_as_it_is_where_the_person_wants_that() {
    let incomplete = Unfit::Damaged(Damage::Incomplete);
    run(async {
        for (bytes, unfit, file, requests) in [
            (cut(), incomplete, "a (damaged).wav", 2),
            (silent(), Unfit::Empty, "a (empty).wav", 1),
            (ds2(), Unfit::Other(OtherRecording::Ds2), "a.ds2", 1),
        ] {
            let mut desk = desk_with(bytes.clone()).await;
            let kept = keep(&mut desk, file).await.unwrap();
            assert_eq!(kept.completeness, Completeness::AsItIs(unfit));
            assert_eq!(kept.path, desk.file(file));
            assert_eq!(std::fs::read(&kept.path).unwrap(), bytes);
            assert_eq!(desk.requests(Call::Download), requests);
            assert_eq!(
                desk.story().await,
                ["sign-in done", "download kept-as-it-is"]
            );
            // It is no backup, and is known for what it is.
            assert_eq!(seen(&mut desk).await.unfit, Some(unfit));
        }
    });
}

#[test]
fn what_is_whole_by_now_is_kept_as_any_recording_is() {
    run(async {
        let mut desk = desk_with(wav(64_044, 1)).await;
        let kept = keep(&mut desk, "a (damaged).wav").await.unwrap();
        assert!(matches!(kept.completeness, Completeness::Proven(_)));
        assert!(desk.survey(AMELIA).await.backup.backup().is_some());
    });
}

#[test]
fn a_page_a_message_or_text_is_kept_in_no_way() {
    run(async {
        for (bytes, kind) in [
            (
                &b"<!doctype html><p>Please sign in"[..],
                FailureKind::WebPageInstead,
            ),
            (b"{\"error\":\"Oops\"}", FailureKind::JsonInstead),
            (
                b"UklGRiR3AQBXQVZFZm10IBAAAAABAAEA",
                FailureKind::Base64Instead,
            ),
            (
                b"PK\x03\x04 and so on and on and on",
                FailureKind::NotAudio { arrived: true },
            ),
        ] {
            let mut desk = desk_with(bytes.to_vec()).await;
            assert_eq!(failure_of(keep(&mut desk, "a.wav").await).kind, kind);
            assert!(!desk.file("a.wav").exists());
        }
    });
}

#[test]
fn a_recording_that_took_the_place_of_nothing_without_a_length_is_not_deleted() {
    run(async {
        for (now_chunked, before_chunked) in [(true, true), (false, true), (true, false)] {
            let mut desk = desk_with(Vec::new()).await;
            let chunked = || {
                let slowly = Effect::StallAfter {
                    bytes: 0,
                    duration: Duration::from_millis(1),
                };
                vec![
                    Fault::on(Call::Download, Effect::OmitLength(NoLength::Chunked)),
                    Fault::on(Call::Download, slowly),
                ]
            };
            if before_chunked {
                desk.service.set_faults(chunked());
            }
            let survey = Box::new(desk.survey(AMELIA).await);
            let seen = survey.server.as_ref().unwrap().as_ref().unwrap();
            assert_eq!(seen.unfit, Some(Unfit::Empty));
            desk.service
                .set_faults(if now_chunked { chunked() } else { Vec::new() });
            desk.service.put(AMELIA, "a.wav", wav(222_000, 1));
            desk.confirm(Confirmation::Doctor {
                survey,
                choice: DeletionChoice::WithoutBackup,
                reason: None,
            })
            .await;
            let (report, _) = desk.end_of_delete().await;
            assert_eq!(report.outcome, DeletionOutcome::NotSent);
            assert_eq!(desk.deletes_received(), 0);
        }
    });
}

#[test]
fn what_is_no_recording_and_may_not_be_all_is_asked_for_again() {
    run(async {
        let neither = b"what a gateway sent in its place".to_vec();
        for (chunked_tries, requests) in [(1, 2), (0, 1)] {
            let mut desk = desk_with(neither.clone()).await;
            let chunked = Effect::OmitLength(NoLength::Chunked);
            let chunked = Fault::on(Call::Download, chunked).only(chunked_tries);
            desk.service.add_fault(chunked);
            let failure = failure_of(desk.download(AMELIA, "a.wav").await);
            assert_eq!(failure.kind, FailureKind::NotAudio { arrived: true });
            assert_eq!(desk.requests(Call::Download), requests);
            assert!(!desk.file("a.wav").exists());
        }
    });
}

#[test]
fn an_empty_page_or_message_is_no_empty_recording() {
    run(async {
        for kind in ["text/html", "application/json", "text/plain"] {
            let mut desk = desk_with(Vec::new()).await;
            let typed = Effect::SetHeader(CONTENT_TYPE, HeaderValue::from_static(kind));
            desk.service.add_fault(Fault::on(Call::Download, typed));
            let survey = desk.survey(AMELIA).await;
            let failure = survey.server.unwrap_err();
            let instead = matches!(
                failure.kind,
                FailureKind::WebPageInstead | FailureKind::NotAudio { arrived: true }
            );
            assert!(instead, "{kind}: {failure:?}");
        }
    });
}

/// Damaged in the place of one that was backed up, with nothing to compare by.
async fn desk_with_one_that_rotted() -> Desk {
    let mut desk = desk_with(wav(64_044, 1)).await;
    desk.download(AMELIA, "a.wav").await.unwrap();
    let mut rotten = wav(64_044, 1);
    rotten[4..8].fill(0x7f);
    rotten[40..44].fill(0x7f);
    desk.service.put(AMELIA, "a.wav", rotten);
    failure_of(desk.download(AMELIA, "b.wav").await);
    desk
}

#[test]
fn what_can_be_no_backup_is_deleted_without_one_though_an_earlier_one_is_kept() {
    run(async {
        let mut desk = desk_with_one_that_rotted().await;
        let survey = desk.survey(AMELIA).await;
        assert!(matches!(survey.backup, BackupComparison::CannotCompare(_)));
        assert!(survey.allows(&DeletionChoice::WithoutBackup));
        assert!(!survey.allows(&DeletionChoice::KeepingBackup));
        let (report, _) = desk.delete(AMELIA, DeletionChoice::WithoutBackup).await;
        assert_eq!(report.outcome, DeletionOutcome::Gone);
    });
}

#[test]
fn a_comparison_forgets_no_damage() {
    run(async {
        let mut desk = desk_with_one_that_rotted().await;
        desk.send(Command::Compare(name(AMELIA)));
        let survey = desk
            .until(|event| match event {
                Event::JobEnded { ending, .. } => match &**ending {
                    JobEnding::Compare { result, .. } => Some(result.clone().unwrap()),
                    _ => None,
                },
                _ => None,
            })
            .await;
        assert!(survey.server.unwrap().unwrap().unfit.is_some());
        assert!(seen_now(&mut desk).await.unfit.is_some());
    });
}

async fn seen_now(desk: &mut Desk) -> ServerCopy {
    desk.survey(AMELIA).await.server.unwrap().unwrap()
}
