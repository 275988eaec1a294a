use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use super::Text;

impl Text {
    /// A past time, relative while it is recent: `just now`, `2 min ago`, `Today 14:02`,
    /// `Yesterday 17:22`, `20 Nov`, `20 Nov 2025`.
    ///
    /// A time that lies ahead, which a clock that was set back makes, is never "just now".
    #[must_use]
    pub fn ago(&self, then: Timestamp, now: Timestamp) -> String {
        let seconds = now.duration_since(then).as_secs();
        match u64::try_from(seconds) {
            Ok(0..60) => self.say("when-just-now"),
            Ok(seconds @ 60..3600) => {
                let minutes = self.number(seconds / 60).into();
                self.say_with("when-minutes-ago", &[("minutes", minutes)])
            }
            _ => self.when(then, now),
        }
    }

    /// The same in the middle of a sentence: `today 14:02`.
    #[must_use]
    pub fn ago_within(&self, then: Timestamp, now: Timestamp) -> String {
        let seconds = now.duration_since(then).as_secs();
        if (0..3600).contains(&seconds) {
            self.ago(then, now)
        } else {
            self.when_within(then, now)
        }
    }

    /// A time by the calendar: `Today 14:02`, `Yesterday 17:22`, `20 Nov`, `20 Nov 2025`.
    #[must_use]
    pub fn when(&self, then: Timestamp, now: Timestamp) -> String {
        let (then, now) = (self.local(then), self.local(now));
        if then.date() == now.date() {
            self.say_with("when-today", &[("time", self.clock(&then).into())])
        } else if now
            .date()
            .yesterday()
            .is_ok_and(|before| before == then.date())
        {
            self.say_with("when-yesterday", &[("time", self.clock(&then).into())])
        } else {
            self.date(then.date(), now.date())
        }
    }

    /// The same in the middle of a sentence: `today 14:02`.
    #[must_use]
    pub fn when_within(&self, then: Timestamp, now: Timestamp) -> String {
        let (local, today) = (self.local(then), self.local(now));
        if local.date() == today.date() {
            self.say_with("when-today-within", &[("time", self.clock(&local).into())])
        } else if today
            .date()
            .yesterday()
            .is_ok_and(|before| before == local.date())
        {
            self.say_with(
                "when-yesterday-within",
                &[("time", self.clock(&local).into())],
            )
        } else {
            self.date(local.date(), today.date())
        }
    }

    /// A time by the calendar, with the time of day for older ones too, as a record shows it.
    #[must_use]
    pub fn when_exactly(&self, then: Timestamp, now: Timestamp) -> String {
        let (local, today) = (self.local(then), self.local(now));
        let recent = today
            .date()
            .yesterday()
            .is_ok_and(|before| local.date() >= before)
            && local.date() <= today.date();
        if recent {
            return self.when(then, now);
        }
        let date = self.date(local.date(), today.date()).into();
        let time = self.clock(&local).into();
        self.say_with("when-date-time", &[("date", date), ("time", time)])
    }

    /// The time of day, hours and minutes.
    #[must_use]
    pub fn time_of_day(&self, then: Timestamp) -> String {
        self.clock(&self.local(then))
    }

    /// When a sign-in ends: `Signed in until 17:40`, `Signed in until 29 Nov 17:40`; one that is kept in
    /// memory ends with the app as well.
    #[must_use]
    pub fn signed_in_until(&self, ends_at: Timestamp, in_memory: bool, now: Timestamp) -> String {
        let (local, today) = (self.local(ends_at), self.local(now));
        let time = self.clock(&local);
        let time = if local.date() == today.date() {
            time
        } else {
            let date = self.date(local.date(), today.date()).into();
            self.say_with("when-date-time", &[("date", date), ("time", time.into())])
        };
        if in_memory {
            self.say_with("account-memory-until", &[("time", time.into())])
        } else {
            self.say_with("account-until", &[("time", time.into())])
        }
    }

    /// A time to the second with its offset from UTC, for support.
    #[must_use]
    pub fn when_for_support(&self, then: Timestamp) -> String {
        let local = self.local(then);
        let date = self.full_date(local.date()).into();
        let time = self.clock(&local).into();
        let second = self.two_digits(unsigned(local.second())).into();
        let zone = local.strftime("UTC%:z").to_string().into();
        self.say_with(
            "when-zoned",
            &[
                ("date", date),
                ("time", time),
                ("second", second),
                ("zone", zone),
            ],
        )
    }

    /// How many whole days ago, where that is at least one: `3 days ago`.
    #[must_use]
    pub fn days_ago(&self, then: Timestamp, now: Timestamp) -> Option<String> {
        let days = now.duration_since(then).as_hours() / 24;
        (days >= 1).then(|| self.say_with("when-days-ago", &[("days", days.into())]))
    }

    fn local(&self, time: Timestamp) -> ZonedDateTime {
        time.to_zoned_datetime(self.zone.clone())
    }

    fn clock(&self, time: &ZonedDateTime) -> String {
        let hour = self.two_digits(unsigned(time.hour())).into();
        let minute = self.two_digits(unsigned(time.minute())).into();
        self.say_with("when-time", &[("hour", hour), ("minute", minute)])
    }

    fn date(&self, date: Date, today: Date) -> String {
        if date.year() != today.year() {
            return self.full_date(date);
        }
        let day = self.number(unsigned(date.day())).into();
        let month = self.month(date.month()).into();
        self.say_with("when-date", &[("day", day), ("month", month)])
    }

    fn full_date(&self, date: Date) -> String {
        let day = self.number(unsigned(date.day())).into();
        let month = self.month(date.month()).into();
        let year = u64::try_from(date.year()).unwrap_or_default();
        let year = self.digits(year).into();
        self.say_with(
            "when-date-year",
            &[("day", day), ("month", month), ("year", year)],
        )
    }

    fn month(&self, month: i8) -> String {
        match month {
            1 => self.say("month-1"),
            2 => self.say("month-2"),
            3 => self.say("month-3"),
            4 => self.say("month-4"),
            5 => self.say("month-5"),
            6 => self.say("month-6"),
            7 => self.say("month-7"),
            8 => self.say("month-8"),
            9 => self.say("month-9"),
            10 => self.say("month-10"),
            11 => self.say("month-11"),
            _ => self.say("month-12"),
        }
    }
}

fn unsigned(number: i8) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn text() -> Text {
        Text::new("en").in_zone(TimeZone::get("Europe/Berlin").unwrap())
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn times_are_relative_while_they_are_recent() {
        let now = at("2026-11-23T14:05:30+01:00");
        for (then, said) in [
            ("2026-11-23T14:05:00+01:00", "just now"),
            ("2026-11-23T14:03:10+01:00", "2 min ago"),
            ("2026-11-23T09:02:00+01:00", "Today 09:02"),
            ("2026-11-22T17:22:00+01:00", "Yesterday 17:22"),
            ("2026-11-20T17:22:00+01:00", "20 Nov"),
            ("2025-11-20T17:22:00+01:00", "20 Nov 2025"),
        ] {
            assert_eq!(text().ago(at(then), now), said);
        }
    }

    #[test]
    fn a_time_ahead_of_the_clock_is_never_just_now() {
        let now = at("2026-11-23T14:05:30+01:00");
        let ahead = at("2026-11-23T15:00:00+01:00");
        assert_eq!(text().ago(ahead, now), "Today 15:00");
        assert_eq!(text().days_ago(ahead, now), None);
    }

    #[test]
    fn the_day_is_the_persons_own() {
        // 23:30 UTC on the 22nd is already the 23rd in Berlin.
        let now = at("2026-11-23T10:00:00+01:00");
        assert_eq!(text().when(at("2026-11-22T23:30:00Z"), now), "Today 00:30");
    }

    #[test]
    fn older_entries_of_a_record_keep_their_time_of_day() {
        let now = at("2026-11-23T14:05:30+01:00");
        assert_eq!(
            text().when_exactly(at("2026-11-20T17:22:00+01:00"), now),
            "20 Nov 17:22"
        );
        assert_eq!(
            text().when_for_support(now),
            "23 Nov 2026 14:05:30 UTC+01:00"
        );
        assert_eq!(
            text()
                .days_ago(at("2026-11-20T09:00:00+01:00"), now)
                .as_deref(),
            Some("3 days ago")
        );
    }
}
