use fluent_bundle::{FluentBundle, FluentResource, FluentValue};

use super::languages::{Language, identifier, number_locale};
use super::numbers;

/// Reads a language's files.
///
/// A broken entry is left out and the rest is kept; a test sees to it that there is none.
pub(super) fn of(language: &Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![identifier(language.tag)]);
    // Isolating marks would stand in names that are copied and in accessible names, and the
    // window's text layout does not order right-to-left text anyway.
    bundle.set_use_isolating(false);
    for source in language.sources {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::warn!(count = errors.len(), "translations have broken entries");
                resource
            }
        };
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::warn!(count = errors.len(), "translations have doubled entries");
        }
    }
    let locale = number_locale(language.tag, language);
    let added = bundle.add_function("NUMBER", move |positional, _| match positional.first() {
        Some(FluentValue::Number(number)) => {
            FluentValue::from(numbers::whole(&locale, number.value))
        }
        _ => FluentValue::Error,
    });
    if added.is_err() {
        tracing::warn!("translations can't write numbers");
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::super::languages::LANGUAGES;
    use super::*;

    #[test]
    fn every_language_reads_without_a_broken_or_doubled_entry() {
        for language in &LANGUAGES {
            let mut bundle = FluentBundle::new(vec![identifier(language.tag)]);
            for source in language.sources {
                let resource = FluentResource::try_new((*source).to_owned())
                    .map_err(|(_, errors)| errors)
                    .unwrap();
                bundle.add_resource(resource).unwrap();
            }
        }
    }
}
