//! The screen Activity: the part of the audit record that was read.

use crate::domain::{Act, ActChoices, ActFilter, Failure};
use crate::engine::{ActivityPage, ActivityQuestion, Command};
use crate::state::{Modal, Screen, SideEffect, State, engine};

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
    /// Whether older acts are shown than the first question brings, or were asked for.
    shows_older: bool,
    rereading: Rereading,
}

/// Whether the newest are read anew by themselves, as something was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Rereading {
    #[default]
    No,
    Asked,
    /// Once what was asked for has come, as something was recorded since.
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
    fn ask(&mut self, before: Option<u64>) -> Vec<SideEffect> {
        self.question += 1;
        engine(Command::LoadActivity(Box::new(ActivityQuestion {
            number: self.question,
            filter: self.filter.clone(),
            before,
        })))
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
        activity.shows_older = before.is_some();
        activity.rereading = Rereading::No;
        activity.ask(before)
    }

    /// Reads the newest anew for whoever sees them. Where older ones are shown too they stay: they would go.
    pub(super) fn something_was_recorded(&mut self) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        if self.screen != Screen::Activity || activity.shows_older {
            return Vec::new();
        }
        if activity.loading || activity.rereading != Rereading::No {
            activity.rereading = Rereading::Wanted;
            return Vec::new();
        }
        activity.rereading = Rereading::Asked;
        activity.ask(None)
    }

    pub(super) fn activity_read(&mut self, page: ActivityPage) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        if page.question != activity.question {
            return Vec::new();
        }
        let newest = activity.acts.first().map(|act| act.first);
        if !activity.shows_older {
            activity.acts.clear();
        }
        activity.acts.extend(page.acts);
        if !activity.loading {
            let mut acts = activity.acts.iter();
            let came = acts.position(|act| Some(act.first) == newest);
            activity.came_above += came.unwrap_or_default();
        }
        activity.more = page.more;
        activity.loading = false;
        activity.failed = None;
        if let Some(choices) = page.choices {
            activity.choices = choices;
        }
        match std::mem::take(&mut activity.rereading) {
            Rereading::Wanted => self.something_was_recorded(),
            Rereading::No | Rereading::Asked => Vec::new(),
        }
    }

    /// What the person didn't ask for leaves what is shown as it is; the next that is recorded has it read.
    pub(super) fn activity_not_read(&mut self, question: u64, failure: Failure) {
        let activity = &mut self.activity;
        if question != activity.question {
            return;
        }
        activity.rereading = Rereading::No;
        if !activity.loading {
            return;
        }
        if !activity.shows_older {
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
