//! Every sentence that a person reads, and every number, size, length and time, in the person's
//! language. The sentences stand in `assets/i18n/<language>/`.

mod act;
mod activity;
mod bundle;
mod deletion;
mod dialogs;
mod doctors;
mod failures;
mod keychain;
mod languages;
mod numbers;
mod places;
mod proof;
mod record;
mod starting;
mod times;
mod tries;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use jiff::tz::TimeZone;

/// The words of one language and the person's time zone.
///
/// A message is asked for by a literal id, with a literal list of its arguments; a test reads the
/// source and compares both with the Fluent files, so neither can go astray.
pub struct Text {
    bundle: FluentBundle<FluentResource>,
    locale: icu_locale_core::Locale,
    zone: TimeZone,
}

impl Text {
    /// The words for a BCP 47 tag such as `en-GB`; English where that language is not there.
    /// Times are told in the system's time zone.
    #[must_use]
    pub fn new(tag: &str) -> Self {
        let language = languages::closest_to(tag);
        Self {
            bundle: bundle::of(language),
            locale: languages::number_locale(tag, language),
            zone: TimeZone::system(),
        }
    }

    /// The same words, with times told in another zone.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// A sentence without arguments.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.message(id, None)
    }

    /// A sentence with arguments: texts, or numbers that choose a plural.
    #[must_use]
    pub fn say_with(&self, id: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let mut named = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            named.set((*name).to_owned(), value.clone());
        }
        self.message(id, Some(&named))
    }

    /// A message that is missing shows its id: seen at once, and nothing else is lost by it.
    fn message(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|found| found.value()) else {
            tracing::warn!(id, "a sentence is missing");
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, arguments, &mut errors);
        if !errors.is_empty() {
            tracing::warn!(id, "a sentence lacks an argument");
        }
        said.into_owned()
    }
}
