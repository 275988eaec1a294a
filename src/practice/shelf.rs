use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::config::PracticeError;
use super::content::Content;
use super::query::nfc;
use super::recording::Recording;
use super::samples::{SampleSet, SyntheticWav};
use crate::domain::AudioFormat;

/// What the service holds: files under doctors' names in NFC, each doctor's oldest first.
#[derive(Default)]
pub struct Shelf {
    doctors: BTreeMap<String, Vec<Arc<Recording>>>,
    endless: Option<Endless>,
}

/// One recording that stands under every name that was not deleted.
struct Endless {
    recording: Arc<Recording>,
    deleted: BTreeSet<String>,
}

impl Shelf {
    /// The sample recordings.
    pub fn of_samples(set: &SampleSet) -> Self {
        let mut shelf = Self::default();
        for sample in set {
            shelf
                .doctors
                .entry(nfc(sample.doctor))
                .or_default()
                .push(Arc::new(Recording::sample(sample)));
        }
        shelf
    }

    /// Every name, with the same recording under each.
    pub fn of_synthetic(wav: SyntheticWav) -> Self {
        Self {
            doctors: BTreeMap::new(),
            endless: Some(Endless {
                recording: Arc::new(Recording::ready("synthetic.wav", Content::Synthetic(wav))),
                deleted: BTreeSet::new(),
            }),
        }
    }

    /// The WAV and FLAC files of a folder that has a folder for each doctor. Blocks.
    ///
    /// # Errors
    /// [`PracticeError::Recordings`] names what can't be read.
    pub fn of_folder(folder: &Path) -> Result<Self, PracticeError> {
        let mut shelf = Self::default();
        for (path, doctor) in entries(folder)? {
            if !path.is_dir() {
                continue;
            }
            let mut files = Vec::new();
            for (path, name) in entries(&path)? {
                let known = path.extension().is_some_and(|extension| {
                    AudioFormat::from_extension(&extension.to_string_lossy()).is_some()
                });
                if known {
                    let (modified, length) = facts(&path).map_err(unreadable(&path))?;
                    let content = Content::File {
                        path,
                        length,
                        modified,
                    };
                    files.push((modified, name, content));
                }
            }
            files.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            let recordings = files
                .into_iter()
                .map(|(_, name, content)| Arc::new(Recording::ready(&name, content)))
                .collect();
            shelf.doctors.insert(nfc(&doctor), recordings);
        }
        Ok(shelf)
    }

    /// The newest file under a name.
    pub fn newest(&self, doctor: &str) -> Option<Arc<Recording>> {
        self.all_of(doctor).pop()
    }

    /// The files under a name, oldest first.
    pub fn all_of(&self, doctor: &str) -> Vec<Arc<Recording>> {
        if let Some(recordings) = self.doctors.get(doctor) {
            return recordings.clone();
        }
        self.endless
            .iter()
            .filter(|endless| !endless.deleted.contains(doctor))
            .map(|endless| Arc::clone(&endless.recording))
            .collect()
    }

    /// Removes every file under a name; whether there was one.
    pub fn delete(&mut self, doctor: &str) -> bool {
        let held = !self.all_of(doctor).is_empty();
        self.doctors.remove(doctor);
        if let Some(endless) = &mut self.endless {
            endless.deleted.insert(doctor.to_owned());
        }
        held
    }

    /// Removes everything.
    pub fn delete_all(&mut self) {
        self.doctors.clear();
        self.endless = None;
    }

    /// Puts a file under a name as its newest, in the place of one with the same file name.
    pub fn put(&mut self, doctor: &str, recording: Recording) {
        let recordings = self.doctors.entry(doctor.to_owned()).or_default();
        recordings.retain(|other| other.file_name != recording.file_name);
        recordings.push(Arc::new(recording));
    }
}

fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>, PracticeError> {
    let read = || -> io::Result<Vec<_>> {
        fs::read_dir(folder)?
            .map(|entry| {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                Ok((entry.path(), name))
            })
            .collect()
    };
    read().map_err(unreadable(folder))
}

fn facts(path: &Path) -> io::Result<(SystemTime, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.modified()?, metadata.len()))
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> PracticeError {
    move |error| PracticeError::Recordings {
        path: path.to_owned(),
        error,
    }
}
