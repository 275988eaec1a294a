use crate::domain::{Drive, Place};
use crate::text::Text;

/// What is said of the folders that recordings lie in.
impl Text {
    /// What somebody who saves a recording there ought to know, a sentence a thing; nothing of a
    /// folder like any other, nor of a network drive, which is where a clinic's files belong.
    #[must_use]
    pub fn place_to_mind(&self, place: &Place) -> Vec<String> {
        let mut sentences = Vec::new();
        if place.temporary {
            sentences.push(self.say("place-temporary"));
        }
        if let Some(service) = &place.copied_to {
            let service = service.name().into();
            sentences.push(self.say_with("place-copied-to", &[("service", service)]));
        }
        if place.drive == Drive::Removable {
            sentences.push(self.say("place-removable"));
        }
        sentences
    }

    /// All that is known, of the folder of a backup that a delete rests on.
    #[must_use]
    pub fn place_of_backup(&self, place: &Place) -> Vec<String> {
        let mut sentences = self.place_to_mind(place);
        if place.drive == Drive::Network {
            sentences.push(self.say("place-network"));
        }
        sentences
    }

    /// That backups lie where they may be lost, if any do.
    #[must_use]
    pub fn backups_that_may_be_lost(&self, count: usize) -> Option<String> {
        let said = || self.say_with("place-backups-may-be-lost", &[("count", count.into())]);
        (count > 0).then(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CloudService;

    #[test]
    fn a_folder_like_any_other_is_passed_over_in_silence() {
        let text = Text::new("en");
        let place = Place::default();
        assert!(text.place_to_mind(&place).is_empty());
        assert!(text.place_of_backup(&place).is_empty());
        assert_eq!(text.backups_that_may_be_lost(0), None);
    }

    #[test]
    fn each_thing_to_mind_has_its_sentence() {
        let text = Text::new("en");
        let place = Place {
            temporary: true,
            copied_to: Some(CloudService::OneDrive),
            drive: Drive::Removable,
        };
        assert_eq!(
            text.place_to_mind(&place),
            [
                "This is a temporary folder. The computer may empty it.",
                "This folder is copied to OneDrive.",
                "This folder is on a removable drive. The file goes where the drive goes.",
            ]
        );
        let place = Place {
            drive: Drive::Network,
            ..Place::default()
        };
        assert!(text.place_to_mind(&place).is_empty());
        assert_eq!(
            text.place_of_backup(&place),
            ["This folder is on a network drive."]
        );
    }

    #[test]
    fn backups_at_risk_are_counted() {
        let said = Text::new("en").backups_that_may_be_lost(2);
        let expected = "2 backups lie in a temporary folder or on a removable drive.";
        assert_eq!(said.as_deref(), Some(expected));
    }
}
