//! The check held against the `flac` program.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use audio_housekeeper::audio::AudioVerdict;
use audio_housekeeper::domain::{AudioState, Oddity};
use tempfile::TempDir;

use crate::made::{self, Shape, bare_flac, without_md5, without_total};
use crate::{Grade, Graded as _, grade, verdict};

/// Encodes little-endian samples.
fn encoded(folder: &Path, shape: Shape, settings: &[&str]) -> Vec<u8> {
    let width = shape.bits.div_ceil(8) as usize;
    let raw: Vec<u8> = made::samples(shape)
        .iter()
        .flat_map(|sample| sample.to_le_bytes()[..width].to_vec())
        .collect();
    let file = folder.join("encoded.flac");
    let mut program = Command::new("flac")
        .args(["--totally-silent", "--force", "--force-raw-format"])
        .args(["--endian=little", "--sign=signed", "--lax"])
        .arg(format!("--sample-rate={}", shape.rate))
        .arg(format!("--bps={}", shape.bits))
        .arg(format!("--channels={}", shape.channels))
        .args(settings)
        .arg("-o")
        .arg(&file)
        .arg("-")
        .stdin(Stdio::piped())
        .spawn()
        .expect("flac is installed (script/setup test)");
    program.stdin.take().unwrap().write_all(&raw).unwrap();
    let status = program.wait().unwrap();
    assert!(status.success(), "{shape:?} {settings:?}");
    std::fs::read(&file).unwrap()
}

/// Whether `flac -t` finds nothing wrong.
fn passes(folder: &Path, bytes: &[u8]) -> bool {
    let file = folder.join("tested.flac");
    std::fs::write(&file, bytes).unwrap();
    Command::new("flac")
        .args(["--totally-silent", "-t"])
        .arg(&file)
        .status()
        .expect("flac is installed (script/setup test)")
        .success()
}

const STUDIO: Shape = Shape {
    rate: 44_100,
    bits: 16,
    channels: 2,
    frames: 10_000,
    block: 0,
};

#[test]
fn what_the_program_encodes_is_proven_at_every_setting() {
    let folder = TempDir::new().unwrap();
    let speech = Shape {
        rate: 8000,
        channels: 1,
        ..STUDIO
    };
    for (shape, settings) in [
        (STUDIO, &["-0"][..]),
        (STUDIO, &["-1"]),
        (STUDIO, &["-5"]),
        (STUDIO, &["-8", "-e", "-p"]),
        (STUDIO, &["-8", "--max-lpc-order=32"]),
        (STUDIO, &["--blocksize=192"]),
        (STUDIO, &["--blocksize=65535"]),
        (STUDIO, &["--rice-partition-order=0,15", "--seekpoint=10x"]),
        (speech, &["-5", "--blocksize=4608"]),
        (Shape { bits: 8, ..speech }, &["-8"]),
        (
            Shape {
                bits: 24,
                rate: 96_000,
                ..STUDIO
            },
            &["-8"],
        ),
        (
            Shape {
                bits: 24,
                rate: 96_000,
                ..STUDIO
            },
            &["-0"],
        ),
        (Shape { bits: 32, ..STUDIO }, &["-5"]),
        (Shape { bits: 32, ..STUDIO }, &["-0"]),
        (
            Shape {
                channels: 8,
                frames: 3000,
                ..STUDIO
            },
            &["-5"],
        ),
        (
            Shape {
                frames: 7,
                ..STUDIO
            },
            &["-5"],
        ),
    ] {
        let file = encoded(folder.path(), shape, settings);
        let verdict = verdict(&file);
        assert_eq!(verdict.grade(), Grade::Proven, "{settings:?}: {verdict:?}");
        assert_eq!(
            verdict.properties.unwrap().frames,
            Some(shape.frames as u64)
        );
        let cut = &file[..file.len() - 1];
        assert_eq!(grade(cut), Grade::NotSound, "{settings:?}");
    }
}

#[test]
fn what_the_program_encodes_without_a_digest_is_proven_by_its_total() {
    let folder = TempDir::new().unwrap();
    let file = encoded(folder.path(), STUDIO, &["--no-md5-sum"]);
    assert_eq!(grade(&file), Grade::Proven);
    assert_eq!(grade(&without_total(file)), Grade::Unproven);
}

/// A whole file, the same with more metadata, and what damage makes of it.
pub fn damaged() -> Vec<Vec<u8>> {
    let shape = Shape {
        block: 64,
        frames: 200,
        ..made::SPEECH
    };
    let whole = bare_flac(shape);
    let mut files = vec![whole.clone(), made::flac(shape)];
    for base in [
        whole.clone(),
        without_total(whole.clone()),
        without_md5(whole.clone()),
        without_total(without_md5(whole)),
    ] {
        // Places and bits that no two files share, all over the file.
        for step in 0..40 {
            let at = (step * 131) % base.len();
            let mut flipped = base.clone();
            flipped[at] ^= 1 << (step % 8);
            let mut longer = base.clone();
            longer.insert(at, 0x55);
            let mut shorter = base.clone();
            shorter.remove(at);
            files.extend([flipped, longer, shorter, base[..at.max(1)].to_vec()]);
        }
        files.push([&base[..], b"TAG and so on"].concat());
    }
    files
}

#[test]
fn what_the_program_refuses_is_refused_but_where_a_reason_is_known() {
    let folder = TempDir::new().unwrap();
    let files = damaged();
    let (mut refused, mut reasons) = (0, BTreeMap::<&str, u32>::new());
    for file in &files {
        let verdict = verdict(file);
        let reason = match (passes(folder.path(), file), verdict.grade()) {
            (false, Grade::NotSound) => {
                refused += 1;
                continue;
            }
            (true, Grade::Proven | Grade::Unusual | Grade::Unproven) => continue,
            (false, _) => lenience(&verdict),
            (true, Grade::NotSound) => None,
        };
        let Some(reason) = reason else {
            panic!("{verdict:?} of {file:x?}");
        };
        *reasons.entry(reason).or_default() += 1;
    }
    println!("{refused} of {} files refused by both", files.len());
    for (reason, count) in reasons {
        println!("{count:>4} told apart: {reason}");
    }
    assert!(refused > files.len() / 2);
    assert!(passes(folder.path(), &files[0]) && passes(folder.path(), &files[1]));
}

/// Why a file is kept that the program refuses.
fn lenience(verdict: &AudioVerdict) -> Option<&'static str> {
    let oddities = &verdict.outcome.as_ref().ok()?.oddities;
    let is_met = verdict.ends_as_stated() && verdict.state() == AudioState::Unusual;
    let behind = [Oddity::TrailingBytes, Oddity::TagBehind];
    (is_met && oddities.iter().any(|oddity| behind.contains(oddity)))
        .then_some("kept: what is disliked stands behind audio whose every proof was met")
}
