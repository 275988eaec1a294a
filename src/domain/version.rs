use std::fmt;

/// A version of the app: three numbers, compared as numbers from the first on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// This program's own.
    pub const OWN: Self = Self {
        major: number(env!("CARGO_PKG_VERSION_MAJOR")),
        minor: number(env!("CARGO_PKG_VERSION_MINOR")),
        patch: number(env!("CARGO_PKG_VERSION_PATCH")),
    };

    /// A version of these numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Takes `0.2.0` and its kin: three numbers without leading zeros (semver.org, item 2), and nothing
    /// before, between or after them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|digits| {
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            let is_plain = is_plain && (digits == "0" || !digits.starts_with('0'));
            is_plain.then(|| digits.parse().ok()).flatten()
        });
        let version = Self::new(numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(version)
    }
}

/// Cargo gives digits alone.
const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(number) => number,
        Err(_) => 0,
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            major,
            minor,
            patch,
        } = self;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_are_a_version_and_nothing_else_is() {
        for text in ["0.2.0", "10.20.30", "4294967295.0.1"] {
            let version = Version::parse(text).unwrap();
            assert_eq!(version.to_string(), text);
        }
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.",
            ".1.2",
            "1..2",
            "v1.2.3",
            "1.2.3-rc.1",
            "1.2.3+5",
            "+1.2.3",
            "-1.2.3",
            "01.2.3",
            "1.2.00",
            " 1.2.3",
            "1.2.3 ",
            "1.2.3\n",
            "1.2.4294967296",
            "1.2.٣",
            "<html>",
        ] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("0.10.0") > version("0.9.9"));
        assert!(version("1.0.0") > version("0.99.99"));
        assert!(version("0.1.10") > version("0.1.9"));
        assert_eq!(version("0.1.0"), version("0.1.0"));
    }

    #[test]
    fn the_own_version_is_the_one_of_the_program() {
        assert_eq!(Version::OWN.to_string(), env!("CARGO_PKG_VERSION"));
    }
}
