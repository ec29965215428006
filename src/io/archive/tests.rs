#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Cursor;

const STORED: u16 = 0;
const ZSTD: u16 = 93;

/// An entry of a hand-made archive: what its headers say, true or not, and what it holds.
#[derive(Clone)]
struct Entry {
    name: &'static str,
    method: u16,
    flags: u16,
    sum: u32,
    size: u32,
    packed: Vec<u8>,
}

impl Entry {
    fn new(name: &'static str, method: u16, content: &[u8]) -> Entry {
        let packed = if method == ZSTD { zstd(content) } else { content.to_vec() };
        Entry { name, method, flags: 0, sum: crc32fast::hash(content), size: content.len() as u32, packed }
    }

    /// What both headers have in common.
    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [20, self.flags, self.method, 0, 33] {
            bytes.extend(u16::to_le_bytes(word));
        }
        for long in [self.sum, self.packed.len() as u32, self.size] {
            bytes.extend(long.to_le_bytes());
        }
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }
}

fn zstd(content: &[u8]) -> Vec<u8> {
    compress_to_vec(content, CompressionLevel::Fastest)
}

/// An archive of these entries, and a directory that says they begin where `place` says.
fn zip_at(entries: &[Entry], place: impl Fn(usize, u32) -> u32) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (n, entry) in entries.iter().enumerate() {
        directory.extend([ROW, &[20, 0], &entry.fields(), &[0; 10]].concat());
        directory.extend(place(n, bytes.len() as u32).to_le_bytes());
        directory.extend(entry.name.as_bytes());
        bytes.extend([LOCAL, &entry.fields(), entry.name.as_bytes(), &entry.packed].concat());
    }
    let (start, n) = (bytes.len() as u32, (entries.len() as u16).to_le_bytes());
    bytes.extend(&directory);
    bytes.extend([b"PK\x05\x06", &[0; 4][..], &n, &n].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn zip(entries: &[Entry]) -> Vec<u8> {
    zip_at(entries, |_, place| place)
}

fn open(bytes: &[u8]) -> io::Result<Archive<Cursor<Vec<u8>>>> {
    Archive::new(Cursor::new(bytes.to_vec()), bytes.len() as u64)
}

/// What an entry unpacks to, or why it does not.
fn content(archive: &mut Archive<Cursor<Vec<u8>>>, name: &str) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let read = archive.unpack(name, |reader| reader.read_to_end(&mut content));
    read.and_then(|read| read).map(|_| content).map_err(|e| e.to_string())
}

#[test]
fn entries_are_unpacked_however_they_were_packed() {
    let long = b"the same again and ".repeat(5000);
    let mut frames = Entry::new("frames", ZSTD, &[&long[..], b"last"].concat());
    frames.packed = [zstd(&long), zstd(b""), zstd(b"last")].concat();
    let bytes = zip(&[Entry::new("a/../b", STORED, b"one"), Entry::new("zstd", ZSTD, &long), frames, Entry::new("none", ZSTD, b"")]);
    let mut archive = open(&bytes).unwrap();
    assert_eq!(archive.names(), ["a/../b", "zstd", "frames", "none"]);
    assert!(!archive.has_duplicates());
    assert_eq!(content(&mut archive, "a/../b").unwrap(), b"one");
    assert_eq!(content(&mut archive, "zstd").unwrap(), long);
    assert_eq!(content(&mut archive, "frames").unwrap(), [&long[..], b"last"].concat());
    assert_eq!(content(&mut archive, "none").unwrap(), b"");
    assert_eq!(content(&mut archive, "b").unwrap_err(), "there is no such entry");
    assert_eq!(names_in(&bytes).collect::<Vec<_>>()[..2], ["a/../b", "zstd"]);
    assert_eq!(names_in(&bytes[1..]).count(), 0);
}

#[test]
fn what_lies_is_told() {
    let of = |change: fn(&mut Entry)| {
        let mut entry = Entry::new("a", ZSTD, b"content of an entry");
        change(&mut entry);
        open(&zip(&[entry])).map_err(|e| e.to_string()).and_then(|mut archive| content(&mut archive, "a")).unwrap_err()
    };
    assert_eq!(of(|entry| entry.sum ^= 1), "Invalid checksum");
    assert_eq!(of(|entry| *entry = Entry { sum: 7, ..Entry::new("a", STORED, b"content") }), "Invalid checksum");
    assert_eq!(of(|entry| entry.flags = 1), "the entry is encrypted");
    assert!(of(|entry| entry.method = 12).contains("which is not read here"));
    assert_eq!(of(|entry| entry.size = u32::MAX - 1), "the archive unpacks to too much for its size");
    assert!(!of(|entry| entry.packed.truncate(9)).is_empty());
    assert!(!of(|entry| entry.packed.push(9)).is_empty());
    assert!(!of(|entry| entry.packed[0] ^= 0xff).is_empty());
}

#[test]
fn no_more_is_unpacked_than_the_size_explains() {
    let bytes = zip(&[Entry { size: 3, ..Entry::new("bomb", ZSTD, &[0; 1 << 20]) }, Entry::new("small", STORED, b"12345")]);
    let mut archive = open(&bytes).unwrap();
    assert_eq!(archive.left, ALLOWANCE + RATIO * bytes.len() as u64);
    archive.left = 100_000;
    assert_eq!(content(&mut archive, "bomb").unwrap_err(), "the archive unpacks to too much for its size");
    archive.left = 9;
    assert_eq!(content(&mut archive, "small").unwrap(), b"12345");
    assert_eq!(content(&mut archive, "small").unwrap_err(), "the archive unpacks to too much for its size");
}

#[test]
fn entries_that_share_bytes_or_names_are_told() {
    let (a, b) = (Entry::new("a", STORED, b"12345"), Entry::new("b", STORED, b"12345"));
    let shared = zip_at(&[a.clone(), b], |_, _| 0);
    assert_eq!(open(&shared).err().unwrap().to_string(), "entries of the archive overlap");
    let mut twice = open(&zip(&[a, Entry::new("a", STORED, b"the later one")])).unwrap();
    assert!(twice.has_duplicates());
    assert_eq!((twice.names().len(), content(&mut twice, "a").unwrap()), (1, b"the later one".to_vec()));
}

#[test]
fn a_damaged_archive_is_an_error_and_never_a_panic() {
    let bytes = zip(&[Entry::new("a", STORED, b"12345"), Entry::new("b", ZSTD, &b"abc".repeat(400))]);
    for end in 0..bytes.len() {
        assert!(open(&bytes[..end]).is_err(), "{end}");
    }
    for at in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            if let Ok(mut archive) = open(&bytes) {
                for name in archive.names() {
                    let _ = content(&mut archive, &name);
                }
            }
        }
    }
    let mut behind = open(&[&bytes[..], b"and more"].concat()).unwrap();
    assert_eq!(content(&mut behind, "a").unwrap(), b"12345");
}

#[test]
fn rows_are_counted_across_the_edges_of_a_buffer() {
    let bytes = zip(&[Entry::new("a", STORED, b"PK\x01PK\x01\x02"), Entry::new("b", STORED, b"PPK")]);
    for capacity in 1..20 {
        assert_eq!(entries(&mut BufReader::with_capacity(capacity, &bytes[..])).unwrap(), 3, "{capacity}");
    }
    let too_many = ROW.repeat(ENTRIES as usize + 1);
    let n = entries(&mut &too_many[..]).unwrap();
    assert!(Archive::open(Path::new("Cargo.toml"), n).err().unwrap().to_string().contains("more than 250000 entries"));
}
