//! A download that is paused: what came is kept, and it goes on behind it.

use std::fs;

use audio_housekeeper::domain::{AuditOutcome, DeletionChoice, KeptPart};
use audio_housekeeper::engine::{Command, Event, JobFailure, JobId, JobProgress};
use audio_housekeeper::practice::{Call, Effect};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, run};

use crate::resumes::{assert_nothing_is_left, desk, on_download, ranges};

/// Pauses it, and waits for what is kept of it.
async fn paused(desk: &mut Desk, id: JobId) -> KeptPart {
    desk.send(Command::Pause(id));
    let mut kept = desk
        .until(|event| match event {
            Event::KeptParts(all) if !all.is_empty() => Some(all.clone()),
            _ => None,
        })
        .await;
    let ended = desk.end_of_download().await;
    assert_eq!(ended.unwrap_err(), JobFailure::Cancelled);
    let last = desk.record().await.pop().unwrap().draft;
    assert_eq!(last.outcome, AuditOutcome::Paused);
    assert_eq!(last.note.unwrap(), "what came is kept");
    kept.pop().unwrap()
}

async fn goes_on_with(desk: &mut Desk, kept: KeptPart) {
    let from = format!("bytes={}-", kept.came.size);
    desk.send(Command::GoOn {
        doctor: kept.doctor,
        operation: kept.operation,
    });
    let saved = desk.end_of_download().await.unwrap();
    assert_eq!(fs::read(&saved.path).unwrap(), wav(100_000, 1));
    assert_eq!(ranges(desk).pop().unwrap().unwrap(), from);
    fs::remove_file(saved.path).unwrap();
    assert_nothing_is_left(desk).await;
}

#[test]
fn a_download_is_paused_and_gone_on_with() {
    run(async {
        let mut desk = desk().await;
        let stall = Effect::StallAfter {
            bytes: 30_000,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall));
        let id = desk.begin_download(AMELIA, "a.wav").await;
        desk.progress(id, |now| {
            matches!(
                now,
                JobProgress::Downloading {
                    received: 1..,
                    can_be_paused: true,
                    ..
                }
            )
        })
        .await;
        let kept = paused(&mut desk, id).await;
        assert!(kept.came.size > 0 && kept.came.size < 100_000);
        desk.service.set_faults(Vec::new());
        goes_on_with(&mut desk, kept).await;
    });
}

#[test]
fn one_that_waits_for_its_next_try_is_paused_and_gone_on_with() {
    run(async {
        let mut desk = desk().await;
        desk.impatient = false;
        desk.service
            .add_fault(on_download(Effect::CutAfter(70_000)).only(1));
        let id = desk.download_until_it_waits(AMELIA, "a.wav").await;
        let kept = paused(&mut desk, id).await;
        assert_eq!(kept.came.size, 70_000);
        goes_on_with(&mut desk, kept).await;
        assert_eq!(desk.requests(Call::Download), 2);
    });
}

#[test]
fn what_can_not_be_gone_on_with_is_not_said_to_be_pausable_and_a_delete_is_not_paused() {
    run(async {
        let mut desk = Desk::new().await;
        let stall = Effect::StallAfter {
            bytes: 60_000,
            duration: std::time::Duration::from_mins(1),
        };
        desk.service.add_fault(on_download(stall).only(1));
        let id = desk.begin_download(AMELIA, "a.wav").await;
        desk.progress(id, |now| {
            matches!(
                now,
                JobProgress::Downloading {
                    can_be_paused: false,
                    ..
                }
            )
        })
        .await;
        desk.service.end_stalls(Call::Download);
        desk.end_of_download().await.unwrap();

        let choice = DeletionChoice::KeepingBackup;
        let id = desk.begin_delete(AMELIA, choice).await;
        desk.send(Command::Pause(id));
        desk.clock.run();
        desk.until_sent().await;
        assert_eq!(desk.deletes_received(), 1);
    });
}
