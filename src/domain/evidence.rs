use crate::domain::BackupProof;

/// Whether the audio of a recording holds together, by its own figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioState {
    /// Every byte is accounted for, and nothing about it is unusual.
    Whole,
    /// Every byte is accounted for, with a slip that takes nothing from the audio.
    Unusual,
    /// It states no end, so that a cut would not show.
    Open,
    /// Its sizes fit; its codec is one that is not looked into.
    NotLookedInto,
    /// There is no audio in it.
    Empty,
    /// It states more than is there, or what is there is not what it states.
    Damaged,
    /// It is neither WAV nor FLAC.
    NeitherWavNorFlac,
}

/// What shows that all came that the service has, whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrival {
    /// What the service announced, where it fits what came.
    pub announced: Option<Announced>,
    /// Whether an earlier answer brought the same bytes (SHA-256).
    pub same_twice: bool,
}

/// What the service announced of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// Its digest.
    Digest,
    /// Its length.
    Length,
}

/// What is to be done with what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is kept and is a backup, on the strength of this.
    Backup(BackupProof),
    /// It is kept and is no backup: nothing proves that it is all.
    NotProven,
    /// It is damaged; another answer may bring it whole.
    FetchAgain,
    /// It is damaged, and so it is on the server: two answers brought the same bytes.
    DamagedOnServer,
    /// There is no audio in it, or it is neither WAV nor FLAC; it is said for what it is.
    NoRecording,
    /// As [`Judgement::NoRecording`], but it may not be all that the service has: it is asked again.
    AskAgain,
}

impl Arrival {
    /// What proves that all of it came, the strongest first.
    #[must_use]
    pub fn proof(self) -> Option<BackupProof> {
        match self.announced {
            Some(Announced::Digest) => Some(BackupProof::Digest),
            Some(Announced::Length) => Some(BackupProof::Length),
            None => self.same_twice.then_some(BackupProof::SameTwice),
        }
    }
}

/// Puts the two questions together: whether all of it arrived, and whether the audio holds
/// together. `ends_as_stated`: the audio's own totals prove where it ends.
#[must_use]
pub fn judge(arrival: Arrival, audio: AudioState, ends_as_stated: bool) -> Judgement {
    match (audio, arrival.proof()) {
        (
            AudioState::Whole | AudioState::Unusual | AudioState::NotLookedInto | AudioState::Open,
            Some(proof),
        ) => Judgement::Backup(proof),
        (AudioState::Whole | AudioState::Unusual | AudioState::NotLookedInto, None)
            if ends_as_stated =>
        {
            Judgement::Backup(BackupProof::OwnTotals)
        }
        (
            AudioState::Whole | AudioState::Unusual | AudioState::NotLookedInto | AudioState::Open,
            None,
        ) => Judgement::NotProven,
        (AudioState::Damaged, _) if arrival.same_twice => Judgement::DamagedOnServer,
        (AudioState::Damaged, _) => Judgement::FetchAgain,
        (AudioState::Empty | AudioState::NeitherWavNorFlac, Some(_)) => Judgement::NoRecording,
        (AudioState::Empty | AudioState::NeitherWavNorFlac, None) => Judgement::AskAgain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Arrival = Arrival {
        announced: None,
        same_twice: false,
    };
    const TWICE: Arrival = Arrival {
        announced: None,
        same_twice: true,
    };

    const fn announced(announced: Announced) -> Arrival {
        Arrival {
            announced: Some(announced),
            same_twice: false,
        }
    }

    /// Every way in which all of it can be proven to have come.
    const ARRIVED: [(Arrival, BackupProof); 4] = [
        (announced(Announced::Digest), BackupProof::Digest),
        (announced(Announced::Length), BackupProof::Length),
        (TWICE, BackupProof::SameTwice),
        (
            Arrival {
                announced: Some(Announced::Length),
                same_twice: true,
            },
            BackupProof::Length,
        ),
    ];

    const SOUND: [AudioState; 3] = [
        AudioState::Whole,
        AudioState::Unusual,
        AudioState::NotLookedInto,
    ];

    #[test]
    fn sound_audio_that_all_arrived_is_a_backup() {
        for (arrival, proof) in ARRIVED {
            for audio in SOUND {
                for ends in [true, false] {
                    assert_eq!(judge(arrival, audio, ends), Judgement::Backup(proof));
                }
            }
        }
    }

    #[test]
    fn sound_audio_of_which_nothing_proves_the_arrival_is_a_backup_where_its_totals_prove_the_end()
    {
        for audio in SOUND {
            let by_totals = Judgement::Backup(BackupProof::OwnTotals);
            assert_eq!(judge(NOTHING, audio, true), by_totals);
            assert_eq!(judge(NOTHING, audio, false), Judgement::NotProven);
        }
    }

    #[test]
    fn open_audio_is_a_backup_by_its_transfer_alone() {
        for (arrival, proof) in ARRIVED {
            let judged = judge(arrival, AudioState::Open, false);
            assert_eq!(judged, Judgement::Backup(proof));
        }
        for ends in [true, false] {
            let judged = judge(NOTHING, AudioState::Open, ends);
            assert_eq!(judged, Judgement::NotProven);
        }
    }

    #[test]
    fn damaged_audio_is_fetched_again_until_the_same_comes_twice_and_never_a_backup() {
        for arrival in [
            NOTHING,
            announced(Announced::Digest),
            announced(Announced::Length),
        ] {
            for ends in [true, false] {
                let judged = judge(arrival, AudioState::Damaged, ends);
                assert_eq!(judged, Judgement::FetchAgain);
            }
        }
        for announced in [None, Some(Announced::Length), Some(Announced::Digest)] {
            let arrival = Arrival {
                announced,
                same_twice: true,
            };
            let judged = judge(arrival, AudioState::Damaged, true);
            assert_eq!(judged, Judgement::DamagedOnServer);
        }
    }

    #[test]
    fn what_is_empty_or_foreign_is_said_where_it_arrived_and_asked_for_again_where_it_may_not_have()
    {
        for audio in [AudioState::Empty, AudioState::NeitherWavNorFlac] {
            for ends in [true, false] {
                for (arrival, _) in ARRIVED {
                    assert_eq!(judge(arrival, audio, ends), Judgement::NoRecording);
                }
                assert_eq!(judge(NOTHING, audio, ends), Judgement::AskAgain);
            }
        }
    }
}
