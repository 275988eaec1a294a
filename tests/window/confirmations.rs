//! The questions before a delete: which buttons stand there, and what keys do.

use audio_housekeeper::domain::{
    AudioFormat, BackupComparison, Damage, DeletionReason, OtherRecording, Unfit,
};
use audio_housekeeper::state::{Action, ConfirmedChoice, Modal};
use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::pictures::failure;
use crate::stage::{
    LARGE, SMALL, Window, ago, asking, asking_unfit, asking_with, backup_of, comparing, copy, now,
    open, replacing, signed_in, window,
};

/// The buttons of the modal that is open, from left to right or from top to bottom.
fn buttons(window: &Window) -> Vec<String> {
    let dialog = window.get_by_role(Role::Dialog);
    dialog
        .query_all_by_role(Role::Button)
        .map(|button| button.accesskit_node().label().unwrap())
        .collect()
}

fn focused(window: &Window) -> String {
    window
        .query_all_by_role(Role::Button)
        .find(|button| button.accesskit_node().is_focused())
        .map(|button| button.accesskit_node().label().unwrap())
        .expect("a button has the focus")
}

fn comparisons() -> Vec<(BackupComparison, Vec<&'static str>)> {
    let same = copy(AudioFormat::Flac, 18_400_000, Some("\"a\""));
    let backup = || backup_of(&same, ago(3));
    let compare = "Compare by downloading again";
    let without = || vec!["Delete without backup", "Cancel", "Back up, then delete…"];
    let changed = [vec![compare], without()].concat();
    vec![
        (BackupComparison::None, without()),
        (
            BackupComparison::Same(backup()),
            vec!["Back up again, then delete…", "Cancel", "Delete"],
        ),
        (
            BackupComparison::CannotCompare(backup()),
            vec![
                compare,
                "Delete, keeping the earlier backup",
                "Cancel",
                "Back up again, then delete…",
            ],
        ),
        (BackupComparison::Changed(backup()), changed),
        (BackupComparison::Missing(backup()), without()),
        (BackupComparison::Altered(backup()), without()),
    ]
}

#[test]
fn the_buttons_of_a_delete_are_those_that_the_facts_allow() {
    for (backup, expected) in comparisons() {
        let window = window(asking(backup.clone()));
        assert_eq!(buttons(&window), expected, "{backup:?}");
    }
    let kept = ["Delete without backup", "Cancel", "Keep it as it is…"];
    for (unfit, expected) in [
        (Unfit::Damaged(Damage::Altered), &kept[..]),
        (Unfit::Other(OtherRecording::Ds2), &kept),
        // Of nothing there is nothing to keep.
        (Unfit::Empty, &kept[..2]),
    ] {
        let window = window(asking_unfit(unfit));
        assert_eq!(buttons(&window), expected);
    }
    let nothing = window(asking_with(Ok(None), BackupComparison::None));
    assert_eq!(buttons(&nothing), ["Forget this name", "Close"]);
    let unchecked = window(asking_with(Err(failure()), BackupComparison::None));
    assert_eq!(buttons(&unchecked), ["Details", "Close", "Try again"]);
}

#[test]
fn every_button_of_a_delete_stays_in_sight_at_twice_the_text_size() {
    for (backup, expected) in comparisons() {
        let window = open(asking(backup), SMALL, egui::Theme::Light, 200);
        let room = egui::Rect::from_min_size(egui::Pos2::ZERO, SMALL / 2.0);
        for label in expected {
            let button = window.get_by_role_and_label(Role::Button, label);
            assert!(room.contains_rect(button.rect()), "{label}");
        }
    }
}

#[test]
fn cancel_has_the_focus_so_return_cancels() {
    for (backup, _) in comparisons() {
        let mut window = window(asking(backup));
        assert_eq!(focused(&window), "Cancel");
        window.key_press(Key::Enter);
        window.run();
        assert!(
            matches!(window.state().actions[..], [Action::CloseModal]),
            "{:?}",
            window.state().actions
        );
    }
}

#[test]
fn return_never_deletes_wherever_the_focus_is() {
    for (backup, expected) in comparisons() {
        // Those two delete nothing.
        let harmless = ["Cancel", "Compare by downloading again"];
        for label in expected
            .into_iter()
            .filter(|label| !harmless.contains(label))
        {
            let mut window = window(asking(backup.clone()));
            window.get_by_role_and_label(Role::Button, label).focus();
            window.run();
            assert_eq!(focused(&window), label);
            window.key_press(Key::Enter);
            window.run();
            assert!(window.state().actions.is_empty(), "Return pressed {label}");
            window.key_press(Key::Space);
            window.run();
            assert!(
                matches!(window.state().actions[..], [Action::ConfirmDelete { .. }]),
                "the space bar did not press {label}"
            );
        }
    }
}

#[test]
fn escape_closes_only_the_modal_on_top() {
    let mut state = asking_with(Err(failure()), BackupComparison::None);
    state.modals.push(Modal::Details {
        doctor: None,
        failure: failure(),
    });
    let mut window = window(state);
    window.key_press(Key::Escape);
    window.run();
    assert!(matches!(window.state().actions[..], [Action::CloseModal]));
    window.state_mut().state.modals.pop();
    window.state_mut().actions.clear();
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(matches!(window.state().actions[..], [Action::CloseModal]));
}

#[test]
fn the_focus_goes_back_to_where_it_was() {
    let mut window = window(signed_in());
    window
        .get_by_role_and_label(Role::Button, "Delete…")
        .focus();
    window.run();
    let asked = asking(BackupComparison::None).modals;
    window.state_mut().state.modals = asked;
    window.run();
    assert_eq!(focused(&window), "Cancel");
    window.key_press(Key::Escape);
    window.run();
    window.state_mut().state.modals.clear();
    window.run();
    assert_eq!(focused(&window), "Delete…");
}

#[test]
fn comparing_shows_how_far_it_is_and_can_be_cancelled() {
    let copy = copy(AudioFormat::Flac, 18_400_000, None);
    let backup = BackupComparison::CannotCompare(backup_of(&copy, ago(3)));
    let mut asked = window(asking(backup));
    let label = "Compare by downloading again";
    asked.get_by_role_and_label(Role::Button, label).click();
    asked.run();
    let done = &asked.state().actions[..];
    assert!(matches!(done, [Action::Compare(_)]), "{done:?}");

    let mut window = window(comparing());
    assert_eq!(buttons(&window), ["Cancel"]);
    let how_far = window.get_by_role(Role::Dialog);
    assert!(how_far.query_by_label_contains("59.6 of 96.1 MB").is_some());
    // It has the focus.
    window.key_press(Key::Enter);
    window.run();
    let done = &window.state().actions[..];
    assert!(matches!(done, [Action::Cancel(_)]), "{done:?}");
}

#[test]
fn a_backup_is_not_replaced_by_return() {
    let mut window = window(replacing());
    assert_eq!(focused(&window), "Cancel");
    let all = ["Replace it", "Cancel", "Choose another place…"];
    assert_eq!(buttons(&window), all);
    let replace = window.get_by_role_and_label(Role::Button, "Replace it");
    replace.focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(window.state().actions.is_empty());
    window.key_press(Key::Space);
    window.run();
    let done = &window.state().actions[..];
    assert!(matches!(done, [Action::ReplaceBackup]), "{done:?}");
}

#[test]
fn what_can_be_no_backup_is_kept_by_a_button_that_deletes_nothing() {
    let mut window = window(asking_unfit(Unfit::Damaged(Damage::Altered)));
    let button = window.get_by_role_and_label(Role::Button, "Keep it as it is…");
    button.click();
    window.run();
    let done = &window.state().actions[..];
    assert!(matches!(done, [Action::KeepAsItIs]), "{done:?}");
}

#[test]
fn each_button_means_what_it_says_and_carries_the_reason() {
    let same = copy(AudioFormat::Flac, 18_400_000, Some("\"a\""));
    for (backup, label, means) in [
        (
            BackupComparison::None,
            "Delete without backup",
            ConfirmedChoice::WithoutBackup,
        ),
        (
            BackupComparison::None,
            "Back up, then delete…",
            ConfirmedChoice::BackUpFirst,
        ),
        (
            BackupComparison::Same(backup_of(&same, ago(3))),
            "Delete",
            ConfirmedChoice::KeepingBackup,
        ),
        (
            BackupComparison::CannotCompare(backup_of(&same, ago(3))),
            "Delete, keeping the earlier backup",
            ConfirmedChoice::KeepingBackup,
        ),
    ] {
        let mut window = window(asking(backup));
        window.get_by_role(Role::ComboBox).click();
        window.run();
        window.get_by_label("Transcribed and filed").click();
        window.run();
        window.get_by_role_and_label(Role::Button, label).click();
        window.run();
        match &window.state().actions[..] {
            [Action::ConfirmDelete { choice, reason, .. }] => {
                assert_eq!(*choice, means);
                assert_eq!(*reason, Some(DeletionReason::Transcribed));
            }
            other => panic!("{label}: {other:?}"),
        }
    }
}

#[test]
fn everything_is_deleted_only_after_the_phrase_is_typed() {
    let mut state = signed_in();
    state.modals.push(Modal::DeleteAll {
        looked_since: ago(30),
        asked_at: ago(30),
        shown_at: Some(now()),
    });
    let mut window = open(state, LARGE, egui::Theme::Light, 100);
    assert_eq!(focused(&window), "Cancel");
    let delete = |window: &mut Window| {
        let button = window.get_by_role_and_label(Role::Button, "Delete all doctors' recordings");
        button.click();
        window.run();
    };
    delete(&mut window);
    assert!(window.state().actions.is_empty());

    let field = window.get_by_role_and_label(Role::TextInput, "Type DELETE ALL to continue");
    field.focus();
    window.run();
    let field = window.get_by_role_and_label(Role::TextInput, "Type DELETE ALL to continue");
    field.type_text("DELETE AL");
    window.run();
    delete(&mut window);
    assert!(window.state().actions.is_empty());

    let field = window.get_by_role_and_label(Role::TextInput, "Type DELETE ALL to continue");
    field.focus();
    window.run();
    window.key_press(Key::End);
    let field = window.get_by_role_and_label(Role::TextInput, "Type DELETE ALL to continue");
    field.type_text("L");
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(
        window.state().actions.is_empty(),
        "Return deleted everything"
    );
    delete(&mut window);
    assert!(
        matches!(&window.state().actions[..], [Action::ConfirmDeleteAll { phrase, reason: None, .. }] if phrase == "DELETE ALL"),
        "{:?}",
        window.state().actions
    );
}

#[test]
fn unknown_is_counted_by_itself_and_can_be_looked_into_first() {
    let mut state = signed_in();
    state.modals.push(Modal::DeleteAll {
        looked_since: ago(30),
        asked_at: ago(30),
        shown_at: Some(now()),
    });
    let mut window = window(state);
    window.get_by_label("1: Dr. Lucía Fernández");
    window.get_by_label("1: Dr. Jürgen Müller");
    window
        .get_by_role_and_label(Role::Button, "Check and back up first…")
        .click();
    window.run();
    assert!(matches!(
        window.state().actions[..],
        [Action::CheckAndBackUpFirst]
    ));
}

#[test]
fn the_question_is_right_in_its_first_frame() {
    for (size, percent) in [(LARGE, 100), (SMALL, 100), (SMALL, 200)] {
        let asked = asking(BackupComparison::None);
        let Some(Modal::DeleteOne { survey, .. }) = asked.modals.last().cloned() else {
            panic!("no question");
        };
        let mut state = asked;
        if let Some(Modal::DeleteOne { survey, .. }) = state.modals.last_mut() {
            *survey = None;
        }
        let mut window = open(state, size, Theme::Light, percent);
        if let Some(Modal::DeleteOne { survey: shown, .. }) =
            window.state_mut().state.modals.last_mut()
        {
            *shown = survey;
        }
        window.step();
        let first = texts_and_buttons(&window);
        for _ in 0..4 {
            window.step();
        }
        assert_eq!(first, texts_and_buttons(&window), "{size:?}, {percent} %");
    }
}

#[test]
fn the_warning_and_the_backup_stand_before_the_buttons_at_twice_the_text_size() {
    for (comparison, backup) in [
        (BackupComparison::None, "None"),
        (
            BackupComparison::Changed(backup_of(
                &copy(AudioFormat::Flac, 18_400_000, Some("\"a\"")),
                ago(3),
            )),
            "of an earlier recording",
        ),
    ] {
        let window = open(asking(comparison), SMALL, Theme::Light, 200);
        let dialog = window.get_by_role(Role::Dialog);
        let first = dialog
            .query_all_by_role(Role::Button)
            .map(|button| button.rect().top());
        let first = first.fold(f32::INFINITY, f32::min);
        let seen: String = window
            .output()
            .shapes
            .iter()
            .filter_map(|painted| match &painted.shape {
                egui::Shape::Text(text) => {
                    let rect = text.visual_bounding_rect();
                    let whole = painted.clip_rect.expand(1.0).contains_rect(rect);
                    (whole && rect.bottom() < first).then(|| text.galley.text().replace('\n', " "))
                }
                _ => None,
            })
            .collect();
        assert!(
            seen.contains("Every file under this name goes, for good."),
            "{seen}"
        );
        assert!(seen.contains(backup), "{seen}");
    }
}

#[test]
fn escape_closes_a_question_also_in_the_frame_in_which_its_facts_come() {
    let mut window = open(asking(BackupComparison::None), LARGE, Theme::Light, 100);
    let Some(Modal::DeleteOne { survey, .. }) = window.state_mut().state.modals.last_mut() else {
        panic!("no question");
    };
    let facts = survey.take();
    window.run();
    if let Some(Modal::DeleteOne { survey, .. }) = window.state_mut().state.modals.last_mut() {
        *survey = facts;
    }
    window.event(egui::Event::Key {
        key: Key::Escape,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    });
    window.step();
    assert!(matches!(window.state().actions[..], [Action::CloseModal]));
}

/// What is painted where, and where the buttons are.
fn texts_and_buttons(window: &Window) -> Vec<String> {
    let texts = window
        .output()
        .shapes
        .iter()
        .filter_map(|painted| match &painted.shape {
            egui::Shape::Text(text) => {
                let seen = text.visual_bounding_rect().intersect(painted.clip_rect);
                seen.is_positive()
                    .then(|| format!("{} {:?}", text.galley.text(), seen))
            }
            _ => None,
        });
    let buttons = window.get_all_by_role(Role::Button);
    let buttons = buttons.map(|button| format!("{:?}", button.rect()));
    texts.chain(buttons).collect()
}
