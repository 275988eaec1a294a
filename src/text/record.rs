use jiff::Timestamp;

use crate::domain::{RecordCheck, RecordComparison, RecordFault, RecordFaultKind};

use super::Text;

impl Text {
    /// `1,284 entries, checked just now and compared with what the keychain keeps from today 14:02.`
    #[must_use]
    pub fn record_checked(
        &self,
        check: &RecordCheck,
        compared_with: &RecordComparison,
        checked_at: Timestamp,
        now: Timestamp,
    ) -> String {
        let count = check.entries().into();
        let checked = self.ago_within(checked_at, now).into();
        match compared_with {
            RecordComparison::With(kept) => self.say_with(
                "record-checked-and-compared",
                &[
                    ("count", count),
                    ("checked", checked),
                    ("kept", self.when_within(kept.kept_at, now).into()),
                ],
            ),
            RecordComparison::NothingKept => {
                self.say_with("record-checked", &[("count", count), ("checked", checked)])
            }
            RecordComparison::NotRead => self.say_with(
                "record-checked-not-compared",
                &[("count", count), ("checked", checked)],
            ),
        }
    }

    /// What is wrong with entries of the record.
    #[must_use]
    pub fn record_fault(&self, fault: RecordFault) -> String {
        let RecordFault { first, last, kind } = fault;
        if last == 0 {
            return self.say("record-before-the-first");
        }
        let kind = match kind {
            RecordFaultKind::Missing => "missing",
            RecordFaultKind::Changed => "changed",
            RecordFaultKind::DoesNotFollow => "does-not-follow",
            RecordFaultKind::NoEntry => "no-entry",
            RecordFaultKind::NotWritten => "not-written",
            RecordFaultKind::NotAsKept => "not-as-kept",
        };
        self.say_with(
            "record-fault",
            &[
                ("kind", kind.into()),
                ("count", (last - first + 1).into()),
                ("first", self.number(first).into()),
                ("last", self.number(last).into()),
            ],
        )
    }

    /// That there are more faults than are named.
    #[must_use]
    pub fn record_more_faults(&self, more: u64) -> String {
        self.say_with("record-more-faults", &[("count", more.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_names_its_place() {
        let text = Text::new("en");
        let said = |first, last, kind| text.record_fault(RecordFault { first, last, kind });
        assert_eq!(said(2, 2, RecordFaultKind::Missing), "Entry 2 is missing.");
        assert_eq!(
            said(1008, 1010, RecordFaultKind::Missing),
            "Entries 1,008 to 1,010 are missing."
        );
        assert_eq!(
            said(0, 0, RecordFaultKind::NoEntry),
            "Something stands before the first entry."
        );
        for kind in [
            RecordFaultKind::Changed,
            RecordFaultKind::DoesNotFollow,
            RecordFaultKind::NoEntry,
            RecordFaultKind::NotWritten,
            RecordFaultKind::NotAsKept,
        ] {
            assert!(said(3, 3, kind).contains('3'));
            assert!(said(3, 7, kind).contains('3') && said(3, 7, kind).contains('7'));
        }
    }
}
