/// How many different words a voice knows; speech is these, shuffled.
const WORDS: u32 = 40;

/// The loudest sample of a word, of the 8,388,607 that 24 bits allow.
const LOUDEST: f64 = 4_200_000.0;

/// Vowels by their first three formants, in hertz.
const VOWELS: [[f64; 3]; 6] = [
    [730.0, 1090.0, 2440.0],
    [270.0, 2290.0, 3010.0],
    [300.0, 870.0, 2240.0],
    [530.0, 1840.0, 2480.0],
    [570.0, 840.0, 2410.0],
    [490.0, 1350.0, 1690.0],
];

/// How wide each formant is, in hertz.
const WIDTHS: [f64; 3] = [80.0, 110.0, 160.0];

/// A made-up speaker: a throat's pulses through the formants of vowels, hisses between them.
///
/// Only additions, multiplications and divisions of `f64` are used: their results are the same
/// on every machine, which sines and exponentials of a system's library are not.
pub struct Voice {
    rate: u32,
    words: Vec<Vec<i32>>,
    hush: Vec<i32>,
    chance: Chance,
}

/// Numbers that look random and are the same every time (Marsaglia's xorshift, 32 bits).
struct Chance(u32);

/// A filter with one resonance (Klatt 1980).
struct Resonator {
    gain: f64,
    first: f64,
    second: f64,
    before: f64,
    earlier: f64,
}

impl Voice {
    /// The speaker of a number, at so many samples a second.
    pub fn new(seed: u32, rate: u32) -> Self {
        let mut chance = Chance::new(seed);
        let pitch = 95.0 + f64::from(chance.below(110));
        let words = (0..WORDS).map(|_| word(&mut chance, rate, pitch)).collect();
        let hush = (0..rate)
            .map(|_| quantised(chance.noise(), 2_000.0))
            .collect();
        Self {
            rate,
            words,
            hush,
            chance,
        }
    }

    /// Speaks for exactly `seconds`, in samples of 24 bits, piece by piece.
    ///
    /// # Errors
    /// What `take` returns ends the speech.
    pub fn speak<E>(
        mut self,
        seconds: u32,
        mut take: impl FnMut(&[i32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = as_index(self.rate) * as_index(seconds);
        let mut words_until_breath = 5;
        while left > 0 {
            let pick = self.chance.below(WORDS);
            let word = self
                .words
                .get(as_index(pick))
                .map_or(&[][..], Vec::as_slice);
            let pause = if words_until_breath == 0 {
                words_until_breath = 3 + self.chance.below(6);
                350 + self.chance.below(600)
            } else {
                words_until_breath -= 1;
                30 + self.chance.below(60)
            };
            let pause = as_index(self.rate) * as_index(pause) / 1000;
            for piece in [word, self.hush.get(..pause).unwrap_or(&self.hush)] {
                let piece = piece.get(..left).unwrap_or(piece);
                take(piece)?;
                left -= piece.len();
            }
        }
        Ok(())
    }
}

/// One to three syllables, each a vowel, most with a hiss before it.
fn word(chance: &mut Chance, rate: u32, pitch: f64) -> Vec<i32> {
    let mut sound = Vec::new();
    let pitch = pitch * (0.9 + 0.01 * f64::from(chance.below(25)));
    for _ in 0..=chance.below(3) {
        if chance.below(3) > 0 {
            hiss(chance, rate, &mut sound);
        }
        vowel(chance, rate, pitch, &mut sound);
    }
    let peak = sound
        .iter()
        .fold(1e-9, |peak: f64, sample| peak.max(sample.abs()));
    let loudness = LOUDEST * (0.55 + 0.01 * f64::from(chance.below(45)));
    sound
        .iter()
        .map(|sample| quantised(*sample / peak, loudness))
        .collect()
}

fn vowel(chance: &mut Chance, rate: u32, pitch: f64, sound: &mut Vec<f64>) {
    let formants = VOWELS
        .get(as_index(chance.below(6)))
        .copied()
        .unwrap_or_default();
    let mut filters = [0, 1, 2].map(|place: usize| {
        let frequency = formants.get(place).copied().unwrap_or_default();
        let width = WIDTHS.get(place).copied().unwrap_or_default();
        Resonator::new(frequency, width, f64::from(rate))
    });
    let length = rate * (110 + chance.below(140)) / 1000;
    let mut phase = 0.0;
    let mut before = 0.0;
    let mut level = 0.0;
    for at in 0..length {
        let place = f64::from(at) / f64::from(length);
        // The voice falls a little in each vowel, as it does at the end of a word.
        phase += pitch * (1.08 - 0.16 * place) / f64::from(rate);
        let pulse = if phase >= 1.0 {
            phase -= 1.0;
            1.0
        } else {
            0.0
        };
        let breath = 0.004 * chance.noise();
        let voiced = filters
            .iter_mut()
            .fold(pulse + breath, |sample, filter| filter.pass(sample));
        // The pulses all push one way; what reaches an ear swings around silence.
        level = voiced - before + 0.97 * level;
        before = voiced;
        sound.push(level * swell(place));
    }
}

fn hiss(chance: &mut Chance, rate: u32, sound: &mut Vec<f64>) {
    let length = rate * (40 + chance.below(60)) / 1000;
    let mut before = 0.0;
    for at in 0..length {
        let noise = chance.noise();
        let place = f64::from(at) / f64::from(length);
        sound.push(0.004 * (noise - before) * swell(place));
        before = noise;
    }
}

/// How loud a syllable is at a place from 0 to 1: up fast, down slowly.
fn swell(place: f64) -> f64 {
    (place / 0.15).min((1.0 - place) / 0.45).min(1.0)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the value lies between -2^23 and 2^23, and a fraction is to be cut off"
)]
fn quantised(sample: f64, loudness: f64) -> i32 {
    (sample.clamp(-1.0, 1.0) * loudness) as i32
}

fn as_index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Chance {
    /// Starts a row of numbers; the first few of neighbouring rows are alike and are dropped.
    fn new(seed: u32) -> Self {
        let mut chance = Self(seed.wrapping_mul(2_654_435_761) | 1);
        for _ in 0..16 {
            chance.next();
        }
        chance
    }

    const fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    const fn below(&mut self, end: u32) -> u32 {
        (self.next() >> 8) % end
    }

    /// From -1 to 1.
    fn noise(&mut self) -> f64 {
        f64::from(self.next()) / 2_147_483_648.0 - 1.0
    }
}

impl Resonator {
    fn new(frequency: f64, width: f64, rate: f64) -> Self {
        let decay = std::f64::consts::PI * width / rate;
        let radius = 1.0 - decay + decay * decay / 2.0 - decay * decay * decay / 6.0;
        let first = 2.0 * radius * cosine(std::f64::consts::TAU * frequency / rate);
        let second = -(radius * radius);
        Self {
            gain: 1.0 - first - second,
            first,
            second,
            before: 0.0,
            earlier: 0.0,
        }
    }

    fn pass(&mut self, sample: f64) -> f64 {
        let out = self.gain * sample + self.first * self.before + self.second * self.earlier;
        self.earlier = self.before;
        self.before = out;
        out
    }
}

/// The cosine of an angle up to a quarter turn, by its Taylor series.
fn cosine(angle: f64) -> f64 {
    let square = angle * angle;
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)))
}
