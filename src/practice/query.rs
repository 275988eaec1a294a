use icu_normalizer::ComposingNormalizerBorrowed;
use percent_encoding::percent_decode;

/// The doctor that a query names, in NFC.
///
/// The first `doctorName` counts. A `+` that stands for itself is read as a space: Python's
/// `requests` writes spaces so, and a literal plus travels as `%2B` from every client. `None`
/// where there is no such parameter, where it is empty, and where it is not UTF-8.
pub fn doctor_of(query: Option<&str>) -> Option<String> {
    let (_, value) = query?
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(name, _)| decoded(name).as_deref() == Some("doctorName"))?;
    decoded(value)
        .filter(|name| !name.is_empty())
        .map(|name| nfc(&name))
}

/// The form in which names are compared.
pub fn nfc(name: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(name)
        .into_owned()
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes())
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_space_and_the_one_of_a_plus_are_understood() {
        for (query, doctor) in [
            ("doctorName=Dr.%20Amelia%20Smith", Some("Dr. Amelia Smith")),
            ("doctorName=Dr.+Amelia+Smith", Some("Dr. Amelia Smith")),
            ("doctorName=Labor%20A%2BB", Some("Labor A+B")),
            ("x=1&doctorName=a%26b%3Dc", Some("a&b=c")),
            ("doctor%4Eame=a", Some("a")),
            ("doctorName=%E7%94%B0%E4%B8%AD", Some("田中")),
            ("doctorName=Ju%CC%88rgen", Some("J\u{fc}rgen")),
            ("doctorName=a&doctorName=b", Some("a")),
            ("doctorName=%FF", None),
            ("doctorName=", None),
            ("doctorName", None),
            ("doctorname=a", None),
            ("", None),
        ] {
            assert_eq!(doctor_of(Some(query)).as_deref(), doctor, "{query}");
        }
        assert_eq!(doctor_of(None), None);
    }
}
