//! What arrives, hashed and checked while it does, and judged at its end.

use std::fs::File;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_lc_rs::digest::{Context, SHA256};

use crate::audio::{AudioCheck, AudioKind, AudioVerdict, Fault};
use crate::domain::{
    Announced, Arrival, AudioFormat, AudioState, CheckedAudio, Completeness, ContentKind,
    FailureKind, Judgement, OtherRecording, ServerCopy, Sha256Digest, Unfit, judge,
};
use crate::transfer::TransferError;
use crate::transfer::flush::flush;
use crate::transfer::from_disk::DiskReader;
use crate::transfer::part::OwnPart;

/// How many of the first bytes are kept: a web page may begin with white space.
const KEPT: usize = 1024;

/// What is known of a recording before it is judged.
pub(super) struct Expected {
    /// What the service says of it.
    pub(super) copy: ServerCopy,
    /// The digest of what an earlier answer brought for the same operation, where one did.
    pub(super) came_before: Option<Sha256Digest>,
    /// Whether what can be no backup is kept all the same.
    pub(super) as_it_is: bool,
}

/// What had come when a connection failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    /// How many bytes.
    pub(super) size: u64,
    /// Their digest.
    pub(super) sha256: Sha256Digest,
    /// Whether they may be of the copy that the service has: nothing has shown otherwise.
    pub(super) fits: bool,
}

/// What the bytes that go by are, each looked at once.
pub(super) struct Arriving {
    start: Vec<u8>,
    hash: RunningHash,
    audio: AudioCheck,
}

/// What came, where it is to be kept.
pub(super) struct Checked {
    pub(super) size: u64,
    pub(super) sha256: Sha256Digest,
    pub(super) format: Option<AudioFormat>,
    pub(super) milliseconds: Option<u64>,
    pub(super) audio: CheckedAudio,
    pub(super) completeness: Completeness,
    /// Why it is kept only where the person wants it as it is.
    pub(super) refused: Option<Refused>,
}

/// Why all of what the service has can be no backup.
pub(super) struct Refused {
    pub(super) kind: FailureKind,
    pub(super) unfit: Unfit,
    pub(super) reason: String,
}

impl Arriving {
    pub(super) fn until(given_up: Arc<AtomicBool>) -> Self {
        Self {
            start: Vec::new(),
            hash: RunningHash::default(),
            audio: AudioCheck::until(given_up),
        }
    }

    /// Takes what had come into a part file; whether all of it is there as it was. What an earlier
    /// download left is flushed, and read from the disk itself: nobody knows any more whether it came there.
    pub(super) fn take_from_disk(
        &mut self,
        part: &OwnPart,
        came: Came,
        is_stopped: impl Fn() -> bool,
    ) -> Result<bool, TransferError> {
        let path = part.path();
        let trouble = |error| TransferError::in_work(path, "reading what had come", error);
        let mut reader = if part.is_of_earlier() {
            let file = File::options().write(true).open(path).map_err(trouble)?;
            flush(&file).map_err(trouble)?;
            DiskReader::open(path)
        } else {
            DiskReader::by_way_of_memory(path)
        }
        .map_err(trouble)?;
        let mut left = came.size;
        while left > 0 && !is_stopped() {
            let read = match reader.read() {
                Ok([]) => return Err(trouble(ErrorKind::UnexpectedEof.into())),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(trouble(error)),
            };
            let room = usize::try_from(left).unwrap_or(usize::MAX);
            let read = read.get(..room).unwrap_or(read);
            self.take(read);
            left -= read.len() as u64;
        }
        Ok(left == 0 && self.came().sha256 == came.sha256)
    }

    /// How many bytes were taken so far.
    pub(super) const fn size(&self) -> u64 {
        self.hash.size
    }

    /// What was taken so far.
    pub(super) fn came(&self) -> Came {
        let (size, sha256) = self.hash.clone().finish();
        Came {
            size,
            sha256,
            fits: true,
        }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.start.len());
        self.start
            .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.hash.take(bytes);
        self.audio.push(bytes);
    }

    /// Puts together whether all came and what the audio is.
    pub(super) fn judge(self, expected: &Expected) -> Result<Checked, TransferError> {
        let (size, sha256) = self.hash.finish();
        let arrival = Arrival {
            announced: announced(&expected.copy, size, sha256)?,
            same_twice: expected.came_before == Some(sha256),
        };
        let verdict = self.audio.finish();
        let judgement = judge(arrival, verdict.state(), verdict.ends_as_stated());
        let format = verdict.kind.and_then(AudioKind::format);
        let (completeness, refused) = match judgement {
            Judgement::Backup(proof) if format.is_some() => (Completeness::Proven(proof), None),
            Judgement::NotProven if format.is_some() => (Completeness::CannotBeProven, None),
            _ => {
                let kind = unfit(&verdict, judgement, &self.start);
                let reason = reason(&verdict);
                let Some(unfit) = kind.unfit().filter(|_| size > 0) else {
                    return Err(TransferError::Unfit {
                        kind: Box::new(kind),
                        reason,
                        sha256,
                        aside: None,
                    });
                };
                let refused = Refused {
                    kind,
                    unfit,
                    reason,
                };
                (Completeness::AsItIs(unfit), Some(refused))
            }
        };
        let properties = verdict.properties;
        Ok(Checked {
            size,
            sha256,
            format,
            milliseconds: properties.and_then(|properties| properties.milliseconds()),
            audio: verdict.checked(),
            completeness,
            refused,
        })
    }
}

/// What there is to say of what is not kept.
fn unfit(verdict: &AudioVerdict, judgement: Judgement, start: &[u8]) -> FailureKind {
    let arrived = judgement != Judgement::AskAgain;
    match (verdict.state(), &verdict.outcome) {
        (AudioState::Empty, _) => FailureKind::EmptyRecording { arrived },
        (AudioState::NeitherWavNorFlac, Err(Fault::Other(kind))) => FailureKind::OtherRecording {
            kind: *kind,
            arrived,
        },
        (AudioState::NeitherWavNorFlac, Err(Fault::OggFlac)) => FailureKind::OtherRecording {
            kind: OtherRecording::Ogg,
            arrived,
        },
        (_, Err(fault)) if verdict.state() == AudioState::Damaged => {
            FailureKind::DamagedRecording {
                damage: fault.damage(),
                on_server: judgement == Judgement::DamagedOnServer,
            }
        }
        _ => match ContentKind::sniff(start) {
            ContentKind::Html => FailureKind::WebPageInstead,
            ContentKind::Json => FailureKind::JsonInstead,
            ContentKind::Base64 => FailureKind::Base64Instead,
            _ => FailureKind::NotAudio { arrived },
        },
    }
}

/// The check's own words, for those who look behind Details.
fn reason(verdict: &AudioVerdict) -> String {
    match &verdict.outcome {
        Err(fault) => fault.to_string(),
        Ok(_) => Fault::NoAudio.to_string(),
    }
}

/// The SHA-256 and the number of the bytes that go by.
#[derive(Clone)]
pub(super) struct RunningHash {
    size: u64,
    hash: Context,
}

impl Default for RunningHash {
    fn default() -> Self {
        Self {
            size: 0,
            hash: Context::new(&SHA256),
        }
    }
}

impl RunningHash {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
    }

    /// How many bytes there were, and their digest.
    pub(super) fn finish(self) -> (u64, Sha256Digest) {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.hash.finish().as_ref());
        (self.size, Sha256Digest::from_bytes(bytes))
    }
}

/// What the service announced that fits what came; a digest outranks a length.
pub(super) fn announced(
    copy: &ServerCopy,
    size: u64,
    sha256: Sha256Digest,
) -> Result<Option<Announced>, TransferError> {
    let damaged = TransferError::Damaged {
        expected: copy.length,
        received: size,
        sha256: Some(sha256),
    };
    match (copy.digest, copy.length) {
        (Some(announced), _) if announced != sha256 => Err(damaged),
        (_, Some(length)) if length != size => Err(damaged),
        (Some(_), _) => Ok(Some(Announced::Digest)),
        (None, Some(_)) => Ok(Some(Announced::Length)),
        (None, None) => Ok(None),
    }
}
