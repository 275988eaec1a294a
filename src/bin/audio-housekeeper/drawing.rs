//! Opens the window with the renderer that is most likely to work here, and sees to what comes
//! after one that does not.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use audio_housekeeper::app::App;
use audio_housekeeper::platform::{self, DataLock, screen_setup};
use audio_housekeeper::text::Text;
use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup};

use crate::arguments::Arguments;
use crate::relaunch::Relaunch;
use crate::render_monitor::{MonitoredApp, RenderMonitor};
use crate::renderer::{Ended, Next, Remembered, Renderer, RendererOptions, Trouble};
use crate::renderer_memory::RendererMemory;
use crate::{log, panics};

/// The drawing of one process, which tries one renderer.
pub struct Drawing {
    options: RendererOptions,
    renderer: Renderer,
    remembered: Option<Remembered>,
    memory: Option<RendererMemory>,
}

/// A window that ended without the person's closing it.
#[derive(Debug)]
pub struct Failed {
    ended: Ended,
    technical: String,
}

impl Drawing {
    /// Chooses, by what is asked for and what worked earlier. Reads a small file.
    pub fn choose(arguments: &Arguments) -> Self {
        // One place for real work and practice: the screen is the same.
        let memory = platform::data_folder(arguments.data_dir.as_deref(), false)
            .map(|folder| RendererMemory::new(folder, screen_setup()))
            .ok();
        let remembered = memory.as_ref().and_then(RendererMemory::recall);
        Self {
            options: arguments.renderer,
            renderer: arguments.renderer.renderer(remembered),
            remembered,
            memory,
        }
    }

    /// Opens the window and stays until it is closed. `make` makes what is in it, and is told in words
    /// what draws it.
    ///
    /// # Errors
    /// A window that could not be made, or could not be drawn any longer.
    pub fn run(
        &self,
        viewport: egui::ViewportBuilder,
        make: impl FnOnce(&eframe::CreationContext<'_>, &str) -> App,
    ) -> Result<(), Failed> {
        panics::watch();
        // What is demanded says nothing about the next start.
        let memory = self.memory.clone();
        let memory = memory.filter(|_| self.options.demanded.is_none());
        if let Some(memory) = &memory {
            memory.remember(Remembered::before_trying(self.renderer, self.remembered));
        }
        let monitor = Arc::new(RenderMonitor::default());
        let options = eframe::NativeOptions {
            viewport,
            renderer: match self.renderer {
                Renderer::OpenGl => eframe::Renderer::Glow,
                Renderer::Wgpu => eframe::Renderer::Wgpu,
            },
            wgpu_options: wgpu_options(&monitor),
            ..Default::default()
        };
        let renderer = self.renderer;
        let shown = move || {
            if let Some(memory) = memory {
                remember(memory, renderer);
            }
        };
        let monitoring = monitor.clone();
        let run = AssertUnwindSafe(|| {
            eframe::run_native(
                "audio-housekeeper",
                options,
                Box::new(move |creation| {
                    monitoring.watch(creation);
                    let renderer = in_words(renderer, creation);
                    let app = make(creation, &renderer);
                    Ok(Box::new(MonitoredApp::new(
                        app, monitoring, renderer, shown,
                    )))
                }),
            )
        });
        failure(catch_unwind(run).ok(), &monitor).map_or(Ok(()), Err)
    }

    /// Starts the app again, or tells the person why it ends; the exit code is the app's. What the
    /// window held must have been let go but for the data's lock, which is kept for as long as
    /// this process stays: the next one opens the data.
    pub fn go_on(
        &self,
        failed: &Failed,
        log_folder: Option<&Path>,
        text: &Text,
        mut lock: Option<DataLock>,
    ) -> ExitCode {
        if let Some(folder) = log_folder {
            // The window may have failed before the log was begun.
            log::start(folder).ok();
        }
        let renderer = self.renderer.word();
        let Failed { ended, technical } = failed;
        tracing::error!(renderer, ?ended, technical, "the window ended by itself");
        let trouble = match self.options.after(self.renderer, ended) {
            Next::Tell(trouble) => trouble,
            Next::StartAgain { failed } => match start_again(failed, &mut lock) {
                Ok(code) => return code,
                Err(error) => {
                    tracing::error!(%error, "the app could not be started again");
                    Trouble::NotStartedAgain
                }
            },
        };
        tell(trouble, log_folder, text);
        drop(lock);
        ExitCode::FAILURE
    }
}

/// On a thread of its own: the window's does not wait for the disk.
fn remember(memory: RendererMemory, renderer: Renderer) {
    let thread = std::thread::Builder::new().name("renderer memory".into());
    if let Err(error) = thread.spawn(move || memory.remember(Remembered::Worked(renderer))) {
        tracing::warn!(%error, "the renderer could not be remembered");
    }
}

/// What ended a window, by what eframe gave back; `None` of that is a panic.
fn failure(ended: Option<eframe::Result>, monitor: &RenderMonitor) -> Option<Failed> {
    let drew = monitor.drew();
    let (ended, technical) = match (ended, monitor.lost()) {
        (_, Some(lost)) => (Ended::Renderer { drew }, lost.to_owned()),
        (Some(Ok(())), None) => return None,
        (Some(Err(error @ eframe::Error::WinitEventLoop(_))), None) => {
            (Ended::NoDisplay, error.to_string())
        }
        (Some(Err(error)), None) => (Ended::Renderer { drew }, error.to_string()),
        (None, None) => {
            let ended = if drew.is_none() {
                Ended::Renderer { drew }
            } else {
                Ended::Fault
            };
            let panic = panics::last_on_this_thread().unwrap_or_default();
            (ended, format!("a panic at {panic}"))
        }
    };
    Some(Failed { ended, technical })
}

/// Little memory and little power are enough for a window like this, and a weak device is better
/// than none. The variables that wgpu knows (`WGPU_BACKEND`, `WGPU_POWER_PREF`) still count.
///
/// OpenGL is left out: by the time that wgpu is tried it has mostly failed, and a driver that
/// crashes would do so again when wgpu only looks at it.
fn wgpu_options(monitor: &Arc<RenderMonitor>) -> WgpuConfiguration {
    let mut options = WgpuConfiguration {
        on_surface_status: monitor.answer_surface(),
        ..WgpuConfiguration::default()
    };
    options.surface.present_mode = wgpu::PresentMode::AutoVsync;
    if let WgpuSetup::CreateNew(setup) = &mut options.wgpu_setup {
        setup.instance_descriptor.backends =
            wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY);
        setup.power_preference =
            wgpu::PowerPreference::from_env().unwrap_or(wgpu::PowerPreference::LowPower);
        setup.device_descriptor = Arc::new(|adapter| wgpu::DeviceDescriptor {
            label: Some("window"),
            required_limits: wgpu::Limits::downlevel_webgl2_defaults()
                .using_resolution(adapter.limits()),
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            ..Default::default()
        });
    }
    options
}

fn in_words(renderer: Renderer, creation: &eframe::CreationContext<'_>) -> String {
    let word = renderer.word();
    match &creation.wgpu_render_state {
        None => word.to_owned(),
        Some(wgpu) => {
            let adapter = wgpu.adapter.get_info();
            format!("{word} ({} on {})", adapter.backend, adapter.name)
        }
    }
}

fn start_again(failed: Option<Renderer>, lock: &mut Option<DataLock>) -> io::Result<ExitCode> {
    let relaunch = Relaunch::of_this_process(failed)?;
    // The next process must find the data free, and no other one must before it.
    drop(lock.take());
    relaunch.start()
}

#[expect(
    clippy::print_stderr,
    reason = "a program started by hand says it there"
)]
fn tell(trouble: Trouble, log_folder: Option<&Path>, text: &Text) {
    let sentence = match trouble {
        Trouble::NoDisplay => text.start_no_display(),
        Trouble::NoneWorks => text.start_nothing_draws(),
        Trouble::DemandedFailed(renderer) => {
            text.start_renderer_refused(&format!("--renderer {}", renderer.word()))
        }
        Trouble::Fault => text.start_fault(),
        Trouble::NotStartedAgain => text.start_not_again(),
    };
    let message = match log_folder {
        Some(folder) => format!("{sentence}\n\n{}", text.start_log(&folder.join("log"))),
        None => sentence,
    };
    eprintln!("{message}");
    // Without a display there is nothing to show a message on either.
    if trouble != Trouble::NoDisplay && !platform::show_message(&text.start_title(), &message) {
        tracing::warn!("nothing here shows messages");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_was_closed_did_not_fail() {
        assert!(failure(Some(Ok(())), &RenderMonitor::default()).is_none());
    }

    #[test]
    fn a_lost_device_is_the_renderers_failure_however_the_window_ended() {
        let monitor = RenderMonitor::default();
        monitor.lose("the driver was updated".to_owned());
        for ended in [Some(Ok(())), None] {
            let failed = failure(ended, &monitor).unwrap();
            assert_eq!(failed.ended, Ended::Renderer { drew: None });
            assert_eq!(failed.technical, "the driver was updated");
        }
    }

    #[test]
    fn a_panic_before_the_first_frame_is_the_renderers() {
        let failed = failure(None, &RenderMonitor::default()).unwrap();
        assert_eq!(failed.ended, Ended::Renderer { drew: None });
    }
}
