//! What was done, as the record has it.

use audio_housekeeper::domain::DamagedEntry;
use egui_kittest::kittest::Queryable as _;

use crate::pictures::activity;
use crate::stage::{LARGE, SMALL, open};

#[test]
fn a_damaged_entry_is_named_among_the_others() {
    for size in [LARGE, SMALL] {
        let mut state = activity();
        let damaged = DamagedEntry { number: 1017 };
        state.activity.entries.insert(1, Err(damaged));
        let mut window = open(state, size, egui::Theme::Light, 100);
        window.run();
        window.get_by_label("Entry 1,017 is damaged");
        assert!(
            window
                .query_all_by_label_contains("Dr. Kenji Tanaka")
                .next()
                .is_some()
        );
    }
}
