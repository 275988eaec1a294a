//! Audio Housekeeper, the program: arguments, log, the runtime, the real adapters, the window.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod console;
mod drawing;
mod launch;
mod log;
mod panics;
mod relaunch;
mod render_monitor;
mod renderer;
mod renderer_memory;
mod signal_listener;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use audio_housekeeper::app::{App, AppSignals, OpeningMode, PutAwayLater};
use audio_housekeeper::platform::{
    NativeDialogs, keep_memory_out_of_crash_dumps, licences, system_locale, system_name,
};
use audio_housekeeper::settings::{Settings, WindowPlace};
use audio_housekeeper::state::{About, Mode};
use audio_housekeeper::text::Text;

use crate::arguments::{Arguments, Invocation};
use crate::drawing::Drawing;
use crate::launch::RealLauncher;
use crate::signal_listener::SignalListener;

const NAME: &str = "Audio Housekeeper";

/// A PNG of 128 by 128 pixels, drawn from `icon.svg`.
const ICON: &[u8] = include_bytes!("../../../assets/icon/icon.png");

fn main() -> ExitCode {
    // Before anything can crash. The log is not begun yet: it is told there later.
    let dumps = keep_memory_out_of_crash_dumps();
    match Arguments::read() {
        Ok(Invocation::Help) => console::answer(arguments::HELP),
        Ok(Invocation::Version) => {
            console::answer(concat!("audio-housekeeper ", env!("CARGO_PKG_VERSION")));
        }
        Ok(Invocation::Window(arguments)) => {
            return window(arguments, dumps.err()).unwrap_or_else(|error| {
                console::complain(&format!("{NAME} can't open its window: {error:#}"));
                ExitCode::FAILURE
            });
        }
        Err(error) => {
            console::complain(&format!("{error}\n\n{}", arguments::HELP));
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn window(arguments: Arguments, dumps: Option<io::Error>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("engine")
        .enable_all()
        .build()
        .context("no threads for the engine")?;
    let mode = if arguments.practice {
        Mode::Practice
    } else {
        Mode::Real
    };
    let drawing = Drawing::choose(&arguments);
    let signals = AppSignals::default();
    let launcher = Arc::new(RealLauncher::new(
        arguments,
        runtime.handle().clone(),
        signals.clone(),
        dumps,
    ));
    if !launcher.is_first(mode) {
        return Ok(ExitCode::SUCCESS);
    }
    let ending = SignalListener::for_the_end(runtime.handle(), signals.clone())
        .context("no thread to listen to the system")?;
    let settings = launcher.settings_for_first_frame(mode);
    // The disk and the keychain answer while the window is made.
    let opening = OpeningMode::begin(launcher.clone(), mode);
    let viewport = viewport(&settings);
    let locale = system_locale().unwrap_or_default();
    let later = PutAwayLater::default();
    let made = drawing.run(viewport, |creation, renderer| {
        let dialogs = Box::new(NativeDialogs);
        let app = App::new(&creation.egui_ctx, opening, dialogs, &locale, settings)
            .heeding(&creation.egui_ctx, signals)
            .being(about(renderer));
        // On a Mac, Quit ends the process as soon as the window has ended; elsewhere Wayland lets no
        // window hide before it is gone.
        if cfg!(target_os = "macos") {
            app
        } else {
            app.putting_away_later(later.clone())
        }
    });
    later.put_away();
    if made.is_err() {
        launcher.wait_until_let_go();
    }
    let lock = launcher.let_go();
    drop(ending);
    // A disk that does not answer must not keep the app from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    // The next copy opens the data, so the lock goes last: a disk that hung may answer yet.
    Ok(match made {
        Ok(()) => {
            drop(lock);
            ExitCode::SUCCESS
        }
        Err(failed) => {
            let folder = launcher.folder(mode).ok();
            drawing.go_on(&failed, folder.as_deref(), &Text::new(&locale), lock)
        }
    })
}

fn about(renderer: &str) -> About {
    About {
        build: option_env!("AUDIO_HOUSEKEEPER_BUILD").map(Into::into),
        system: system_name(),
        renderer: renderer.to_owned(),
        licences: licences(),
    }
}

fn viewport(settings: &Settings) -> egui::ViewportBuilder {
    let mut builder = egui::ViewportBuilder::default()
        .with_title(NAME)
        .with_app_id("audio-housekeeper")
        .with_min_inner_size([800.0, 560.0]);
    if let Ok(icon) = eframe::icon_data::from_png_bytes(ICON) {
        builder = builder.with_icon(icon);
    }
    match settings.window {
        Some(WindowPlace {
            position,
            size,
            maximised,
        }) => {
            let builder = builder.with_inner_size(size).with_maximized(maximised);
            match position {
                Some(position) => builder.with_position(position),
                None => builder,
            }
        }
        None => builder.with_inner_size([1120.0, 760.0]),
    }
}
