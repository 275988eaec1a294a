use crate::audio::flac::bits::{Bits, Stop};
use crate::audio::verdict::FrameDefect;

const INVALID: Stop = Stop::Defect(FrameDefect::Subframe);

/// Decodes one channel of a frame (RFC 9639 section 9.2) of so many bits a sample.
pub(super) fn decode(bits: &mut Bits<'_>, width: u32, samples: &mut [i64]) -> Result<(), Stop> {
    if bits.unsigned(1)? != 0 {
        return Err(INVALID);
    }
    let kind = bits.unsigned(6)?;
    let wasted = match bits.unsigned(1)? {
        0 => 0,
        _ => bits.unary()?.saturating_add(1),
    };
    let width = width.checked_sub(wasted).ok_or(INVALID)?;
    if width == 0 {
        return Err(INVALID);
    }
    match kind {
        0 => samples.fill(bits.signed(width)?),
        1 => {
            for sample in samples.iter_mut() {
                *sample = bits.signed(width)?;
            }
        }
        8 => residual(bits, 0, samples)?,
        9 => fixed::<1>(bits, width, [1], samples)?,
        10 => fixed::<2>(bits, width, [2, -1], samples)?,
        11 => fixed::<3>(bits, width, [3, -3, 1], samples)?,
        12 => fixed::<4>(bits, width, [4, -6, 4, -1], samples)?,
        32..64 => linear(bits, width, kind, samples)?,
        _ => return Err(INVALID),
    }
    if wasted > 0 {
        for sample in samples {
            *sample = sample.wrapping_shl(wasted);
        }
    }
    Ok(())
}

fn fixed<const ORDER: usize>(
    bits: &mut Bits<'_>,
    width: u32,
    coefficients: [i64; ORDER],
    samples: &mut [i64],
) -> Result<(), Stop> {
    warm_up(bits, width, ORDER, samples)?;
    residual(bits, ORDER, samples)?;
    predict(&coefficients, 0, samples);
    Ok(())
}

fn linear(bits: &mut Bits<'_>, width: u32, kind: u64, samples: &mut [i64]) -> Result<(), Stop> {
    let order = usize::try_from(kind & 0x1f).unwrap_or(0) + 1;
    warm_up(bits, width, order, samples)?;
    let precision = match bits.unsigned(4)? {
        15 => return Err(INVALID),
        precision => u32::try_from(precision).unwrap_or(0) + 1,
    };
    let shift = u32::try_from(bits.signed(5)?).map_err(|_| INVALID)?;
    let mut all = [0; 32];
    let coefficients = all.get_mut(..order).ok_or(INVALID)?;
    for coefficient in coefficients.iter_mut() {
        *coefficient = bits.signed(precision)?;
    }
    residual(bits, order, samples)?;
    restore(coefficients, shift, samples);
    Ok(())
}

/// Reads the samples that are stored as they are, before the predicted ones.
fn warm_up(bits: &mut Bits<'_>, width: u32, order: usize, samples: &mut [i64]) -> Result<(), Stop> {
    for sample in samples.get_mut(..order).ok_or(INVALID)? {
        *sample = bits.signed(width)?;
    }
    Ok(())
}

/// Reads the residual (RFC 9639 section 9.2.7) to where its samples will be.
fn residual(bits: &mut Bits<'_>, order: usize, samples: &mut [i64]) -> Result<(), Stop> {
    let (parameter_bits, escape) = match bits.unsigned(2)? {
        0 => (4, 15),
        1 => (5, 31),
        _ => return Err(INVALID),
    };
    let partitions = 1_usize << bits.unsigned(4)?;
    if !samples.len().is_multiple_of(partitions) {
        return Err(INVALID);
    }
    let partition_size = samples.len() / partitions;
    let mut skip = order;
    for partition in samples.chunks_exact_mut(partition_size) {
        let partition = partition.get_mut(skip..).ok_or(INVALID)?;
        skip = 0;
        let parameter = u32::try_from(bits.unsigned(parameter_bits)?).unwrap_or(0);
        if parameter < escape {
            // A copy can stay in registers.
            let mut reader = *bits;
            for sample in partition {
                *sample = reader.rice(parameter)?;
            }
            *bits = reader;
            continue;
        }
        match u32::try_from(bits.unsigned(5)?).unwrap_or(0) {
            0 => partition.fill(0),
            width => {
                for sample in partition {
                    *sample = bits.signed(width)?;
                }
            }
        }
    }
    Ok(())
}

/// Adds to each residual what the samples before it predict.
fn restore(coefficients: &[i64], shift: u32, samples: &mut [i64]) {
    macro_rules! by_order {
        ($($order:literal)*) => {
            match coefficients.len() {
                $($order => {
                    if let Some(coefficients) = coefficients.first_chunk::<$order>() {
                        predict(coefficients, shift, samples);
                    }
                })*
                _ => {}
            }
        };
    }
    by_order!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

#[inline]
fn predict<const ORDER: usize>(coefficients: &[i64; ORDER], shift: u32, samples: &mut [i64]) {
    for at in ORDER..samples.len() {
        let Some((before, [sample, ..])) = samples.split_at_mut_checked(at) else {
            return;
        };
        let Some(before) = before.last_chunk::<ORDER>() else {
            return;
        };
        let mut prediction = 0_i64;
        let (mut before, mut coefficients) = (&before[..], &coefficients[..]);
        // Patterns, because a build that is not optimised calls a function for each step of an
        // iterator, and this is the innermost loop.
        while let ([others @ .., sample], [coefficient, more @ ..]) = (before, coefficients) {
            prediction = prediction.wrapping_add(sample.wrapping_mul(*coefficient));
            (before, coefficients) = (others, more);
        }
        *sample = sample.wrapping_add(prediction >> shift);
    }
}
