//! The window on screens of different density, and from one to another while it runs.

use audio_housekeeper::settings::ThemeChoice;
use egui::{ViewportCommand, ViewportId, vec2};
use egui_kittest::kittest::Queryable as _;
use support::AMELIA;
use support::driver::{Driver, desk};

/// The window comes onto a screen of this scale and size in pixels, and is so large there.
fn onto_screen(driver: &mut Driver, scale: f32, screen: egui::Vec2, window: egui::Vec2) {
    let zoom = driver.window.ctx.zoom_factor();
    let input = driver.window.input_mut();
    let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
    viewport.native_pixels_per_point = Some(scale);
    viewport.monitor_size = Some(screen / (scale * zoom));
    let points = window / (scale * zoom);
    input.screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, points));
}

/// The least size that the system was told in the last frame, in points.
fn told_least_size(driver: &mut Driver) -> Option<egui::Vec2> {
    driver.window.step();
    let output = driver
        .window
        .output()
        .viewport_output
        .get(&ViewportId::ROOT)?;
    output.commands.iter().find_map(|command| match command {
        ViewportCommand::MinInnerSize(size) => Some(*size),
        _ => None,
    })
}

#[test]
fn from_screen_to_screen_the_text_size_stays_and_the_picture_stays_sharp() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    driver.fill("Doctor", AMELIA);
    driver.click("Check");
    driver.wait_for("WAV, 20 kB");
    driver.look(ThemeChoice::Light, 1120.0, 760.0, 150);
    for scale in [1.0, 1.25, 1.5, 2.0, 3.0, 1.0] {
        let screen = vec2(1920.0, 1080.0) * scale;
        onto_screen(&mut driver, scale, screen, vec2(1120.0, 760.0) * scale);
        driver.settle();
        let context = driver.window.ctx.clone();
        assert!((context.zoom_factor() - 1.5).abs() < 0.001, "at {scale}");
        assert!((context.pixels_per_point() - 1.5 * scale).abs() < 0.001);
        // What was typed and found is there, and drawn for this screen's own pixels.
        assert_eq!(driver.value_of("Doctor"), AMELIA);
        let shown = &driver.window.output();
        assert!((shown.pixels_per_point - 1.5 * scale).abs() < 0.001);
        driver.window.get_by_label("Download…");
    }
}

#[test]
fn the_least_size_follows_the_screen_and_never_exceeds_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = desk(folder.path());
    // Scale, screen in pixels, text size, and the least size in pixels.
    for (scale, screen, percent, least) in [
        (1.0, vec2(1920.0, 1080.0), 100, vec2(800.0, 560.0)),
        (2.0, vec2(3840.0, 2160.0), 100, vec2(1600.0, 1120.0)),
        (2.0, vec2(3840.0, 2160.0), 200, vec2(1600.0, 1120.0)),
        (3.0, vec2(1366.0, 768.0), 200, vec2(1366.0, 540.0)),
    ] {
        driver.look(ThemeChoice::Light, 1120.0, 760.0, percent);
        onto_screen(&mut driver, scale, screen, screen);
        let told = told_least_size(&mut driver).expect("a least size is told");
        let pixels = told * scale * f32::from(percent) / 100.0;
        assert!((pixels - least).length() < 2.0, "{pixels:?}, not {least:?}");
        assert!(told_least_size(&mut driver).is_none(), "it is told once");
    }
}
