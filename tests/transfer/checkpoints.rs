//! What comes never gets far ahead of what is written down.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use audio_housekeeper::api::{ApiError, Recording, RecordingBody};
use audio_housekeeper::domain::{CheckedPart, OperationId, PartCame, ServerCopy};
use audio_housekeeper::transfer::{
    Ledger, LedgerError, NotSaved, PromotedFile, SaveRequest, Step, Stop, TakenUp, TransferEnd,
    TransferError, TransferStart, save_on,
};
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use support::recordings::wav;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{folder, of_length, request};

/// How far what comes may be ahead of what is written down, in bytes.
const AHEAD: u64 = 4 * 1024 * 1024;

/// The largest piece that a connection hands over, in bytes.
const PIECE: usize = 400 * 1024;

/// A ledger that takes what came once it may; how much it has taken, how much has come, and how much of
/// that is handed over to be written.
struct Withholding {
    may: Semaphore,
    refuses: bool,
    recorded: AtomicU64,
    received: AtomicU64,
    handed_over: AtomicU64,
}

impl Withholding {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            may: Semaphore::new(0),
            refuses: false,
            recorded: AtomicU64::new(0),
            received: AtomicU64::new(0),
            handed_over: AtomicU64::new(0),
        })
    }

    fn ahead(&self) -> u64 {
        let recorded = self.recorded.load(Ordering::SeqCst);
        self.received.load(Ordering::SeqCst) - recorded
    }

    fn is_handing_over(&self) -> bool {
        self.handed_over.load(Ordering::SeqCst) < self.received.load(Ordering::SeqCst)
    }

    /// Waits until no further piece may come, and would have come if it did all the same.
    async fn until_it_is_waited_for(&self) {
        while self.ahead() + 2 * PIECE as u64 <= AHEAD || self.is_handing_over() {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(50)).await;
        assert!(self.ahead() <= AHEAD, "{} bytes ahead", self.ahead());
    }
}

impl Ledger for Withholding {
    fn begin(&self, _: TransferStart) -> BoxFuture<'_, Result<(), LedgerError>> {
        ready(Ok(())).boxed()
    }

    fn made<'a>(&'a self, _: &'a OperationId, _: String) -> BoxFuture<'a, Result<(), LedgerError>> {
        ready(Ok(())).boxed()
    }

    fn checked<'a>(
        &'a self,
        _: &'a OperationId,
        _: CheckedPart,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        ready(Ok(())).boxed()
    }

    fn kept<'a>(
        &'a self,
        _: &'a OperationId,
        came: PartCame,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            if self.refuses {
                return Err(LedgerError("no room".to_owned()));
            }
            self.may.acquire().await.unwrap().forget();
            self.recorded.store(came.size, Ordering::SeqCst);
            Ok(())
        })
    }

    fn begun_anew<'a>(
        &'a self,
        _: &'a OperationId,
        _: Option<audio_housekeeper::domain::PartCame>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        ready(Ok(())).boxed()
    }

    fn end<'a>(
        &'a self,
        _: &'a OperationId,
        _: TransferEnd,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        ready(Ok(())).boxed()
    }
}

/// A body that counts what is taken of it, as the ledger's.
struct Counted {
    pieces: std::vec::IntoIter<Bytes>,
    ledger: Arc<Withholding>,
}

impl RecordingBody for Counted {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, ApiError>> {
        let piece = self.pieces.next();
        let length = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        self.ledger.received.fetch_add(length, Ordering::SeqCst);
        ready(Ok(piece)).boxed()
    }
}

/// The bytes of a recording `from` there to `until` there, where the connection is cut.
fn recording(ledger: &Arc<Withholding>, whole: &[u8], from: u64, until: usize) -> Recording {
    let came = &whole[usize::try_from(from).unwrap()..until];
    let pieces: Vec<Bytes> = came.chunks(PIECE).map(Bytes::copy_from_slice).collect();
    Recording {
        copy: ServerCopy {
            etag: Some("\"1\"".into()),
            ..of_length(whole.len())
        },
        coding: None,
        from,
        body: Box::new(Counted {
            pieces: pieces.into_iter(),
            ledger: ledger.clone(),
        }),
    }
}

fn kept_in(folder: &Path) -> SaveRequest {
    SaveRequest {
        checkpoints: true,
        ..request(folder.join("a.wav"))
    }
}

async fn saved(
    earlier: Option<TakenUp>,
    recording: Recording,
    folder: &Path,
    ledger: &Withholding,
    cancel: &CancellationToken,
) -> Result<PromotedFile, Box<NotSaved>> {
    let stop = Stop {
        cancel: cancel.clone(),
        keeps: &|| true,
    };
    let steps = |step| {
        if let Step::Arriving(progress) = step {
            let handed_over = progress.received;
            ledger.handed_over.store(handed_over, Ordering::SeqCst);
        }
    };
    let all = save_on(earlier, recording, kept_in(folder), ledger, steps, stop);
    let in_time = timeout(Duration::from_mins(1), all).await;
    in_time.expect("it hangs")
}

#[tokio::test]
async fn no_more_than_four_mebibytes_come_ahead_of_what_is_written_down() {
    let (folder, ledger, whole) = (folder(), Withholding::new(), wav(20_000_000, 1));
    let all = recording(&ledger, &whole, 0, whole.len());
    let never = CancellationToken::new();
    let saving = saved(None, all, folder.path(), &ledger, &never);
    let allowing = async {
        let mut waits = 0;
        while ledger.received.load(Ordering::SeqCst) < 16_000_000 {
            ledger.until_it_is_waited_for().await;
            ledger.may.add_permits(1);
            while ledger.may.available_permits() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
            waits += 1;
        }
        ledger.may.add_permits(100);
        waits
    };
    let (saved, waits) = tokio::join!(saving, allowing);
    assert!(waits >= 3, "{waits}");
    assert_eq!(std::fs::read(saved.unwrap().path).unwrap(), whole);
}

#[tokio::test]
async fn what_several_tries_brought_is_no_further_ahead() {
    let (folder, ledger, whole) = (folder(), Withholding::new(), wav(10_000_000, 1));
    let never = CancellationToken::new();
    let mut earlier = None;
    for until in [1_500_000, 3_000_000] {
        let from = ledger.received.load(Ordering::SeqCst);
        let cut = recording(&ledger, &whole, from, until);
        let cut = saved(earlier, cut, folder.path(), &ledger, &never).await;
        let partial = cut.unwrap_err().partial.unwrap();
        let stop = Stop {
            cancel: never.clone(),
            keeps: &|| true,
        };
        let request = kept_in(folder.path());
        earlier = partial.take_up(&request, &*ledger, &stop).await.unwrap();
    }
    let rest = recording(&ledger, &whole, 3_000_000, whole.len());
    let saving = saved(earlier, rest, folder.path(), &ledger, &never);
    let allowing = async {
        ledger.until_it_is_waited_for().await;
        assert_eq!(ledger.recorded.load(Ordering::SeqCst), 0);
        ledger.may.add_permits(100);
    };
    let (saved, ()) = tokio::join!(saving, allowing);
    assert_eq!(std::fs::read(saved.unwrap().path).unwrap(), whole);
}

#[tokio::test]
async fn a_download_that_waits_for_the_ledger_can_be_ended_and_keeps_what_came() {
    let (folder, ledger, whole) = (folder(), Withholding::new(), wav(20_000_000, 1));
    let all = recording(&ledger, &whole, 0, whole.len());
    let cancel = CancellationToken::new();
    let saving = saved(None, all, folder.path(), &ledger, &cancel);
    let ending = async {
        ledger.until_it_is_waited_for().await;
        cancel.cancel();
    };
    let (ended, ()) = tokio::join!(saving, ending);
    let NotSaved { error, partial } = *ended.unwrap_err();
    assert!(matches!(error, TransferError::Cancelled), "{error}");
    let received = ledger.received.load(Ordering::SeqCst);
    assert_eq!(partial.unwrap().good_for(), received);
}

#[tokio::test]
async fn a_ledger_that_refuses_what_came_holds_nothing_up() {
    let (folder, mut ledger, whole) = (folder(), Withholding::new(), wav(20_000_000, 1));
    Arc::get_mut(&mut ledger).unwrap().refuses = true;
    let all = recording(&ledger, &whole, 0, whole.len());
    let never = CancellationToken::new();
    let saved = saved(None, all, folder.path(), &ledger, &never).await;
    assert_eq!(std::fs::read(saved.unwrap().path).unwrap(), whole);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_while_the_ledger_is_waited_for_is_said_so() {
    use audio_housekeeper::domain::FailureKind;

    let name = "checkpoints::a_disk_that_is_full_while_the_ledger_is_waited_for_is_said_so";
    let mount = "mount -t tmpfs -o size=512k none \"$0\"";
    let Some(folder) = support::again::on_its_own_mount(name, mount) else {
        return;
    };
    let (ledger, whole) = (Withholding::new(), wav(20_000_000, 1));
    let mut all = recording(&ledger, &whole, 0, whole.len());
    // Behind the first piece all has to wait, and none of that is ever written down.
    let pieces: Vec<Bytes> = whole
        .chunks(10 * PIECE)
        .map(Bytes::copy_from_slice)
        .collect();
    all.body = Box::new(Counted {
        pieces: pieces.into_iter(),
        ledger: ledger.clone(),
    });
    let never = CancellationToken::new();
    let result = saved(None, all, &folder, &ledger, &never).await;
    let path = folder.join("a.wav");
    let result = result.map_err(|not_saved| not_saved.error);
    assert_eq!(crate::kind_of(result), FailureKind::DiskFull { path });
}
