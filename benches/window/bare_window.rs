//! A bare eframe window with one label: what the app's window is measured against.
//!
//! It prints the time of every frame in seconds since the Unix epoch.

use std::time::{SystemTime, UNIX_EPOCH};

struct Bare;

impl eframe::App for Bare {
    #[expect(
        clippy::print_stdout,
        reason = "the frames' times are what this is for"
    )]
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        println!("frame {:.6}", now.as_secs_f64());
        ui.label("A bare window");
    }
}

fn main() -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Bare window")
            .with_inner_size([1120.0, 760.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    eframe::run_native("bare-window", options, Box::new(|_| Ok(Box::new(Bare))))
}
