use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
const MEDIUM: &[u8] = include_bytes!("../../assets/fonts/Inter-Medium.otf");
const SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");

/// Inter Medium.
pub fn medium() -> FontFamily {
    FontFamily::Name("medium".into())
}

/// Inter `SemiBold`.
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Installs Inter in three weights. What it lacks comes from the system's fonts.
pub fn install(context: &Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, data, families) in [
        (
            "Inter Regular",
            REGULAR,
            vec![FontFamily::Proportional, FontFamily::Monospace],
        ),
        ("Inter Medium", MEDIUM, vec![medium()]),
        ("Inter SemiBold", SEMIBOLD, vec![semibold()]),
    ] {
        let data = FontData::from_static(data);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
        for family in families {
            fonts
                .families
                .entry(family)
                .or_default()
                .push(name.to_owned());
        }
    }
    context.set_fonts(fonts);
}
