//! Which of the ended jobs stand open on the shelf, and which are folded into one line.

use jiff::SignedDuration;

use crate::domain::{BackupComparison, Completeness, DeletionOutcome, KeptPart, SetAside};
use crate::state::{
    CheckAllReport, DeletionReport, Job, JobEnding, JobFailure, JobId, JobKind, JobProgress,
    ResultKind, Screen, ShownResult, SignIn, State, Unfinished,
};

/// How long the newest result stands open.
const STANDS_OPEN: SignedDuration = SignedDuration::from_secs(15);

/// The shelf's lines, in their order.
#[derive(Debug, Default)]
pub struct Shelf<'a> {
    /// Results that need an answer, and the newest one for a while.
    pub open: Vec<&'a ShownResult>,
    /// What waits for the person to keep or to discard it.
    pub set_aside: &'a [SetAside],
    /// What waits for the person to go on with or to discard.
    pub kept_parts: &'a [KeptPart],
    /// What runs, but for a delete: what waits for the person first.
    pub running: Vec<(JobId, &'a Job)>,
    /// The other results, newest first.
    pub folded: Vec<&'a ShownResult>,
}

/// How many of the folded results are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FoldedTally {
    /// Did what they were to do.
    pub done: usize,
    /// Did it, and there is something to be said about it.
    pub with_a_warning: usize,
    /// Failed.
    pub failed: usize,
    /// The person stopped or cancelled.
    pub stopped: usize,
}

/// How a result is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Done,
    WithAWarning,
    Failed,
    Stopped,
    /// What became of it is for the person to find out.
    NeedsAnswer,
}

impl State {
    /// The lines of the shelf.
    #[must_use]
    pub fn shelf(&self) -> Shelf<'_> {
        let mut shelf = Shelf {
            set_aside: &self.set_aside,
            kept_parts: &self.kept_parts,
            ..Shelf::default()
        };
        for (index, result) in self.results.iter().enumerate() {
            if result.needs_answer() || index == 0 && self.open_for(result).is_some() {
                shelf.open.push(result);
            } else {
                shelf.folded.push(result);
            }
        }
        // The looks for a question are told in it.
        let is_told = |job: &Job| !job.deletes() && job.kind != JobKind::SurveyAll;
        let running = self.jobs.iter().filter(|(_, job)| is_told(job));
        shelf.running = running.map(|(id, job)| (*id, job)).collect();
        shelf
            .running
            .sort_by_key(|(_, job)| !matches!(job.progress, JobProgress::WaitingToTryAgain { .. }));
        shelf
    }

    /// When the newest result folds by itself, if it will.
    #[must_use]
    pub fn folds_in(&self) -> Option<SignedDuration> {
        let newest = self.results.first()?;
        self.open_for(newest).filter(|_| !newest.needs_answer())
    }

    /// How many results there are that something is to be done or known about, and nobody has seen on
    /// the shelf, or dealt with.
    #[must_use]
    pub fn to_look_at(&self) -> usize {
        let results = self.results.iter();
        results
            .filter(|result| {
                let is_news = result.seen_since.is_none() && result.ending.sort() != Sort::Done;
                result.needs_answer() || is_news
            })
            .count()
            + self.set_aside.len()
            + self.kept_parts.len()
    }

    /// How many results nobody has seen on the shelf, that did what they were to do.
    #[must_use]
    pub fn done_unseen(&self) -> usize {
        let results = self.results.iter();
        results
            .filter(|result| result.seen_since.is_none() && result.ending.sort() == Sort::Done)
            .count()
    }

    /// Remembers since when what is on the shelf has been seen. To be told of each frame that is drawn: a
    /// hidden window draws none.
    pub fn results_are_seen(&mut self) {
        let is_shown = matches!(self.sign_in, SignIn::In(_)) && self.locked().is_none();
        if self.screen == Screen::Recordings && is_shown {
            for result in &mut self.results {
                result.seen_since.get_or_insert(self.now);
            }
        }
    }

    fn open_for(&self, result: &ShownResult) -> Option<SignedDuration> {
        let left = STANDS_OPEN - self.now.duration_since(result.seen_since?);
        left.is_positive().then_some(left)
    }
}

impl Shelf<'_> {
    /// Counts what is folded.
    #[must_use]
    pub fn tally(&self) -> FoldedTally {
        let mut tally = FoldedTally::default();
        for result in &self.folded {
            match result.ending.sort() {
                Sort::Done => tally.done += 1,
                Sort::WithAWarning | Sort::NeedsAnswer => tally.with_a_warning += 1,
                Sort::Failed => tally.failed += 1,
                Sort::Stopped => tally.stopped += 1,
            }
        }
        tally
    }
}

impl ShownResult {
    /// Whether it stands until the person has dealt with it.
    #[must_use]
    pub fn needs_answer(&self) -> bool {
        self.ending.sort() == Sort::NeedsAnswer
    }
}

impl ResultKind {
    fn sort(&self) -> Sort {
        match self {
            Self::Ended(JobEnding::Download { result, .. }) => match result {
                Ok(file) if matches!(file.completeness, Completeness::Proven(_)) => Sort::Done,
                Ok(_) => Sort::WithAWarning,
                Err(JobFailure::Cancelled) => Sort::Stopped,
                Err(JobFailure::Failed(_)) => Sort::Failed,
            },
            Self::Ended(JobEnding::Compare { result, .. }) => match result {
                Ok(survey) if matches!(survey.backup, BackupComparison::Same(_)) => Sort::Done,
                Ok(_) => Sort::WithAWarning,
                Err(JobFailure::Cancelled) => Sort::Stopped,
                Err(JobFailure::Failed(_)) => Sort::Failed,
            },
            Self::Ended(JobEnding::Delete { report, .. } | JobEnding::DeleteAll { report, .. }) => {
                sort_of_delete(report)
            }
            Self::Ended(JobEnding::CheckAll(report)) => sort_of_checks(report),
            Self::Ended(JobEnding::CheckAndBackUp { checks, failed, .. }) => {
                if failed.is_empty() {
                    sort_of_checks(checks)
                } else {
                    Sort::Failed
                }
            }
            // News from before this start, which nobody has seen.
            Self::FromEarlier(
                Unfinished::Download { .. }
                | Unfinished::Saved { .. }
                | Unfinished::NotSent { .. }
                | Unfinished::Delete { .. }
                | Unfinished::NotLookedInto { .. },
            ) => Sort::NeedsAnswer,
            Self::Elsewhere { ending, .. } => match ending.sort() {
                Sort::Done => Sort::Done,
                // Nobody pressed Stop: the sign-in at another service has ended it.
                _ => Sort::NeedsAnswer,
            },
        }
    }
}

const fn sort_of_delete(report: &DeletionReport) -> Sort {
    match report.outcome {
        DeletionOutcome::Gone => Sort::Done,
        DeletionOutcome::Stopped => Sort::Stopped,
        // Whoever confirmed it takes it for done.
        DeletionOutcome::NotSent | DeletionOutcome::StillThere | DeletionOutcome::NotKnown => {
            Sort::NeedsAnswer
        }
    }
}

const fn sort_of_checks(report: &CheckAllReport) -> Sort {
    if report.stopped {
        Sort::Stopped
    } else if report.not_checked > 0 {
        Sort::WithAWarning
    } else {
        Sort::Done
    }
}
