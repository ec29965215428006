//! The door to `zip`, and to `ruzstd` and `crc32fast` for entries packed with Zstandard, which `zip` hands over as they are.
//!
//! An archive is hostile until read: nothing is ever written to a disk, an entry is only found by its name, and neither the number
//! of entries nor what they unpack to is more than the archive's own size explains.

mod frames;
#[cfg(test)]
mod tests;

use crate::io::fs;
use crc32fast::Hasher;
use frames::Frames;
use memchr::memmem::Finder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// How every file in a zip archive begins.
const LOCAL: &[u8] = b"PK\x03\x04";
/// How every row of its directory begins.
const ROW: &[u8] = b"PK\x01\x02";
/// No archive has more entries.
const ENTRIES: u64 = 250_000;
/// An archive unpacks to so many times its own size at most, and to so many bytes more.
const RATIO: u64 = 200;
const ALLOWANCE: u64 = 256 * 1024 * 1024;

/// A zip archive being read.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    /// How many bytes may still be unpacked.
    left: u64,
}

/// Goes through a whole file and tells how many entries an archive of these bytes has at most.
///
/// # Errors
/// When the file cannot be read.
pub fn entries(file: &mut impl BufRead) -> io::Result<u64> {
    let finder = Finder::new(ROW);
    let (mut rows, mut seam) = (0, Vec::new());
    loop {
        let chunk = file.fill_buf()?;
        if chunk.is_empty() {
            return Ok(rows);
        }
        // A row may begin in one chunk and go on in the next.
        let edge = ROW.len() - 1;
        seam.extend_from_slice(&chunk[..chunk.len().min(edge)]);
        rows += (finder.find_iter(&seam).count() + finder.find_iter(chunk).count()) as u64;
        if chunk.len() >= edge {
            seam.clear();
            seam.extend_from_slice(&chunk[chunk.len() - edge..]);
        } else {
            seam.drain(..seam.len().saturating_sub(edge));
        }
        let n = chunk.len();
        file.consume(n);
    }
}

/// The names of entries that the first bytes of an archive show.
pub fn names_in(head: &[u8]) -> impl Iterator<Item = &str> {
    let head = if head.starts_with(LOCAL) { head } else { &[] };
    memchr::memmem::find_iter(head, LOCAL).filter_map(|at| {
        let header = head.get(at..at + 30)?;
        let length = usize::from(u16::from_le_bytes([header[26], header[27]]));
        std::str::from_utf8(head.get(at + 30..at + 30 + length)?).ok()
    })
}

impl Archive<BufReader<File>> {
    /// Opens an archive that has at most so many `entries`.
    ///
    /// # Errors
    /// When it has too many, when its entries overlap, or when it is no whole archive.
    pub fn open(path: &Path, entries: u64) -> io::Result<Self> {
        if entries > ENTRIES {
            return Err(wrong(format!("an archive of more than {ENTRIES} entries")));
        }
        let file = fs::open(path)?;
        let bytes = file.metadata()?.len();
        Archive::new(BufReader::new(file), bytes)
    }
}

impl<R: Read + Seek> Archive<R> {
    /// An archive of so many bytes.
    ///
    /// # Errors
    /// When its entries overlap, or when it is no whole archive.
    fn new(reader: R, bytes: u64) -> io::Result<Self> {
        let mut zip = ZipArchive::new(reader)?;
        if zip.has_overlapping_entries()? {
            return Err(wrong("entries of the archive overlap"));
        }
        Ok(Archive { zip, left: bytes.saturating_mul(RATIO).saturating_add(ALLOWANCE) })
    }

    /// The names of all entries, by which they are unpacked, in the order of the archive's directory.
    pub fn names(&self) -> Vec<String> {
        self.zip.file_names_raw().filter_map(|name| std::str::from_utf8(name).ok()).map(str::to_owned).collect()
    }

    /// Whether a name is given twice. As for every other reader the last entry of a name counts.
    pub fn has_duplicates(&self) -> bool {
        self.zip.has_duplicate_names()
    }

    /// Gives the content of an entry to `take`. Damage comes as an error while it is read, at the latest with the last byte.
    ///
    /// # Errors
    /// When there is no such entry, when it is encrypted, packed in a way nobody here knows, or unpacks to too much.
    pub fn unpack<T>(&mut self, name: &str, take: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        let index = self.zip.index_for_name_raw(name.as_bytes()).ok_or_else(|| wrong("there is no such entry"))?;
        let entry = self.zip.by_index_data(index)?;
        if entry.encrypted() {
            return Err(wrong("the entry is encrypted"));
        }
        let (method, size, sum) = (entry.compression(), entry.size(), entry.crc32());
        if size > self.left {
            return Err(wrong("the archive unpacks to too much for its size"));
        }
        match method {
            CompressionMethod::STORE | CompressionMethod::DEFLATE => {
                let inner = self.zip.by_index(index)?;
                Ok(take(&mut Metered { inner, left: &mut self.left }))
            }
            CompressionMethod::ZSTD => {
                let inner = Summed { inner: Frames::new(self.zip.by_index_raw(index)?), hasher: Hasher::new(), sum };
                Ok(take(&mut Metered { inner, left: &mut self.left }))
            }
            other => Err(wrong(format!("the entry is packed by {other}, which is not read here"))),
        }
    }
}

/// Stops where more is unpacked than may be.
struct Metered<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        *self.left = self.left.checked_sub(n as u64).ok_or_else(|| wrong("the archive unpacks to too much for its size"))?;
        Ok(n)
    }
}

/// Compares the check sum of what was read with the stated one, as `zip` does by itself where it unpacks.
struct Summed<R> {
    inner: R,
    hasher: Hasher,
    sum: u32,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        if n == 0 && !buffer.is_empty() && self.hasher.clone().finalize() != self.sum {
            return Err(wrong("Invalid checksum"));
        }
        Ok(n)
    }
}

fn wrong(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}
