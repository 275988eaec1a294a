use audio_housekeeper::domain::{
    AudioFormat, AudioState, BackupProof, CheckedAudio, CheckedPart, Codec, Completeness, Damage,
    EndProof, KeptPart, Oddity, OperationId, PartCame, ServerCopy, Sha256Digest, Unfit,
};
use audio_housekeeper::store::{Change, KnownPart, PartApart, Store, Transfer};

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
            ..KnownPart::default()
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

fn came(size: u64) -> PartCame {
    PartCame {
        size,
        sha256: Sha256Digest::of(&size.to_be_bytes()),
        copy: ServerCopy::default(),
    }
}

fn kept(size: u64) -> Change {
    Change::PartKept {
        operation: operation(),
        came: Box::new(came(size)),
    }
}

fn set_apart(came_whole: bool) -> Change {
    Change::PartSetApart {
        operation: operation(),
        instead: "/home/a/none.part".into(),
        came_whole,
    }
}

/// A download of which a part is set apart.
async fn with_a_part_apart(folder: &std::path::Path) -> Store {
    let store = Store::open(folder).unwrap();
    let all = vec![begin(), made("made 1"), kept(59), set_apart(false)];
    store.apply(all).await.unwrap();
    store
}

fn begin_beside_it() -> Change {
    let Change::BeginTransfer(transfer) = begin() else {
        unreachable!()
    };
    Change::BeginTransfer(Transfer {
        part: "/home/a/a.wav (2).part".into(),
        ..transfer
    })
}

fn first() -> PartApart {
    PartApart {
        part: "/home/a/a.wav.part".into(),
        mark: Some("made 1".to_owned()),
        came: Some(came(59)),
        came_whole: false,
        download: Some(operation()),
    }
}

fn gone(part: PartApart) -> Change {
    let PartApart { part, mark, .. } = part;
    Change::UnwantedPartGone { part, mark }
}

#[tokio::test]
async fn what_is_set_apart_is_known_beside_the_present_part_and_taken_back_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_part_apart(folder.path()).await;
    let left = store.unfinished_transfers().await.unwrap();
    assert_eq!(left[0].part, std::path::Path::new("/home/a/none.part"));
    assert_eq!(store.part(&operation()).await, Ok(KnownPart::default()));
    store
        .apply(vec![begin_beside_it(), made("made 2")])
        .await
        .unwrap();
    assert_eq!(store.part_apart(&operation()).await, Ok(Some(first())));
    assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));

    let back = || vec![Change::PartTakenBack(operation())];
    store.apply(back()).await.unwrap();
    // A second time there is nothing to take back.
    store.apply(back()).await.unwrap();
    let left = store.unfinished_transfers().await.unwrap();
    let [left] = &left[..] else {
        panic!("{left:?}");
    };
    assert_eq!(left.part, first().part);
    let known = store.part(&operation()).await.unwrap();
    assert_eq!((known.mark, known.came), (first().mark, first().came));
    assert_eq!(store.part_apart(&operation()).await, Ok(None));
    let second = PartApart {
        part: "/home/a/a.wav (2).part".into(),
        mark: Some("made 2".to_owned()),
        came: None,
        came_whole: false,
        download: Some(operation()),
    };
    assert_eq!(store.unwanted_parts().await, Ok(vec![second.clone()]));
    store.apply(vec![gone(second)]).await.unwrap();
    assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_is_set_apart_is_to_be_removed_once_its_download_has_ended_or_does_without() {
    let over = [
        Change::EndTransfer(operation()),
        Change::PartApartUnwanted(operation()),
    ];
    for over in over {
        let folder = tempfile::tempdir().unwrap();
        let store = with_a_part_apart(folder.path()).await;
        // It is not gone by that.
        store.apply(vec![gone(first()), over]).await.unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.part_apart(&operation()).await, Ok(None));
        assert_eq!(store.unwanted_parts().await, Ok(vec![first()]));
        // What a download has at its name is not to be removed.
        store.apply(vec![begin()]).await.unwrap();
        assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
        let done = vec![made("made 3"), Change::EndTransfer(operation())];
        store.apply(done).await.unwrap();
        assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn what_is_set_apart_takes_the_place_of_what_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_part_apart(folder.path()).await;
    let again = vec![begin_beside_it(), made("made 2"), kept(70), set_apart(true)];
    store.apply(again).await.unwrap();
    let apart = store.part_apart(&operation()).await.unwrap().unwrap();
    assert_eq!((apart.came, apart.came_whole), (Some(came(70)), true));
    assert_eq!(store.unwanted_parts().await, Ok(vec![first()]));
}

/// The next part file, which has not been made, would have had the name.
#[tokio::test]
async fn what_is_set_apart_is_taken_back_where_the_next_part_file_was_to_have_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_part_apart(folder.path()).await;
    let back = Change::PartTakenBack(operation());
    store.apply(vec![begin(), back]).await.unwrap();
    let known = store.part(&operation()).await.unwrap();
    assert_eq!((known.mark, known.came), (first().mark, first().came));
    assert_eq!(store.part_apart(&operation()).await, Ok(None));
    assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
}

/// Whoever removed it had looked at another one of its name.
#[tokio::test]
async fn a_part_file_of_another_mark_is_still_to_be_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_part_apart(folder.path()).await;
    store.end_transfer(&operation()).await.unwrap();
    for mark in [None, Some("made 0".to_owned())] {
        let other = PartApart { mark, ..first() };
        store.apply(vec![gone(other)]).await.unwrap();
        assert_eq!(store.unwanted_parts().await, Ok(vec![first()]));
    }
    store.apply(vec![gone(first())]).await.unwrap();
    assert_eq!(store.unwanted_parts().await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_part_file_that_is_left_at_the_end_is_to_be_removed_and_known_by_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let begun_anew = |came: Option<PartCame>| Change::PartBegunAnew {
        operation: operation(),
        came: came.map(Box::new),
    };
    for (last, size) in [(None, 40), (Some(came(59)), 59)] {
        let store = Store::open(folder.path()).unwrap();
        let all = vec![begin(), made("made 1"), kept(40), begun_anew(last.clone())];
        store.apply(all).await.unwrap();
        let known = store.part(&operation()).await.unwrap();
        assert_eq!((known.came, known.unwanted), (None, Some(came(size))));
        // There is nothing to go on with: a download of which the record says the end is over.
        let end = match last {
            None => Change::EndTransferPartLeft(operation()),
            Some(_) => Change::TransferRecorded(operation()),
        };
        store.apply(vec![end]).await.unwrap();
        assert_eq!(store.unfinished_transfers().await, Ok(Vec::new()));
        assert_eq!(store.kept_parts("practice").await, Ok(Vec::new()));
        let unwanted = PartApart {
            came: Some(came(size)),
            ..first()
        };
        assert_eq!(store.unwanted_parts().await, Ok(vec![unwanted.clone()]));
        store.apply(vec![gone(unwanted)]).await.unwrap();
    }
}

/// Somebody took it away, and the name was free.
#[tokio::test]
async fn what_one_download_has_set_apart_stays_known_where_another_makes_a_file_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_part_apart(folder.path()).await;
    let another = OperationId::from_bytes([4; 16]);
    let Change::BeginTransfer(transfer) = begin() else {
        unreachable!()
    };
    let begin = Change::BeginTransfer(Transfer {
        operation: another.clone(),
        ..transfer
    });
    let made = |operation: OperationId, mark: &str| Change::PartMade {
        operation,
        mark: mark.to_owned(),
    };
    let others = vec![begin, made(another.clone(), "made 2")];
    store.apply(others).await.unwrap();
    assert_eq!(store.part_apart(&operation()).await, Ok(Some(first())));
    store.end_transfer(&another).await.unwrap();
    // Its own download makes one there.
    let own = vec![self::begin(), made(operation(), "made 3")];
    store.apply(own).await.unwrap();
    assert_eq!(store.part_apart(&operation()).await, Ok(None));
}
