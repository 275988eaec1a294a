//! The log: a file in the data folder, with this app's own lines and no others, since a
//! library's lines could hold addresses with names in them.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Mutex;

use audio_housekeeper::platform::{create_private_file, create_private_folder};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A log of this many bytes is put aside at the next start, in place of the one before.
const LARGE: u64 = 4_000_000;

/// Begins to write. `AUDIO_HOUSEKEEPER_LOG` (error, warn, info, debug, trace) says how much;
/// `info` is usual.
pub fn start(data_folder: &Path) -> std::io::Result<()> {
    let folder = data_folder.join("log");
    create_private_folder(&folder)?;
    let path = folder.join("audio-housekeeper.log");
    if fs::metadata(&path).is_ok_and(|file| file.len() > LARGE) {
        fs::rename(&path, folder.join("audio-housekeeper.old.log"))?;
    }
    drop(create_private_file(&path)?);
    let file = File::options().append(true).open(path)?;
    let level = std::env::var("AUDIO_HOUSEKEEPER_LOG").ok();
    let level: LevelFilter = level
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_filter(Targets::new().with_target("audio_housekeeper", level));
    // A second start in one process (practice, and back) keeps the first log.
    tracing_subscriber::registry().with(lines).try_init().ok();
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use crate::log::start;

    #[test]
    fn nobody_else_reads_the_log() {
        let data = tempfile::tempdir().unwrap();
        start(data.path()).unwrap();
        let folder = data.path().join("log");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("audio-housekeeper.log")), 0o600);
    }
}
