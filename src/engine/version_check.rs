//! Asks which version is the newest, where the administrator or the person wants that.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::api::ask_newest_version;
use crate::domain::{NewestVersion, UpdateAddress, UpdateSource, Version};
use crate::engine::Clock;
use crate::engine::notice::Notice;
use crate::engine::resources::Resources;

/// How long after the start it is asked first: by then the window stands.
const FIRST: Duration = Duration::from_secs(10);

/// How long after an answer it is asked again.
const AFTER_AN_ANSWER: Duration = Duration::from_hours(24);

/// How long after a question without an answer it is asked again: at the first one there may have been no
/// network yet.
const AFTER_NO_ANSWER: Duration = Duration::from_hours(1);

/// How long an answer may take altogether.
const LIMIT: Duration = Duration::from_secs(30);

/// What is asked, and when.
pub struct VersionCheck {
    source: UpdateSource,
    /// Whether the person wants it asked.
    is_wanted: bool,
    clock: Clock,
    next: Next,
    /// Counts the questions.
    number: u64,
    /// Gives up the last of them.
    given_up: CancellationToken,
}

/// So long after a moment. By the steady clock, or by the wall clock, which goes on while the computer
/// sleeps.
struct Next {
    wall: Timestamp,
    steady: Duration,
    after: Duration,
}

/// A question to be asked now.
pub struct Question {
    number: u64,
    address: UpdateAddress,
    given_up: CancellationToken,
}

impl VersionCheck {
    pub fn new(source: UpdateSource, is_wanted: bool, clock: Clock) -> Self {
        Self {
            source,
            is_wanted,
            next: Next::new(&clock, FIRST),
            clock,
            number: 0,
            given_up: CancellationToken::new(),
        }
    }

    /// Where it is asked, if anywhere.
    pub const fn source(&self) -> &UpdateSource {
        &self.source
    }

    /// Whether the person wants it asked; at once, where they did not before.
    pub fn want(&mut self, is_wanted: bool) {
        let was_wanted = std::mem::replace(&mut self.is_wanted, is_wanted);
        if is_wanted == was_wanted || !matches!(self.source, UpdateSource::Builder(_)) {
            return;
        }
        if is_wanted {
            self.ask_after(Duration::ZERO);
        } else {
            self.number += 1;
            self.given_up.cancel();
        }
    }

    /// The question, where the time for it has come.
    pub fn due(&mut self) -> Option<Question> {
        if !self.source.is_asked(self.is_wanted) || !self.next.has_come(&self.clock) {
            return None;
        }
        // Also where nothing comes of this one.
        self.ask_after(AFTER_NO_ANSWER);
        self.number += 1;
        std::mem::take(&mut self.given_up).cancel();
        Some(Question {
            number: self.number,
            address: self.source.address()?.clone(),
            given_up: self.given_up.clone(),
        })
    }

    /// What is known by what came of a question, unless another was asked since or nobody wants to know
    /// any more.
    pub fn answered(&mut self, number: u64, answer: Option<Version>) -> Option<NewestVersion> {
        if number != self.number {
            return None;
        }
        Some(match answer {
            Some(version) => {
                self.ask_after(AFTER_AN_ANSWER);
                NewestVersion::Is(version)
            }
            None => NewestVersion::NotKnown,
        })
    }

    fn ask_after(&mut self, time: Duration) {
        self.next = Next::new(&self.clock, time);
    }
}

impl Next {
    fn new(clock: &Clock, after: Duration) -> Self {
        Self {
            wall: clock.wall(),
            steady: clock.steady(),
            after,
        }
    }

    fn has_come(&self, clock: &Clock) -> bool {
        let by_wall = Duration::try_from(clock.wall().duration_since(self.wall));
        let by_steady = clock.steady().saturating_sub(self.steady);
        by_steady.max(by_wall.unwrap_or_default()) >= self.after
    }
}

/// Asks, and tells the engine's loop what came of it. Nothing waits for this, leaving neither.
pub async fn ask(resources: Arc<Resources>, question: Question) {
    let answer = tokio::select! {
        biased;
        () = question.given_up.cancelled() => return,
        () = resources.leaving.cancelled() => return,
        answer = ask_newest_version(&question.address, LIMIT) => answer,
    };
    if let Err(why) = &answer {
        tracing::info!(%why, "the newest version could not be asked");
    }
    resources.notify(Notice::NewestVersion {
        number: question.number,
        answer: answer.ok(),
    });
}
