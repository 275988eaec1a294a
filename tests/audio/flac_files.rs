//! What is said of FLAC files of many kinds.

use audio_housekeeper::audio::{AudioKind, Fault, FrameDefect, Part};
use audio_housekeeper::domain::{AudioFormat, EndProof, Oddity, OtherRecording};

use crate::made::{
    self, SPEECH, Shape, bare_flac, put_together, taken_apart, with_checksum, without_md5,
    without_total,
};
use crate::{Grade, Graded as _, grade, verdict};

/// The same frame, numbered by its first sample.
fn numbered_by_sample(frame: &[u8], sample: u8) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[1] |= 1;
    frame[4] = sample;
    frame[6] = made::crc8(&frame[..6]);
    with_checksum(frame)
}

#[test]
fn a_flac_says_what_it_plays_and_what_proves_its_end() {
    let verdict = verdict(&made::flac(SPEECH));
    assert_eq!(verdict.kind, Some(AudioKind::Flac));
    assert_eq!(AudioKind::Flac.format(), Some(AudioFormat::Flac));
    let properties = verdict.properties.unwrap();
    assert_eq!(properties.sample_rate, 8000);
    assert_eq!(properties.channels, 1);
    assert_eq!(properties.bits, 16);
    assert_eq!(properties.frames, Some(100));
    assert_eq!(properties.milliseconds(), Some(12));
    let sound = verdict.outcome.unwrap();
    assert_eq!(sound.proofs, [EndProof::TotalSamples, EndProof::Md5]);
    assert!(sound.oddities.is_empty());
}

pub fn of_every_width() -> impl Iterator<Item = Shape> {
    let widths = [4, 7, 8, 12, 16, 17, 20, 24, 28, 31, 32];
    widths.into_iter().flat_map(|bits| {
        (1..=8).map(move |channels| Shape {
            rate: 44_100,
            bits,
            channels,
            frames: 150,
            block: 64,
        })
    })
}

#[test]
fn every_width_and_number_of_channels_is_decoded_to_its_digest() {
    for shape in of_every_width() {
        let verdict = verdict(&made::flac(shape));
        assert_eq!(verdict.grade(), Grade::Proven, "{shape:?}: {verdict:?}");
    }
}

/// Of rates and blocks of every notation.
pub fn of_every_notation() -> Vec<Shape> {
    let rates = [
        1, 8000, 11_025, 22_050, 44_100, 48_000, 65_535, 96_000, 100_000, 192_000, 655_350,
    ];
    let blocks = [16, 17, 192, 256, 257, 576, 1152, 4096, 65_535];
    let of_rate = |rate| Shape { rate, ..SPEECH };
    let of_block = |block| Shape {
        block,
        frames: 400,
        ..SPEECH
    };
    let of_rates = rates.into_iter().map(of_rate);
    of_rates.chain(blocks.into_iter().map(of_block)).collect()
}

#[test]
fn rates_and_blocks_of_every_notation_are_read() {
    for shape in of_every_notation() {
        let verdict = verdict(&made::flac(shape));
        assert_eq!(verdict.grade(), Grade::Proven, "{shape:?}");
        assert_eq!(verdict.properties.unwrap().sample_rate, shape.rate);
    }
}

/// With a frame missing, repeated or displaced, and which one is found in its place. Neither total
/// nor digest tells.
pub fn with_gaps() -> Vec<(Vec<u8>, u64)> {
    let (info, frames) = taken_apart(&without_total(without_md5(bare_flac(SPEECH))));
    let [a, b, c, d] = &frames[..] else {
        panic!("{} frames", frames.len());
    };
    [
        ([a, c, d].to_vec(), 1),
        ([a, b, d].to_vec(), 2),
        ([a, b, b, c, d].to_vec(), 2),
        ([a, c, b, d].to_vec(), 1),
        ([a, b, c, d, a].to_vec(), 4),
    ]
    .map(|(frames, at)| {
        let frames: Vec<Vec<u8>> = frames.into_iter().cloned().collect();
        (put_together(&info, &frames), at)
    })
    .to_vec()
}

#[test]
fn a_missing_repeated_or_displaced_frame_is_a_gap() {
    for (file, at) in with_gaps() {
        let verdict = verdict(&file);
        assert!(
            matches!(
                verdict.outcome,
                Err(Fault::Frame { frame, defect: FrameDefect::Gap, .. }) if frame == at
            ),
            "{verdict:?}"
        );
    }
}

/// The same frames, numbered by their first samples.
fn by_sample(frames: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let numbered = frames.iter().zip([0, 32, 64, 96]);
    numbered
        .map(|(frame, sample)| numbered_by_sample(frame, sample))
        .collect()
}

/// A whole file whose frames are numbered by their first samples.
pub fn numbered_by_samples() -> Vec<u8> {
    let (info, frames) = taken_apart(&bare_flac(SPEECH));
    put_together(&info, &by_sample(&frames))
}

#[test]
fn frames_numbered_by_samples_are_followed_by_samples() {
    let (info, frames) = taken_apart(&bare_flac(SPEECH));
    let by_sample = by_sample(&frames);
    let whole = numbered_by_samples();
    // Numbers by sample make no difference to the sizes that the stream info states.
    assert_eq!(grade(&whole), Grade::Proven);

    for (changed, defect) in [
        (numbered_by_sample(&frames[2], 65), FrameDefect::Gap),
        (frames[2].clone(), FrameDefect::Contradiction),
    ] {
        let mut frames = by_sample.clone();
        frames[2] = changed;
        assert!(matches!(
            verdict(&put_together(&info, &frames)).outcome,
            Err(Fault::Frame { frame: 2, defect: found, .. }) if found == defect
        ));
    }
}

/// Each states another number of samples or another digest than its own.
pub fn with_other_totals() -> [(Vec<u8>, Fault); 3] {
    let whole = bare_flac(SPEECH);
    let samples = |stated: u8| {
        let mut file = whole.clone();
        file[25] = stated;
        let stated = stated.into();
        (file, Fault::Samples { stated, found: 100 })
    };
    let mut other = whole.clone();
    other[30] ^= 1;
    [samples(99), samples(101), (other, Fault::Md5)]
}

#[test]
fn another_number_of_samples_or_digest_than_stated_is_not_sound() {
    for (file, fault) in with_other_totals() {
        assert_eq!(verdict(&file).outcome, Err(fault));
    }
}

/// With something behind the last frame, and what that is.
pub fn with_more_behind() -> Vec<(Vec<u8>, Oddity)> {
    let whole = bare_flac(SPEECH);
    let mut tag = b"TAG".to_vec();
    tag.resize(128, b' ');
    [
        (&b"\0"[..], Oddity::TrailingBytes),
        (b"TAG", Oddity::TrailingBytes),
        (&[0xff; 500], Oddity::TrailingBytes),
        (&tag, Oddity::TagBehind),
        (b"APETAGEX\xd0\x07\0\0", Oddity::TagBehind),
    ]
    .map(|(more, oddity)| ([&whole, more].concat(), oddity))
    .to_vec()
}

#[test]
fn what_stands_behind_the_last_frame_is_named_where_all_that_is_stated_was_met_before() {
    for (longer, oddity) in with_more_behind() {
        for closed in [
            longer.clone(),
            without_total(longer.clone()),
            without_md5(longer.clone()),
        ] {
            let sound = verdict(&closed).outcome.unwrap();
            assert_eq!(sound.oddities, [oddity], "{closed:x?}");
        }
        // Where nothing is stated, only a tag can be told from audio that is lost.
        let open = verdict(&without_total(without_md5(longer)));
        let told = if oddity == Oddity::TagBehind {
            Grade::Unproven
        } else {
            Grade::NotSound
        };
        assert_eq!(open.grade(), told, "{oddity:?}");
    }
}

#[test]
fn a_frame_behind_the_stated_samples_is_no_trailing_byte() {
    let (info, frames) = taken_apart(&bare_flac(SPEECH));
    let mut fewer = without_md5(put_together(&info, &frames));
    fewer[25] = 96;
    let at = (fewer.len() - frames[3].len()) as u64;
    assert_eq!(verdict(&fewer).outcome, Err(Fault::UnreadBytes { at }));
}

#[test]
fn an_id3_tag_in_front_is_unusual() {
    let tag = b"ID3\x04\0\0\0\0\0\x05tags!";
    let tagged = [tag, &bare_flac(SPEECH)[..]].concat();
    let tagged_verdict = verdict(&tagged);
    assert_eq!(tagged_verdict.kind, Some(AudioKind::Flac));
    assert_eq!(tagged_verdict.grade(), Grade::Unusual);
    assert_eq!(
        tagged_verdict.outcome.unwrap().oddities,
        [Oddity::Id3InFront]
    );
    // An MP3 begins in the same way.
    let music = [&tag[..], b"\xff\xfb\x90\x64"].concat();
    let mp3 = Fault::Other(OtherRecording::Mp3);
    assert_eq!(verdict(&music).outcome, Err(mp3));
}

#[test]
fn flac_inside_ogg_is_named() {
    let mut page = b"OggS\0\x02".to_vec();
    page.extend([0; 20]);
    page.extend(b"\x01\x33\x7fFLAC\x01\0");
    let verdict = verdict(&page);
    assert_eq!(verdict.kind, Some(AudioKind::OggFlac));
    assert_eq!(verdict.outcome, Err(Fault::OggFlac));
}

/// A block of metadata between the stream info and the frames.
fn with_block(header: [u8; 4], content: &[u8]) -> Vec<u8> {
    let bare = bare_flac(SPEECH);
    let info = [b"fLaC\0\0\0\x22", &bare[8..42]].concat();
    [&info, &header[..], content, &bare[42..]].concat()
}

/// Files with one more block of metadata, and how far each is trusted.
pub fn with_metadata() -> Vec<(Vec<u8>, Grade)> {
    let comments = b"\x02\0\0\0me\x01\0\0\0\x03\0\0\0A=b";
    [
        // Padding, an application's block, a seek table, comments, and a type of the future.
        ([0x81, 0, 0, 5], &[0; 5][..], Grade::Proven),
        ([0x81, 0, 0, 0], &[], Grade::Proven),
        ([0x82, 0, 0, 5], b"abcde", Grade::Proven),
        ([0x83, 0, 0, 18], &[0xff; 18], Grade::Proven),
        ([0x84, 0, 0, 17], comments, Grade::Proven),
        ([0x90, 0, 0, 5], b"abcde", Grade::Proven),
        ([0x83, 0, 0, 17], &[0xff; 17], Grade::Unusual),
        // A type that is forbidden, a second stream info, and more than there is.
        ([0xff, 0, 0, 0], &[], Grade::NotSound),
        ([0x80, 0, 0, 34], &[0; 34], Grade::NotSound),
        ([0x81, 0xff, 0xff, 0xff], &[0; 5], Grade::NotSound),
    ]
    .map(|(header, content, grade)| (with_block(header, content), grade))
    .to_vec()
}

#[test]
fn metadata_is_held_to_its_sizes() {
    for (file, grade) in with_metadata() {
        let verdict = verdict(&file);
        assert_eq!(verdict.grade(), grade, "{verdict:?}");
        match verdict.outcome {
            Ok(_) => {}
            Err(Fault::Malformed { part, at }) => assert_eq!((part, at), (Part::Metadata, 42)),
            Err(Fault::Cut { within, .. }) => assert_eq!(within, Part::Metadata),
            Err(fault) => panic!("{fault}"),
        }
    }
}

/// Files whose comments are not built as they must be.
pub fn with_odd_comments() -> Vec<Vec<u8>> {
    let longer_text = b"\x02\0\0\0me\x01\0\0\0\x04\0\0\0A=b";
    let more_texts = b"\x02\0\0\0me\x02\0\0\0\x03\0\0\0A=b";
    [&[][..], &[7; 3], longer_text, more_texts]
        .map(|comments| {
            let size = u8::try_from(comments.len()).unwrap();
            with_block([0x84, 0, 0, size], comments)
        })
        .to_vec()
}

#[test]
fn comments_that_are_not_built_as_they_must_be_are_named_and_the_audio_is_sound() {
    for file in with_odd_comments() {
        let sound = verdict(&file).outcome.unwrap();
        assert_eq!(sound.proofs, [EndProof::TotalSamples, EndProof::Md5]);
        assert_eq!(sound.oddities, [Oddity::Metadata]);
        // Of one that loses a byte, the frames are not found where they must be.
        let cut = [&file[..46], &file[47..]].concat();
        assert_eq!(grade(&cut), Grade::NotSound);
    }
}

#[test]
fn a_block_that_is_larger_than_the_stream_s_greatest_is_refused_before_it_is_decoded() {
    let mut file = bare_flac(SPEECH);
    file[8..12].copy_from_slice(&[0, 16, 0, 16]);
    assert_eq!(
        verdict(&file).outcome,
        Err(Fault::Frame {
            frame: 0,
            at: 42,
            defect: FrameDefect::Contradiction
        })
    );
    // A stream that states none has blocks of any size.
    file[8..12].fill(0);
    assert_eq!(grade(&file), Grade::Unusual);
}

#[test]
fn a_stream_that_begins_in_the_middle_is_unusual() {
    let (info, frames) = taken_apart(&without_total(without_md5(bare_flac(SPEECH))));
    let verdict = verdict(&put_together(&info, &frames[1..]));
    assert_eq!(verdict.grade(), Grade::Unproven);
    assert!(
        verdict
            .outcome
            .unwrap()
            .oddities
            .contains(&Oddity::StartsLate)
    );
}
