//! Every screen and modal in every size; `OUT` names a folder for the pictures.

use std::path::PathBuf;
use std::time::Duration;

use audio_housekeeper::domain::{
    BackupComparison, BackupProof, Completeness, Damage, DeletionOutcome, Failure, FailureKind,
    OperationId, OtherRecording, ServiceOrigin, Unfit,
};
use audio_housekeeper::state::{
    Action, DeletionReport, JobEnding, JobFailure, JobId, JobKind, JobProgress, Message, Modal,
    Mode, ResultKind, SavedFile, Screen, SentDelete, ShownResult, State, Toast, Unfinished,
};
use audio_housekeeper::ui::theme::{self, Contrast};
use egui::{Theme, Vec2};
use egui_kittest::kittest::Queryable as _;

use crate::activity::{self, activity};
use crate::shelf;
use crate::stage::{
    LARGE, MakeState, SMALL, Window, ago, asking, asking_unfit, asking_with, backup_of, copy,
    delete_waiting, downloading, kept_parts, name, now, open, open_on, signed_in,
};
use crate::{about, accounts, deletion_rules, lock, newer_version, record, sign_in};

/// The four ways in which everything is looked at.
const WAYS: [(&str, Vec2, Theme, u16); 5] = [
    ("light", LARGE, Theme::Light, 100),
    ("dark", LARGE, Theme::Dark, 100),
    ("small", SMALL, Theme::Light, 100),
    ("large-text", SMALL, Theme::Light, 200),
    ("large-text-dark", LARGE, Theme::Dark, 200),
];

#[test]
fn every_view_draws_in_every_size_and_every_control_has_a_name() {
    for (view, state) in views() {
        for (way, size, theme, percent) in WAYS {
            let mut window = open(state(), size, theme, percent);
            if view.starts_with("recordings") {
                choose(&mut window);
            }
            if view.starts_with("about") {
                about::scroll_to_the_end(&mut window);
            }
            // Settles without drawing on and on, and names every control.
            window.run();
            window.check_accessibility();
            save(&mut window, view, way);
        }
    }
}

/// The screens and questions with most on them, as people see them who asked for more contrast,
/// and on a screen of twice the density.
#[test]
fn high_contrast_and_dense_screens_draw_like_any_other() {
    let shown = [
        "sign-in-failed",
        "recordings-practice",
        "delete-wait",
        "results",
        "delete-none",
        "delete-all",
        "activity",
        "settings",
    ];
    for (view, state) in views() {
        if !shown.contains(&view) {
            continue;
        }
        for (theme, of_theme) in [(Theme::Light, ""), (Theme::Dark, "-dark")] {
            for (way, contrast, scale) in [
                ("contrast", Contrast::High, 1.0),
                ("scale-2", Contrast::Usual, 2.0),
            ] {
                let mut window = open_on(state(), LARGE, theme, 100, scale);
                theme::dress(&window.ctx, contrast);
                choose(&mut window);
                window.check_accessibility();
                save(&mut window, view, &format!("{way}{of_theme}"));
            }
        }
    }
}

#[test]
fn open_lists_stand_over_what_is_under_them() {
    let mut window = open(signed_in(), LARGE, Theme::Light, 100);
    window
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Doctor")
        .type_text("dr");
    window.run();
    window.key_press(egui::Key::ArrowDown);
    window.run();
    save(&mut window, "completion", "light");
    for (way, size, theme, percent) in WAYS {
        let mut window = open(signed_in(), size, theme, percent);
        window
            .get_by_role_and_label(egui::accesskit::Role::TextInput, "Doctor")
            .type_text("Dr.\u{a0}Amelia Smith");
        window.run();
        window.check_accessibility();
        save(&mut window, "recordings-unusual-name", way);
    }
    let asked = asking(BackupComparison::None);
    let mut window = open(asked, LARGE, Theme::Dark, 100);
    window.get_by_role(egui::accesskit::Role::ComboBox).click();
    window.run();
    save(&mut window, "reasons", "dark");
}

/// Makes the first doctor the subject, where that row is in sight.
fn choose(window: &mut Window) {
    let row = window.query_by_role_and_label(egui::accesskit::Role::Button, "Dr. Amelia Smith");
    if let Some(row) = row {
        row.click_accesskit();
    }
    window.run();
}

pub fn save(window: &mut Window, view: &str, way: &str) {
    let Some(folder) = std::env::var_os("OUT") else {
        return;
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let picture = window.render().unwrap();
    picture
        .save(folder.join(format!("{view}-{way}.png")))
        .unwrap();
}

pub fn views() -> Vec<(&'static str, MakeState)> {
    let mut views: Vec<(&'static str, MakeState)> = vec![
        ("recordings", downloading),
        ("recordings-empty", || {
            let mut state = signed_in();
            state.doctors.clear();
            state
        }),
        ("recordings-no-answer", || {
            let mut state = signed_in();
            for doctor in &mut state.doctors {
                doctor.no_answer_at = Some(ago(2));
            }
            state
        }),
        ("recordings-practice", || {
            let mut state = downloading();
            state.mode = Mode::Practice;
            state
        }),
        ("delete-wait", delete_waiting),
        ("results", results),
        ("results-elsewhere", elsewhere),
        ("shelf-folded", shelf::folded),
        ("shelf-set-aside", shelf::with_what_was_set_aside),
        ("saved-proven", shelf::proven),
        ("saved-unusual", shelf::unusual),
        ("saved-not-proven", shelf::not_proven),
        ("shelf-crowded", shelf::crowded),
        ("shelf-batch", shelf::batch),
        ("shelf-with-a-delete", shelf::crowded_with_a_delete),
        ("try-again-waiting", waiting_to_try_again),
        ("kept-parts", kept_parts),
        ("try-again-given-up", given_up),
        ("given-up-and-kept", || {
            let mut state = given_up();
            state.kept_parts = kept_parts().kept_parts;
            state.kept_parts.truncate(1);
            // It was gone on with, and given up again.
            let operation = state.kept_parts[0].operation.clone();
            state.update(Action::GoOn(Some(operation)));
            state
        }),
        ("try-again-details", || {
            let mut state = given_up();
            state.modals.push(Modal::Details {
                doctor: Some(name("Dr. Jürgen Müller")),
                failure: dropped(5),
            });
            state
        }),
        ("toasts", toasts),
        ("delete-all-looking", crate::stage::looking_at_all),
        ("details", || {
            let mut state = signed_in();
            state.modals.push(Modal::Details {
                doctor: Some(name("Dr. Amelia Smith")),
                failure: failure(),
            });
            state
        }),
        ("replace-backup", crate::stage::replacing),
        ("discard", || {
            let mut state = shelf::with_what_was_set_aside();
            let one = state.set_aside[0].clone();
            state.modals.push(Modal::Discard(one));
            state
        }),
        ("wrong-doctor", || {
            let mut state = signed_in();
            state.modals.push(Modal::WrongDoctor {
                doctor: name("Dr. Amelia Smith"),
                operation: OperationId::from_bytes([7; 16]),
                at: now(),
                backup: Some(PathBuf::from("/home/desk/Recordings/Dr. Amelia Smith.flac")),
            });
            state
        }),
        ("close", closing),
        ("sign-out", || {
            let mut state = downloading();
            state.modals.push(Modal::SignOutWhileBusy);
            state
        }),
        ("activity", activity),
        ("settings", || {
            let mut state = signed_in();
            state.screen = Screen::Settings;
            state
        }),
    ];
    views.extend(questions());
    views.extend(about::views());
    views.extend(newer_version::views());
    views.extend(sign_in::views());
    views.extend(deletion_rules::views());
    views.extend(lock::views());
    views.extend(accounts::views());
    views.extend(record::views());
    views.extend(activity::views());
    views
}

/// The question whether everything is to be deleted.
pub fn deleting_all() -> State {
    let mut state = downloading();
    state.modals.push(Modal::DeleteAll {
        looked_since: ago(30),
        asked_at: ago(30),
        shown_at: Some(now()),
    });
    state
}

/// The questions before a delete.
fn questions() -> Vec<(&'static str, MakeState)> {
    vec![
        ("delete-none", || asking(BackupComparison::None)),
        ("delete-same", || {
            let copy = copy(
                audio_housekeeper::domain::AudioFormat::Flac,
                18_400_000,
                Some("\"a\""),
            );
            asking(BackupComparison::Same(backup_of(&copy, ago(3))))
        }),
        ("delete-changed", || {
            let copy = copy(
                audio_housekeeper::domain::AudioFormat::Flac,
                18_400_000,
                Some("\"a\""),
            );
            asking(BackupComparison::Changed(backup_of(&copy, ago(3))))
        }),
        ("delete-comparing", crate::stage::comparing),
        ("delete-damaged", || {
            asking_unfit(Unfit::Damaged(Damage::Incomplete))
        }),
        ("delete-empty", || asking_unfit(Unfit::Empty)),
        ("delete-other", || {
            asking_unfit(Unfit::Other(OtherRecording::Ds2))
        }),
        ("delete-nothing", || {
            asking_with(Ok(None), BackupComparison::None)
        }),
        ("delete-unchecked", || {
            asking_with(Err(failure()), BackupComparison::None)
        }),
        ("delete-all", deleting_all),
        ("delete-looking", || {
            let mut state = signed_in();
            state.modals.push(Modal::DeleteOne {
                doctor: name("Dr. Amelia Smith"),
                survey: None,
            });
            state
        }),
    ]
}

pub fn failure() -> Failure {
    let mut failure = Failure::new(FailureKind::ServiceTrouble, now(), "503 with an empty body");
    failure.details.call = Some("GET /api/download".into());
    failure.details.status = Some(503);
    failure
}

fn results() -> State {
    let mut state = signed_in();
    let endings = [
        JobEnding::Download {
            doctor: name("Dr. Amelia Smith"),
            result: Ok(SavedFile {
                path: PathBuf::from("/home/desk/Recordings/Dr. Amelia Smith 2026-11-23.flac"),
                size: 18_400_000,
                milliseconds: Some(724_000),
                audio: crate::stage::whole_audio(),
                completeness: Completeness::Proven(BackupProof::Length),
                remarks: Vec::new(),
            }),
        },
        JobEnding::Delete {
            doctor: name("Dr. Priya Nair"),
            operation: OperationId::from_bytes([1; 16]),
            report: report(DeletionOutcome::NotKnown),
            backup: None,
        },
        JobEnding::Download {
            doctor: name("Dr. Jürgen Müller"),
            result: Err(JobFailure::Failed(Failure::new(
                FailureKind::ConnectionDropped {
                    received: 59_000_000,
                    total: Some(96_100_000),
                },
                now(),
                "reset",
            ))),
        },
    ];
    for (number, ending) in (1..).zip(endings) {
        state.results.push(ShownResult {
            number,
            ending: ResultKind::Ended(ending),
            at: now(),
            looking: false,
            seen_since: Some(now()),
        });
    }
    state
}

fn closing() -> State {
    let mut state = downloading();
    let sent = SentDelete {
        kind: JobKind::Delete(name("Dr. Priya Nair")),
        service: ServiceOrigin::parse("https://other-clinic.example").unwrap(),
    };
    state.sent_deletes.insert(JobId(9), sent);
    state.modals.push(Modal::CloseWhileBusy);
    state
}

fn elsewhere() -> State {
    let mut state = results();
    state.results[0].ending = ResultKind::FromEarlier(Unfinished::NotLookedInto {
        doctor: Some(name("Dr. Priya Nair")),
        operation: OperationId::from_bytes([9; 16]),
        at: ago(24 * 60),
    });
    for shown in &mut state.results {
        shown.ending = ResultKind::Elsewhere {
            service: ServiceOrigin::parse("https://recordings.other-clinic.example").unwrap(),
            ending: Box::new(shown.ending.clone()),
        };
    }
    state
}

pub fn report(outcome: DeletionOutcome) -> DeletionReport {
    DeletionReport {
        outcome,
        failure: None,
        gone: Vec::new(),
        still_there: Vec::new(),
        not_known: Vec::new(),
    }
}

/// What a number of tries met, the connection having dropped in the last.
pub fn dropped(tries: u8) -> Failure {
    let met = |try_number: u8| {
        let mut met = failure();
        if try_number.is_multiple_of(2) {
            return met;
        }
        met.kind = FailureKind::ConnectionDropped {
            received: 59_000_000,
            total: Some(96_100_000),
        };
        met.details.status = Some(200);
        met.details.technical = "error reading a body from connection: end of file".into();
        met
    };
    let mut last = met(tries);
    last.details.earlier = (1..tries).map(met).collect();
    last
}

pub fn waiting_to_try_again() -> State {
    let mut state = downloading();
    for job in state.jobs.values_mut() {
        job.progress = JobProgress::WaitingToTryAgain {
            doctor: name("Dr. Jürgen Müller"),
            failure: Box::new(dropped(1)),
            left: Duration::from_millis(3_400),
            next: 2,
            tries: Some(5),
            next_try: audio_housekeeper::domain::NextTry::GoesOn { from: 59_000_000 },
        };
    }
    state
}

pub fn given_up() -> State {
    let mut state = signed_in();
    state.results.push(ShownResult {
        number: 1,
        ending: ResultKind::Ended(JobEnding::Download {
            doctor: name("Dr. Jürgen Müller"),
            result: Err(JobFailure::Failed(dropped(5))),
        }),
        at: now(),
        looking: false,
        seen_since: Some(now()),
    });
    state
}

fn toasts() -> State {
    let mut state = signed_in();
    let messages = [
        Message::NothingThere(name("Dr. Nobody")),
        Message::Failed {
            doctor: Some(name("Dr. Amelia Smith")),
            failure: failure(),
        },
        Message::Copied,
    ];
    for (number, message) in (1..).zip(messages) {
        state.toasts.push(Toast {
            number,
            message,
            at: now(),
        });
    }
    state
}
