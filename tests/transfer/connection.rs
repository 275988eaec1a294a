//! Connections that break, over real sockets, and downloads that are given up.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::api::{ApiError, Connector, Download, HttpConnector, Recording, Timeouts};
use audio_housekeeper::domain::{
    BackupProof, Completeness, DoctorName, FailureKind, Secret, ServiceOrigin,
};
use audio_housekeeper::transfer::{self, TransferEnd, TransferError, save};
use futures_util::future::join_all;
use support::recordings::second_of_wav;
use support::server::{Server, Step, head};
use tokio_util::sync::CancellationToken;

use crate::{
    Book, folder, kind_of, names_in, of_length, open_wav, recording, replacing, request, saved,
    stalling,
};

/// How long who waits for what is certain to come waits for it on a computer that stalls.
const PATIENCE: Duration = Duration::from_mins(1);

async fn download(server: &Server, patience: Duration) -> Result<Recording, ApiError> {
    let connector = HttpConnector::with_timeouts(Timeouts {
        connect: patience,
        read: patience,
        delete: patience,
    });
    let origin = ServiceOrigin::parse(&server.origin()).unwrap();
    let api = connector.connect(&origin, Secret::new("t".to_owned()));
    let doctor = DoctorName::parse("Dr. Amelia Smith").unwrap();
    match api.unwrap().download(&doctor, Duration::MAX, None).await? {
        Download::Recording(recording) => Ok(recording),
        Download::Nothing => panic!("a download found nothing"),
    }
}

#[tokio::test]
async fn a_cut_download_never_reaches_its_final_name() {
    let length = second_of_wav().len();
    let places = [0, 1, 16, 43, 44, length / 2, length - 1];
    // On Windows a reset throws away what has come and is not read yet.
    let before_reset = if cfg!(windows) { 4000 } else { 30 };
    for (milliseconds, end) in [(30, Step::Close), (before_reset, Step::Reset)] {
        let pause = Step::Pause(Duration::from_millis(milliseconds));
        for old in [None, Some(&b"the file from before"[..])] {
            let cut = async |bytes| {
                let steps = vec![pause.clone(), end.clone()];
                let kind = ended((bytes, steps), old, PATIENCE).await;
                let expected = FailureKind::ConnectionDropped {
                    received: bytes as u64,
                    total: Some(32_044),
                };
                assert_eq!(kind, expected, "after {bytes} bytes");
            };
            join_all(places.map(cut)).await;
        }
    }
    let stalled = async |bytes| {
        let stall = vec![Step::Pause(Duration::from_hours(1))];
        let old = Some(&b"the file from before"[..]);
        // Whatever else is slow only ends it earlier, and alike.
        let kind = ended((bytes, stall), old, Duration::from_secs(1)).await;
        assert_eq!(kind, FailureKind::TimedOut, "after {bytes} bytes");
    };
    join_all(places.map(stalled)).await;
}

/// How a download of so many bytes ends on which these steps follow, and whether it leaves the folder
/// as it was, with `old` under the recording's name.
async fn ended(
    (bytes, then): (usize, Vec<Step>),
    old: Option<&[u8]>,
    patience: Duration,
) -> FailureKind {
    let mut answer = head("200 OK", "Content-Length: 32044\r\n");
    answer.extend(&second_of_wav()[..bytes]);
    let server = Server::saying([vec![Step::Send(answer)], then].concat()).await;

    let folder = folder();
    let path = folder.path().join("a.wav");
    if let Some(old) = old {
        fs::write(&path, old).unwrap();
    }
    let result = match download(&server, patience).await {
        Ok(recording) => saved(recording, replacing(&path)).await,
        Err(error) => Err(TransferError::from(error)),
    };
    match old {
        Some(old) => {
            assert_eq!(names_in(folder.path()), ["a.wav"]);
            assert_eq!(fs::read(&path).unwrap(), old);
        }
        None => assert!(names_in(folder.path()).is_empty()),
    }
    kind_of(result)
}

#[tokio::test]
async fn a_recording_in_chunks_is_proven_by_its_own_totals_where_it_has_them() {
    for (bytes, completeness) in [
        (
            second_of_wav(),
            Completeness::Proven(BackupProof::OwnTotals),
        ),
        (open_wav(), Completeness::CannotBeProven),
    ] {
        let mut answer = head("200 OK", "Transfer-Encoding: chunked\r\n");
        for piece in bytes.chunks(1000) {
            answer.extend(format!("{:x}\r\n", piece.len()).bytes());
            answer.extend(piece);
            answer.extend(b"\r\n");
        }
        answer.extend(b"0\r\n\r\n");
        let server = Server::saying(vec![Step::Send(answer)]).await;
        let folder = folder();
        let path = folder.path().join("a.wav");
        let recording = download(&server, PATIENCE).await.unwrap();
        let saved = saved(recording, request(&path)).await.unwrap();
        assert_eq!(saved.completeness, completeness);
        assert_eq!(saved.milliseconds, Some(1000));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_length_that_lies_is_found_whoever_let_it_pass() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    let too_long = recording(of_length(40_000), &second_of_wav());
    assert_eq!(
        kind_of(saved(too_long, request(&path)).await),
        FailureKind::ConnectionDropped {
            received: 32_044,
            total: Some(40_000)
        }
    );
    let too_short = recording(of_length(30_500), &second_of_wav());
    assert_eq!(
        kind_of(saved(too_short, request(&path)).await),
        FailureKind::DamagedInTransit {
            expected: Some(30_500),
            received: 31_000
        }
    );
    assert!(names_in(folder.path()).is_empty());
}

#[tokio::test]
async fn cancelling_leaves_no_trace_and_the_old_file_alone() {
    let folder = folder();
    let path = folder.path().join("a.wav");
    fs::write(&path, "the file from before").unwrap();
    let cancel = CancellationToken::new();
    let book = Book::default();
    let saving = save(
        stalling(&second_of_wav()),
        replacing(&path),
        &book,
        |step| {
            if matches!(step, transfer::Step::Arriving(bytes) if bytes.received > 20_000) {
                assert_eq!(names_in(folder.path()), ["a.wav", "a.wav.part"]);
                cancel.cancel();
            }
        },
        cancel.clone(),
    );
    let error = saving.await.unwrap_err();
    assert!(matches!(error, TransferError::Cancelled));
    assert_eq!(error.into_failure(jiff::Timestamp::now()), None);
    assert_eq!(names_in(folder.path()), ["a.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"the file from before");
    assert_eq!(book.ends.into_inner().unwrap(), [TransferEnd::Discarded]);
}

#[tokio::test]
async fn a_download_cancelled_before_it_began_touches_nothing() {
    let folder = folder();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let book = Book::default();
    let destination = request(folder.path().join("a.wav"));
    let result = save(
        stalling(&second_of_wav()),
        destination,
        &book,
        |_| {},
        cancel,
    )
    .await;
    assert!(matches!(result, Err(TransferError::Cancelled)));
    assert!(book.starts.into_inner().unwrap().is_empty());
    assert!(names_in(folder.path()).is_empty());
}

/// A job that panics or is aborted drops its download.
#[tokio::test]
async fn a_dropped_download_removes_its_part_file_and_stays_open_in_the_ledger() {
    let folder = folder();
    let book = Arc::new(Book::default());
    let saving = tokio::spawn({
        let book = Arc::clone(&book);
        let destination = request(folder.path().join("a.wav"));
        async move {
            let cancel = CancellationToken::new();
            save(
                stalling(&second_of_wav()),
                destination,
                &*book,
                |_| {},
                cancel,
            )
            .await
        }
    });
    wait_for(|| names_in(folder.path()) == ["a.wav.part"]).await;
    saving.abort();
    wait_for(|| names_in(folder.path()).is_empty()).await;
    assert_eq!(book.starts.lock().unwrap().len(), 1);
    assert!(book.ends.lock().unwrap().is_empty());
}

async fn wait_for(what: impl Fn() -> bool) {
    for _ in 0..6000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that");
}
