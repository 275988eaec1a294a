use icu_locale_core::Locale;
use unic_langid::LanguageIdentifier;

/// A language that the app speaks.
pub(super) struct Language {
    /// Its BCP 47 tag, which is also its folder's name.
    pub tag: &'static str,
    /// Its Fluent files.
    pub sources: &'static [&'static str],
}

/// Names the files of one folder, once.
macro_rules! language {
    ($tag:literal) => {
        Language {
            tag: $tag,
            sources: &[
                include_str!(concat!("../../assets/i18n/", $tag, "/activity.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/app.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/deletion.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/failures.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/proof.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/formats.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/keychain.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/places.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/record.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/recordings.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/settings.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/sign-in.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/starting.ftl")),
                include_str!(concat!("../../assets/i18n/", $tag, "/transfers.ftl")),
            ],
        }
    };
}

const ENGLISH: Language = language!("en");

/// The languages, English first. Another one is its folder and its line here.
pub(super) static LANGUAGES: [Language; 1] = [ENGLISH];

static FALLBACK: Language = ENGLISH;

/// The language of `tag`, or English.
pub(super) fn closest_to(tag: &str) -> &'static Language {
    let wanted = identifier(tag);
    LANGUAGES
        .iter()
        .find(|language| identifier(language.tag).language == wanted.language)
        .unwrap_or(&FALLBACK)
}

/// How numbers are written: as the person's own region does, if the words are in its language.
pub(super) fn number_locale(tag: &str, language: &Language) -> Locale {
    let spoken = identifier(tag).language == identifier(language.tag).language;
    let tag = if spoken {
        bare(tag).replace('_', "-")
    } else {
        language.tag.to_owned()
    };
    Locale::try_from_str(&tag).unwrap_or(Locale::UNKNOWN)
}

/// Reads a tag, or what comes before the first thing that is no part of one, as in `en_GB.UTF-8`.
pub(super) fn identifier(tag: &str) -> LanguageIdentifier {
    bare(tag).parse().unwrap_or_default()
}

fn bare(tag: &str) -> &str {
    tag.split(['.', '@']).next().unwrap_or_default()
}
