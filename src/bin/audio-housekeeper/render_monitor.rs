//! The app with an eye on what draws it: when its first frame was shown, and whether the device
//! that draws was lost.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use audio_housekeeper::app::App;
use audio_housekeeper::state::SignIn;
use eframe::egui_wgpu::{SurfaceErrorAction, WgpuConfiguration};
use wgpu::CurrentSurfaceTexture as Surface;

/// What is known of the drawing, shared with the callbacks that tell it.
#[derive(Debug, Default)]
pub struct RenderMonitor {
    window: OnceLock<egui::Context>,
    first_shown: OnceLock<Instant>,
    lost: OnceLock<String>,
    /// Whether the last frame that was drawn did not get to the screen.
    dropped: AtomicBool,
    dropped_in_all: AtomicU32,
}

/// So many frames in a row that never got to the screen are no start.
const HOPELESS: u32 = 20;

impl RenderMonitor {
    /// How long ago the first frame was shown.
    pub fn drew(&self) -> Option<Duration> {
        self.first_shown.get().map(Instant::elapsed)
    }

    /// What was lost, in the driver's words.
    pub fn lost(&self) -> Option<&str> {
        self.lost.get().map(String::as_str)
    }

    /// Watches the device of a window that was just made. OpenGL has nothing to watch: its
    /// failures come out of eframe itself.
    pub fn watch(self: &Arc<Self>, creation: &eframe::CreationContext<'_>) {
        self.window.get_or_init(|| creation.egui_ctx.clone());
        if let Some(wgpu) = &creation.wgpu_render_state {
            let monitor = self.clone();
            wgpu.device.set_device_lost_callback(move |reason, words| {
                // Ours is destroyed only where the app ends.
                if reason != wgpu::DeviceLostReason::Destroyed {
                    monitor.lose(words);
                }
            });
            let monitor = self.clone();
            // Left to itself, wgpu would panic.
            wgpu.device
                .on_uncaptured_error(Arc::new(move |error| monitor.lose(error.to_string())));
        }
    }

    /// Asks eframe's usual answer to a frame that has nowhere to go, and keeps count.
    pub fn answer_surface(
        self: &Arc<Self>,
    ) -> Arc<dyn Fn(&Surface) -> SurfaceErrorAction + Send + Sync> {
        let usual = WgpuConfiguration::default().on_surface_status;
        let monitor = self.clone();
        Arc::new(move |status| {
            monitor.dropped.store(true, Ordering::Relaxed);
            if matches!(
                status,
                Surface::Lost | Surface::Timeout | Surface::Validation
            ) && monitor.first_shown.get().is_none()
            {
                if monitor.dropped_in_all.fetch_add(1, Ordering::Relaxed) >= HOPELESS {
                    monitor.lose(format!("no frame gets to the screen: {status:?}"));
                } else if let Some(window) = monitor.window.get() {
                    window.request_repaint();
                }
            }
            usual(status)
        })
    }

    /// Notes that nothing can be drawn any more, and why; the first reason stands.
    pub fn lose(&self, words: String) {
        self.lost.get_or_init(|| words);
        if let Some(window) = self.window.get() {
            window.request_repaint();
        }
    }
}

/// The app with its drawing monitored.
pub struct MonitoredApp<F> {
    app: App,
    monitor: Arc<RenderMonitor>,
    /// The frame that was drawn last; whether it was shown is known when the next one begins.
    drawn: Option<u64>,
    /// What draws, in words for the log, until it is logged.
    renderer: Option<String>,
    /// What is done once the first frame was shown.
    shown: Option<F>,
}

impl<F: FnOnce()> MonitoredApp<F> {
    pub const fn new(app: App, monitor: Arc<RenderMonitor>, renderer: String, shown: F) -> Self {
        Self {
            app,
            monitor,
            drawn: None,
            renderer: Some(renderer),
            shown: Some(shown),
        }
    }

    fn look(&mut self, frame: u64) {
        let shown = self.drawn.is_some_and(|drawn| drawn < frame)
            && !self.monitor.dropped.load(Ordering::Relaxed);
        if shown && let Some(then) = self.shown.take() {
            self.monitor.first_shown.get_or_init(Instant::now);
            then();
        }
        // The log begins with the data folder, which may be opened after the first frame.
        if self.shown.is_none()
            && self.app.state().sign_in != SignIn::Starting
            && let Some(renderer) = self.renderer.take()
        {
            tracing::info!("drawing with {renderer}");
        }
    }
}

impl<F: FnOnce()> eframe::App for MonitoredApp<F> {
    fn raw_input_hook(&mut self, ctx: &egui::Context, raw_input: &mut egui::RawInput) {
        self.app.raw_input_hook(ctx, raw_input);
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if self.monitor.lost().is_some() {
            // Nobody can be asked in a window that is not drawn.
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            return;
        }
        self.look(ctx.cumulative_frame_nr());
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if self.monitor.lost().is_some() {
            return;
        }
        self.drawn = Some(ui.ctx().cumulative_frame_nr());
        self.monitor.dropped.store(false, Ordering::Relaxed);
        self.app.ui(ui, frame);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surface_that_never_takes_a_frame_is_given_up_and_a_hidden_one_is_not() {
        for (status, is_lost) in [
            (Surface::Lost, true),
            (Surface::Timeout, true),
            (Surface::Validation, true),
            (Surface::Occluded, false),
            (Surface::Outdated, false),
        ] {
            let monitor = Arc::new(RenderMonitor::default());
            let answer = monitor.answer_surface();
            for _ in 0..HOPELESS {
                answer(&status);
            }
            assert_eq!(monitor.lost(), None, "{status:?}");
            answer(&status);
            assert_eq!(monitor.lost().is_some(), is_lost, "{status:?}");
        }
    }

    #[test]
    fn a_surface_that_is_lost_after_the_first_frame_is_only_made_anew() {
        let monitor = Arc::new(RenderMonitor::default());
        monitor.first_shown.get_or_init(Instant::now);
        let answer = monitor.answer_surface();
        for _ in 0..100 {
            let made_anew = answer(&Surface::Lost);
            assert!(matches!(made_anew, SurfaceErrorAction::RecreateSurface));
        }
        assert_eq!(monitor.lost(), None);
    }
}
