//! Recordings from a folder, which no call ever changes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use audio_housekeeper::domain::Secret;
use audio_housekeeper::practice::{PracticeConfig, PracticeService, Recordings};

use crate::raw::{TOKEN, ask};

fn write(path: &Path, bytes: &[u8], age: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(SystemTime::now() - Duration::from_secs(age))
        .unwrap();
}

fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for doctor in fs::read_dir(folder).unwrap() {
        let doctor = doctor.unwrap().path();
        if doctor.is_dir() {
            for file in fs::read_dir(doctor).unwrap() {
                let file = file.unwrap().path();
                files.insert(file.display().to_string(), fs::read(&file).unwrap());
            }
        }
    }
    files
}

#[tokio::test]
async fn a_folder_is_served_newest_first_and_a_delete_leaves_it_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let big: Vec<u8> = (0..700_000_u32).map(|at| (at % 253) as u8).collect();
    write(
        &folder.path().join("Dr. Jürgen/z old.wav"),
        b"RIFF old",
        500,
    );
    write(&folder.path().join("Dr. Jürgen/a new.FLAC"), &big, 5);
    write(&folder.path().join("Dr. Jürgen/notes.txt"), b"no audio", 1);
    write(&folder.path().join("Empty/readme.md"), b"no audio", 1);
    write(&folder.path().join("B/b.wav"), b"RIFF b", 1);
    fs::write(folder.path().join("stray.wav"), b"RIFF").unwrap();
    let before = files_of(folder.path());

    let service = PracticeService::start(PracticeConfig {
        recordings: Recordings::Folder(folder.path().to_owned()),
        token: Some(Secret::new(TOKEN.to_owned())),
        ranges: true,
        ..PracticeConfig::default()
    })
    .await
    .unwrap();
    let target = "/api/download?doctorName=Dr.%20J%C3%BCrgen";
    let answer = ask(&service, "GET", target).await;
    assert_eq!(answer.header("content-type").unwrap(), "audio/flac");
    assert_eq!(answer.length(), Some(big.len()));
    assert_eq!(answer.body(), big);
    let again = ask(&service, "GET", target).await;
    assert_eq!(again.header("etag"), answer.header("etag"));
    let names: Vec<_> = service
        .recordings_of("Dr. Jürgen")
        .iter()
        .map(|recording| recording.file_name().to_owned())
        .collect();
    assert_eq!(names, ["z old.wav", "a new.FLAC"]);
    let empty = ask(&service, "GET", "/api/download?doctorName=Empty").await;
    assert_eq!(empty.status(), 404);

    let deleted = ask(
        &service,
        "DELETE",
        "/api/delete?doctorName=Dr.%20J%C3%BCrgen",
    )
    .await;
    assert_eq!(deleted.status(), 200);
    assert_eq!(ask(&service, "GET", target).await.status(), 404);
    ask(&service, "DELETE", "/api/delete-all").await;
    assert!(!service.holds("B"));
    assert_eq!(files_of(folder.path()), before);
}

#[tokio::test]
async fn a_file_that_vanished_is_an_error_and_no_empty_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("A/a.wav");
    write(&path, b"RIFF and more", 1);
    let service = PracticeService::start(PracticeConfig {
        recordings: Recordings::Folder(folder.path().to_owned()),
        token: Some(Secret::new(TOKEN.to_owned())),
        ..PracticeConfig::default()
    })
    .await
    .unwrap();
    fs::remove_file(path).unwrap();
    let answer = ask(&service, "GET", "/api/download?doctorName=A").await;
    assert!(
        answer.bytes.is_empty() || answer.body().len() < answer.length().unwrap(),
        "nothing that could pass for a whole recording"
    );
}

/// Every program on this computer can ask, and the usual password stands in the documentation.
#[tokio::test]
async fn somebodys_own_recordings_stand_behind_no_password_that_everybody_knows() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("Dr. A").join("a.wav"), b"RIFF", 1);
    let config = || PracticeConfig {
        recordings: Recordings::Folder(folder.path().to_owned()),
        ..PracticeConfig::default()
    };
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let service = PracticeService::start(config()).await.unwrap();
        let (user, _) = service.tokens().next().unwrap();
        assert_eq!(user.username, "practice");
        assert_eq!(user.password.expose().len(), 16);
        passwords.push(user.password.expose().to_owned());
    }
    assert_ne!(passwords[0], passwords[1]);
    // Samples are nobody's.
    let samples = PracticeService::start(PracticeConfig::default()).await;
    let service = samples.unwrap();
    let (user, _) = service.tokens().next().unwrap();
    assert_eq!(user.password.expose(), "practice");
}
