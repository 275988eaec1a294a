use crate::domain::{
    AudioState, BackupProof, CheckedAudio, Codec, Completeness, EndProof, Oddity, Remark,
};

use super::Text;

impl Text {
    /// What was checked of a saved recording, and what proved it, a line each. It holds no name.
    #[must_use]
    pub fn proof(
        &self,
        completeness: Completeness,
        audio: &CheckedAudio,
        milliseconds: Option<u64>,
        remarks: &[Remark],
    ) -> Vec<String> {
        let mut lines = vec![
            self.proof_of_arrival(completeness),
            self.audio_state(audio.state),
        ];
        if let Some(codec) = audio.codec {
            let codec = self.codec(codec).into();
            lines.push(self.say_with("proof-codec", &[("codec", codec)]));
        }
        if let Some(milliseconds) = milliseconds {
            let length = self.length(milliseconds).into();
            lines.push(self.say_with("proof-length", &[("length", length)]));
        }
        lines.extend(audio.ends.iter().map(|end| self.end_proof(*end)));
        lines.extend(audio.oddities.iter().map(|oddity| self.oddity(*oddity)));
        lines.extend(remarks.iter().map(|remark| self.remark(remark)));
        lines
    }

    fn remark(&self, remark: &Remark) -> String {
        match remark {
            Remark::UnregisteredCoding(coding) => {
                self.say_with("remark-coding", &[("coding", coding.into())])
            }
            Remark::NotFlushed => self.say("remark-not-flushed"),
        }
    }

    fn proof_of_arrival(&self, completeness: Completeness) -> String {
        match completeness {
            Completeness::Proven(BackupProof::Digest) => self.say("proof-digest"),
            Completeness::Proven(BackupProof::Length) => self.say("proof-announced-length"),
            Completeness::Proven(BackupProof::SameTwice) => self.say("proof-same-twice"),
            Completeness::Proven(BackupProof::OwnTotals) => self.say("proof-own-totals"),
            Completeness::CannotBeProven => self.say("proof-none"),
            Completeness::AsItIs(_) => self.say("proof-as-it-is"),
        }
    }

    fn audio_state(&self, state: AudioState) -> String {
        match state {
            AudioState::Whole => self.say("audio-whole"),
            AudioState::Unusual => self.say("audio-unusual"),
            AudioState::Open => self.say("audio-open"),
            AudioState::NotLookedInto => self.say("audio-not-looked-into"),
            AudioState::Empty => self.say("audio-empty"),
            AudioState::Damaged => self.say("audio-damaged"),
            AudioState::NeitherWavNorFlac => self.say("audio-neither"),
        }
    }

    fn codec(&self, codec: Codec) -> String {
        match codec {
            Codec::Pcm => self.say("codec-pcm"),
            Codec::Float => self.say("codec-float"),
            Codec::ALaw => self.say("codec-a-law"),
            Codec::MuLaw => self.say("codec-mu-law"),
            Codec::Flac => self.say("codec-flac"),
            Codec::Other(number) => {
                let number = format!("{number:04X}").into();
                self.say_with("codec-other", &[("number", number)])
            }
        }
    }

    fn end_proof(&self, end: EndProof) -> String {
        match end {
            EndProof::RiffSize => self.say("end-riff-size"),
            EndProof::DataSize => self.say("end-data-size"),
            EndProof::TotalSamples => self.say("end-total-samples"),
            EndProof::Md5 => self.say("end-md5"),
        }
    }

    fn oddity(&self, oddity: Oddity) -> String {
        match oddity {
            Oddity::OpenSizes => self.say("oddity-open-sizes"),
            Oddity::SizesDisagree => self.say("oddity-sizes-disagree"),
            Oddity::Padding => self.say("oddity-padding"),
            Oddity::TrailingBytes => self.say("oddity-trailing-bytes"),
            Oddity::TagBehind => self.say("oddity-tag-behind"),
            Oddity::UnknownCodec => self.say("oddity-unknown-codec"),
            Oddity::FormatFields => self.say("oddity-format-fields"),
            Oddity::PartialFrame => self.say("oddity-partial-frame"),
            Oddity::RepeatedChunk => self.say("oddity-repeated-chunk"),
            Oddity::Id3InFront => self.say("oddity-id3-in-front"),
            Oddity::StreamInfo => self.say("oddity-stream-info"),
            Oddity::Metadata => self.say("oddity-metadata"),
            Oddity::StartsLate => self.say("oddity-starts-late"),
            Oddity::NoSampleRate => self.say("oddity-no-sample-rate"),
            Oddity::NoAudio => self.say("oddity-no-audio"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_checked_is_told_with_its_proofs_and_oddities() {
        let audio = CheckedAudio {
            state: AudioState::Unusual,
            codec: Some(Codec::Pcm),
            ends: vec![EndProof::DataSize],
            oddities: vec![Oddity::SizesDisagree],
        };
        let proof = Completeness::Proven(BackupProof::Length);
        let remarks = [Remark::UnregisteredCoding("aws-chunked".into())];
        assert_eq!(
            Text::new("en").proof(proof, &audio, Some(724_000), &remarks),
            [
                "Arrival: as many bytes came as the service had announced.",
                "Audio: every byte is accounted for, with something unusual that takes nothing from it.",
                "Encoding: PCM",
                "Length: 12 min 04 s",
                "End: the size that the audio states is met.",
                "Unusual: the sizes that the file states don't agree with one another.",
                "Unusual: the service called the recording encoded, as “aws-chunked”. It came plain.",
            ]
        );
    }

    #[test]
    fn each_state_codec_end_and_oddity_has_a_line_of_its_own() {
        let text = Text::new("en");
        let mut said: Vec<String> = Vec::new();
        said.extend(AudioState::CODES.map(|(state, _)| text.audio_state(state)));
        said.extend(Codec::CODES.map(|(codec, _)| text.codec(codec)));
        said.push(text.codec(Codec::Other(0x31)));
        said.extend(EndProof::CODES.map(|(end, _)| text.end_proof(end)));
        said.extend(Oddity::CODES.map(|(oddity, _)| text.oddity(oddity)));
        let count = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), count);
    }
}
