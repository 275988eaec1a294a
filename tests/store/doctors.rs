use audio_housekeeper::domain::{
    AudioFormat, AudioState, Backup, BackupHealth, BackupProof, CheckedAudio, Codec,
    DeletionOutcome, DoctorName, EndProof, KnownDoctor, LastDeletion, Oddity, ServerCopy,
    ServerKnowledge, Sha256Digest,
};
use audio_housekeeper::store::{Change, DoctorFact, Store};
use jiff::Timestamp;

use crate::doctor;

const SERVICE: &str = "https://api.nuxera.ai";

fn time(second: u8) -> Timestamp {
    format!("2026-11-23T14:02:{second:02}.123456789Z")
        .parse()
        .unwrap()
}

fn copy() -> ServerCopy {
    ServerCopy {
        format: Some(AudioFormat::Flac),
        length: Some(18_400_000),
        etag: Some("\"a\"".into()),
        last_modified: Some("Mon, 23 Nov 2026 14:00:00 GMT".into()),
        digest: Some(Sha256Digest::of(b"x")),
        file_name: Some("audio-doctorName.flac".into()),
        unfit: None,
    }
}

fn backup(path: &str) -> Backup {
    Backup {
        path: path.into(),
        size: 18_400_000,
        sha256: Sha256Digest::of(b"x"),
        format: AudioFormat::Flac,
        milliseconds: Some(724_000),
        verified_at: time(2),
        audio: Some(CheckedAudio {
            state: AudioState::Unusual,
            codec: Some(Codec::Flac),
            ends: vec![EndProof::Md5],
            oddities: vec![Oddity::TagBehind],
        }),
        seen: Some("made 7, 18400000 bytes, 9".into()),
        flushed: true,
        proof: BackupProof::Digest,
        made_from: copy(),
    }
}

async fn one(store: &Store, name: &DoctorName) -> KnownDoctor {
    let mut doctors = store.doctors(SERVICE).await.unwrap();
    doctors.retain(|known| known.name == *name);
    assert_eq!(doctors.len(), 1);
    doctors.remove(0)
}

async fn learn(store: &Store, service: &str, name: &DoctorName, fact: DoctorFact) {
    let change = Change::Doctor {
        service: service.to_owned(),
        doctor: name.clone(),
        fact,
    };
    store.apply(vec![change]).await.unwrap();
}

#[tokio::test]
async fn what_is_known_of_a_doctor_is_found_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. \u{7530}\u{4e2d} & O'Neil+, \"x\"");
    store.remember_doctor(SERVICE, &name).await.unwrap();
    assert_eq!(one(&store, &name).await, KnownDoctor::new(name.clone()));

    let deletion = LastDeletion {
        at: time(3),
        outcome: DeletionOutcome::NotKnown,
    };
    let has = ServerKnowledge::Has {
        copy: copy(),
        checked_at: time(1),
    };
    learn(&store, SERVICE, &name, DoctorFact::Server(has.clone())).await;
    learn(
        &store,
        SERVICE,
        &name,
        DoctorFact::Backup(backup("/b.flac")),
    )
    .await;
    learn(
        &store,
        SERVICE,
        &name,
        DoctorFact::BackupHealth(BackupHealth::Altered),
    )
    .await;
    learn(&store, SERVICE, &name, DoctorFact::Deletion(deletion)).await;
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        one(&store, &name).await,
        KnownDoctor {
            name: name.clone(),
            server: has,
            no_answer_at: None,
            backup: Some(backup("/b.flac")),
            backup_health: BackupHealth::Altered,
            last_deletion: Some(deletion),
        }
    );
}

#[tokio::test]
async fn every_word_that_is_kept_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    for knowledge in [
        ServerKnowledge::Has {
            copy: ServerCopy::default(),
            checked_at: time(1),
        },
        ServerKnowledge::Nothing {
            checked_at: time(2),
        },
        ServerKnowledge::NeverChecked,
    ] {
        learn(
            &store,
            SERVICE,
            &name,
            DoctorFact::Server(knowledge.clone()),
        )
        .await;
        assert_eq!(one(&store, &name).await.server, knowledge);
    }
    // A look without an answer leaves what was known, and one with an answer takes its place.
    let seen = ServerKnowledge::Nothing {
        checked_at: time(2),
    };
    learn(&store, SERVICE, &name, DoctorFact::Server(seen.clone())).await;
    learn(&store, SERVICE, &name, DoctorFact::NoAnswer(time(3))).await;
    let known = one(&store, &name).await;
    assert_eq!(
        (known.server, known.no_answer_at),
        (seen.clone(), Some(time(3)))
    );
    learn(&store, SERVICE, &name, DoctorFact::Server(seen)).await;
    assert_eq!(one(&store, &name).await.no_answer_at, None);
    for health in [
        BackupHealth::Missing,
        BackupHealth::Altered,
        BackupHealth::There,
    ] {
        learn(&store, SERVICE, &name, DoctorFact::BackupHealth(health)).await;
        assert_eq!(one(&store, &name).await.backup_health, health);
    }
    for outcome in [
        DeletionOutcome::Gone,
        DeletionOutcome::StillThere,
        DeletionOutcome::NotKnown,
        DeletionOutcome::Stopped,
        DeletionOutcome::NotSent,
    ] {
        let deletion = LastDeletion {
            at: time(4),
            outcome,
        };
        learn(&store, SERVICE, &name, DoctorFact::Deletion(deletion)).await;
        assert_eq!(one(&store, &name).await.last_deletion, Some(deletion));
    }
}

#[tokio::test]
async fn whatever_proves_a_backup_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    for proof in [
        BackupProof::Length,
        BackupProof::Digest,
        BackupProof::SameTwice,
        BackupProof::OwnTotals,
    ] {
        let backup = Backup {
            proof,
            ..backup("/1.flac")
        };
        learn(&store, SERVICE, &name, DoctorFact::Backup(backup.clone())).await;
        assert_eq!(one(&store, &name).await.backup, Some(backup));
    }
}

#[tokio::test]
async fn what_came_and_is_no_backup_is_known_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    assert_eq!(store.came(SERVICE, &name).await, Ok(None));
    for contents in [b"one", b"two"] {
        let digest = Sha256Digest::of(contents);
        learn(&store, SERVICE, &name, DoctorFact::Came(digest)).await;
        assert_eq!(store.came(SERVICE, &name).await, Ok(Some(digest)));
    }
    assert_eq!(store.came("another", &name).await, Ok(None));
}

#[tokio::test]
async fn the_newest_backup_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    let plain = Backup {
        milliseconds: None,
        audio: None,
        seen: None,
        flushed: true,
        proof: BackupProof::Length,
        format: AudioFormat::Wav,
        made_from: ServerCopy::default(),
        ..backup("/2.wav")
    };
    learn(
        &store,
        SERVICE,
        &name,
        DoctorFact::Backup(backup("/1.flac")),
    )
    .await;
    learn(
        &store,
        SERVICE,
        &name,
        DoctorFact::BackupHealth(BackupHealth::Missing),
    )
    .await;
    learn(&store, SERVICE, &name, DoctorFact::Backup(plain.clone())).await;
    let known = one(&store, &name).await;
    assert_eq!(known.backup.as_ref(), Some(&plain));
    assert_eq!(known.backup_health, BackupHealth::There);
    assert_eq!(store.doctor(SERVICE, &name).await, Ok(Some(known)));
}

#[tokio::test]
async fn doctors_stand_by_name_case_aside_and_services_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for name in [
        "dr. b",
        "Dr. C",
        "\u{c4}rztin",
        "Dr. A",
        "\u{e4}rztin b",
        "Dr. A",
    ] {
        store.remember_doctor(SERVICE, &doctor(name)).await.unwrap();
    }
    let elsewhere = doctor("Dr. Practice");
    store.remember_doctor("practice", &elsewhere).await.unwrap();
    learn(
        &store,
        "practice",
        &doctor("Dr. A"),
        DoctorFact::Backup(backup("/p.flac")),
    )
    .await;
    let known = store.doctors(SERVICE).await.unwrap();
    let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
    assert_eq!(
        names,
        ["Dr. A", "dr. b", "Dr. C", "\u{c4}rztin", "\u{e4}rztin b"]
    );
    assert!(known.iter().all(|known| known.backup.is_none()));
    assert_eq!(store.doctors("practice").await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_forgotten_name_leaves_nothing_behind_but_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let name = doctor("Dr. A");
    learn(
        &store,
        SERVICE,
        &name,
        DoctorFact::Backup(backup("/1.flac")),
    )
    .await;
    store.append(crate::draft(1)).await.unwrap();
    store.forget_doctor(SERVICE, &name).await.unwrap();
    store.forget_doctor(SERVICE, &name).await.unwrap();
    assert_eq!(store.doctors(SERVICE).await, Ok(Vec::new()));
    store.remember_doctor(SERVICE, &name).await.unwrap();
    assert_eq!(one(&store, &name).await.backup, None);
    assert_eq!(store.head().await.unwrap().unwrap().number, 1);
}
