//! The window's answer to a delete's last call: that all input is taken in, and no Stop was in it.

use egui::{Event, ViewportCommand};

use crate::app::App;
use crate::state::{Action, JobId};

impl App {
    /// Gives the word for the deletes that had made their last call before this frame's input was
    /// gathered, unless a Stop may be in that input.
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
        let may_stop = self.may_stop.take().unwrap_or_else(|| {
            // Where no hook tells, as in tests, the frame's own input does.
            ctx.input(|input| may_hold_a_stop(&input.raw.events))
        });
        for id in called.iter().filter(|_| !may_stop) {
            self.act(ctx, frame, Action::NoStop(*id));
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
        )
    })
}
