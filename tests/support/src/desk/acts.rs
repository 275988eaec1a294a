//! What is done at a desk, and what comes of it.

use std::path::PathBuf;

use audio_housekeeper::domain::{
    ActFilter, Approval, AuditEntry, Confirmation, DeletionChoice, DeletionPlan, DeletionSurvey,
    DoctorName, DoctorTally, Failure, KnownDoctor,
};
use audio_housekeeper::engine::{
    ActivityQuestion, CheckAllReport, Command, DeletionReport, Destination, Event, JobEnding,
    JobFailure, JobId, JobKind, JobProgress, SavedFile,
};
use jiff::Timestamp;

use super::Desk;
use crate::name;

impl Desk {
    pub async fn survey(&mut self, doctor: &str) -> DeletionSurvey {
        self.send(Command::SurveyDeletion(name(doctor)));
        self.until(|event| match event {
            Event::Surveyed(survey) => Some((**survey).clone()),
            _ => None,
        })
        .await
    }

    pub async fn download(&mut self, doctor: &str, file: &str) -> Result<SavedFile, JobFailure> {
        self.ask_download(doctor, file);
        self.end_of_download().await
    }

    pub fn ask_download(&self, doctor: &str, file: &str) {
        let destination = Destination {
            path: self.file(file),
            replace: false,
            even_a_backup: None,
        };
        self.send(Command::Download {
            doctor: name(doctor),
            destination,
            as_it_is: false,
        });
    }

    /// The job that is begun next.
    pub async fn begun(&mut self) -> JobId {
        self.until(|event| match event {
            Event::JobStarted { id, .. } => Some(*id),
            _ => None,
        })
        .await
    }

    /// Asks for a download and waits until it runs.
    pub async fn begin_download(&mut self, doctor: &str, file: &str) -> JobId {
        self.ask_download(doctor, file);
        self.begun().await
    }

    /// Waits until something of a download has come.
    pub async fn until_it_comes(&mut self, id: JobId) {
        self.progress(id, |now| {
            matches!(now, JobProgress::Downloading { received: 1.., .. })
        })
        .await;
    }

    /// Asks for a download and waits until it waits for its next try, as long as the clock stands.
    pub async fn download_until_it_waits(&mut self, doctor: &str, file: &str) -> JobId {
        self.clock.stop();
        let id = self.begin_download(doctor, file).await;
        self.progress(id, |now| {
            matches!(now, JobProgress::WaitingToTryAgain { .. })
        })
        .await;
        id
    }

    /// Lets the waits go on, and waits for the end.
    pub async fn end_of_download(&mut self) -> Result<SavedFile, JobFailure> {
        self.clock.run();
        self.downloaded().await
    }

    pub async fn downloaded(&mut self) -> Result<SavedFile, JobFailure> {
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::Download { result, .. } => Some(result.clone()),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    /// Surveys and confirms. The job runs when this returns, and waits for as long as the clock stands.
    pub async fn begin_delete(&mut self, doctor: &str, choice: DeletionChoice) -> JobId {
        let survey = Box::new(self.survey(doctor).await);
        self.confirm(Confirmation::Doctor {
            survey,
            choice,
            reason: None,
        })
        .await
    }

    pub async fn begin_delete_all(&mut self, doctors: &[KnownDoctor]) -> JobId {
        let tally = DoctorTally::of(
            doctors,
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH,
            Timestamp::now(),
        );
        let phrase = DeletionPlan::PHRASE.to_owned();
        let shown_at = Timestamp::now();
        self.confirm(Confirmation::Everything {
            tally,
            phrase,
            shown_at,
            reason: None,
        })
        .await
    }

    pub async fn confirm(&mut self, confirmation: Confirmation) -> JobId {
        self.clock.stop();
        let plan = DeletionPlan::new(confirmation, Timestamp::now()).unwrap();
        self.send(Command::Delete {
            plan: Box::new(plan),
            approval: Approval::default(),
        });
        self.until(|event| match event {
            Event::JobStarted {
                id,
                kind: JobKind::Delete(_) | JobKind::DeleteAll,
            } => Some(*id),
            _ => None,
        })
        .await
    }

    /// Lets the wait go on, and waits for the end.
    pub async fn end_of_delete(&mut self) -> (DeletionReport, Option<PathBuf>) {
        self.clock.run();
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::Delete { report, backup, .. } => Some((report.clone(), backup.clone())),
                JobEnding::DeleteAll { report, .. } => Some((report.clone(), None)),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    pub async fn delete(
        &mut self,
        doctor: &str,
        choice: DeletionChoice,
    ) -> (DeletionReport, Option<PathBuf>) {
        self.begin_delete(doctor, choice).await;
        self.end_of_delete().await
    }

    /// Checks and backs up into the desk's folder; what was found, who is backed up, who isn't.
    pub async fn check_and_back_up(
        &mut self,
        doctors: &[&str],
    ) -> (CheckAllReport, Vec<DoctorName>, Vec<(DoctorName, Failure)>) {
        let doctors = doctors.iter().copied().map(name).collect();
        let folder = self.folder.path().to_owned();
        let fetched_since = Timestamp::UNIX_EPOCH;
        self.check_and_back_up_since(doctors, folder, fetched_since)
            .await
    }

    /// As the question whether everything is to be deleted does it, that was asked then.
    pub async fn check_and_back_up_since(
        &mut self,
        doctors: Vec<DoctorName>,
        folder: PathBuf,
        fetched_since: Timestamp,
    ) -> (CheckAllReport, Vec<DoctorName>, Vec<(DoctorName, Failure)>) {
        self.send(Command::CheckAndBackUp {
            doctors,
            folder,
            fetched_since,
        });
        self.until(|event| match event {
            Event::JobEnded { ending, .. } => match &**ending {
                JobEnding::CheckAndBackUp {
                    checks,
                    backed_up,
                    failed,
                } => Some((checks.clone(), backed_up.clone(), failed.clone())),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    /// The audit record as far as it is what the app wrote, oldest first.
    pub async fn record(&mut self) -> Vec<AuditEntry> {
        self.send(Command::LoadActivity(Box::new(ActivityQuestion {
            number: 1,
            filter: ActFilter::default(),
            before: None,
            limit: 200,
        })));
        let mut entries = self
            .until(|event| match event {
                Event::Activity(page) => {
                    let steps = page.acts.iter().flat_map(|act| act.steps.clone());
                    Some(steps.filter_map(Result::ok).collect::<Vec<_>>())
                }
                _ => None,
            })
            .await;
        entries.sort_by_key(|entry| entry.number);
        entries
    }

    /// The record's words for what was done and came of it, checks left out.
    pub async fn story(&mut self) -> Vec<String> {
        let entries = self.record().await;
        let words = entries.iter().map(|entry| {
            format!(
                "{} {}",
                entry.draft.action.code(),
                entry.draft.outcome.code()
            )
        });
        words.filter(|words| !words.starts_with("check ")).collect()
    }
}
