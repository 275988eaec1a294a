//! What a frame of Activity costs, without its painting.

use std::time::{Duration, Instant};

use anyhow::bail;
use audio_housekeeper::domain::{Account, Act, GENESIS, Holder, ServiceOrigin, TokenKeeping};
use audio_housekeeper::settings::Settings;
use audio_housekeeper::state::{Mode, Screen, SignIn, State};
use audio_housekeeper::text::Text;
use audio_housekeeper::ui::{self, Drafts};

use crate::{entry, median};

/// How many frames are counted of each.
const FRAMES: usize = 300;

/// Compares a frame of `count` acts with one of a hundred.
#[allow(clippy::print_stdout, reason = "figures are what this is for")]
pub fn frames(count: u64) -> anyhow::Result<()> {
    let (few, many) = (frame(100)?, frame(count)?);
    println!(
        "frame of Activity with {count} acts: {:.2} ms; with 100: {:.2} ms; ratio {:.2}",
        many.as_secs_f64() * 1000.0,
        few.as_secs_f64() * 1000.0,
        many.as_secs_f64() / few.as_secs_f64()
    );
    Ok(())
}

/// The median of frames in which the pointer moves over the rows.
fn frame(count: u64) -> anyhow::Result<Duration> {
    let now = jiff::Timestamp::now();
    let mut state = State::new(Mode::Real, Settings::default(), now);
    let Ok(origin) = ServiceOrigin::parse(ServiceOrigin::DEFAULT) else {
        bail!("no address");
    };
    state.sign_in = SignIn::In(Account {
        origin,
        holder: Holder::Unnamed,
        person: Some("Front Desk".to_owned()),
        user_name: None,
        keeping: TokenKeeping::Keychain,
        ends_at: None,
    });
    state.screen = Screen::Activity;
    let acts = (1..=count).rev().map(|number| Act {
        first: number,
        steps: vec![Ok(entry(number, GENESIS))],
    });
    state.activity.acts = acts.collect();
    let text = Text::new("en");
    let mut drafts = Drafts::default();
    let context = egui::Context::default();
    ui::install(&context);
    let size = egui::vec2(1120.0, 760.0);
    let mut times = Vec::new();
    for (turn, y) in (0..FRAMES).zip((300..700).cycle()) {
        let mut input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            ..egui::RawInput::default()
        };
        let at = egui::pos2(600.0, f32::from(i16::try_from(y)?));
        input.events.push(egui::Event::PointerMoved(at));
        let begun = Instant::now();
        let mut actions = Vec::new();
        let output = context.run_ui(input, |ui| {
            actions = ui::show(ui, &state, &mut drafts, &text);
        });
        if !actions.is_empty() {
            bail!("{actions:?}");
        }
        let shapes = context.tessellate(output.shapes, output.pixels_per_point);
        let took = begun.elapsed();
        drop(shapes);
        // The first ones lay out each text once.
        if turn >= 20 {
            times.push(took);
        }
    }
    Ok(median(times))
}
