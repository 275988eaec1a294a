use tokio_util::sync::CancellationToken;

use crate::api::Recording;
use crate::domain::Sha256Digest;
use crate::transfer::arriving::{RunningHash, announced};
use crate::transfer::{Progress, TransferError};

/// What a recording that was not kept contained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its contents.
    pub sha256: Sha256Digest,
    /// Whether a length or a digest that the service announced shows that all of it came.
    pub arrived: bool,
}

/// Takes in a recording that has begun to arrive, and keeps nothing of it but its digest.
///
/// # Errors
/// [`TransferError`]: the connection's, what came is not what was announced, or it is cancelled.
pub async fn digest_of(
    recording: Recording,
    progress: impl Fn(Progress),
    cancel: CancellationToken,
) -> Result<Contents, TransferError> {
    let Recording { copy, mut body, .. } = recording;
    let total = copy.length;
    let mut hash = RunningHash::default();
    let mut received = 0;
    loop {
        let next = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(TransferError::Cancelled),
            next = body.next() => next?,
        };
        let Some(bytes) = next else { break };
        received += bytes.len() as u64;
        hash.take(&bytes);
        progress(Progress { received, total });
    }
    if let Some(total) = total
        && received < total
    {
        return Err(TransferError::CutShort { received, total });
    }
    let (size, sha256) = hash.finish();
    let arrived = announced(&copy, size, sha256)?.is_some();
    Ok(Contents {
        size,
        sha256,
        arrived,
    })
}
