//! The screen Activity: the part of the audit record that was read.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Act, ActChoices, ActFilter, Failure};
use crate::engine::{ActivityPage, ActivityQuestion, Command};
use crate::state::{Modal, Screen, SideEffect, State, engine};

/// How many acts are asked for at a time.
const ACTS_AT_ONCE: usize = 200;

/// How many of those that are shown are read anew at most.
const MOST_READ_ANEW: usize = 2_000;

/// How often a job on many doctors has the newest read anew at most.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_secs(1);

/// The part of the audit record that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// Its acts that fit the filter, newest first.
    pub acts: Vec<Act>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether the person asked for some that have not come yet.
    pub loading: bool,
    /// Why those that were asked for last could not be read.
    pub failed: Option<Failure>,
    /// Which acts the person wants to see.
    pub filter: ActFilter,
    /// Whom and what they can be chosen by.
    pub choices: ActChoices,
    /// How many have come above those that were shown, as something was recorded, in all.
    pub came_above: usize,
    /// The number of the last question: the answer to an earlier one is void.
    question: u64,
    /// Whether the person asked last for older acts than those that are shown.
    asked_older: bool,
    rereading: Rereading,
    /// When they were read anew last.
    looked: Option<Timestamp>,
}

/// Whether those that are shown are read anew by themselves, as something was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Rereading {
    #[default]
    No,
    Asked,
    /// The same, and once more after that, as something was recorded since.
    AskedAndWanted,
    /// Once what the person asked for has come.
    Wanted,
}

impl Activity {
    /// Forgets what was shown, and makes void what was asked.
    pub(super) fn forget(&mut self) {
        *self = Self {
            question: self.question + 1,
            came_above: self.came_above,
            ..Self::default()
        };
    }

    /// The question for what is older than an act's first entry, or for the newest.
    fn ask(&mut self, before: Option<u64>, limit: usize) -> Vec<SideEffect> {
        self.question += 1;
        engine(Command::LoadActivity(Box::new(ActivityQuestion {
            number: self.question,
            filter: self.filter.clone(),
            before,
            limit,
        })))
    }

    /// Takes in what was read anew: newer acts, and those that are shown as they are by now. Nothing that is
    /// shown goes, unless so much came at once that what was read doesn't reach it.
    fn read_anew(&mut self, page: ActivityPage) {
        let newest = self.acts.first().map(|act| act.first);
        let oldest_read = page.acts.last().map(|act| act.first);
        let came = page.acts.iter().take_while(|act| Some(act.first) > newest);
        let came = came.count();
        let reaches = came < page.acts.len() || !page.more;
        let shown = std::mem::replace(&mut self.acts, page.acts);
        let oldest_shown = shown.last().map(|act| act.first);
        let rest = shown.into_iter();
        let rest = rest.filter(|act| reaches && page.more && Some(act.first) < oldest_read);
        let read = self.acts.len();
        self.acts.extend(rest);
        if self.acts.len() == read {
            self.more = page.more;
        }
        let kept = self
            .acts
            .iter()
            .take_while(|act| Some(act.first) >= oldest_shown);
        let keep = if reaches { kept.count() } else { 0 }.max(ACTS_AT_ONCE);
        self.more |= self.acts.len() > keep;
        self.acts.truncate(keep);
        if newest.is_some() && reaches {
            self.came_above += came;
        }
        if !(self.asked_older && self.more) {
            self.failed = None;
        }
    }

    const fn is_rereading(&self) -> bool {
        matches!(self.rereading, Rereading::Asked | Rereading::AskedAndWanted)
    }

    /// What is shown is no answer to what was asked.
    fn show_none(&mut self) {
        self.acts.clear();
        self.more = false;
    }
}

impl State {
    pub(super) fn load_activity(&mut self) -> Vec<SideEffect> {
        self.ask_for_acts(None)
    }

    pub(super) fn load_more_activity(&mut self) -> Vec<SideEffect> {
        let activity = &self.activity;
        let before = activity.acts.last().map(|act| act.first);
        let is_older = before.is_some() && activity.more;
        if activity.loading || !is_older && activity.failed.is_none() {
            return Vec::new();
        }
        self.ask_for_acts(before)
    }

    pub(super) fn filter_activity(&mut self, filter: ActFilter) -> Vec<SideEffect> {
        if self.activity.filter == filter {
            return Vec::new();
        }
        self.activity.filter = filter;
        self.activity.show_none();
        self.ask_for_acts(None)
    }

    fn ask_for_acts(&mut self, before: Option<u64>) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        activity.loading = true;
        activity.failed = None;
        activity.asked_older = before.is_some();
        activity.rereading = if activity.asked_older && activity.rereading != Rereading::No {
            Rereading::Wanted
        } else {
            Rereading::No
        };
        activity.ask(before, ACTS_AT_ONCE)
    }

    /// A job on many doctors has gone on, and may have recorded something of each that was done.
    pub(super) fn more_was_recorded(&mut self) -> Vec<SideEffect> {
        let activity = &self.activity;
        let waits = activity.loading || activity.is_rereading();
        let is_early = |looked| self.now.duration_since(looked).abs() < BETWEEN_LOOKS;
        if waits || activity.looked.is_some_and(is_early) {
            return Vec::new();
        }
        self.something_was_recorded()
    }

    /// Reads anew what is shown, for whoever sees it.
    pub(super) fn something_was_recorded(&mut self) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        if self.screen != Screen::Activity {
            return Vec::new();
        }
        if activity.loading || activity.is_rereading() {
            activity.rereading = if activity.loading {
                Rereading::Wanted
            } else {
                Rereading::AskedAndWanted
            };
            return Vec::new();
        }
        activity.rereading = Rereading::Asked;
        let shown = activity.acts.len().min(MOST_READ_ANEW);
        activity.ask(None, shown + ACTS_AT_ONCE)
    }

    pub(super) fn activity_read(&mut self, page: ActivityPage) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        if page.question != activity.question {
            return Vec::new();
        }
        if let Some(choices) = &page.choices {
            activity.choices.clone_from(choices);
        }
        if activity.loading {
            if !activity.asked_older {
                activity.acts.clear();
            }
            activity.acts.extend(page.acts);
            activity.more = page.more;
            activity.loading = false;
            activity.failed = None;
        } else {
            activity.looked = Some(self.now);
            activity.read_anew(page);
        }
        match std::mem::take(&mut activity.rereading) {
            Rereading::Wanted | Rereading::AskedAndWanted => self.something_was_recorded(),
            Rereading::No | Rereading::Asked => Vec::new(),
        }
    }

    /// What the person didn't ask for leaves what is shown as it is; the next that is recorded has it read.
    pub(super) fn activity_not_read(&mut self, question: u64, failure: Failure) {
        let activity = &mut self.activity;
        if question != activity.question {
            return;
        }
        if !activity.loading {
            activity.rereading = Rereading::No;
            return;
        }
        if !activity.asked_older {
            activity.show_none();
        }
        activity.loading = false;
        activity.failed = Some(failure);
    }

    /// Opens an act of those that are shown.
    pub(super) fn show_act(&mut self, first: u64) -> Vec<SideEffect> {
        let acts = &self.activity.acts;
        match acts.iter().find(|act| act.first == first) {
            Some(act) => {
                let act = Box::new(act.clone());
                self.open_modal(Modal::Act(act))
            }
            None => Vec::new(),
        }
    }
}
