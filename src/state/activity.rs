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
    /// Whether some were asked for and have not come yet.
    pub loading: bool,
    /// Why those that were asked for last could not be read.
    pub failed: Option<Failure>,
    /// Which acts the person wants to see.
    pub filter: ActFilter,
    /// Whom and what they can be chosen by.
    pub choices: ActChoices,
    /// The number of the last question: the answer to an earlier one is void.
    question: u64,
    /// What that one was for.
    asked_for: AskedFor,
}

/// What was asked for last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum AskedFor {
    /// Nothing yet, or older acts than those that are shown.
    #[default]
    Older,
    /// The newest, which take the place of what is shown.
    Newest {
        /// Whether something was recorded before they came.
        is_outdated: bool,
    },
}

impl Activity {
    /// Forgets what was shown, and makes void what was asked.
    pub(super) fn forget(&mut self) {
        *self = Self {
            question: self.question + 1,
            ..Self::default()
        };
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
        activity.question += 1;
        activity.loading = true;
        activity.failed = None;
        activity.asked_for = match before {
            Some(_) => AskedFor::Older,
            None => AskedFor::Newest { is_outdated: false },
        };
        engine(Command::LoadActivity(Box::new(ActivityQuestion {
            number: activity.question,
            filter: activity.filter.clone(),
            before,
        })))
    }

    /// Reads the newest anew for whoever sees them. Where older ones are shown too they stay: they would go.
    pub(super) fn something_was_recorded(&mut self) -> Vec<SideEffect> {
        let is_seen = self.screen == Screen::Activity;
        match &mut self.activity.asked_for {
            AskedFor::Newest { is_outdated } if self.activity.loading => *is_outdated = true,
            AskedFor::Newest { .. } if is_seen => return self.ask_for_acts(None),
            AskedFor::Newest { .. } | AskedFor::Older => {}
        }
        Vec::new()
    }

    pub(super) fn activity_read(&mut self, page: ActivityPage) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        if page.question != activity.question {
            return Vec::new();
        }
        if activity.asked_for != AskedFor::Older {
            activity.acts.clear();
        }
        activity.acts.extend(page.acts);
        activity.more = page.more;
        activity.loading = false;
        if let Some(choices) = page.choices {
            activity.choices = choices;
        }
        match activity.asked_for {
            AskedFor::Newest { is_outdated: true } => self.something_was_recorded(),
            _ => Vec::new(),
        }
    }

    pub(super) fn activity_not_read(&mut self, question: u64, failure: Failure) {
        let activity = &mut self.activity;
        if question != activity.question {
            return;
        }
        if activity.asked_for != AskedFor::Older {
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
