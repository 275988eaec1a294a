use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::{DoctorName, KeychainTrouble, OtherRecording};

/// Something that did not work, with what a person can do about it as its kind.
///
/// Every layer's errors become one of these at the engine, and `text` has a sentence for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// What support would ask for; shown on request, never with a token, a name or a query in it.
    pub details: Box<FailureDetails>,
}

/// What stands behind "Details".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureDetails {
    /// When it happened.
    pub at: Timestamp,
    /// The call ("GET /api/download"), without its query.
    pub call: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The lower layers' own words.
    pub technical: String,
    /// The seconds that the service asked to wait before the next try (RFC 9110 section 10.2.3),
    /// where it did.
    pub retry_after_seconds: Option<u64>,
    /// What earlier tries of the same operation met, oldest first.
    pub earlier: Vec<Failure>,
}

/// What happened, grouped by what a person can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// The service's name could not be found: no network, or a wrong address.
    ServiceNotFound,
    /// Nothing answers at the address.
    NoAnswer,
    /// The answer took too long to begin or to go on.
    TimedOut,
    /// The connection ended in the middle.
    ConnectionDropped {
        /// Bytes of the recording that had arrived.
        received: u64,
        /// Bytes that were announced.
        total: Option<u64>,
    },
    /// The service's certificate is not trusted by this computer.
    NotTrusted,
    /// A proxy refused, or wants to be signed in to (407).
    Proxy,
    /// 401: the token is not, or no longer, accepted.
    SignInNotAccepted,
    /// 403: this sign-in may not do that.
    NotAllowed,
    /// 400 for a name: the service does not take it.
    NameNotAccepted,
    /// 404 where a recording was expected.
    NothingThere,
    /// 429.
    TooManyRequests {
        /// The seconds that the service asked to wait, where it did.
        retry_after_seconds: Option<u64>,
    },
    /// 500, 502, 503, 504 and the like.
    ServiceTrouble,
    /// A redirect that was not followed.
    Redirected {
        /// The host that it pointed to, where it could be read.
        to_host: Option<String>,
    },
    /// A web page came instead: a network's log-in page, most likely.
    WebPageInstead,
    /// Something that is no audio came instead.
    NotAudio {
        /// Whether that is all that the service has; otherwise it is asked again.
        arrived: bool,
    },
    /// A JSON document came instead of a recording: an error's, most likely.
    JsonInstead,
    /// The recording came written out as text (base64).
    Base64Instead,
    /// There is no audio in the recording.
    EmptyRecording {
        /// Whether that is all that the service has; otherwise it is asked again.
        arrived: bool,
    },
    /// The recording is of a kind that is neither WAV nor FLAC.
    OtherRecording {
        /// Which.
        kind: OtherRecording,
        /// Whether that is all that the service has; otherwise it is asked again.
        arrived: bool,
    },
    /// The recording that came is damaged.
    DamagedRecording {
        /// In what way.
        damage: Damage,
        /// Whether two answers brought the same bytes: so it is on the server.
        on_server: bool,
    },
    /// Any other answer that the service never documented.
    UnexpectedAnswer,
    /// A cache on the way answered with what it had kept from before a delete, or may have.
    AnswerTooOld,
    /// What had come of a recording and was kept is not there, or not as it was.
    PartGone {
        /// The part file.
        path: PathBuf,
    },
    /// The pieces that several answers brought are no whole recording, or not the announced one: it is to
    /// be fetched whole.
    PiecesDoNotFit,
    /// More or fewer bytes than announced, or another digest.
    DamagedInTransit {
        /// Bytes announced.
        expected: Option<u64>,
        /// Bytes that came.
        received: u64,
    },
    /// The disk is full.
    DiskFull {
        /// The file being written.
        path: PathBuf,
    },
    /// The folder can't be written to.
    FolderNotWritable {
        /// The folder.
        path: PathBuf,
    },
    /// The folder is not there (any more).
    FolderMissing {
        /// The folder.
        path: PathBuf,
    },
    /// The folder, or the drive that it is on, went away while the file was being written.
    FolderGone {
        /// The file.
        path: PathBuf,
    },
    /// A folder stands where the file should go.
    DestinationIsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file that was to be replaced is a backup.
    ReplacesBackup {
        /// The file.
        path: PathBuf,
        /// Whose recording it is a backup of.
        doctor: DoctorName,
        /// When it was checked.
        made: Timestamp,
        /// Whether the service has no such recording any more, as far as is known.
        only_copy: bool,
        /// What the file is known by, where a question may be asked whether it is to be replaced.
        may_replace: Option<String>,
    },
    /// The file system refuses the file's name.
    FileNameRefused {
        /// The file.
        path: PathBuf,
    },
    /// Any other disk trouble.
    Disk {
        /// The file or folder.
        path: PathBuf,
    },
    /// What stands on disk is not what was written.
    ReadBackDiffers {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds the finished file, so that it could not be given its name.
    FileHeld {
        /// The file that was to be.
        path: PathBuf,
        /// The part file, whole and checked, which stays.
        part: PathBuf,
    },
    /// Neither the service nor the recording states where it ends: the file can't serve as a backup.
    CompletenessNotProven {
        /// The file, which was kept.
        path: PathBuf,
    },
    /// The server's copy is no longer the one that was confirmed or backed up.
    CopyChanged,
    /// The service knows no such user name with that password.
    PasswordNotAccepted,
    /// The service gives no tokens for user names.
    NoPasswordSignIn,
    /// The rules on this computer don't allow that delete.
    RuleForbids,
    /// A rule asks for a password, and who is signed in came with a token.
    RuleNeedsUserName,
    /// A second person is asked for, and this is not known to be one.
    SamePerson,
    /// The audit record could not be written: nothing was deleted.
    RecordNotWritable,
    /// The audit record is not what the app wrote, and no person has seen that: nothing was deleted.
    RecordTampered,
    /// What was done could not be written down in the audit record.
    NotRecorded,
    /// The app's own data can't be read or written.
    StoreTrouble,
    /// Another copy of the app uses the data folder.
    DataInUse,
    /// A newer version of the app wrote the data.
    DataFromNewerVersion,
    /// An older version wrote the data, and it could not be copied or brought up to date.
    DataNotBroughtUpToDate,
    /// The data folder can't be made or used.
    DataFolderUnusable {
        /// The folder.
        path: PathBuf,
    },
    /// The practice service did not start.
    PracticeTrouble,
    /// The system shows no file dialogs.
    NoFileDialogs,
    /// The keychain keeps no token, or could not be asked for one.
    KeychainTrouble(KeychainTrouble),
    /// Whose a token is could not be written down, so it is not kept.
    SignInNotNoted,
    /// The keychain may still keep an earlier token that it was to forget.
    KeychainNotCleared(KeychainTrouble),
    /// The computer slept, or its clock was set, between a confirmation and its delete.
    SleptMeanwhile,
    /// The window did not answer in time whether Stop was pressed, before a delete was sent.
    WindowDidNotAnswer,
    /// The confirmation no longer holds: too old, or its facts do not allow it.
    ConfirmationStale,
    /// A delete was confirmed in a sign-in that ended, and the next one is not of the same person.
    ConfirmedByAnother {
        /// Whether that is certain; otherwise it could not be told who signed in.
        known: bool,
    },
    /// Nobody is signed in (any more).
    NotSignedIn,
    /// Something runs for this doctor already.
    Busy,
    /// Too much is waiting already.
    QueueFull,
    /// A fault of the app's own.
    Internal,
}

/// In what way a recording is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// It states more than is there.
    Incomplete,
    /// A part in the middle is missing, or stands twice.
    Gap,
    /// A checksum doesn't fit.
    Altered,
    /// Something took it for text and rewrote its bytes.
    TakenForText,
    /// Its structure can't be read.
    Unreadable,
}

/// What a person can do after a download has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// Try the same again, now or later.
    TryAgain,
    /// Choose another place for the file, or come back to this one.
    AnotherPlace,
    /// Nothing with the download itself.
    None,
}

impl FailureKind {
    /// Whether it names a file or folder that a person chose, or a doctor.
    #[must_use]
    pub const fn names_a_file(&self) -> bool {
        matches!(self.way_out(), WayOut::AnotherPlace)
            || matches!(
                self,
                Self::PartGone { .. } | Self::CompletenessNotProven { .. }
            )
    }

    /// What a person can do after a download has failed in this way.
    #[must_use]
    pub const fn way_out(&self) -> WayOut {
        match self {
            Self::ServiceNotFound
            | Self::NoAnswer
            | Self::TimedOut
            | Self::ConnectionDropped { .. }
            | Self::NotTrusted
            | Self::Proxy
            | Self::TooManyRequests { .. }
            | Self::ServiceTrouble
            | Self::Redirected { .. }
            | Self::WebPageInstead
            | Self::NotAudio { .. }
            | Self::JsonInstead
            | Self::Base64Instead
            | Self::EmptyRecording { .. }
            | Self::OtherRecording { .. }
            | Self::DamagedRecording { .. }
            | Self::UnexpectedAnswer
            | Self::AnswerTooOld
            | Self::PiecesDoNotFit
            | Self::DamagedInTransit { .. } => WayOut::TryAgain,
            Self::DiskFull { .. }
            | Self::FolderNotWritable { .. }
            | Self::FolderMissing { .. }
            | Self::FolderGone { .. }
            | Self::DestinationIsFolder { .. }
            | Self::ReplacesBackup { .. }
            | Self::FileNameRefused { .. }
            | Self::Disk { .. }
            | Self::ReadBackDiffers { .. }
            | Self::FileHeld { .. } => WayOut::AnotherPlace,
            _ => WayOut::None,
        }
    }
}

impl Failure {
    /// A failure without an answer to tell of.
    #[must_use]
    pub fn new(kind: FailureKind, at: Timestamp, technical: impl Into<String>) -> Self {
        Self {
            kind,
            details: Box::new(FailureDetails {
                at,
                call: None,
                status: None,
                technical: technical.into(),
                retry_after_seconds: None,
                earlier: Vec::new(),
            }),
        }
    }

    /// Whether the person has to sign in again before anything else can work.
    #[must_use]
    pub const fn needs_sign_in(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::SignInNotAccepted | FailureKind::NotSignedIn
        )
    }
}
