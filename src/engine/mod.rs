//! Commands in, events out: the engine owns every job.

mod command;
mod event;

pub use command::{Command, Destination, JobId, SavePurpose};
pub use event::{
    CheckAllReport, DeletionReport, Envelope, Event, JobEnding, JobFailure, JobKind, JobProgress,
    SavedFile, SignedOutBecause, Unfinished,
};
