//! The screen Activity: the part of the audit record that was read.

use crate::domain::{Act, ActChoices, ActFilter, Failure};
use crate::engine::{ActivityPage, ActivityQuestion, Command};
use crate::state::{Message, Modal, SideEffect, State, engine};

/// The part of the audit record that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// Its acts that fit the filter, newest first.
    pub acts: Vec<Act>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether some were asked for and have not come yet.
    pub loading: bool,
    /// Which acts the person wants to see.
    pub filter: ActFilter,
    /// Whom and what they can be chosen by.
    pub choices: ActChoices,
    /// The number of the last question: the answer to an earlier one is void.
    question: u64,
    /// Whether that one was for the newest, which take the place of what is shown.
    from_newest: bool,
}

impl State {
    pub(super) fn load_activity(&mut self) -> Vec<SideEffect> {
        self.ask_for_acts(None)
    }

    pub(super) fn load_more_activity(&mut self) -> Vec<SideEffect> {
        let before = self.activity.acts.last().map(|act| act.first);
        if before.is_none() || self.activity.loading || !self.activity.more {
            return Vec::new();
        }
        self.ask_for_acts(before)
    }

    pub(super) fn filter_activity(&mut self, filter: ActFilter) -> Vec<SideEffect> {
        if self.activity.filter == filter {
            return Vec::new();
        }
        self.activity.filter = filter;
        self.ask_for_acts(None)
    }

    fn ask_for_acts(&mut self, before: Option<u64>) -> Vec<SideEffect> {
        let activity = &mut self.activity;
        activity.question += 1;
        activity.loading = true;
        activity.from_newest = before.is_none();
        engine(Command::LoadActivity(Box::new(ActivityQuestion {
            number: activity.question,
            filter: activity.filter.clone(),
            before,
        })))
    }

    pub(super) fn activity_read(&mut self, page: ActivityPage) {
        let activity = &mut self.activity;
        if page.question != activity.question {
            return;
        }
        if activity.from_newest {
            activity.acts.clear();
        }
        activity.acts.extend(page.acts);
        activity.more = page.more;
        activity.loading = false;
        if let Some(choices) = page.choices {
            activity.choices = choices;
        }
    }

    pub(super) fn activity_not_read(&mut self, failure: Failure) {
        self.activity.loading = false;
        self.tell(Message::Failed {
            doctor: None,
            failure,
        });
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
