//! Bytes that nobody meant to be audio.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::made::{self, SPEECH, bare_flac};
use crate::{in_pieces, verdict};

/// What files begin with.
fn beginnings() -> impl Strategy<Value = Vec<u8>> {
    let flac = bare_flac(SPEECH);
    let whole = made::wav();
    prop_oneof![
        Just(Vec::new()),
        Just(b"RIFF\0\0\0\0WAVE".to_vec()),
        Just(b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec()),
        Just(whole[..36].to_vec()),
        Just(whole[..44].to_vec()),
        Just(made::w64()[..40].to_vec()),
        Just(b"fLaC".to_vec()),
        Just(b"fLaC\x80\0\0\x22".to_vec()),
        Just(flac[..42].to_vec()),
        Just(flac[..48].to_vec()),
        Just([&flac[..42], b"\xff\xf8\xc9\x08\0"].concat()),
        Just(b"ID3\x04\0\0\0\0\0\x01".to_vec()),
    ]
}

/// A file that was whole, and where and how it is changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let stereo = made::Shape {
        channels: 2,
        bits: 24,
        ..SPEECH
    };
    let files = vec![
        made::wav(),
        made::streamed_wav(0),
        made::rf64("RF64"),
        made::w64(),
        made::flac(SPEECH),
        bare_flac(SPEECH),
        made::without_total(made::without_md5(bare_flac(stereo))),
    ];
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(files), changes).prop_map(|(mut file, changes)| {
        for (place, byte, how) in changes {
            let at = place.index(file.len());
            match how {
                0 => file[at] = byte,
                1 => file[at] ^= 1 << (byte % 8),
                2 => file.insert(at, byte),
                _ => {
                    file.truncate(at.max(1));
                }
            }
        }
        file
    })
}

/// A FLAC of which one frame was damaged by someone who then put its checksum right.
fn forged() -> impl Strategy<Value = Vec<u8>> {
    let files: Vec<_> = [(8, 1), (16, 2), (24, 2), (32, 2)]
        .into_iter()
        .map(|(bits, channels)| {
            let shape = made::Shape {
                bits,
                channels,
                ..SPEECH
            };
            made::taken_apart(&made::without_md5(bare_flac(shape)))
        })
        .collect();
    let change = (any::<prop::sample::Index>(), any::<u8>());
    let changes = prop::collection::vec(change, 1..5);
    let file = prop::sample::select(files);
    (file, any::<prop::sample::Index>(), changes).prop_map(
        |((info, mut frames), which, changes)| {
            let frame = which.get_mut(&mut frames);
            // The header's own checksum ends within the first bytes, and that of the frame it all.
            let end = frame.len() - 2;
            for (place, byte) in changes {
                frame[7 + place.index(end - 7)] = byte;
            }
            *frame = made::with_checksum(frame.clone());
            made::put_together(&info, &frames)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_make_it_panic(
        beginning in beginnings(),
        rest in prop::collection::vec(any::<u8>(), 0..300),
        piece in 1..400_usize,
    ) {
        let file = [beginning, rest].concat();
        prop_assert_eq!(in_pieces(&file, piece), verdict(&file));
    }

    #[test]
    fn no_damage_makes_it_panic(file in damaged(), piece in 1..400_usize) {
        let whole = verdict(&file);
        prop_assert_eq!(whole.length, file.len() as u64);
        prop_assert_eq!(in_pieces(&file, piece), whole);
    }

    #[test]
    fn no_forged_frame_makes_it_panic(file in forged(), piece in 1..400_usize) {
        prop_assert_eq!(in_pieces(&file, piece), verdict(&file));
    }
}

/// More by `PROPTEST_CASES`.
fn cases() -> u32 {
    ProptestConfig::default().cases.max(10_000)
}

/// In a process of its own, because all tests of this one share their memory.
#[cfg(target_os = "linux")]
#[test]
fn memory_grows_neither_with_the_file_nor_by_what_it_claims() {
    for file in 0..CLAIMS.len() {
        let measured = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "hostile::memory", "--ignored", "--nocapture"])
            .env(CLAIM, file.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&measured.stdout).into_owned();
        assert!(measured.status.success(), "{said}");
    }
}

#[cfg(target_os = "linux")]
const CLAIM: &str = "AUDIO_CLAIM";

/// Beginnings after which the greatest sizes are claimed or simply nothing ends.
#[cfg(target_os = "linux")]
const CLAIMS: [fn() -> Vec<u8>; 8] = [
    || b"RIFF\xfe\xff\xff\xffWAVEfmt \xfe\xff\xff\xff".to_vec(),
    || b"RF64\xff\xff\xff\xffWAVEds64\xfe\xff\xff\xff".to_vec(),
    || made::streamed_wav(0)[..44].to_vec(),
    || b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec(),
    || {
        let mut file = bare_flac(SPEECH)[..42].to_vec();
        file[4] = 0;
        file.extend(b"\x06\xff\xff\xff");
        file
    },
    || {
        let mut file = bare_flac(SPEECH)[..42].to_vec();
        file[4] = 0;
        file.extend(b"\x04\xff\xff\xff\xff\xff\xff\xff");
        file
    },
    // The first channel as it is, the others silent.
    || largest_frame(b"\x02"),
    // A residual in unary that has no end.
    || largest_frame(b"\x10\0\0"),
];

/// A FLAC whose first frame has 65,535 samples in each of eight channels of 32 bits.
#[cfg(target_os = "linux")]
fn largest_frame(begins: &[u8]) -> Vec<u8> {
    let mut file = bare_flac(SPEECH)[..42].to_vec();
    file[8..18].fill(0xff);
    file[20] |= 0x0f;
    file[21] |= 0xf0;
    file.extend(b"\xff\xf8\x70\x70\0\xff\xfe");
    file.push(made::crc8(&file[42..]));
    file.extend(begins);
    file
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the test of memory, in a process of its own"]
fn memory() {
    let Ok(claim) = std::env::var(CLAIM) else {
        return;
    };
    let piece = vec![0; 1 << 20];
    let mut check = audio_housekeeper::audio::AudioCheck::new();
    let before = peak();
    check.push(&CLAIMS[claim.parse::<usize>().unwrap()]());
    for _ in 0..64 {
        check.push(&piece);
    }
    let grown = peak() - before;
    println!("{grown} bytes for {claim}: {:?}", check.finish());
    assert!(grown < 16 << 20, "{grown}");
}

/// The most memory that the process ever had, in bytes.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let number = line.split_whitespace().nth(1).unwrap();
    number.parse::<u64>().unwrap() * 1024
}
