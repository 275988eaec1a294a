/// The CRC-8 of a frame's header: polynomial x^8 + x^2 + x + 1 (RFC 9639 section 9.1.8).
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            (crc << 1) ^ (if crc & 0x80 == 0 { 0 } else { 0x07 })
        })
    })
}

/// The CRC-16 of a frame: polynomial x^16 + x^15 + x^2 + 1 (RFC 9639 section 9.3). That of a
/// frame with its own CRC is 0.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let crc = eights.iter().fold(0_u16, |crc, eight| {
        let [high, low] = crc.to_be_bytes();
        let [first, second, others @ ..] = *eight;
        [first ^ high, second ^ low]
            .into_iter()
            .chain(others)
            .zip(TABLES.iter().rev())
            .fold(0, |crc, (byte, table)| crc ^ entry(table, byte))
    });
    let [table, ..] = &TABLES;
    rest.iter().fold(crc, |crc, byte| {
        let [high, low] = crc.to_be_bytes();
        u16::from_be_bytes([low, 0]) ^ entry(table, high ^ byte)
    })
}

#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is within a table of 256")]
fn entry(table: &[u16; 256], byte: u8) -> u16 {
    table[usize::from(byte)]
}

/// What each byte adds to the CRC when 0 to 7 more bytes follow it.
static TABLES: [[u16; 256]; 8] = tables();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "done by the compiler, which stops at an index out of range; bytes count to 255"
)]
const fn tables() -> [[u16; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut table = 0;
        while table < 8 {
            let mut bit = 0;
            while bit < 8 {
                crc = (crc << 1) ^ (if crc & 0x8000 == 0 { 0 } else { 0x8005 });
                bit += 1;
            }
            tables[table][byte] = crc;
            table += 1;
        }
        byte += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_the_standard() {
        // The check values of CRC-8/SMBUS and CRC-16/UMTS.
        assert_eq!(crc8(b"123456789"), 0xf4);
        assert_eq!(crc16(b"123456789"), 0xfee8);
        assert_eq!(crc16(b"123456789\xfe\xe8"), 0);
    }
}
