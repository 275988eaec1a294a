//! What is said of newer versions, from what the person wants and the engine tells.

use audio_housekeeper::domain::{NewestVersion, UpdateAddress, UpdateSource, Version};
use audio_housekeeper::engine::{Command, Event};
use audio_housekeeper::state::{Action, State};

use crate::{commands, signed_in, tell};

const NEWER: Version = Version::new(999, 0, 0);
const OLDER: Version = Version::new(0, 0, 1);

fn address() -> UpdateAddress {
    UpdateAddress::parse("https://updates.clinic.example/newest").unwrap()
}

fn asking_at(source: UpdateSource) -> State {
    let mut state = signed_in();
    tell(&mut state, 1, Event::UpdateSource(source));
    state
}

fn answered(state: &mut State, newest: NewestVersion) {
    tell(state, 1, Event::NewestVersion(newest));
}

#[test]
fn nothing_is_said_where_nothing_is_asked() {
    let mut nowhere = signed_in();
    let mut not_wanted = asking_at(UpdateSource::Builder(address()));
    for state in [&mut nowhere, &mut not_wanted] {
        answered(state, NewestVersion::Is(NEWER));
        assert_eq!(state.newest_version(), None);
        assert_eq!(state.newer_version(), None);
    }
}

#[test]
fn only_a_newer_version_is_one() {
    let mut state = asking_at(UpdateSource::Administrator(Some(address())));
    assert_eq!(state.newest_version(), Some(NewestVersion::NotAsked));
    for (version, newer) in [(NEWER, Some(NEWER)), (OLDER, None), (Version::OWN, None)] {
        answered(&mut state, NewestVersion::Is(version));
        assert_eq!(state.newest_version(), Some(NewestVersion::Is(version)));
        assert_eq!(state.newer_version(), newer);
    }
}

#[test]
fn a_newer_version_stays_known_and_that_there_is_none_does_not() {
    let mut state = asking_at(UpdateSource::Administrator(Some(address())));
    answered(&mut state, NewestVersion::Is(Version::OWN));
    answered(&mut state, NewestVersion::NotKnown);
    assert_eq!(state.newest_version(), Some(NewestVersion::NotKnown));
    answered(&mut state, NewestVersion::Is(NEWER));
    answered(&mut state, NewestVersion::NotKnown);
    assert_eq!(state.newer_version(), Some(NEWER));
    answered(&mut state, NewestVersion::Is(Version::OWN));
    assert_eq!(state.newer_version(), None);
}

#[test]
fn what_an_administrator_wrote_and_is_no_address_is_not_asked() {
    let state = asking_at(UpdateSource::Administrator(None));
    assert_eq!(state.newest_version(), None);
}

#[test]
fn it_is_a_setting_that_is_off_first_and_forgets_what_it_heard_when_it_is_switched_off() {
    let mut state = asking_at(UpdateSource::Builder(address()));
    assert!(!state.settings.tells_of_newer_version);
    let effects = state.update(Action::SetTellsOfNewerVersion(true));
    let kept = |settings: &audio_housekeeper::settings::Settings| settings.tells_of_newer_version;
    assert!(matches!(&commands(&effects)[..], [Command::SaveSettings(it)] if kept(it)));
    answered(&mut state, NewestVersion::Is(NEWER));
    assert_eq!(state.newer_version(), Some(NEWER));
    let effects = state.update(Action::SetTellsOfNewerVersion(false));
    assert!(matches!(&commands(&effects)[..], [Command::SaveSettings(it)] if !kept(it)));
    assert_eq!(state.newest_version(), None);
    state.update(Action::SetTellsOfNewerVersion(true));
    assert_eq!(state.newest_version(), Some(NewestVersion::NotAsked));
}
