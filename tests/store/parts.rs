use audio_housekeeper::domain::{
    AudioFormat, AudioState, BackupProof, CheckedAudio, CheckedPart, Codec, Completeness, Damage,
    EndProof, KeptPart, Oddity, OperationId, PartCame, ServerCopy, Sha256Digest, Unfit,
};
use audio_housekeeper::store::{Change, KnownPart, Store, Transfer};

use crate::doctor;

fn operation() -> OperationId {
    OperationId::from_bytes([3; 16])
}

fn begin() -> Change {
    Change::BeginTransfer(Transfer {
        operation: operation(),
        service: "practice".into(),
        doctor: doctor("Dr. A"),
        destination: "/home/a/a.wav".into(),
        part: "/home/a/a.wav.part".into(),
        person: None,
        begun_at: "2026-11-23T14:02:11Z".parse().unwrap(),
    })
}

fn made(mark: &str) -> Change {
    let (operation, mark) = (operation(), mark.to_owned());
    Change::PartMade { operation, mark }
}

fn part(completeness: Completeness, format: Option<AudioFormat>) -> CheckedPart {
    CheckedPart {
        name: "/home/a/J\u{fc}rgen.wav".into(),
        numbered: format.is_some(),
        size: 5000,
        sha256: Sha256Digest::of(b"a"),
        format,
        milliseconds: format.map(|_| 1000),
        audio: CheckedAudio {
            state: AudioState::Unusual,
            codec: Some(Codec::Pcm),
            ends: vec![EndProof::DataSize],
            oddities: vec![Oddity::TagBehind],
        },
        completeness,
        copy: ServerCopy {
            etag: Some("\"a\"".into()),
            ..ServerCopy::default()
        },
    }
}

#[tokio::test]
async fn what_is_known_of_a_part_file_outlasts_the_app_and_ends_with_its_download() {
    let folder = tempfile::tempdir().unwrap();
    let unfit = Unfit::Damaged(Damage::Gap);
    for (completeness, format) in [
        (
            Completeness::Proven(BackupProof::Length),
            Some(AudioFormat::Wav),
        ),
        (
            Completeness::Proven(BackupProof::Digest),
            Some(AudioFormat::Flac),
        ),
        (
            Completeness::Proven(BackupProof::SameTwice),
            Some(AudioFormat::Wav),
        ),
        (
            Completeness::Proven(BackupProof::OwnTotals),
            Some(AudioFormat::Wav),
        ),
        (Completeness::CannotBeProven, Some(AudioFormat::Wav)),
        (Completeness::AsItIs(unfit), None),
    ] {
        let store = Store::open(folder.path()).unwrap();
        store.apply(vec![begin(), made("made 1")]).await.unwrap();
        let known = store.part(&operation()).await.unwrap();
        assert_eq!(
            (known.mark.as_deref(), known.checked),
            (Some("made 1"), None)
        );
        let part = part(completeness, format);
        let checked = Change::PartChecked {
            operation: operation(),
            part: Box::new(part.clone()),
        };
        store.apply(vec![checked]).await.unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        let known = store.part(&operation()).await.unwrap();
        let expected = KnownPart {
            mark: Some("made 1".into()),
            checked: Some(part),
            came: None,
        };
        assert_eq!(known, expected);
        // Another try makes another part file, of which nothing is known yet.
        store.apply(vec![begin()]).await.unwrap();
        let known = store.part(&operation()).await.unwrap();
        assert_eq!(known, KnownPart::default());
        store.apply(vec![made("made 2")]).await.unwrap();
        store.end_transfer(&operation()).await.unwrap();
        let known = store.part(&operation()).await.unwrap();
        assert_eq!(known, KnownPart::default());
    }
}

#[tokio::test]
async fn what_is_kept_waits_until_it_is_gone_on_with_or_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let came = PartCame {
        size: 59_000_000,
        sha256: Sha256Digest::of(b"came"),
        copy: ServerCopy {
            etag: Some("\"a\"".into()),
            length: Some(96_100_000),
            ..ServerCopy::default()
        },
    };
    let kept = Change::PartKept {
        operation: operation(),
        came: Box::new(came.clone()),
    };
    store
        .apply(vec![begin(), made("made 1"), kept])
        .await
        .unwrap();
    let Change::BeginTransfer(transfer) = begin() else {
        panic!("a download begins otherwise");
    };
    let parts = async || store.kept_parts(&transfer.service).await.unwrap();
    // As long as the record does not say how the download ended, it counts as cut off.
    assert_eq!(parts().await, []);
    assert_eq!(store.unfinished_transfers().await.unwrap().len(), 1);
    let recorded = Change::TransferRecorded(operation());
    store.apply(vec![recorded.clone()]).await.unwrap();
    let expected = KeptPart {
        operation: operation(),
        doctor: transfer.doctor.clone(),
        destination: transfer.destination.clone(),
        part: transfer.part.clone(),
        mark: Some("made 1".into()),
        came,
    };
    assert_eq!(parts().await, std::slice::from_ref(&expected));
    assert_eq!(
        store.kept_parts("https://elsewhere.example").await.unwrap(),
        []
    );
    assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
    // Whoever takes it has it alone.
    let take = async || {
        let operation = operation();
        let taken = store.take_kept_part(&transfer.service, &operation);
        taken.await.unwrap()
    };
    assert_eq!(take().await, Some(expected));
    assert_eq!(take().await, None);
    assert_eq!(parts().await, []);
    assert_eq!(store.unfinished_transfers().await.unwrap().len(), 1);
    // A try that begins anew has nothing to go on with.
    store.apply(vec![begin(), recorded]).await.unwrap();
    assert_eq!(parts().await, []);
}

#[tokio::test]
async fn what_is_known_of_a_download_moves_to_another_operation_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let came = PartCame {
        size: 59_000_000,
        sha256: Sha256Digest::of(b"came"),
        copy: ServerCopy::default(),
    };
    let kept = Change::PartKept {
        operation: operation(),
        came: Box::new(came),
    };
    store
        .apply(vec![begin(), made("made 1"), kept])
        .await
        .unwrap();
    let known = async |operation| {
        let all = store.unfinished_transfers().await.unwrap();
        let transfer = all.into_iter().find(|one| one.operation == operation);
        (transfer, store.part(&operation).await.unwrap())
    };
    let (transfer, part) = known(operation()).await;
    let other = OperationId::from_bytes([99; 16]);
    let moved = |operation, to| Change::TransferMoved { operation, to };
    let away = moved(operation(), other.clone());
    store.apply(vec![away]).await.unwrap();
    assert_eq!(known(operation()).await, (None, KnownPart::default()));
    let (moved_there, part_there) = known(other.clone()).await;
    let expected = transfer.clone().map(|transfer| Transfer {
        operation: other.clone(),
        ..transfer
    });
    assert_eq!((moved_there, &part_there), (expected, &part));
    // The download is begun anew beside it, and what that came to goes.
    let back = vec![Change::EndTransfer(operation()), moved(other, operation())];
    store.apply(vec![begin()]).await.unwrap();
    store.apply(back).await.unwrap();
    assert_eq!(known(operation()).await, (transfer, part));
    assert_eq!(store.unfinished_transfers().await.unwrap().len(), 1);
}
