//! What is shown of newer versions: under About, and beside the way to it.

use audio_housekeeper::domain::{NewestVersion, UpdateAddress, UpdateSource, Version};
use audio_housekeeper::engine::{Envelope, Event};
use audio_housekeeper::state::{Action, Screen, State};
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::about::installed;
use crate::stage::{MakeState, Window, signed_in, window};

const NEWER: Version = Version::new(999, 2, 0);
const WANTED: &str = "Tell me when there is a newer version";
const BY_ADMINISTRATOR: &str = "Your IT has switched on that this app looks for newer versions.";
const UNUSABLE: &str = "Your IT has switched on that this app looks for newer versions, but the address \
                        for that can't be used. Tell your IT.";
const ASKED: &str = "At each start and once a day it asks updates.clinic.example which version is the \
                     newest. Nothing about you or your work is sent.";
const WOULD_BE_ASKED: &str = "Switched on, it asks updates.clinic.example at each start and once a day \
                              which version is the newest. Nothing about you or your work is sent.";
const NONE: &str = "This is the newest version.";
const NOT_KNOWN: &str =
    "Which version is the newest could not be found out. It is asked again in an hour.";
const NOT_YET: &str = "Not known yet.";

pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("about-newer-not-wanted", || of(&builder(), false, None)),
        ("about-newer", || {
            of(&administrator(), false, Some(NewestVersion::Is(NEWER)))
        }),
        ("about-newer-wanted", || {
            of(&builder(), true, Some(NewestVersion::Is(NEWER)))
        }),
        ("about-newer-not-known", || {
            of(&builder(), true, Some(NewestVersion::NotKnown))
        }),
        ("about-newer-unusable", || {
            of(&UpdateSource::Administrator(None), false, None)
        }),
        ("newer-beside-settings", || {
            let mut state = of(&administrator(), false, Some(NewestVersion::Is(NEWER)));
            state.screen = Screen::Recordings;
            state
        }),
    ]
}

fn address() -> UpdateAddress {
    UpdateAddress::parse("https://updates.clinic.example/newest").unwrap()
}

fn administrator() -> UpdateSource {
    UpdateSource::Administrator(Some(address()))
}

fn builder() -> UpdateSource {
    UpdateSource::Builder(address())
}

/// Settings of a person who wants that or not, once this is known.
fn of(source: &UpdateSource, wanted: bool, newest: Option<NewestVersion>) -> State {
    let mut state = installed();
    state.settings.tells_of_newer_version = wanted;
    state.version_check.source = source.clone();
    if let Some(newest) = newest {
        state.apply(Envelope {
            generation: 1,
            event: Event::NewestVersion(newest),
        });
    }
    state
}

fn there() -> String {
    let own = Version::OWN;
    format!(
        "Version {NEWER} is there. This is {own}. Install it as you did this one, or ask your IT."
    )
}

/// Which of all sentences about it are shown.
fn shown(state: State) -> Vec<String> {
    let window = window(state);
    let there = there();
    let all = [
        WANTED,
        BY_ADMINISTRATOR,
        UNUSABLE,
        ASKED,
        WOULD_BE_ASKED,
        &there,
        NONE,
        NOT_KNOWN,
        NOT_YET,
    ];
    let shown = all.into_iter().filter(|it| is_shown(&window, it));
    shown.map(ToOwned::to_owned).collect()
}

fn is_shown(window: &Window, text: &str) -> bool {
    window.query_by_label(text).is_some()
}

#[test]
fn nothing_of_it_is_shown_where_nothing_can_be_asked() {
    let state = of(&UpdateSource::Nowhere, true, Some(NewestVersion::Is(NEWER)));
    assert!(shown(state).is_empty());
}

#[test]
fn a_box_that_is_off_offers_it_where_the_program_has_an_address() {
    let state = of(&builder(), false, None);
    assert_eq!(shown(state), [WANTED, WOULD_BE_ASKED]);
    let mut window = window(of(&builder(), false, None));
    let ticked = window.get_by_role_and_label(Role::CheckBox, WANTED);
    assert_eq!(ticked.accesskit_node().toggled(), Some(Toggled::False));
    ticked.click_accesskit();
    window.run();
    let actions = &window.state().actions;
    assert!(
        matches!(actions[..], [Action::SetTellsOfNewerVersion(true)]),
        "{actions:?}"
    );
}

#[test]
fn what_is_known_is_said_and_no_more() {
    for (newest, said) in [
        (NewestVersion::NotAsked, NOT_YET.to_owned()),
        (NewestVersion::NotKnown, NOT_KNOWN.to_owned()),
        (NewestVersion::Is(Version::OWN), NONE.to_owned()),
        (NewestVersion::Is(Version::new(0, 0, 1)), NONE.to_owned()),
        (NewestVersion::Is(NEWER), there()),
    ] {
        let state = of(&builder(), true, Some(newest));
        assert_eq!(shown(state), [WANTED, ASKED, &said]);
        let state = of(&administrator(), false, Some(newest));
        assert_eq!(shown(state), [BY_ADMINISTRATOR, ASKED, &said]);
    }
}

#[test]
fn an_address_of_the_administrator_that_cannot_be_used_is_told_and_nothing_is_asked() {
    let unusable = of(&UpdateSource::Administrator(None), true, None);
    assert_eq!(unusable.newest_version(), None);
    assert_eq!(shown(unusable), [UNUSABLE]);
}

#[test]
fn a_newer_version_is_marked_beside_the_settings_until_they_are_open() {
    let mark = |state: State| {
        let window = window(state);
        let way = window.get_by_role_and_label(Role::Tab, "Settings");
        way.accesskit_node().description()
    };
    let mut state = of(&administrator(), false, Some(NewestVersion::Is(NEWER)));
    assert_eq!(mark(of(&administrator(), false, None)), None);
    assert_eq!(mark(state_with(&state, Screen::Settings)), None);
    for screen in [Screen::Recordings, Screen::Activity] {
        let marked = mark(state_with(&state, screen));
        assert_eq!(marked.as_deref(), Some("New version"));
    }
    state.screen = Screen::Recordings;
    for (newest, wanted) in [
        (NewestVersion::Is(Version::OWN), true),
        (NewestVersion::NotKnown, true),
        (NewestVersion::Is(NEWER), false),
    ] {
        let mut state = of(&builder(), wanted, Some(newest));
        state.screen = Screen::Recordings;
        assert_eq!(mark(state), None, "{newest:?}");
    }
}

fn state_with(of_it: &State, screen: Screen) -> State {
    let mut state = signed_in();
    state.version_check = of_it.version_check.clone();
    state.screen = screen;
    state
}
