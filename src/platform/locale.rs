/// The language and region that the person set in the system, as a BCP 47 tag such as `de-CH`;
/// `None` where the system names none.
#[must_use]
pub fn system_locale() -> Option<String> {
    sys_locale::get_locale()
}
