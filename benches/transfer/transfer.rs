//! What transfers are measured by: the app's own code without its window.
//!
//! ```text
//! transfer download ORIGIN FILE   saves the recording of a service, and prints by how many KiB
//!                                 its memory grew at most
//! transfer check FILE             checks a WAV or FLAC
//! ```

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use audio_housekeeper::api::{Connector as _, Download, HttpConnector};
use audio_housekeeper::audio::AudioCheck;
use audio_housekeeper::domain::{
    CheckedPart, DoctorName, OperationId, PartCame, Secret, ServiceOrigin,
};
use audio_housekeeper::store::{Change, Store};
use audio_housekeeper::transfer::{
    FirstVolume, Ledger, LedgerError, SaveRequest, Stop, TransferEnd, TransferStart, save_on,
};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use tokio_util::sync::CancellationToken;

/// Remembers, as the app does, what came on the way.
struct OnTheWay(Store);

impl Ledger for OnTheWay {
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
        operation: &'a OperationId,
        came: PartCame,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        let (operation, came) = (operation.clone(), Box::new(came));
        let kept = self.0.apply(vec![Change::PartKept { operation, came }]);
        kept.map(|kept| kept.map_err(|error| LedgerError(error.to_string())))
            .boxed()
    }

    fn begun_anew<'a>(
        &'a self,
        _: &'a OperationId,
        _: Option<PartCame>,
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

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["download", origin, file] => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(download(origin, file.into()))
        }
        ["check", file] => check(file.into()),
        _ => bail!("usage: transfer download ORIGIN FILE | transfer check FILE"),
    }
}

#[expect(clippy::print_stdout, reason = "the figure is what this is for")]
async fn download(origin: &str, destination: PathBuf) -> anyhow::Result<()> {
    let origin = ServiceOrigin::parse(origin)?;
    let api = HttpConnector::default().connect(&origin, Secret::new("measured".to_owned()))?;
    let doctor = DoctorName::parse("Dr. Amelia Smith")?;
    let before = memory("VmRSS:")?;
    let Download::Recording(recording) = api.download(&doctor, Duration::MAX, None).await? else {
        bail!("there is no recording");
    };
    let folder = tempfile::tempdir_in(destination.parent().context("no folder")?)?;
    let ledger = OnTheWay(Store::open(folder.path())?);
    let request = SaveRequest {
        doctor,
        operation: OperationId::from_bytes([1; 16]),
        destination,
        replace: None,
        replaces_backup: false,
        came_before: None,
        as_it_is: false,
        volume: FirstVolume::default(),
        checkpoints: true,
    };
    let stop = Stop {
        cancel: CancellationToken::new(),
        keeps: &|| false,
    };
    let saved = save_on(None, recording, request, &ledger, |_| {}, stop).await?;
    saved.verified().context("it is no backup")?;
    println!("{}", memory("VmHWM:")? - before);
    Ok(())
}

/// This process's memory, in KiB (`proc_pid_status(5)`).
fn memory(what: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let figure = line.and_then(|line| line.split_whitespace().next());
    Ok(figure.context("no such figure")?.parse()?)
}

fn check(file: PathBuf) -> anyhow::Result<()> {
    let mut file = std::fs::File::open(file)?;
    let mut check = AudioCheck::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        check.push(buffer.get(..read).unwrap_or_default());
    }
    let outcome = check.finish().outcome;
    outcome.map(|_| ()).context("the file is not whole")
}
