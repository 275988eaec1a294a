//! The shelf: what runs and what has ended, in lines.

use std::time::Duration;

use audio_housekeeper::domain::{
    AudioState, BackupProof, CheckedAudio, Codec, Completeness, Damage, DeletionOutcome, EndProof,
    Oddity, OperationId, OtherRecording, SetAside, Sha256Digest, Unfit,
};
use audio_housekeeper::engine::JobId;
use audio_housekeeper::state::{
    Action, Job, JobEnding, JobFailure, JobKind, JobProgress, LastCall, Modal, ResultKind,
    SavedFile, Screen, ShownResult, State, Unfinished,
};
use egui::accesskit::Role;
use egui::{Theme, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jiff::SignedDuration;

use crate::pictures::report;
use crate::stage::{LARGE, SMALL, Window, name, now, open, signed_in};

fn press(window: &mut Window, label: &str) {
    window.get_by_role_and_label(Role::Button, label).click();
    window.run();
}

fn ended(number: u64, minutes_ago: i64, ending: JobEnding) -> ShownResult {
    ShownResult {
        number,
        ending: ResultKind::Ended(ending),
        at: now() - SignedDuration::from_mins(minutes_ago),
        looking: false,
        seen_since: Some(now() - SignedDuration::from_mins(minutes_ago)),
    }
}

fn saved(doctor: &str) -> JobEnding {
    let proof = Completeness::Proven(BackupProof::Length);
    JobEnding::Download {
        doctor: name(doctor),
        result: Ok(file(crate::stage::whole_audio(), proof)),
    }
}

#[test]
fn a_file_that_was_saved_just_before_the_app_ended_is_told_as_saved() {
    let JobEnding::Download {
        doctor,
        result: Ok(file),
    } = saved("Dr. Amelia Smith")
    else {
        panic!("it is saved");
    };
    let mut state = signed_in();
    state.results = vec![ShownResult {
        ending: ResultKind::FromEarlier(Unfinished::Saved { doctor, file }),
        ..ended(1, 0, cancelled("Dr. Amelia Smith"))
    }];
    let mut window = open(state, LARGE, Theme::Light, 100);
    window.get_by_label_contains("Saved and checked");
    window.get_by_label_contains("The app ended just after this file was saved.");
    press(&mut window, "Show in folder");
    let shown = window
        .state()
        .actions
        .iter()
        .any(|action| matches!(action, Action::ShowInFolder(_)));
    assert!(shown, "{:?}", window.state().actions);
}

fn cancelled(doctor: &str) -> JobEnding {
    JobEnding::Download {
        doctor: name(doctor),
        result: Err(JobFailure::Cancelled),
    }
}

fn deleted(doctor: &str, outcome: DeletionOutcome, backup: Option<&str>) -> JobEnding {
    JobEnding::Delete {
        doctor: name(doctor),
        operation: OperationId::from_bytes([1; 16]),
        report: report(outcome),
        backup: backup.map(Into::into),
    }
}

/// Three that ended a while ago.
pub fn folded() -> State {
    let mut state = signed_in();
    state.results = vec![
        ended(3, 1, saved("Dr. Amelia Smith")),
        ended(2, 2, cancelled("Dr. Priya Nair")),
        ended(
            1,
            3,
            deleted("Dr. Kenji Tanaka 田中", DeletionOutcome::Gone, None),
        ),
    ];
    state
}

/// Eight downloads, one of them waiting for its next try, and results of both sorts.
pub fn crowded() -> State {
    let mut state = folded();
    for number in 1..=8 {
        let doctor = name(&format!("Dr. Number {number}"));
        let job = Job {
            kind: JobKind::Download(doctor.clone()),
            progress: JobProgress::Downloading {
                doctor,
                received: number * 9_600_000,
                total: Some(96_100_000),
                speed: 8_200_000.0,
                can_be_paused: true,
            },
            cancelling: false,
            pausing: false,
            last_call: LastCall::NotYet,
        };
        state.jobs.insert(JobId(number), job);
    }
    let unsettled = deleted("Dr. Lucía Fernández", DeletionOutcome::NotKnown, None);
    state.results.insert(0, ended(5, 4, unsettled));
    state
}

/// The same, and a delete in its wait.
pub fn crowded_with_a_delete() -> State {
    let mut state = crowded();
    let delete = Job {
        kind: JobKind::Delete(name("Dr. Kenji Tanaka 田中")),
        progress: JobProgress::Waiting {
            left: Duration::from_millis(5_400),
            of: Duration::from_secs(8),
        },
        cancelling: false,
        pausing: false,
        last_call: LastCall::NotYet,
    };
    state.jobs.insert(JobId(9), delete);
    state
}

/// A saved file, with what was found out about its audio and its arrival.
fn file(audio: CheckedAudio, completeness: Completeness) -> SavedFile {
    SavedFile {
        path: "/home/front-desk/Recordings/Dr. Amelia Smith 2026-11-23.flac".into(),
        size: 18_400_000,
        milliseconds: Some(724_000),
        audio,
        completeness,
        remarks: Vec::new(),
    }
}

fn detailed(file: SavedFile) -> State {
    let mut state = signed_in();
    let doctor = name("Dr. Amelia Smith");
    let ending = JobEnding::Download {
        doctor: doctor.clone(),
        result: Ok(file.clone()),
    };
    state.results = vec![ended(1, 0, ending)];
    let file = Box::new(file);
    state.modals.push(Modal::Proof { doctor, file });
    state
}

/// What was checked of one of which all is proven.
pub fn proven() -> State {
    let proof = Completeness::Proven(BackupProof::Length);
    detailed(file(crate::stage::whole_audio(), proof))
}

/// What was checked of one with slips that take nothing from it.
pub fn unusual() -> State {
    let audio = CheckedAudio {
        state: AudioState::Unusual,
        codec: Some(Codec::MuLaw),
        ends: vec![EndProof::DataSize],
        oddities: vec![Oddity::SizesDisagree, Oddity::TagBehind],
    };
    detailed(file(audio, Completeness::Proven(BackupProof::Digest)))
}

/// One of which nothing proves that it is all.
pub fn not_proven() -> State {
    let audio = CheckedAudio {
        state: AudioState::Open,
        codec: Some(Codec::Pcm),
        ends: Vec::new(),
        oddities: vec![Oddity::OpenSizes],
    };
    let mut state = detailed(file(audio, Completeness::CannotBeProven));
    state.modals.clear();
    state
}

/// Two that came and can be no backup.
pub fn with_what_was_set_aside() -> State {
    let mut state = folded();
    let one = |number, doctor, file: &str, unfit| SetAside {
        operation: OperationId::from_bytes([number; 16]),
        doctor: name(doctor),
        path: format!("/home/front-desk/Recordings/{file}").into(),
        part: "/home/front-desk/Recordings/a.part".into(),
        size: 18_400_000,
        sha256: Sha256Digest::of(b"damaged"),
        format: None,
        unfit,
        reason: "it states 64000 bytes and has 4956".into(),
        at: now(),
    };
    state.set_aside = vec![
        one(
            1,
            "Dr. Jürgen Müller",
            "Dr. Jürgen Müller 2026-11-23 (damaged).wav.part",
            Unfit::Damaged(Damage::Incomplete),
        ),
        one(
            2,
            "Dr. Priya Nair",
            "Dr. Priya Nair 2026-11-23.ds2.part",
            Unfit::Other(OtherRecording::Ds2),
        ),
    ];
    state
}

#[test]
fn what_was_set_aside_stands_there_until_it_is_kept_or_discarded() {
    let mut window = open(with_what_was_set_aside(), LARGE, Theme::Light, 100);
    for (at, label) in ["Keep it as it is…", "Discard…"].into_iter().enumerate() {
        let mut buttons = window.get_all_by_role_and_label(Role::Button, label);
        buttons.nth(at).unwrap().click();
        drop(buttons);
        window.run();
    }
    let one = |number| OperationId::from_bytes([number; 16]);
    let done = &window.state().actions[..];
    assert!(
        matches!(
            done,
            [Action::KeepSetAside(kept), Action::AskDiscard(gone)]
                if *kept == one(1) && *gone == one(2)
        ),
        "{done:?}"
    );
    assert_eq!(window.state().state.to_look_at(), 2);
}

/// A batch that runs, and the newest result.
pub fn batch() -> State {
    let mut state = signed_in();
    let job = Job {
        kind: JobKind::CheckAndBackUp,
        progress: JobProgress::Counting { done: 17, of: 40 },
        cancelling: false,
        pausing: false,
        last_call: LastCall::NotYet,
    };
    state.jobs.insert(JobId(1), job);
    state.results = vec![ended(1, 0, saved("Dr. Amelia Smith"))];
    state
}

#[test]
fn what_has_ended_folds_into_a_line_that_counts_and_unfolds() {
    let mut window = open(folded(), LARGE, Theme::Light, 100);
    window.get_by_label("2 done, 1 stopped");
    assert!(window.query_by_label("Saved and checked").is_none());
    press(&mut window, "Show");
    assert!(matches!(window.state().actions[..], [Action::Unfold(true)]));
    window.state_mut().state.unfolded = true;
    window.run();
    window.get_by_label("Saved and checked");
    window.get_by_label("Cancelled. Nothing was left behind.");
    window.get_by_label("Deleted. Nuxera has nothing under this name now.");
    window.state_mut().actions.clear();
    press(&mut window, "Dismiss all");
    let numbers = match &window.state().actions[..] {
        [Action::DismissAll(numbers)] => numbers.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(numbers, [3, 2, 1]);
}

#[test]
fn the_newest_stands_open_for_a_while_and_what_needs_an_answer_until_it_has_one() {
    let mut state = folded();
    state.results[0].seen_since = Some(now());
    state.results.push(ended(
        4,
        60,
        deleted("Dr. Lucía Fernández", DeletionOutcome::NotKnown, None),
    ));
    let mut window = open(state, LARGE, Theme::Light, 100);
    window.get_by_label("Saved and checked");
    window.get_by_role_and_label(Role::Button, "Look again");
    window.get_by_label("1 done, 1 stopped");
    let later = now() + SignedDuration::from_secs(16);
    window.state_mut().state.tick(later);
    window.run();
    assert!(window.query_by_label("Saved and checked").is_none());
    window.get_by_role_and_label(Role::Button, "Look again");
    window.get_by_label("2 done, 1 stopped");
    press(&mut window, "Dismiss all");
    let dismissed = window.state_mut().actions.pop().unwrap();
    window.state_mut().state.update(dismissed);
    window.run();
    window.get_by_role_and_label(Role::Button, "Look again");
    assert_eq!(window.state().state.results.len(), 1);
}

#[test]
fn the_shelf_takes_a_third_of_the_window_at_most() {
    for (size, percent) in [(LARGE, 100), (SMALL, 100), (SMALL, 200), (LARGE, 200)] {
        let mut state = crowded();
        state.unfolded = true;
        let window = open(state, size, Theme::Light, percent);
        let points: Vec2 = size / (f32::from(percent) / 100.0);
        // The line that counts stands at the shelf's lower end, what needs an answer at its upper.
        let answer = window
            .get_by_role_and_label(Role::Button, "Look again")
            .rect();
        let top = points.y - (points.y / 3.0);
        assert!(
            answer.top() >= top - 1.0,
            "{size:?}, {percent} %: {answer:?}"
        );
        let count = window
            .get_by_role_and_label(Role::Button, "Dismiss all")
            .rect();
        assert!(
            count.bottom() <= points.y,
            "{size:?}, {percent} %: {count:?}"
        );
        assert!(count.top() >= top, "{size:?}, {percent} %: {count:?}");
    }
}

#[test]
fn a_saved_file_and_a_backup_say_where_they_lie_also_where_the_delete_was_stopped() {
    let mut state = signed_in();
    let backup = Some("/home/front-desk/Recordings/before.wav");
    state.results = vec![
        ended(2, 0, saved("Dr. Amelia Smith")),
        ended(
            1,
            0,
            deleted("Dr. Priya Nair", DeletionOutcome::Stopped, backup),
        ),
    ];
    state.unfolded = true;
    let window = open(state, LARGE, Theme::Light, 100);
    let file = "18.4 MB, Dr. Amelia Smith 2026-11-23.flac in /home/front-desk/Recordings";
    window.get_by_label(file);
    window.get_by_label("The copy is kept: before.wav in /home/front-desk/Recordings");
    assert_eq!(
        window
            .get_all_by_role_and_label(Role::Button, "Show in folder")
            .count(),
        2
    );
}

#[test]
fn the_other_screens_have_a_sign_of_it_and_nothing_more() {
    for screen in [Screen::Activity, Screen::Settings] {
        let mut state = crowded();
        state.screen = screen;
        let mut window = open(state, LARGE, Theme::Light, 100);
        assert!(window.query_by_label("Dismiss all").is_none());
        let sign = |window: &Window| {
            let way = window.get_by_role_and_label(Role::Tab, "Recordings");
            way.accesskit_node().description()
        };
        assert_eq!(sign(&window).as_deref(), Some("1 to look at"));
        window.state_mut().state.results.clear();
        window.run();
        assert_eq!(sign(&window).as_deref(), Some("8 running"));
        window.state_mut().state.jobs.clear();
        window.run();
        assert_eq!(sign(&window), None);
        // What ends meanwhile is signed until it was seen on the shelf, failures first.
        for (number, ending, expected) in [
            (1, saved("Dr. Amelia Smith"), "1 done"),
            (2, cancelled("Dr. Priya Nair"), "1 to look at"),
        ] {
            let mut result = ended(number, 0, ending);
            result.seen_since = None;
            window.state_mut().state.results.insert(0, result);
            window.run();
            assert_eq!(sign(&window).as_deref(), Some(expected));
        }
        window
            .state_mut()
            .state
            .update(Action::Show(Screen::Recordings));
        window.state_mut().state.results_are_seen();
        window.run();
        window.get_by_label("Cancelled. Nothing was left behind.");
        window.get_by_label("1 done");
        window.state_mut().state.update(Action::Show(screen));
        window.run();
        assert_eq!(sign(&window), None);
    }
}
