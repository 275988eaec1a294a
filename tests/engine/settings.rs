//! The settings file: kept as it was chosen last, and looked at where something else has changed it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::domain::{
    AuditAction, AuditDraft, AuditOutcome, FailureKind, ServiceOrigin, Sha256Digest, SignInWith,
};
use audio_housekeeper::engine::{self, Command, Event, Handle, Opening, Setup};
use audio_housekeeper::keychain::{MemoryTokens, TokenStore as _};
use audio_housekeeper::practice::{PracticeConfig, PracticeService};
use audio_housekeeper::settings::{Settings, SettingsFile};
use audio_housekeeper::store::{Change, Store};
use support::desk::{Desk, setup};
use support::run;

fn of_size(text_size: u16) -> Settings {
    Settings {
        text_size,
        ..Settings::default()
    }
}

fn bytes(text_size: u16) -> Vec<u8> {
    SettingsFile::bytes_of(&of_size(text_size)).unwrap()
}

fn path(desk: &Desk) -> PathBuf {
    desk.file(SettingsFile::FILE_NAME)
}

/// Has the app keep settings, and waits until they are in the file.
async fn save(desk: &Desk, text_size: u16) {
    desk.send(Command::SaveSettings(of_size(text_size)));
    until_kept(desk.folder.path(), text_size).await;
}

async fn until_kept(folder: &Path, text_size: u16) {
    let file = SettingsFile::in_folder(folder);
    for _ in 0..2_000 {
        if file.load().0 == of_size(text_size) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the settings were not kept");
}

/// How often people are told that something else has changed the settings, until the start is over.
async fn times_said(desk: &mut Desk) -> usize {
    let mut said = 0;
    desk.until(|event| {
        said += usize::from(matches!(event, Event::SettingsWereChanged));
        matches!(event, Event::Doctors(_) | Event::SignedOut(_)).then_some(())
    })
    .await;
    said
}

/// Starts the app anew, and says how often people are told of it then.
async fn start_anew(desk: Desk) -> (Desk, usize) {
    let mut desk = desk.restart().await;
    let said = times_said(&mut desk).await;
    (desk, said)
}

async fn recorded(desk: &mut Desk) -> Vec<AuditDraft> {
    let record = desk.record().await;
    let drafts = record.into_iter().map(|entry| entry.draft);
    drafts
        .filter(|draft| draft.action == AuditAction::ChangeSettings)
        .collect()
}

/// Has somebody with a tool do this to the database.
fn change_database(desk: &Desk, sql: &str) {
    let outsider = rusqlite::Connection::open(desk.file(Store::FILE_NAME)).unwrap();
    outsider.busy_timeout(Duration::from_secs(5)).unwrap();
    outsider.execute_batch(sql).unwrap();
}

#[test]
fn settings_changed_in_quick_succession_end_as_the_last_ones() {
    run(async {
        for _ in 0..5 {
            let desk = Desk::new().await;
            let file = SettingsFile::in_folder(desk.folder.path());
            for text_size in [125, 150, 175, 200, 100, 125, 150, 175, 200, 125] {
                desk.send(Command::SaveSettings(of_size(text_size)));
            }
            let folder = desk.folder.path();
            desk.engine.close().await;
            assert_eq!(file.load().0.text_size, 125);
            let known = Store::open(folder).unwrap().settings_file().await.unwrap();
            assert_eq!(known.digests, [Some(Sha256Digest::of(&bytes(125)))]);
        }
    });
}

#[test]
fn settings_that_something_else_changed_are_said_once_and_recorded_once() {
    run(async {
        type Outside = (fn(&Path), &'static str);
        let outside: [Outside; 4] = [
            (
                |file| {
                    let text = fs::read_to_string(file).unwrap();
                    let other = text.replace(ServiceOrigin::DEFAULT, "https://other.example");
                    assert_ne!(other, text);
                    fs::write(file, other).unwrap();
                },
                "not as the app left it",
            ),
            // Another file of the same settings is not the app's either.
            (
                |file| fs::write(file, [bytes(150), b"\n".to_vec()].concat()).unwrap(),
                "not as the app left it",
            ),
            (
                |file| fs::write(file, "").unwrap(),
                "not as the app left it",
            ),
            (|file| fs::remove_file(file).unwrap(), "no longer there"),
        ];
        for (change, found) in outside {
            let desk = Desk::new().await;
            save(&desk, 150).await;
            change(&path(&desk));
            let (mut desk, said) = start_anew(desk).await;
            assert_eq!(said, 1, "{found}");
            let note = format!("{found}; service address then: {}", desk.origin().ascii());
            let [draft] = &recorded(&mut desk).await[..] else {
                panic!("not recorded once: {found}");
            };
            assert_eq!(draft.outcome, AuditOutcome::Tampered);
            assert_eq!(draft.note.as_ref(), Some(&note));
            assert!(draft.who.person.is_some());
            let (mut desk, said) = start_anew(desk).await;
            assert_eq!(said, 0, "{found}");
            assert_eq!(recorded(&mut desk).await.len(), 1, "{found}");
        }
    });
}

#[test]
fn settings_that_the_app_itself_changed_are_nothing_to_say() {
    run(async {
        let mut desk = Desk::new().await;
        for text_size in [150, 125, 125, 200] {
            save(&desk, text_size).await;
            let said;
            (desk, said) = start_anew(desk).await;
            assert_eq!(said, 0, "{text_size}");
        }
        assert_eq!(recorded(&mut desk).await, []);
    });
}

#[test]
fn a_settings_file_where_the_app_left_none_is_said() {
    run(async {
        let desk = Desk::new().await;
        let (desk, said) = start_anew(desk).await;
        assert_eq!(said, 0);
        fs::write(path(&desk), bytes(150)).unwrap();
        let (mut desk, said) = start_anew(desk).await;
        assert_eq!(said, 1);
        assert_eq!(recorded(&mut desk).await.len(), 1);
    });
}

#[test]
fn a_start_that_knows_of_no_settings_file_yet_takes_what_is_there_as_the_apps() {
    run(async {
        let desk = Desk::new().await;
        save(&desk, 150).await;
        // Let the save end before.
        let (desk, _) = start_anew(desk).await;
        change_database(&desk, "DELETE FROM settings_files");
        fs::write(path(&desk), bytes(200)).unwrap();
        let (desk, said) = start_anew(desk).await;
        assert_eq!(said, 0);
        fs::write(path(&desk), bytes(150)).unwrap();
        let (_desk, said) = start_anew(desk).await;
        assert_eq!(said, 1);
    });
}

#[test]
fn a_write_that_was_cut_off_at_any_point_is_nothing_to_say() {
    run(async {
        for is_written in [false, true] {
            let desk = Desk::new().await;
            save(&desk, 150).await;
            let (desk, _) = start_anew(desk).await;
            let store = Store::open(desk.folder.path()).unwrap();
            let digest = Sha256Digest::of(&bytes(200));
            let begun = vec![Change::BeginSettingsFile(digest)];
            store.apply(begun).await.unwrap();
            drop(store);
            if is_written {
                fs::write(path(&desk), bytes(200)).unwrap();
            }
            let (desk, said) = start_anew(desk).await;
            assert_eq!(said, 0, "written: {is_written}");
            // From here on only what was found there is the app's.
            let other = if is_written { 150 } else { 200 };
            fs::write(path(&desk), bytes(other)).unwrap();
            let (_desk, said) = start_anew(desk).await;
            assert_eq!(said, 1, "written: {is_written}");
        }
    });
}

#[test]
fn what_nobody_was_signed_in_to_see_is_said_again_and_recorded_with_the_next_sign_in() {
    run(async {
        let desk = Desk::new().await;
        save(&desk, 150).await;
        desk.tokens.forget(&desk.tokens.keys()[0]).unwrap();
        fs::remove_file(path(&desk)).unwrap();
        let (desk, said) = start_anew(desk).await;
        assert_eq!(said, 1);
        // The app goes on keeping settings meanwhile: what was found before is not forgotten for that.
        save(&desk, 175).await;
        let (mut desk, said) = start_anew(desk).await;
        assert_eq!(said, 1);
        desk.sign_in(true).await;
        let drafts = recorded(&mut desk).await;
        let notes: Vec<_> = drafts.iter().filter_map(|d| d.note.as_deref()).collect();
        assert!(
            matches!(notes[..], [note] if note.starts_with("no longer there")),
            "{notes:?}"
        );
        let (mut desk, said) = start_anew(desk).await;
        assert_eq!(said, 0);
        assert_eq!(recorded(&mut desk).await.len(), 1);
    });
}

#[test]
fn where_it_is_not_known_how_the_app_left_the_settings_nothing_is_said_and_they_are_kept_on() {
    run(async {
        let desk = Desk::new().await;
        save(&desk, 150).await;
        let (desk, _) = start_anew(desk).await;
        change_database(&desk, "DROP TABLE settings_files");
        fs::write(path(&desk), bytes(200)).unwrap();
        let (desk, said) = start_anew(desk).await;
        assert_eq!(said, 0);
        save(&desk, 125).await;
        let (desk, said) = start_anew(desk).await;
        assert_eq!(said, 0);
        fs::write(path(&desk), bytes(200)).unwrap();
        let (_desk, said) = start_anew(desk).await;
        assert_eq!(said, 1);
    });
}

#[test]
fn a_database_that_takes_nothing_makes_no_false_alarm() {
    run(async {
        for (refused, kept) in [("INSERT", 150), ("DELETE", 200)] {
            let desk = Desk::new().await;
            save(&desk, 150).await;
            let (mut desk, _) = start_anew(desk).await;
            let trigger = format!(
                "CREATE TRIGGER full BEFORE {refused} ON settings_files
                 BEGIN SELECT RAISE(ABORT, 'full'); END"
            );
            change_database(&desk, &trigger);
            if kept == 200 {
                save(&desk, 200).await;
            } else {
                desk.send(Command::SaveSettings(of_size(200)));
                desk.until(|event| matches!(event, Event::Failed { .. }).then_some(()))
                    .await;
            }
            assert_eq!(fs::read(path(&desk)).unwrap(), bytes(kept), "{refused}");
            let (mut desk, said) = start_anew(desk).await;
            assert_eq!(said, 0, "{refused}");
            assert_eq!(recorded(&mut desk).await, [], "{refused}");
        }
    });
}

/// An engine that is opened so, over a store and a settings file in folders of their own.
fn start(folder: &Path, opening: Opening) -> Handle {
    let origin = ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap();
    let (data, settings) = (folder.join("data"), folder.join("settings"));
    let store = Store::open(&data).unwrap();
    let tokens = Arc::new(MemoryTokens::default());
    engine::start(Setup {
        opening,
        settings_file: SettingsFile::in_folder(&settings),
        ..setup(&origin, &data, tokens, store, Duration::ZERO)
    })
}

/// What comes until `wanted`, that included.
async fn events(engine: &mut Handle, wanted: fn(&Event) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    while !events.last().is_some_and(wanted) {
        let next = tokio::time::timeout(Duration::from_secs(20), engine.wait_for_event());
        events.push(next.await.unwrap().unwrap().event);
    }
    events
}

fn were_changed(events: &[Event]) -> bool {
    events
        .iter()
        .any(|event| matches!(event, Event::SettingsWereChanged))
}

#[test]
fn settings_that_could_not_be_written_are_said_then_and_nothing_at_the_next_start() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (settings, away) = (folder.path().join("settings"), folder.path().join("away"));
        fs::create_dir(&settings).unwrap();
        // One try over no file, one over the first file.
        for (text_size, next) in [(150, 175), (175, 200)] {
            let kept = || Opening::Kept(ServiceOrigin::parse(ServiceOrigin::DEFAULT).unwrap());
            let mut engine = start(folder.path(), kept());
            let is_out = |event: &Event| matches!(event, Event::SignedOut(_));
            assert!(!were_changed(&events(&mut engine, is_out).await));
            fs::rename(&settings, &away).unwrap();
            for size in [text_size, next] {
                let save = Command::SaveSettings(of_size(size));
                engine.send(save).unwrap();
                let said = events(&mut engine, |event| matches!(event, Event::Failed { .. }));
                let Some(Event::Failed { failure, .. }) = said.await.pop() else {
                    unreachable!()
                };
                assert_eq!(failure.kind, FailureKind::StoreTrouble);
            }
            fs::rename(&away, &settings).unwrap();
            engine.close().await;
            let mut engine = start(folder.path(), kept());
            assert!(!were_changed(&events(&mut engine, is_out).await));
            let save = Command::SaveSettings(of_size(text_size));
            engine.send(save).unwrap();
            until_kept(&settings, text_size).await;
            engine.close().await;
        }
    });
}

#[test]
fn practising_changes_no_settings_though_its_service_has_another_address_each_time() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("settings")).unwrap();
        for _ in 0..3 {
            let service = PracticeService::start(PracticeConfig::default())
                .await
                .unwrap();
            let origin = ServiceOrigin::parse(&service.origin()).unwrap();
            let opening = Opening::Practice {
                origin: origin.clone(),
                with: SignInWith::Token(service.token()),
                names: Vec::new(),
            };
            let mut engine = start(folder.path(), opening);
            let is_in = |event: &Event| matches!(event, Event::Doctors(_));
            assert!(!were_changed(&events(&mut engine, is_in).await));
            let settings = Settings {
                service: origin,
                ..Settings::default()
            };
            engine
                .send(Command::SaveSettings(settings.clone()))
                .unwrap();
            engine.close().await;
            let file = SettingsFile::in_folder(&folder.path().join("settings"));
            assert_eq!(file.load().0, settings);
        }
    });
}
