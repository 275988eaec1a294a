//! Which renderer draws the window, and what comes after one that failed. Decisions only: nothing
//! here touches a disk or a screen.

use std::time::Duration;

/// What draws the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renderer {
    /// OpenGL, by way of glow: the quickest to start and the smallest.
    OpenGl,
    /// Vulkan, Direct3D 12 or Metal, whichever wgpu finds; also drawing by the processor, where
    /// the system has that for one of them.
    Wgpu,
}

impl Renderer {
    /// The one that is tried first where nothing is known: Apple keeps its OpenGL as it was in
    /// 2011, so there it is the other one.
    pub const USUAL: Self = if cfg!(target_os = "macos") {
        Self::Wgpu
    } else {
        Self::OpenGl
    };

    /// Its word on the command line, in the log and in the file that remembers it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OpenGl => "opengl",
            Self::Wgpu => "wgpu",
        }
    }

    /// The renderer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::OpenGl, Self::Wgpu]
            .into_iter()
            .find(|renderer| renderer.word() == word)
    }

    const fn other(self) -> Self {
        match self {
            Self::OpenGl => Self::Wgpu,
            Self::Wgpu => Self::OpenGl,
        }
    }
}

/// What the last start left about this screen set-up. A driver can take the whole process down,
/// so what is tried is written down before, and what came of it after the first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// A first frame was shown with it.
    Worked(Renderer),
    /// It had worked, or was tried where nothing was known, and then a start with it was not heard
    /// of again: that may have been the computer's being switched off, so it has one more try.
    Began(Renderer),
    /// It was tried once more, or after the other one, and not heard of again.
    Unfinished(Renderer),
}

impl Remembered {
    /// What to leave before a renderer is tried.
    pub fn before_trying(renderer: Renderer, last: Option<Self>) -> Self {
        match last {
            None => Self::Began(renderer),
            Some(Self::Worked(worked)) if worked == renderer => Self::Began(renderer),
            Some(_) => Self::Unfinished(renderer),
        }
    }
}

/// What the command line says about the renderer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RendererOptions {
    /// The person's word: this one and no other.
    pub demanded: Option<Renderer>,
    /// The app's own word to itself: it started again because this one had failed.
    pub failed: Option<Renderer>,
}

impl RendererOptions {
    /// Which one this process tries. A process tries one: a window system can be set up only
    /// once in it, and a driver that failed may have left anything behind.
    pub fn renderer(self, remembered: Option<Remembered>) -> Renderer {
        match (self.demanded, self.failed, remembered) {
            (Some(demanded), ..) => demanded,
            (None, Some(failed), _) => failed.other(),
            (None, None, Some(Remembered::Worked(renderer) | Remembered::Began(renderer))) => {
                renderer
            }
            (None, None, Some(Remembered::Unfinished(renderer))) => renderer.other(),
            (None, None, None) => Renderer::USUAL,
        }
    }

    /// What comes after a window that ended by itself.
    pub fn after(self, tried: Renderer, ended: &Ended) -> Next {
        match ended {
            Ended::NoDisplay => Next::Tell(Trouble::NoDisplay),
            Ended::Fault => Next::Tell(Trouble::Fault),
            // A driver was updated or a screen changed hands while the window stood.
            Ended::Renderer { drew: Some(drew) } if *drew >= STEADY => {
                Next::StartAgain { failed: None }
            }
            Ended::Renderer { .. } => match (self.demanded, self.failed) {
                (Some(demanded), _) => Next::Tell(Trouble::DemandedFailed(demanded)),
                (None, Some(_)) => Next::Tell(Trouble::NoneWorks),
                (None, None) => Next::StartAgain {
                    failed: Some(tried),
                },
            },
        }
    }
}

/// A window that was drawn for less than this has not started well. It is also what keeps an app
/// that starts again and again from doing so more than once in that time.
const STEADY: Duration = Duration::from_mins(1);

/// How a window ended that the person did not close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The window system could not be reached, or went away.
    NoDisplay,
    /// The renderer failed.
    Renderer {
        /// For how long it had drawn; `None` where no frame was ever shown.
        drew: Option<Duration>,
    },
    /// The app itself failed after its first frame.
    Fault,
}

/// What to do after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To start the app again, with word of the renderer that failed at its start.
    StartAgain { failed: Option<Renderer> },
    /// To tell the person, and end.
    Tell(Trouble),
}

/// What a person is told when there is no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    NoDisplay,
    NoneWorks,
    DemandedFailed(Renderer),
    Fault,
    /// The program was not found any more, or the system refused.
    NotStartedAgain,
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_START: Ended = Ended::Renderer { drew: None };

    /// The renderers that are tried one after another where all of them fail, and the end.
    fn tried(
        mut options: RendererOptions,
        remembered: Option<Remembered>,
    ) -> (Vec<Renderer>, Trouble) {
        let mut tried = Vec::new();
        loop {
            let renderer = options.renderer(remembered);
            tried.push(renderer);
            assert!(tried.len() < 9, "it starts again and again: {tried:?}");
            match options.after(renderer, &AT_START) {
                Next::StartAgain { failed } => options.failed = failed,
                Next::Tell(trouble) => return (tried, trouble),
            }
        }
    }

    #[test]
    fn each_renderer_is_tried_once_whatever_is_remembered() {
        for renderer in [Renderer::OpenGl, Renderer::Wgpu] {
            for (remembered, first) in [
                (None, Renderer::USUAL),
                (Some(Remembered::Worked(renderer)), renderer),
                (Some(Remembered::Began(renderer)), renderer),
                (Some(Remembered::Unfinished(renderer)), renderer.other()),
            ] {
                let expected = (vec![first, first.other()], Trouble::NoneWorks);
                assert_eq!(tried(RendererOptions::default(), remembered), expected);
            }
        }
    }

    #[test]
    fn a_renderer_that_takes_the_process_down_gives_way_to_the_other() {
        let begins = |remembered: &mut Option<Remembered>| {
            let renderer = RendererOptions::default().renderer(*remembered);
            *remembered = Some(Remembered::before_trying(renderer, *remembered));
            renderer
        };
        let (usual, other) = (Renderer::USUAL, Renderer::USUAL.other());
        for known in [None, Some(Remembered::Worked(usual))] {
            let mut remembered = known;
            let begun = [(); 4].map(|()| begins(&mut remembered));
            assert_eq!(begun, [usual, usual, other, usual], "{known:?}");
        }
    }

    #[test]
    fn one_start_that_was_cut_off_changes_no_renderer() {
        for renderer in [Renderer::OpenGl, Renderer::Wgpu] {
            for known in [None, Some(Remembered::Worked(renderer))] {
                let tried = RendererOptions::default().renderer(known);
                let left = Remembered::before_trying(tried, known);
                assert_eq!(
                    RendererOptions::default().renderer(Some(left)),
                    tried,
                    "{known:?}"
                );
            }
        }
    }

    #[test]
    fn a_demanded_renderer_is_the_only_one_that_is_tried() {
        for demanded in [Renderer::OpenGl, Renderer::Wgpu] {
            let options = RendererOptions {
                demanded: Some(demanded),
                failed: None,
            };
            let remembered = Some(Remembered::Worked(demanded.other()));
            let expected = (vec![demanded], Trouble::DemandedFailed(demanded));
            assert_eq!(tried(options, remembered), expected);
        }
    }

    #[test]
    fn what_is_not_the_renderers_fault_is_told_at_once() {
        let options = RendererOptions::default();
        for (ended, trouble) in [
            (Ended::NoDisplay, Trouble::NoDisplay),
            (Ended::Fault, Trouble::Fault),
        ] {
            let next = options.after(Renderer::USUAL, &ended);
            assert_eq!(next, Next::Tell(trouble));
        }
    }

    #[test]
    fn a_renderer_that_fails_after_long_is_started_anew_and_one_that_fails_soon_counts_as_failed() {
        let options = RendererOptions {
            demanded: None,
            failed: Some(Renderer::OpenGl),
        };
        let after = |seconds| {
            let drew = Some(Duration::from_secs(seconds));
            options.after(Renderer::Wgpu, &Ended::Renderer { drew })
        };
        assert_eq!(after(3600), Next::StartAgain { failed: None });
        assert_eq!(after(5), Next::Tell(Trouble::NoneWorks));
    }

    #[test]
    fn words_and_renderers_are_the_same() {
        for renderer in [Renderer::OpenGl, Renderer::Wgpu] {
            assert_eq!(Renderer::of_word(renderer.word()), Some(renderer));
        }
        assert_eq!(Renderer::of_word("OpenGL"), None);
    }
}
