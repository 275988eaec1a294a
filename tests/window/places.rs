//! What is said of the folders that recordings go to and lie in.

use audio_housekeeper::domain::{
    BackupComparison, BackupProof, CloudService, Completeness, Drive, Place,
};
use audio_housekeeper::engine::{Envelope, Event, SavePurpose};
use audio_housekeeper::state::{
    Action, DestinationRequest, JobEnding, Modal, ResultKind, SavedFile, ShownResult, State,
};
use egui::Theme;
use egui_kittest::kittest::Queryable as _;

use crate::pictures::save;
use crate::stage::{
    LARGE, SMALL, ago, asking, backup_of, copy, downloading, name, now, open, signed_in, window,
};

/// The folder of every sample file.
const FOLDER: &str = "/home/desk/Recordings";
const TEMPORARY: &str = "This is a temporary folder. The computer may empty it.";
const COPIED: &str = "This folder is copied to OneDrive.";
const REMOVABLE: &str = "This folder is on a removable drive. The file goes where the drive goes.";
const NETWORK: &str = "This folder is on a network drive.";

fn temporary() -> Place {
    Place {
        temporary: true,
        ..Place::default()
    }
}

fn copied() -> Place {
    Place {
        copied_to: Some(CloudService::OneDrive),
        ..Place::default()
    }
}

fn on(drive: Drive) -> Place {
    Place {
        drive,
        ..Place::default()
    }
}

fn with(mut state: State, place: Place) -> State {
    let event = Event::PlaceSeen {
        folder: FOLDER.into(),
        place: Some(place),
    };
    state.apply(Envelope {
        generation: 0,
        event,
    });
    state
}

/// A download to the folder, under way.
fn saving(place: Place) -> State {
    let mut state = downloading();
    let doctor = name("Dr. Jürgen Müller");
    state.update(Action::Download(doctor.clone()));
    state.update(Action::SaveChosen {
        request: DestinationRequest {
            doctor,
            purpose: SavePurpose::Download,
            folder: None,
            file_name: "a.wav".into(),
        },
        chosen: Some((format!("{FOLDER}/a.wav").into(), false)),
    });
    with(state, place)
}

fn saved(place: Place) -> State {
    let mut state = signed_in();
    let file = SavedFile {
        path: format!("{FOLDER}/Dr. Amelia Smith 2026-11-23.flac").into(),
        size: 18_400_000,
        milliseconds: Some(724_000),
        audio: crate::stage::whole_audio(),
        completeness: Completeness::Proven(BackupProof::Length),
        remarks: Vec::new(),
    };
    state.results.push(ShownResult {
        number: 1,
        ending: ResultKind::Ended(JobEnding::Download {
            doctor: name("Dr. Amelia Smith"),
            result: Ok(file),
        }),
        at: now(),
        looking: false,
        seen_since: Some(now()),
    });
    with(state, place)
}

fn asked(place: Place) -> State {
    let copy = copy(
        audio_housekeeper::domain::AudioFormat::Flac,
        18_400_000,
        Some("\"a\""),
    );
    let backup = backup_of(&copy, ago(3));
    with(asking(BackupComparison::Same(backup)), place)
}

/// Where the drive has no way to say when all is written.
fn asked_unflushed(place: Place) -> State {
    let mut state = asked(place);
    let Some(Modal::DeleteOne { survey, .. }) = state.modals.last_mut() else {
        panic!("nothing is asked");
    };
    let BackupComparison::Same(backup) = &mut survey.as_mut().unwrap().backup else {
        panic!("there is no backup");
    };
    backup.flushed = false;
    state
}

fn asked_for_all(place: Place) -> State {
    let mut state = signed_in();
    state.modals.push(Modal::DeleteAll {
        looked_since: ago(30),
        asked_at: ago(30),
        shown_at: Some(now()),
    });
    with(state, place)
}

#[test]
fn the_folder_is_told_while_the_download_runs_and_beside_the_saved_file() {
    for state in [saving, saved] {
        for (place, said) in [
            (temporary(), TEMPORARY),
            (copied(), COPIED),
            (on(Drive::Removable), REMOVABLE),
        ] {
            window(state(place)).get_by_label(said);
        }
    }
}

#[test]
fn of_a_usual_folder_and_of_a_network_drive_nothing_is_said_on_the_way() {
    for state in [saving, saved] {
        for place in [Place::default(), on(Drive::Network)] {
            let window = window(state(place));
            assert!(window.query_by_label_contains("This folder").is_none());
            assert!(window.query_by_label_contains("temporary").is_none());
        }
    }
}

#[test]
fn the_folder_of_a_backup_is_told_before_a_delete_rests_on_it() {
    for (place, said) in [
        (temporary(), TEMPORARY),
        (copied(), COPIED),
        (on(Drive::Removable), REMOVABLE),
        (on(Drive::Network), NETWORK),
    ] {
        window(asked(place)).get_by_label(said);
    }
    let window = window(asked(Place::default()));
    assert!(window.query_by_label_contains("This folder").is_none());
}

#[test]
fn a_backup_that_was_not_flushed_is_told_before_a_delete_rests_on_it() {
    let said = "no way to say when all is really written";
    window(asked_unflushed(Place::default())).get_by_label_contains(said);
    let window = window(asked(Place::default()));
    assert!(window.query_by_label_contains(said).is_none());
}

#[test]
fn backups_that_may_be_lost_are_counted_before_everything_is_deleted() {
    let said = "2 backups lie in a temporary folder or on a removable drive.";
    window(asked_for_all(temporary())).get_by_label(said);
    let window = window(asked_for_all(copied()));
    assert!(window.query_by_label_contains("removable").is_none());
}

#[test]
fn what_is_said_of_a_folder_has_room_in_every_window() {
    let all = || Place {
        temporary: true,
        ..copied()
    };
    for (view, state) in [
        ("place-saving", saving as fn(Place) -> State),
        ("place-saved", saved),
        ("place-asked", asked),
        ("place-asked-unflushed", asked_unflushed),
        ("place-asked-for-all", asked_for_all),
    ] {
        for (way, size, theme, percent) in [
            ("light", LARGE, Theme::Light, 100),
            ("dark-small", SMALL, Theme::Dark, 100),
            ("large-text", SMALL, Theme::Light, 200),
        ] {
            let mut window = open(state(all()), size, theme, percent);
            window.check_accessibility();
            save(&mut window, view, way);
        }
    }
}
