//! A zip file, the same bytes for the same files: stored, in the order given, without times.

use crate::digest::sha256;
use crate::parallel;
use std::sync::LazyLock;

/// The name of the list of sums inside of the archive.
pub const SUMS: &str = "SHA256SUMS";

/// 1980-01-01 00:00, the first that the format knows.
const TIME: u16 = 0;
const DATE: u16 = 0x21;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const VERSION: u16 = 20;

/// Files by name, and last of all [`SUMS`], as `sha256sum --check` reads it. Sizes are those of
/// the format: files of 4 GiB and more, and more than 65,534 files, do not fit and are left out.
///
/// The layout is that of PKWARE's APPNOTE 6.3.
pub fn zip(files: &[(String, &[u8])]) -> Vec<u8> {
    let fitting: Vec<(&str, &[u8])> = files
        .iter()
        .filter(|(name, bytes)| {
            u32::try_from(bytes.len()).is_ok() && u16::try_from(name.len()).is_ok()
        })
        .take(usize::from(u16::MAX) - 1)
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    let all: usize = fitting.iter().map(|(_, bytes)| bytes.len()).sum();
    let summed = parallel::map(all, &fitting, |(name, bytes)| {
        (head(name, bytes), format!("{}  {name}\n", sha256(bytes)))
    });
    let (mut heads, sums): (Vec<Vec<u8>>, Vec<String>) = summed.into_iter().unzip();
    let sums = sums.concat();
    heads.push(head(SUMS, sums.as_bytes()));
    let mut out = Vec::with_capacity(all + 4096);
    let mut directory = Vec::new();
    let mut count = 0u16;
    let files = fitting.into_iter().chain([(SUMS, sums.as_bytes())]);
    for ((name, bytes), head) in files.zip(heads) {
        let offset = size(out.len());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&head);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&head);
        // Comment, disk, and the attributes inside and outside: none.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        count += 1;
    }
    let (start, length) = (size(out.len()), size(directory.len()));
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

/// What the local header and the directory have in common.
fn head(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(26);
    for field in [VERSION, FLAGS, 0, TIME, DATE] {
        head.extend_from_slice(&field.to_le_bytes());
    }
    head.extend_from_slice(&crc32(bytes).to_le_bytes());
    head.extend_from_slice(&size(bytes.len()).to_le_bytes());
    head.extend_from_slice(&size(bytes.len()).to_le_bytes());
    head.extend_from_slice(&u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
    head.extend_from_slice(&0u16.to_le_bytes());
    head
}

fn size(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The CRC of ISO 3309, reflected, as zip has it. Eight bytes at a time: each of the tables has
/// what a byte becomes behind so many others.
fn crc32(bytes: &[u8]) -> u32 {
    let tables = &*TABLES;
    let at = |table: usize, byte: u32| tables[table][(byte & 0xff) as usize];
    let mut crc = !0u32;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        let [a, b, c, d, e, f, g, h] = *chunk;
        let low = crc ^ u32::from_le_bytes([a, b, c, d]);
        let high = u32::from_le_bytes([e, f, g, h]);
        crc = at(7, low)
            ^ at(6, low >> 8)
            ^ at(5, low >> 16)
            ^ at(4, low >> 24)
            ^ at(3, high)
            ^ at(2, high >> 8)
            ^ at(1, high >> 16)
            ^ at(0, high >> 24);
    }
    for byte in rest {
        crc = at(0, crc ^ u32::from(*byte)) ^ (crc >> 8);
    }
    !crc
}

static TABLES: LazyLock<Box<[[u32; 256]; 8]>> = LazyLock::new(|| {
    let mut tables = Box::new([[0u32; 256]; 8]);
    for (byte, entry) in (0..256u32).zip(&mut tables[0]) {
        *entry = (0..8).fold(byte, |crc, _| match crc & 1 {
            1 => 0xedb8_8320 ^ (crc >> 1),
            _ => crc >> 1,
        });
    }
    for table in 1..8 {
        for byte in 0..256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = tables[0][(before & 0xff) as usize] ^ (before >> 8);
        }
    }
    tables
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(
            crc32(b"The quick brown fox jumps over the lazy dog"),
            0x414f_a339
        );
    }

    #[test]
    fn the_end_says_how_many_there_are_and_the_list_is_one_of_them() {
        let bytes = zip(&[("a/b.md".into(), b"text" as &[u8]), ("c".into(), b"")]);
        assert_eq!(
            bytes,
            zip(&[("a/b.md".into(), b"text" as &[u8]), ("c".into(), b"")])
        );
        let end = bytes.len() - 22;
        assert_eq!(bytes.get(end..end + 4), Some(b"PK\x05\x06" as &[u8]));
        assert_eq!(bytes.get(end + 10), Some(&3));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(
            "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1  a/b.md\n"
        ));
    }
}
