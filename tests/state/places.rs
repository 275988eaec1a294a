//! What is said of the folders that recordings go to and lie in.

use std::path::{Path, PathBuf};

use audio_housekeeper::domain::{
    AudioFormat, AudioState, Backup, BackupComparison, BackupHealth, BackupProof, CheckedAudio,
    CloudService, Codec, Completeness, EndProof, KnownDoctor, Place, ServerCopy, ServerKnowledge,
    Sha256Digest,
};
use audio_housekeeper::engine::{Command, Event, JobProgress, SavePurpose};
use audio_housekeeper::state::{
    Action, DestinationRequest, JobEnding, JobId, JobKind, SavedFile, SideEffect, State,
};
use jiff::Timestamp;

use crate::{commands, name, signed_in, survey, tell};

fn one_drive() -> Place {
    Place {
        copied_to: Some(CloudService::OneDrive),
        ..Place::default()
    }
}

fn temporary() -> Place {
    Place {
        temporary: true,
        ..Place::default()
    }
}

fn seen(state: &mut State, folder: &str, place: Option<Place>) {
    let folder = PathBuf::from(folder);
    tell(state, 1, Event::PlaceSeen { folder, place });
}

/// The folders that are to be looked at.
fn looked_at(effects: &[SideEffect]) -> Vec<&Path> {
    let looks = commands(effects)
        .into_iter()
        .filter_map(|command| match command {
            Command::LookAtPlace(folder) => Some(folder.as_path()),
            _ => None,
        });
    looks.collect()
}

fn choose(state: &mut State, path: &str) -> Vec<SideEffect> {
    state.update(Action::Download(name("Dr. A")));
    let request = DestinationRequest {
        doctor: name("Dr. A"),
        purpose: SavePurpose::Download,
        folder: None,
        file_name: "a.wav".into(),
    };
    state.update(Action::SaveChosen {
        request,
        chosen: Some((path.into(), false)),
    })
}

fn start(state: &mut State, kind: JobKind) {
    tell(state, 1, Event::JobStarted { id: JobId(1), kind });
}

fn end(state: &mut State, path: &str) {
    let file = SavedFile {
        path: path.into(),
        size: 1,
        milliseconds: None,
        audio: CheckedAudio {
            state: AudioState::Whole,
            codec: Some(Codec::Flac),
            ends: vec![EndProof::Md5],
            oddities: Vec::new(),
        },
        completeness: Completeness::Proven(BackupProof::Length),
        remarks: Vec::new(),
    };
    let ending = Box::new(JobEnding::Download {
        doctor: name("Dr. A"),
        result: Ok(file),
    });
    let id = JobId(1);
    tell(state, 1, Event::JobEnded { id, ending });
}

fn place_of_running(state: &State) -> Option<&Place> {
    state.place_of_job(&state.jobs[&JobId(1)])
}

#[test]
fn a_chosen_folder_is_looked_at_and_told_while_the_download_runs_and_after_it() {
    let mut state = signed_in();
    let effects = choose(&mut state, "/desk/OneDrive/a.wav");
    assert_eq!(looked_at(&effects), [Path::new("/desk/OneDrive")]);
    start(&mut state, JobKind::Download(name("Dr. A")));
    assert_eq!(place_of_running(&state), None);
    seen(&mut state, "/desk/OneDrive", Some(one_drive()));
    assert_eq!(place_of_running(&state), Some(&one_drive()));
    end(&mut state, "/desk/OneDrive/a (2).wav");
    let result = &state.results[0];
    assert_eq!(state.place_of_result(result), Some(&one_drive()));
}

#[test]
fn a_folder_that_does_not_answer_is_no_longer_said_to_be_what_it_was() {
    let mut state = signed_in();
    choose(&mut state, "/net/a.wav");
    start(&mut state, JobKind::Download(name("Dr. A")));
    seen(&mut state, "/net", Some(Place::default()));
    seen(&mut state, "/net", None);
    assert_eq!(place_of_running(&state), None);
}

#[test]
fn a_delete_tells_of_its_backups_folder_only_while_it_backs_up() {
    let mut state = signed_in();
    choose(&mut state, "/stick/a.wav");
    seen(&mut state, "/stick", Some(temporary()));
    start(&mut state, JobKind::Delete(name("Dr. A")));
    let mut go = |progress| {
        state.jobs.get_mut(&JobId(1)).unwrap().progress = progress;
        place_of_running(&state).is_some()
    };
    assert!(go(JobProgress::ReadingBack));
    assert!(!go(JobProgress::Deleting));
}

#[test]
fn what_one_job_saved_to_is_not_told_of_the_next() {
    let mut state = signed_in();
    choose(&mut state, "/stick/a.wav");
    seen(&mut state, "/stick", Some(temporary()));
    start(&mut state, JobKind::Download(name("Dr. A")));
    end(&mut state, "/stick/a.wav");
    start(&mut state, JobKind::Download(name("Dr. A")));
    assert_eq!(place_of_running(&state), None);
}

#[test]
fn many_backups_tell_of_the_folder_that_was_chosen_for_them() {
    let mut state = signed_in();
    state.update(Action::AskDeleteAll);
    state.update(Action::CheckAndBackUpFirst);
    let effects = state.update(Action::FolderChosen(Some("/desk/OneDrive".into())));
    assert_eq!(looked_at(&effects), [Path::new("/desk/OneDrive")]);
    seen(&mut state, "/desk/OneDrive", Some(one_drive()));
    start(&mut state, JobKind::CheckAndBackUp);
    assert_eq!(place_of_running(&state), Some(&one_drive()));
}

fn backup(path: &str) -> Backup {
    Backup {
        path: path.into(),
        size: 1,
        sha256: Sha256Digest::of(b"a"),
        format: AudioFormat::Wav,
        milliseconds: None,
        verified_at: Timestamp::UNIX_EPOCH,
        audio: None,
        seen: None,
        flushed: true,
        proof: BackupProof::Length,
        made_from: ServerCopy::default(),
    }
}

#[test]
fn the_folder_of_a_backup_is_looked_at_where_a_delete_would_rest_on_it() {
    for (backup, looks) in [
        (BackupComparison::CannotCompare(backup("/tmp/a.wav")), 1),
        (BackupComparison::Same(backup("/tmp/a.wav")), 1),
        (BackupComparison::Changed(backup("/tmp/a.wav")), 0),
        (BackupComparison::Missing(backup("/tmp/a.wav")), 0),
        (BackupComparison::None, 0),
    ] {
        let mut state = signed_in();
        state.update(Action::AskDelete(name("Dr. A")));
        let mut survey = survey("Dr. A");
        survey.backup = backup;
        let effects = tell(&mut state, 1, Event::Surveyed(survey));
        assert_eq!(looked_at(&effects).len(), looks);
    }
}

#[test]
fn a_delete_of_everything_counts_the_good_backups_that_may_be_lost() {
    let mut state = signed_in();
    let places = ["/tmp/a.wav", "/tmp/b.wav", "/desk/c.wav"];
    for (number, path) in places.into_iter().enumerate() {
        let doctor = KnownDoctor {
            server: ServerKnowledge::Has {
                copy: ServerCopy::default(),
                checked_at: Timestamp::UNIX_EPOCH,
            },
            backup: Some(backup(path)),
            // The second is gone already, and counts as no backup.
            backup_health: match number {
                1 => BackupHealth::Missing,
                _ => BackupHealth::There,
            },
            ..KnownDoctor::new(name(&format!("Dr. {number}")))
        };
        tell(&mut state, 1, Event::Doctor(Box::new(doctor)));
    }
    let effects = state.update(Action::AskDeleteAll);
    assert_eq!(looked_at(&effects), ["/desk", "/tmp"].map(Path::new));
    assert_eq!(state.backups_that_may_be_lost(), 0, "unknown is not said");
    seen(&mut state, "/tmp", Some(temporary()));
    seen(&mut state, "/desk", Some(one_drive()));
    assert_eq!(state.backups_that_may_be_lost(), 1);
}
