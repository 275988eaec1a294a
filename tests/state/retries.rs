//! Trying again: what waits for its next try, and what was given up.

use std::path::PathBuf;

use audio_housekeeper::domain::{Failure, FailureKind};
use audio_housekeeper::engine::{
    Command, Destination, Event, JobEnding, JobFailure, JobId, JobKind, SavePurpose,
};
use audio_housekeeper::state::{Action, DestinationRequest, State};
use jiff::Timestamp;

use crate::{commands, name, signed_in, tell};

/// A download to a file that the person agreed to replace, which has failed.
fn failed() -> State {
    let mut state = signed_in();
    let doctor = name("Dr. A");
    state.update(Action::Download(doctor.clone()));
    let request = DestinationRequest {
        doctor: doctor.clone(),
        purpose: SavePurpose::Download,
        folder: None,
        file_name: "a.wav".into(),
    };
    let chosen = Some((PathBuf::from("/saved/a.wav"), true));
    state.update(Action::SaveChosen { request, chosen });
    let (id, kind) = (JobId(1), JobKind::Download(doctor.clone()));
    tell(&mut state, 1, Event::JobStarted { id, kind });
    let failure = Failure::new(FailureKind::TimedOut, Timestamp::UNIX_EPOCH, "");
    let ending = Box::new(JobEnding::Download {
        doctor,
        result: Err(JobFailure::Failed(failure)),
    });
    tell(&mut state, 1, Event::JobEnded { id, ending });
    state
}

#[test]
fn try_now_is_the_engine_s_to_do() {
    let mut state = signed_in();
    let effects = state.update(Action::TryNow(JobId(3)));
    assert!(matches!(
        commands(&effects)[..],
        [Command::TryNow(JobId(3))]
    ));
}

#[test]
fn try_again_goes_to_the_same_place_without_a_word_to_replace_anything() {
    let mut state = failed();
    assert_eq!(state.results.len(), 1);
    let effects = state.update(Action::TryAgain(name("Dr. A")));
    let downloads: Vec<_> = commands(&effects)
        .into_iter()
        .filter_map(|command| match command {
            Command::Download {
                doctor,
                destination,
                as_it_is: false,
            } => Some((doctor.clone(), destination.clone())),
            _ => None,
        })
        .collect();
    let destination = Destination {
        path: "/saved/a.wav".into(),
        replace: false,
        even_a_backup: None,
    };
    assert_eq!(downloads, [(name("Dr. A"), destination)]);
    // Until the engine has taken it, what failed is still so.
    assert_eq!(state.results.len(), 1);
    let kind = JobKind::Download(name("Dr. A"));
    tell(&mut state, 1, Event::JobStarted { id: JobId(8), kind });
    assert!(state.results.is_empty());
}

#[test]
fn try_again_without_a_known_place_asks_for_one() {
    let mut state = signed_in();
    let effects = state.update(Action::TryAgain(name("Dr. A")));
    assert!(matches!(
        commands(&effects)[..],
        [Command::PrepareDownload { .. }]
    ));
}
