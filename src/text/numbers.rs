use std::time::Duration;

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::Locale;

use super::Text;

/// A unit of size, each a thousand times the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Kilobytes,
    Megabytes,
    Gigabytes,
    Terabytes,
}

impl Text {
    /// A size in bytes, in powers of ten: `18.4 MB`.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        let unit = Unit::for_size(bytes);
        let number = self.in_unit(bytes, unit).into();
        match unit {
            Unit::Bytes => self.say_with("size-bytes", &[("number", number)]),
            Unit::Kilobytes => self.say_with("size-kilobytes", &[("number", number)]),
            Unit::Megabytes => self.say_with("size-megabytes", &[("number", number)]),
            Unit::Gigabytes => self.say_with("size-gigabytes", &[("number", number)]),
            Unit::Terabytes => self.say_with("size-terabytes", &[("number", number)]),
        }
    }

    /// A part of a size, both in the unit of the whole: `59.6 of 96.1 MB`.
    #[must_use]
    pub fn size_of(&self, part: u64, total: u64) -> String {
        let unit = Unit::for_size(total);
        let part = self.in_unit(part, unit).into();
        let total = self.in_unit(total, unit).into();
        match unit {
            Unit::Bytes => self.say_with("size-of-bytes", &[("part", part), ("total", total)]),
            Unit::Kilobytes => {
                self.say_with("size-of-kilobytes", &[("part", part), ("total", total)])
            }
            Unit::Megabytes => {
                self.say_with("size-of-megabytes", &[("part", part), ("total", total)])
            }
            Unit::Gigabytes => {
                self.say_with("size-of-gigabytes", &[("part", part), ("total", total)])
            }
            Unit::Terabytes => {
                self.say_with("size-of-terabytes", &[("part", part), ("total", total)])
            }
        }
    }

    /// A speed in bytes per second: `8.2 MB/s`.
    #[must_use]
    pub fn speed(&self, bytes_per_second: f64) -> String {
        let size = self.size(whole_number(bytes_per_second));
        self.say_with("speed", &[("size", size.into())])
    }

    /// How long a recording plays: `12 min 04 s`.
    #[must_use]
    pub fn length(&self, milliseconds: u64) -> String {
        let seconds = milliseconds.saturating_add(500) / 1000;
        if seconds < 60 {
            let seconds = self.number(seconds).into();
            self.say_with("length-seconds", &[("seconds", seconds)])
        } else if seconds < 3600 {
            let minutes = self.number(seconds / 60).into();
            let seconds = self.two_digits(seconds % 60).into();
            self.say_with(
                "length-minutes",
                &[("minutes", minutes), ("seconds", seconds)],
            )
        } else {
            let hours = self.number(seconds / 3600).into();
            let minutes = self.two_digits(seconds / 60 % 60).into();
            self.say_with("length-hours", &[("hours", hours), ("minutes", minutes)])
        }
    }

    /// How long something will still take: `5 s left`, `3 min left`.
    #[must_use]
    pub fn time_left(&self, left: Duration) -> String {
        let seconds = left.as_secs_f64().ceil();
        let seconds = whole_number(seconds);
        if seconds < 90 {
            let seconds = self.number(seconds).into();
            self.say_with("left-seconds", &[("seconds", seconds)])
        } else if seconds < 5400 {
            let minutes = self.number(seconds.div_ceil(60)).into();
            self.say_with("left-minutes", &[("minutes", minutes)])
        } else {
            let hours = self.number(seconds / 3600).into();
            let minutes = self.two_digits(seconds / 60 % 60).into();
            self.say_with("left-hours", &[("hours", hours), ("minutes", minutes)])
        }
    }

    /// A whole number, grouped as the language does: `1,284`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        written(&self.locale, &Decimal::from(number))
    }

    /// A number below 100 in two digits, as minutes of an hour are written.
    pub(super) fn two_digits(&self, number: u64) -> String {
        let mut decimal = Decimal::from(number);
        decimal.pad_start(2);
        written(&self.locale, &decimal)
    }

    /// A year: its digits, without groups.
    pub(super) fn digits(&self, number: u64) -> String {
        let mut options = DecimalFormatterOptions::default();
        options.grouping_strategy = Some(icu_decimal::options::GroupingStrategy::Never);
        match DecimalFormatter::try_new((&self.locale).into(), options) {
            Ok(formatter) => formatter.format(&Decimal::from(number)).to_string(),
            Err(_) => number.to_string(),
        }
    }

    /// `bytes` in `unit`, with one decimal where that says something.
    fn in_unit(&self, bytes: u64, unit: Unit) -> String {
        if unit == Unit::Bytes {
            return self.number(bytes);
        }
        // A tenth of a kilobyte beside tens of them is noise.
        if unit == Unit::Kilobytes && bytes >= 9_950 {
            return self.number((bytes + 500) / 1000);
        }
        let mut decimal = Decimal::from(unit.tenths(bytes));
        decimal.multiply_pow10(-1);
        decimal.pad_end(-1);
        written(&self.locale, &decimal)
    }
}

impl Unit {
    const ALL: [Self; 5] = [
        Self::Bytes,
        Self::Kilobytes,
        Self::Megabytes,
        Self::Gigabytes,
        Self::Terabytes,
    ];

    /// The largest unit of which there is at least one, after rounding: 999,960,000 bytes are
    /// 1.0 GB and not 1,000.0 MB.
    fn for_size(bytes: u64) -> Self {
        Self::ALL
            .into_iter()
            .find(|unit| match unit {
                Self::Bytes => bytes < 1000,
                Self::Kilobytes => bytes < 999_500,
                _ => unit.tenths(bytes) < 10_000,
            })
            .unwrap_or(Self::Terabytes)
    }

    fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::Kilobytes => 1_000,
            Self::Megabytes => 1_000_000,
            Self::Gigabytes => 1_000_000_000,
            Self::Terabytes => 1_000_000_000_000,
        }
    }

    /// Tenths of this unit, rounded half up.
    fn tenths(self, bytes: u64) -> u64 {
        let unit = u128::from(self.bytes());
        let tenths = (u128::from(bytes) * 10 + unit / 2) / unit;
        u64::try_from(tenths).unwrap_or(u64::MAX)
    }
}

/// A count of things, for Fluent's `NUMBER`.
pub(super) fn whole(locale: &Locale, number: f64) -> String {
    written(locale, &Decimal::from(whole_number(number)))
}

fn written(locale: &Locale, decimal: &Decimal) -> String {
    match DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default()) {
        Ok(formatter) => formatter.format(decimal).to_string(),
        Err(_) => decimal.to_string(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a u64 can hold; a fraction of a byte or second is not shown"
)]
fn whole_number(number: f64) -> u64 {
    number.round().clamp(0.0, 1e18) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_count_in_powers_of_ten() {
        let text = Text::new("en");
        for (bytes, said) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (163_900, "164 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (18_400_000, "18.4 MB"),
            (999_960_000, "1.0 GB"),
            (1_073_741_824, "1.1 GB"),
        ] {
            assert_eq!(text.size(bytes), said);
        }
        assert_eq!(text.size_of(59_600_000, 96_100_000), "59.6 of 96.1 MB");
        assert_eq!(text.size_of(0, 96_100_000), "0.0 of 96.1 MB");
        assert_eq!(text.speed(8_200_000.0), "8.2 MB/s");
    }

    #[test]
    fn numbers_are_written_as_the_region_writes_them() {
        assert_eq!(Text::new("en-GB").number(1284), "1,284");
        assert_eq!(Text::new("en-ZA").size(18_400_000), "18,4 MB");
        assert_eq!(Text::new("en_ZA.UTF-8").size(18_400_000), "18,4 MB");
        assert_eq!(Text::new("C.UTF-8").number(1284), "1,284");
        assert_eq!(Text::new("xx-invalid_tag!").number(1284), "1,284");
    }

    #[test]
    fn lengths_and_times_left_are_short() {
        let text = Text::new("en");
        assert_eq!(text.length(724_000), "12 min 04 s");
        assert_eq!(text.length(5_400), "5 s");
        assert_eq!(text.length(3_720_000), "1 h 02 min");
        assert_eq!(text.time_left(Duration::from_millis(4_200)), "5 s left");
        assert_eq!(text.time_left(Duration::from_secs(170)), "3 min left");
    }
}
