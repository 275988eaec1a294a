//! What came damaged, empty or of another kind is no backup, whatever the connection proved.

use std::fs;

use audio_housekeeper::domain::{
    BackupComparison, BackupProof, Completeness, Damage, DeletionChoice, FailureKind,
    OtherRecording, Sha256Digest,
};
use audio_housekeeper::practice::{Call, Effect, Fault, NoLength};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use support::desk::Desk;
use support::recordings::{flac, wav};
use support::{AMELIA, run};

use crate::retries::failure_of;

const MIDDLE: u64 = 10_000;

fn flipped() -> Effect {
    Effect::FlipBit(MIDDLE)
}

fn on_download(effect: Effect) -> Fault {
    Fault::on(Call::Download, effect)
}

fn nothing_is_left(desk: &Desk) -> bool {
    let names = fs::read_dir(desk.folder.path()).unwrap();
    !names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .any(|name| name.contains("a.flac") || name.contains("a.wav"))
}

#[test]
fn damage_that_only_one_answer_had_is_fetched_once_more_by_itself() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.flac", flac(2));
        desk.service.add_fault(on_download(flipped()).only(1));
        desk.impatient = true;
        let saved = desk.download(AMELIA, "a.flac").await.unwrap();
        assert!(matches!(saved.completeness, Completeness::Proven(_)));
        assert_eq!(saved.milliseconds, Some(2000));
        assert_eq!(fs::read(&saved.path).unwrap(), flac(2));
        assert_eq!(desk.requests(Call::Download), 2);
    });
}

#[test]
fn the_same_damage_twice_is_the_server_s_and_leaves_no_file_and_no_backup() {
    run(async {
        for no_length in [None, Some(NoLength::Chunked)] {
            let mut desk = Desk::new().await;
            desk.service.put(AMELIA, "a.flac", flac(2));
            desk.service.add_fault(on_download(flipped()));
            if let Some(no_length) = no_length {
                desk.service
                    .add_fault(on_download(Effect::OmitLength(no_length)));
            }
            desk.impatient = true;
            let failure = failure_of(desk.download(AMELIA, "a.flac").await);
            assert_eq!(
                failure.kind,
                FailureKind::DamagedRecording {
                    damage: Damage::Altered,
                    on_server: true
                }
            );
            assert_eq!(failure.details.earlier.len(), 1);
            assert_eq!(desk.requests(Call::Download), 2);
            assert!(nothing_is_left(&desk));
            assert_eq!(desk.survey(AMELIA).await.backup, BackupComparison::None);
        }
    });
}

/// The digest of another body than that which comes.
fn digest_of(contents: &[u8]) -> Effect {
    let digest = BASE64_STANDARD.encode(Sha256Digest::of(contents).as_bytes());
    let value = HeaderValue::from_str(&format!("sha-256=:{digest}:")).unwrap();
    Effect::SetHeader(HeaderName::from_static("repr-digest"), value)
}

#[test]
fn contents_that_don_t_fit_their_digest_are_fetched_again_by_themselves() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.wav", wav(64_044, 1));
        let digest = digest_of(&wav(64_044, 1));
        desk.service.add_fault(on_download(digest));
        desk.service.add_fault(on_download(flipped()).only(1));
        desk.impatient = true;
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        let proof = BackupProof::Digest;
        assert_eq!(saved.completeness, Completeness::Proven(proof));
        assert_eq!(fs::read(&saved.path).unwrap(), wav(64_044, 1));
        assert_eq!(desk.requests(Call::Download), 2);
    });
}

#[test]
fn contents_that_twice_don_t_fit_their_digest_in_the_same_way_are_asked_for_no_third_time() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.wav", wav(64_044, 1));
        let digest = digest_of(b"something else");
        desk.service.add_fault(on_download(digest).only(1));
        let digest = digest_of(b"something else");
        desk.service.add_fault(on_download(digest).only(2));
        let chunked = Effect::OmitLength(NoLength::Chunked);
        desk.service.add_fault(on_download(chunked));
        desk.impatient = true;
        let failure = failure_of(desk.download(AMELIA, "a.wav").await);
        assert_eq!(
            failure.kind,
            FailureKind::DamagedInTransit {
                expected: None,
                received: 64_044
            }
        );
        assert_eq!(failure.details.earlier.len(), 1);
        assert_eq!(desk.requests(Call::Download), 2);
        assert!(nothing_is_left(&desk));
        // What a digest spoke against is no first answer that a second one could confirm.
        let saved = desk.download(AMELIA, "a.wav").await.unwrap();
        let proof = BackupProof::OwnTotals;
        assert_eq!(saved.completeness, Completeness::Proven(proof));
    });
}

#[test]
fn damage_that_is_known_from_before_is_told_after_one_answer_and_recorded() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.flac", flac(2));
        desk.service.add_fault(on_download(flipped()));
        desk.impatient = true;
        let first = failure_of(desk.download(AMELIA, "a.flac").await);
        let second = failure_of(desk.download(AMELIA, "a.flac").await);
        assert_eq!(first.kind, second.kind);
        assert_eq!(desk.requests(Call::Download), 3);
        let note = desk.record().await.pop().unwrap().draft.note.unwrap();
        assert!(note.contains("CRC-16 is wrong"), "{note}");
    });
}

#[test]
fn an_open_recording_that_comes_twice_the_same_is_a_backup_and_the_record_says_why() {
    run(async {
        let mut desk = Desk::new().await;
        let mut open = wav(100_000, 1);
        open[4..8].fill(0xff);
        open[40..44].fill(0xff);
        desk.service.put(AMELIA, "a.wav", open);
        desk.service
            .add_fault(on_download(Effect::OmitLength(NoLength::Chunked)));
        let first = desk.download(AMELIA, "a.wav").await.unwrap();
        assert_eq!(first.completeness, Completeness::CannotBeProven);
        let second = desk.download(AMELIA, "b.wav").await.unwrap();
        let proof = BackupProof::SameTwice;
        assert_eq!(second.completeness, Completeness::Proven(proof));
        let record = desk.record().await;
        let notes: Vec<_> = record
            .iter()
            .filter_map(|entry| entry.draft.note.as_deref())
            .collect();
        assert_eq!(
            notes,
            [
                "nothing proves that it is all; audio: open, pcm, open-sizes",
                "the same contents came twice; audio: open, pcm, open-sizes",
            ]
        );
        let survey = desk.survey(AMELIA).await;
        assert!(matches!(survey.backup, BackupComparison::CannotCompare(_)));
    });
}

#[test]
fn other_damage_each_time_is_not_called_the_server_s() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.flac", flac(2));
        for (attempt, at) in (1..=5).zip(MIDDLE..) {
            desk.service
                .add_fault(on_download(Effect::FlipBit(at)).only(attempt));
        }
        desk.impatient = true;
        let failure = failure_of(desk.download(AMELIA, "a.flac").await);
        assert_eq!(
            failure.kind,
            FailureKind::DamagedRecording {
                damage: Damage::Altered,
                on_server: false
            }
        );
        assert_eq!(desk.requests(Call::Download), 5);
        assert!(nothing_is_left(&desk));
    });
}

/// Each with the length that it has: the connection proves all of it.
#[test]
fn what_holds_no_whole_audio_is_never_saved_whatever_its_length_proves() {
    let whole = wav(64_044, 1);
    let speech: Vec<u8> = (0..22_016_u32)
        .map(|at| at.wrapping_mul(77).to_le_bytes()[0])
        .collect();
    let mut quiet = wav(44 + 22_016, 1);
    quiet[44..].copy_from_slice(&speech);
    quiet[24..32].copy_from_slice(&[0x11, 0x2b, 0, 0, 0x22, 0x56, 0, 0]);
    let mangled: Vec<u8> = quiet
        .iter()
        .flat_map(|byte| {
            if *byte < 0x80 {
                vec![*byte]
            } else {
                b"\xef\xbf\xbd".to_vec()
            }
        })
        .collect();
    let mut empty = wav(44, 1);
    empty[40..44].fill(0);
    let damaged = |damage| FailureKind::DamagedRecording {
        damage,
        on_server: true,
    };
    run(async {
        for (bytes, kind) in [
            (whole[..5000].to_vec(), damaged(Damage::Incomplete)),
            (whole[..44].to_vec(), damaged(Damage::Incomplete)),
            (mangled, damaged(Damage::TakenForText)),
            (empty, FailureKind::EmptyRecording { arrived: true }),
            (Vec::new(), FailureKind::EmptyRecording { arrived: true }),
            (
                b"\x07ds2\x02\0\x03\0 and so on, and on, and on".to_vec(),
                FailureKind::OtherRecording {
                    kind: OtherRecording::Ds2,
                    arrived: true,
                },
            ),
            (
                b"ID3\x04\0\0\0\0\0\x02ab\xff\xfb\x90\x64 and so on".to_vec(),
                FailureKind::OtherRecording {
                    kind: OtherRecording::Mp3,
                    arrived: true,
                },
            ),
            (b"{\"error\":\"Oops\"}".to_vec(), FailureKind::JsonInstead),
            (
                b"UklGRiR3AQBXQVZFZm10IBAAAAABAAEA".to_vec(),
                FailureKind::Base64Instead,
            ),
        ] {
            let mut desk = Desk::new().await;
            desk.service.put(AMELIA, "a.wav", wav(64_044, 1));
            desk.service
                .add_fault(on_download(Effect::ReplaceBody(bytes.into())));
            desk.impatient = true;
            let failure = failure_of(desk.download(AMELIA, "a.wav").await);
            assert_eq!(failure.kind, kind);
            assert!(nothing_is_left(&desk), "{kind:?}");
        }
    });
}

#[test]
fn a_delete_that_is_to_back_up_a_damaged_recording_first_sends_nothing() {
    run(async {
        let mut desk = Desk::new().await;
        desk.service.put(AMELIA, "a.flac", flac(2));
        desk.service.add_fault(on_download(flipped()));
        desk.impatient = true;
        let choice = DeletionChoice::BackUpFirst {
            destination: desk.file("a.flac"),
            replace: false,
        };
        let (report, backup) = desk.delete(AMELIA, choice).await;
        assert!(report.failure.is_some());
        assert_eq!(backup, None);
        assert_eq!(desk.requests(Call::Delete), 0);
    });
}
