//! What came and can be no backup is set aside, and waits for the person to keep or discard it.

use std::fs;

use audio_housekeeper::domain::{Completeness, Damage, FailureKind, SetAside, Unfit};
use audio_housekeeper::engine::{Command, Destination, Event, JobFailure, SavedFile};
use support::desk::Desk;
use support::recordings::wav;
use support::{AMELIA, name, run};

use crate::retries::failure_of;
use crate::unfit::{cut, desk_with, ds2};

/// Downloads what can be no backup; what is set aside then.
async fn set_aside(desk: &mut Desk, file: &str) -> SetAside {
    desk.ask_download(AMELIA, file);
    let all = desk
        .until(|event| match event {
            Event::SetAside(all) if !all.is_empty() => Some(all.clone()),
            _ => None,
        })
        .await;
    failure_of(desk.end_of_download().await);
    let [one] = &all[..] else {
        panic!("not one is set aside: {all:?}")
    };
    one.clone()
}

async fn all_set_aside(desk: &mut Desk) -> Vec<SetAside> {
    desk.until(|event| match event {
        Event::SetAside(all) => Some(all.clone()),
        _ => None,
    })
    .await
}

/// Keeps it; what came of that, and what is set aside after it.
async fn keep(
    desk: &mut Desk,
    one: &SetAside,
    file: &str,
) -> (Result<SavedFile, JobFailure>, Vec<SetAside>) {
    let destination = Destination {
        path: desk.file(file),
        replace: false,
        even_a_backup: None,
    };
    desk.send(Command::KeepSetAside {
        doctor: name(AMELIA),
        operation: one.operation.clone(),
        destination,
    });
    let left = all_set_aside(desk).await;
    (desk.end_of_download().await, left)
}

async fn discard(desk: &mut Desk, one: &SetAside) -> Vec<SetAside> {
    desk.send(Command::DiscardSetAside(one.operation.clone()));
    all_set_aside(desk).await
}

/// The recordings in the desk's folder, part files and what is set aside included.
fn recordings(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with('a')).collect();
    names.sort();
    names
}

#[test]
fn it_lies_beside_the_destination_under_a_name_that_says_so_and_for_its_owner_only() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        assert_eq!(one.unfit, Unfit::Damaged(Damage::Incomplete));
        assert_eq!(one.path, desk.file("a (damaged).wav.part"));
        assert_eq!(fs::read(&one.path).unwrap(), cut());
        assert_eq!(recordings(&desk), ["a (damaged).wav.part"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&one.path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let mut desk = desk_with(ds2()).await;
        set_aside(&mut desk, "a.wav").await;
        assert_eq!(recordings(&desk), ["a.ds2.part"]);
    });
}

#[test]
fn it_is_asked_about_again_after_a_restart_and_kept_where_the_person_wants_it() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        let mut desk = desk.restart().await;
        assert_eq!(all_set_aside(&mut desk).await, std::slice::from_ref(&one));
        // The recording on the server may be gone by now.
        desk.service.remove(AMELIA);
        let (kept, left) = keep(&mut desk, &one, "a kept.wav").await;
        let kept = kept.unwrap();
        assert_eq!(kept.completeness, Completeness::AsItIs(one.unfit));
        assert_eq!(fs::read(&kept.path).unwrap(), cut());
        assert_eq!(left, []);
        assert_eq!(recordings(&desk), ["a kept.wav"]);
        let story = desk.story().await;
        assert_eq!(
            story,
            ["sign-in done", "download failed", "download kept-as-it-is"]
        );
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.backup.unwrap().sha256, one.sha256);
        let mut desk = desk.restart().await;
        assert_eq!(all_set_aside(&mut desk).await, []);
    });
}

#[test]
fn it_is_discarded_where_the_person_wants_that_and_the_record_says_so() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        assert_eq!(discard(&mut desk, &one).await, []);
        assert!(recordings(&desk).is_empty());
        let entry = desk.record().await.pop().unwrap().draft;
        assert_eq!(entry.outcome.code(), "discarded");
        assert_eq!(entry.operation, one.operation);
        assert!(entry.note.as_ref().unwrap().starts_with("removed; "));
        // A second press finds nothing, and says nothing.
        assert_eq!(discard(&mut desk, &one).await, []);
        assert_eq!(desk.record().await.pop().unwrap().draft, entry);
    });
}

#[test]
fn the_same_contents_are_set_aside_once() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        failure_of(desk.download(AMELIA, "a.wav").await);
        assert_eq!(recordings(&desk), ["a (damaged).wav.part"]);
        // Once that is gone, they are set aside anew.
        fs::remove_file(&one.path).unwrap();
        desk.ask_download(AMELIA, "a.wav");
        assert_eq!(all_set_aside(&mut desk).await.len(), 1);
        assert_eq!(recordings(&desk), ["a (damaged).wav.part"]);
    });
}

#[test]
fn where_the_app_ended_before_it_had_its_name_it_is_found_all_the_same() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        fs::rename(&one.path, &one.part).unwrap();
        let mut desk = desk.restart().await;
        assert_eq!(all_set_aside(&mut desk).await, std::slice::from_ref(&one));
        let (kept, left) = keep(&mut desk, &one, "a kept.wav").await;
        assert!(kept.is_ok() && left.is_empty());
        assert_eq!(recordings(&desk), ["a kept.wav"]);
    });
}

#[test]
fn another_file_in_its_place_is_neither_kept_nor_discarded() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        let another = wav(5000, 9);
        assert_eq!(another.len(), cut().len());
        fs::write(&one.path, &another).unwrap();
        let (kept, left) = keep(&mut desk, &one, "a kept.wav").await;
        let differs = FailureKind::ReadBackDiffers {
            path: one.path.clone(),
        };
        assert_eq!(failure_of(kept).kind, differs);
        assert_eq!(left, std::slice::from_ref(&one));
        assert_eq!(discard(&mut desk, &one).await, []);
        assert_eq!(fs::read(&one.path).unwrap(), another);
        let note = desk.record().await.pop().unwrap().draft.note.unwrap();
        assert!(note.contains("nothing was removed"), "{note}");
    });
}

#[test]
fn on_a_drive_that_is_away_it_stays_known() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let drive = desk.file("drive");
        fs::create_dir(&drive).unwrap();
        let one = set_aside(&mut desk, "drive/a.wav").await;
        fs::rename(&drive, desk.file("unplugged")).unwrap();
        assert_eq!(discard(&mut desk, &one).await, std::slice::from_ref(&one));
        let (kept, left) = keep(&mut desk, &one, "a kept.wav").await;
        let missing = FailureKind::FolderMissing {
            path: drive.clone(),
        };
        assert_eq!(failure_of(kept).kind, missing);
        assert_eq!(left, std::slice::from_ref(&one));
        fs::rename(desk.file("unplugged"), &drive).unwrap();
        assert_eq!(discard(&mut desk, &one).await, []);
        assert!(!one.path.exists());
    });
}

#[test]
fn kept_over_itself_it_would_be_gone_and_so_it_is_not() {
    run(async {
        let mut desk = desk_with(cut()).await;
        let one = set_aside(&mut desk, "a.wav").await;
        desk.send(Command::KeepSetAside {
            doctor: name(AMELIA),
            operation: one.operation.clone(),
            destination: Destination {
                path: one.path.clone(),
                replace: true,
                even_a_backup: None,
            },
        });
        assert_eq!(all_set_aside(&mut desk).await, std::slice::from_ref(&one));
        failure_of(desk.end_of_download().await);
        assert_eq!(fs::read(&one.path).unwrap(), cut());
    });
}
