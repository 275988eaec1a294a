//! Where the window stands: never where nobody sees it, never larger than its screen, and the
//! next time where it was.

use egui::{Context, NumExt as _, Rect, Vec2, ViewportCommand, pos2, vec2};

use crate::settings::WindowPlace;

/// The size from which on everything has its room, in points of the screen.
const LEAST: Vec2 = Vec2::new(800.0, 560.0);

/// What a screen's own bars and the window's title take of its height, in points of the screen.
const BARS: f32 = 80.0;

/// As much of the upper edge has to be on a screen for the window to be taken hold of, in pixels.
const GRIP: Vec2 = Vec2::new(120.0, 30.0);

/// Follows the screens that the window is on.
#[derive(Debug, Default)]
pub struct Placing {
    on_a_screen: bool,
    /// The scale, text size and screen that the least size was told for.
    told: Option<(f32, f32, Vec2)>,
}

impl Placing {
    /// Brings a new window onto a screen that is there, and tells the system the least size that
    /// suits the screen. Cheap where nothing changed. `text_size` is in per cent.
    pub fn follow(&mut self, ctx: &Context, frame: &eframe::Frame, text_size: u16) {
        // A new text size holds from the next pass on, and what is told in points has to be meant
        // in those that the system is told it with.
        if (ctx.zoom_factor() - f32::from(text_size) / 100.0).abs() > 0.001 {
            return;
        }
        self.tell_least_size(ctx);
        if !self.on_a_screen {
            self.on_a_screen = true;
            bring_onto_a_screen(ctx, frame);
        }
    }

    fn tell_least_size(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        let viewport = ctx.input(|input| input.viewport().clone());
        let (Some(screen), Some(scale)) = (viewport.monitor_size, viewport.native_pixels_per_point)
        else {
            return;
        };
        let now = (scale, zoom, screen);
        if self.told != Some(now) {
            self.told = Some(now);
            // The system keeps it in pixels: on a screen of another scale it would be another.
            let least = least_size(screen * zoom) / zoom;
            ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
        }
    }
}

/// Where the window is, in points of the screen: the text size is no part of it. A window that
/// fills its screen goes back to its place of `before` when it no longer does.
pub fn window_place(ctx: &Context, before: Option<WindowPlace>) -> WindowPlace {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        let maximised = viewport.maximized.unwrap_or(false);
        if let Some(before) = before.filter(|_| maximised) {
            return WindowPlace {
                maximised,
                ..before
            };
        }
        // Wayland tells no place, only a size.
        let size = input.viewport_rect().size() * zoom;
        let position = viewport.outer_rect.map(|rect| rect.min * zoom);
        WindowPlace {
            position: position.map(|at| [at.x, at.y]),
            size: [size.x, size.y],
            maximised,
        }
    })
}

/// The least size on a screen of this size: no window is made larger than what it stands on.
fn least_size(screen: Vec2) -> Vec2 {
    LEAST
        .at_most(screen - vec2(0.0, BARS))
        .at_least(vec2(320.0, 180.0))
}

fn bring_onto_a_screen(ctx: &Context, frame: &eframe::Frame) {
    let Some(window) = frame.winit_window() else {
        return;
    };
    let filled = window.is_maximized() || window.fullscreen().is_some();
    let Ok(at) = window.outer_position() else {
        return;
    };
    if filled {
        return;
    }
    let size = window.outer_size();
    let stands = rect((at.x, at.y), (size.width, size.height));
    let screens: Vec<Rect> = window
        .primary_monitor()
        .into_iter()
        .chain(window.available_monitors())
        .map(|screen| {
            let (at, size) = (screen.position(), screen.size());
            rect((at.x, at.y), (size.width, size.height))
        })
        .collect();
    if let Some(place) = onto_a_screen(stands, &screens) {
        let points = ctx.pixels_per_point();
        let frame = stands.size() - window_size(window.inner_size().into());
        let inner = (place.size() - frame) / points;
        tracing::info!("the window's place was on no screen");
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(inner));
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(place.min / points));
    }
}

/// Where a window would have to stand to be seen, the first screen being the main one; `None`
/// where it can be seen and taken hold of. All in pixels of the desk.
fn onto_a_screen(window: Rect, screens: &[Rect]) -> Option<Rect> {
    let main = screens.first()?;
    let grip = Rect::from_min_size(window.min, vec2(window.width(), GRIP.y));
    let is_seen = |screen: &&Rect| {
        let seen = screen.intersect(grip);
        seen.width() >= GRIP.x && seen.height() >= GRIP.y / 2.0
    };
    let seen_on = screens.iter().find(is_seen);
    let screen = seen_on.unwrap_or(main);
    let size = window.size().at_most(screen.size());
    if seen_on.is_some() && size == window.size() {
        return None;
    }
    let last = screen.max - size;
    let min = window.min.clamp(screen.min, last);
    Some(Rect::from_min_size(min, size))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a desk has fewer pixels than an f32 can count"
)]
fn rect(at: (i32, i32), size: (u32, u32)) -> Rect {
    Rect::from_min_size(pos2(at.0 as f32, at.1 as f32), window_size(size))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a desk has fewer pixels than an f32 can count"
)]
fn window_size(size: (u32, u32)) -> Vec2 {
    vec2(size.0 as f32, size.1 as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: (i32, i32, u32, u32) = (0, 0, 1366, 768);
    const BESIDE: (i32, i32, u32, u32) = (1366, -200, 3840, 2160);

    fn at((left, top, width, height): (i32, i32, u32, u32)) -> Rect {
        rect((left, top), (width, height))
    }

    #[test]
    fn a_window_that_is_seen_stays_where_it_is() {
        let screens = [at(LAPTOP), at(BESIDE)];
        for window in [
            (100, 60, 800, 560),
            (1300, 10, 1120, 760),
            (3000, 1500, 1120, 760),
            (-600, 40, 800, 560),
        ] {
            assert_eq!(onto_a_screen(at(window), &screens), None, "{window:?}");
        }
    }

    #[test]
    fn a_window_of_a_screen_that_is_gone_comes_back_whole() {
        let laptop = at(LAPTOP);
        for window in [
            (3000, 1500, 1120, 760),
            (-2000, 100, 1120, 760),
            (200, -700, 1120, 760),
            (1340, 40, 1120, 760),
            (100, 800, 3000, 2000),
        ] {
            let place = onto_a_screen(at(window), &[laptop]).unwrap();
            assert!(laptop.contains_rect(place), "{window:?}: {place:?}");
        }
    }

    #[test]
    fn a_window_larger_than_its_screen_becomes_as_large_as_that() {
        let place = onto_a_screen(at((10, 10, 3360, 2280)), &[at(LAPTOP)]).unwrap();
        assert_eq!(place, at(LAPTOP));
    }

    #[test]
    fn where_no_screen_is_told_nothing_is_moved() {
        assert_eq!(onto_a_screen(at((9000, 9000, 800, 560)), &[]), None);
    }

    #[test]
    fn the_least_size_never_exceeds_the_screen() {
        assert_eq!(least_size(vec2(1920.0, 1080.0)), LEAST);
        // 1366 by 768 pixels at a scale of 2 and of 3.
        for scale in [1.5, 2.0, 3.0] {
            let screen = vec2(1366.0, 768.0) / scale;
            let least = least_size(screen);
            assert!(least.x <= screen.x && least.y <= screen.y, "{least:?}");
        }
    }
}
