use std::env::consts::OS;

use crate::domain::{FailureKind, KeychainTrouble};

use super::Text;

impl Text {
    /// Why nobody is signed in by what the keychain keeps, and what to do.
    #[must_use]
    pub fn keychain_unreadable(&self, kind: &FailureKind) -> String {
        let trouble = trouble_of(kind);
        let why = self.keychain_trouble(trouble);
        let advice = self.keychain_advice(trouble, OS);
        self.say_with(
            "sign-in-keychain-unreadable",
            &[("why", why.into()), ("advice", advice.into())],
        )
    }

    /// That somebody is signed out whose token the keychain may still keep.
    #[must_use]
    pub fn sign_in_not_forgotten(&self, kind: &FailureKind) -> String {
        let why = self.keychain_trouble(trouble_of(kind));
        let program = self.keychain_program(OS);
        self.say_with(
            "sign-in-not-forgotten",
            &[("why", why.into()), ("program", program.into())],
        )
    }

    /// That a token is not kept.
    pub(super) fn token_not_kept(&self, trouble: KeychainTrouble) -> String {
        let why = self.keychain_trouble(trouble);
        let advice = self.keychain_advice(trouble, OS);
        self.say_with(
            "failure-keychain-trouble",
            &[("why", why.into()), ("advice", advice.into())],
        )
    }

    /// That an earlier token may still be kept, or that it is not known which.
    pub(super) fn token_not_cleared(&self, trouble: KeychainTrouble) -> String {
        let why = self.keychain_trouble(trouble);
        let program = self.keychain_program(OS);
        if trouble == KeychainTrouble::NoAnswer {
            return self.say_with(
                "failure-keychain-not-known",
                &[("why", why.into()), ("program", program.into())],
            );
        }
        self.say_with(
            "failure-keychain-not-cleared",
            &[("why", why.into()), ("program", program.into())],
        )
    }

    fn keychain_trouble(&self, trouble: KeychainTrouble) -> String {
        match trouble {
            KeychainTrouble::Missing => self.say("keychain-missing"),
            KeychainTrouble::NoPlace => self.say("keychain-no-place"),
            KeychainTrouble::Refused => self.say("keychain-refused"),
            KeychainTrouble::NoAnswer => self.say("keychain-no-answer"),
            KeychainTrouble::TooLong => self.say("keychain-too-long"),
            KeychainTrouble::Incomplete => self.say("keychain-incomplete"),
            KeychainTrouble::Gone => self.say("keychain-gone"),
            KeychainTrouble::Fault => self.say("keychain-fault"),
        }
    }

    fn keychain_advice(&self, trouble: KeychainTrouble, system: &str) -> String {
        match trouble {
            KeychainTrouble::Missing if system == "linux" => self.say("keychain-missing-advice"),
            KeychainTrouble::NoPlace => self.say("keychain-no-place-advice"),
            KeychainTrouble::Refused => self.say("keychain-refused-advice"),
            KeychainTrouble::NoAnswer => self.say("keychain-no-answer-advice"),
            KeychainTrouble::TooLong => self.say("keychain-too-long-advice"),
            KeychainTrouble::Incomplete => self.say("keychain-incomplete-advice"),
            KeychainTrouble::Gone => {
                let program = self.keychain_program(system);
                self.say_with("keychain-gone-advice", &[("program", program.into())])
            }
            KeychainTrouble::Missing | KeychainTrouble::Fault => self.say("keychain-fault-advice"),
        }
    }

    /// What the system's window onto its keychain is called, in quotation marks.
    fn keychain_program(&self, system: &str) -> String {
        self.say_with("keychain-program", &[("system", system.into())])
    }
}

/// Where a failure is of another kind, the keychain said nothing of its own.
const fn trouble_of(kind: &FailureKind) -> KeychainTrouble {
    match kind {
        FailureKind::KeychainTrouble(trouble) | FailureKind::KeychainNotCleared(trouble) => {
            *trouble
        }
        _ => KeychainTrouble::Fault,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_trouble_says_what_happened_what_still_holds_and_what_to_do_without_jargon() {
        let text = Text::new("en");
        let mut said = BTreeSet::new();
        for trouble in KeychainTrouble::ALL {
            let kept = FailureKind::KeychainTrouble(trouble);
            let not_kept = text.token_not_kept(trouble);
            assert!(not_kept.contains("until the app is closed"), "{not_kept}");
            let unreadable = text.keychain_unreadable(&kept);
            assert!(unreadable.contains("lease sign in"), "{unreadable}");
            let not_forgotten = text.sign_in_not_forgotten(&kept);
            assert!(not_forgotten.starts_with("You are signed out."));
            assert!(not_forgotten.contains("may still hold your sign-in"));
            let not_cleared = text.token_not_cleared(trouble);
            assert!(not_cleared.contains("Passwords and Keys"), "{not_cleared}");
            for sentence in [not_kept, unreadable, not_forgotten, not_cleared] {
                for jargon in [
                    "Secret",
                    "collection",
                    "Bus",
                    "token",
                    "error",
                    "{",
                    "\u{2068}",
                ] {
                    assert!(!sentence.contains(jargon), "{sentence}");
                }
                assert!(sentence.ends_with('.'), "{sentence}");
                assert!(said.insert(sentence), "said twice: {trouble:?}");
            }
        }
    }

    #[test]
    fn the_keychain_goes_by_the_name_that_people_see_on_their_system() {
        let text = Text::new("en");
        for (system, name) in [
            ("linux", "Passwords and Keys"),
            ("windows", "Credential Manager"),
            ("macos", "Keychain Access"),
        ] {
            let advice = text.keychain_advice(KeychainTrouble::Gone, system);
            assert!(advice.contains(name), "{advice}");
        }
        let windows = text.keychain_advice(KeychainTrouble::Missing, "windows");
        assert!(!windows.contains("Passwords and Keys"), "{windows}");
    }
}
