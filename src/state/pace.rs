//! How long what is asked for may take, by how long the like of it took in this window.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{KnownDoctor, ServerKnowledge};
use crate::engine::{JobEnding, JobId};

/// What is taken for the size of a recording of which none is known, in bytes.
const UNKNOWN_SIZE: u64 = 10_000_000;

/// Of how many bytes at least a recording tells how fast they come.
const LEAST_SIZE: u64 = 1_000_000;

/// How long looks and downloads take.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// When each job began that runs, and has waited for no sign-in.
    begun: BTreeMap<JobId, Timestamp>,
    /// A look, in seconds.
    look: f64,
    /// A byte, in seconds.
    byte: f64,
}

impl Default for Pace {
    /// Rather slow: a second for a look, 2 MB a second.
    fn default() -> Self {
        Self {
            begun: BTreeMap::new(),
            look: 1.0,
            byte: 1.0 / 2e6,
        }
    }
}

impl Pace {
    pub(super) fn begins(&mut self, id: JobId, now: Timestamp) {
        self.begun.insert(id, now);
    }

    /// All jobs wait for a sign-in, or the computer slept: how long that takes is no measure.
    pub(super) fn waits(&mut self) {
        self.begun.clear();
    }

    pub(super) fn ends(&mut self, id: JobId, ending: &JobEnding, now: Timestamp) {
        let Some(begun) = self.begun.remove(&id) else {
            return;
        };
        let took = now.duration_since(begun).as_secs_f64();
        match ending {
            JobEnding::CheckAll(report) if report.checked > 0 => {
                self.look = took.max(0.0) / as_f64(report.checked as u64);
            }
            JobEnding::Download {
                result: Ok(file), ..
            } if file.size >= LEAST_SIZE => self.byte = took.max(0.0) / as_f64(file.size),
            _ => {}
        }
    }

    /// How long it takes to look at all of these.
    #[must_use]
    pub fn looks(&self, doctors: &[KnownDoctor]) -> SignedDuration {
        seconds(self.look * as_f64(doctors.len() as u64))
    }

    /// How long it takes to look at all of these, and to back up those that have no backup.
    #[must_use]
    pub fn backups(&self, doctors: &[KnownDoctor]) -> SignedDuration {
        let missing = doctors.iter().filter(|doctor| doctor.backup.is_none());
        let bytes: u64 = missing.map(size).sum();
        self.looks(doctors) + seconds(self.byte * as_f64(bytes))
    }
}

fn size(doctor: &KnownDoctor) -> u64 {
    match &doctor.server {
        ServerKnowledge::Has { copy, .. } => copy.length.unwrap_or(UNKNOWN_SIZE),
        ServerKnowledge::Nothing { .. } => 0,
        ServerKnowledge::NeverChecked => UNKNOWN_SIZE,
    }
}

/// An estimate loses nothing by it.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

fn seconds(seconds: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
}
