//! The window's answer to a delete's last call: that all input is taken in, and no Stop was in it.

use egui::{Event, ViewportCommand};

use crate::app::App;
use crate::state::{Action, JobId};

/// How many frames have to begin without a possible Stop. What the first may have missed, because it
/// ran before the system handed over what it had, is in the second.
const QUIET: u8 = 2;

impl App {
    /// Gives the word for the deletes in `called`, which had made their last call before this frame's
    /// input was gathered, once no Stop may be in the input of this frame or of the one before.
    ///
    /// It is given here, before anything is drawn: whatever a person did while the frame before was
    /// drawn, however long that took, is in this frame's input. What may be a Stop is drawn over
    /// first, and the next frame asks again.
    pub(super) fn answer_last_calls(
        &mut self,
        ctx: &egui::Context,
        frame: &eframe::Frame,
        called: &[JobId],
    ) {
        // A frame that is drawn once more, for its layout, has no input of its own.
        if ctx.current_pass_index() > 0 {
            return;
        }
        let may_stop = self.may_stop.take().unwrap_or_else(|| {
            // Where no hook tells, as in tests, the frame's own input does.
            ctx.input(|input| may_hold_a_stop(&input.raw.events))
        });
        self.quiet_frames = match (called.is_empty(), may_stop) {
            (false, false) => self.quiet_frames.saturating_add(1),
            _ => 0,
        };
        if self.quiet_frames >= QUIET {
            for id in called {
                self.act(ctx, frame, Action::NoStop(*id));
            }
        }
        if !self.state.last_calls().is_empty() {
            ctx.request_repaint();
            if may_stop {
                // A hidden window draws nothing by itself, and takes nothing in without that.
                ctx.send_viewport_cmd(ViewportCommand::RequestPaintWhileHidden);
            }
        }
    }
}

/// Whether any of these may press Stop.
pub(super) fn may_hold_a_stop(events: &[Event]) -> bool {
    !events.iter().all(|event| {
        matches!(
            event,
            Event::PointerMoved(_)
                | Event::MouseMoved(_)
                | Event::PointerGone
                | Event::WindowFocused(_)
                | Event::MouseWheel { .. }
                | Event::Key { pressed: false, .. }
        )
    })
}
