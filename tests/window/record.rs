//! What is said of the record as a whole.

use audio_housekeeper::domain::{
    Failure, FailureKind, KeptHead, RecordCheck, RecordComparison, RecordFault, RecordFaultKind,
    RecordHead, Sha256Digest,
};
use audio_housekeeper::state::{Action, RecordReport, Screen, State};
use egui::Theme;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::activity::activity;
use crate::stage::{LARGE, MakeState, SMALL, ago, open, signed_in};

const HEAD: RecordHead = RecordHead {
    number: 1_284,
    digest: Sha256Digest::from_bytes([7; 32]),
};

pub fn whole() -> RecordReport {
    RecordReport {
        check: RecordCheck {
            head: Some(HEAD),
            ..RecordCheck::default()
        },
        compared_with: RecordComparison::With(KeptHead {
            head: HEAD,
            kept_at: ago(40),
        }),
        checked_at: ago(0),
    }
}

fn tampered(is_seen: bool) -> RecordReport {
    let mut report = whole();
    report.check.faults = vec![
        RecordFault {
            first: 2,
            last: 2,
            kind: RecordFaultKind::Missing,
        },
        RecordFault {
            first: 1_008,
            last: 1_010,
            kind: RecordFaultKind::Changed,
        },
    ];
    report.check.findings = Some(Sha256Digest::of(b"findings"));
    report.check.is_seen = is_seen;
    report
}

pub fn views() -> Vec<(&'static str, MakeState)> {
    vec![
        ("activity-tampered", || with(activity(), tampered(false))),
        ("activity-tampered-seen", || {
            with(activity(), tampered(true))
        }),
        ("recordings-tampered", || with(signed_in(), tampered(false))),
    ]
}

fn with(mut state: State, report: RecordReport) -> State {
    state.record.report = Some(report);
    state
}

#[test]
fn a_tampered_record_is_named_where_it_is_and_seen_by_hand() {
    for size in [LARGE, SMALL] {
        let mut window = open(with(activity(), tampered(false)), size, Theme::Light, 100);
        window.run();
        window.get_by_label("The record is not as this app wrote it");
        window.get_by_label("Entry 2 is missing.");
        window.get_by_label("Entries 1,008 to 1,010 were changed.");
        window.get_by_label("I have seen this").click_accesskit();
        window.run();
        assert!(matches!(window.state().actions[..], [Action::RecordSeen]));
    }
}

#[test]
fn only_so_many_places_are_named_and_the_rest_are_counted() {
    let mut report = tampered(false);
    let fault = report.check.faults[0];
    report.check.faults = vec![fault; 9];
    report.check.more_faults = 3;
    let mut window = open(with(activity(), report), LARGE, Theme::Light, 100);
    window.run();
    window.get_by_label("There are 7 more such places.");
}

#[test]
fn nothing_can_be_deleted_before_somebody_has_looked_at_the_record() {
    let mut window = open(with(signed_in(), tampered(false)), SMALL, Theme::Dark, 100);
    window.run();
    for name in ["Delete…", "Delete all recordings…"] {
        assert!(
            window.get_by_label(name).accesskit_node().is_disabled(),
            "{name}"
        );
    }
    window.get_by_label("Look at the record").click_accesskit();
    window.run();
    let shown = &window.state().actions[..];
    assert!(matches!(shown, [Action::Show(Screen::Activity)]));
    let mut window = open(with(signed_in(), tampered(true)), SMALL, Theme::Dark, 100);
    window.run();
    assert!(
        !window
            .get_by_label("Delete…")
            .accesskit_node()
            .is_disabled()
    );
    assert!(window.query_by_label("Look at the record").is_none());
}

#[test]
fn a_check_that_fails_takes_nothing_back_and_one_that_never_was_is_said_on_the_other_screen() {
    let failure = || Failure::new(FailureKind::StoreTrouble, ago(0), "");
    let mut state = with(activity(), tampered(false));
    state.record.failure = Some(failure());
    let mut window = open(state, LARGE, Theme::Light, 100);
    window.run();
    window.get_by_label("The record could not be checked");
    window.get_by_label("Entry 2 is missing.");
    let mut state = signed_in();
    state.record.failure = Some(failure());
    let mut window = open(state, LARGE, Theme::Light, 100);
    window.run();
    let said =
        "The record of what was done could not be checked. Nothing is deleted until it can be.";
    window.get_by_label(said);
    window.get_by_label("Look at the record");
}
